/// The Taylor test: how fast the remainder of an expansion shrinks with the step.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gradus/tape/tape.hpp"

namespace gradus {

/// f(x + h d) - f(x), less h <g, d>, less h^2 <d, H d> / 2, for halved steps h in a random
/// direction d. The remainders shrink as h, h^2 and h^3 where gradient and Hessian are right, or
/// faster where the next term happens to be 0; a wrong gradient leaves a remainder that shrinks as
/// h.
struct TaylorTest {
  std::vector<double> steps;
  /// |remainder| at each step: with the value alone, with the gradient, with the Hessian.
  std::array<std::vector<double>, 3> remainders;
  /// log2 of how much halving the step takes off a remainder, where it stands out of round-off;
  /// nothing where none does: the expansion is exact.
  std::array<std::optional<double>, 3> rates;
  bool second_order = true;  ///< false if the gradient has no derivative (here)
};

/// By the tape's gradient and its gradient in turn, in double. The tape is left as it was. Throws
/// as check_gradient does.
TaylorTest taylor_test(Var loss, std::span<const Var> wrt, std::uint64_t seed = 1);

/// "Taylor remainders shrink as h^1.0 without the gradient (h^1 expected), h^2.0 with it (h^2),
/// h^3.0 with the Hessian (h^3)".
std::string to_string(const TaylorTest& test);

}  // namespace gradus
