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
  std::string through;    ///< "mul #3"
  Tensor<double> share;   ///< in the parameter's shape
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

/// The simplest cause that explains every element, as a sentence without a full stop: a wrong shape,
/// nothing at all, a flipped sign, uses that were lost or counted twice, a constant factor, a
/// transpose, a sum over the wrong axis or none, single elements; else how large the errors are.
std::string diagnose(const Suspect& suspect);

/// x summed over the axes in `mask`, which go.
Tensor<double> summed(const Tensor<double>& x, unsigned mask);
/// x with its last two axes swapped.
Tensor<double> transposed(const Tensor<double>& x);

}  // namespace gradus
