/// What is wrong with a derivative, in one sentence. Numbers in, words out: knows nothing of tapes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/check/comparison.hpp"
#include "gradus/tensor/tensor.hpp"

namespace gradus {

/// One of the uses of a parameter, and what comes to it from there: a summand of its derivative.
struct Use {
  std::string through;   ///< "mul #3"
  Tensor<double> share;  ///< in the parameter's shape
  /// The share before it was summed over the axes that broadcasting had added or stretched; nothing
  /// if none were.
  std::optional<Tensor<double>> unsummed = {};
};

/// A derivative that does not agree with the numeric one, and what is known about it.
struct Suspect {
  const Tensor<double>& derivative;  ///< all of it; of a claim, in any shape
  const Shape& shape;                ///< the parameter's
  /// The numeric derivative where it is known: `element`, `numeric`, `uncertainty`, `verdict`.
  std::span<const Comparison> elements;
  std::span<const Use> uses = {};
  std::string_view cut = {};  ///< an op on the way that passes no gradient though it should
  double tolerance = 1e-5;
};

/// Why a derivative is wrong. `elements` and `unknown` are no causes but what is left to say.
enum class Cause {
  none,         ///< it is right
  not_finite,   ///< it is NaN or infinite
  shape,        ///< it has another shape than the parameter
  zero,         ///< it is 0 where the loss does move
  cut,          ///< what comes through an op that passes no gradient is missing
  lost_use,     ///< one of several uses of the parameter is missing
  extra_use,    ///< one of them is counted twice
  wrong_axis,   ///< summed over other axes than those that were broadcast
  not_summed,   ///< one part of what was to be summed
  sign,         ///< the negative
  factor,       ///< a constant multiple
  transpose,    ///< the transpose, or a multiple of it
  no_upstream,  ///< of an op's rule: the adjoint of the result is not multiplied in
  elements,     ///< right but for some elements
  unknown
};

/// "sign", "lost-use", ...: for programs.
std::string_view to_string(Cause cause);

/// A cause and a sentence about it, without a full stop.
struct Diagnosis {
  Cause cause = Cause::none;
  std::string sentence = {};
};

/// The simplest cause that explains every element.
Diagnosis diagnose(const Suspect& suspect);

/// x summed over the axes in `mask`, which go.
Tensor<double> summed(const Tensor<double>& x, unsigned mask);
/// x with its last two axes swapped.
Tensor<double> transposed(const Tensor<double>& x);

}  // namespace gradus
