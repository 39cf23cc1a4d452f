/// Sentences that a teacher would say beside a formula.
#pragma once

#include <string>
#include <vector>

#include "gradus/explain/walk.hpp"

namespace gradus::explain {

/// The local Jacobian of an operand in words: "diagonal: element by element".
std::string structure(const Tape& tape, const Wire& wire);

/// What there is to say of a slope or of many, along a wire: saturation, off, a kink. "" for
/// nothing.
std::string slope_words(const Tape& tape, const Wire& wire, const Tensor<double>& operand,
                        const Tensor<double>& slope, int digits);

/// About a value: what it is, how shapes fit, that it is not finite.
std::vector<std::string> value_words(const Tape& tape, const Step& step,
                                     const std::vector<std::string>& operands);

/// "rows (axis 0)", "axes 0 and 2", "all elements".
std::string axes_words(unsigned mask, const Shape& shape);

/// The axes of `to` along which `from` is repeated when it is broadcast to it, as bits.
unsigned repeated_axes(const Shape& from, const Shape& to);

/// 2 -> "two"; larger numbers as digits.
std::string count_word(std::size_t count);

/// How many elements are NaN or infinite.
Index not_finite(const Tensor<double>& x);

}  // namespace gradus::explain
