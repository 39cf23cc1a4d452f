/// A second point to judge a claim at: at x = 2, 4 is the derivative of x^2, and so is x^2.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus {

/// While it lives, some leaves have other values: each element is moved, to one side or the other,
/// by 0.05 to 0.1 times max(1, |x|). That is far enough to tell two formulas apart, and near enough
/// to stay in most domains.
class Nearby {
 public:
  /// Throws Error if a leaf is no input or parameter, or has no value.
  Nearby(std::span<const Var> leaves, Random& random);
  ~Nearby();
  Nearby(const Nearby&) = delete;
  Nearby& operator=(const Nearby&) = delete;

 private:
  std::span<const Var> leaves_;
  std::vector<Tensor<double>> home_;
};

/// A derivative by one parameter, twice.
struct TwoDerivatives {
  Tensor<double> tape;
  Tensor<double> claimed;
};

/// The derivative that the tape gives and the one that is claimed, where the leaves are. Nothing if
/// one of them is not finite, or their shapes differ.
std::optional<TwoDerivatives> two_derivatives(Var loss, Var parameter, Var claimed);

/// Whether a value is computed from one of some leaves. What is not is a plain number, which can
/// only be judged where it was found.
bool depends_on(Var value, std::span<const Var> leaves);

}  // namespace gradus
