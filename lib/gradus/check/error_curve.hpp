/// How the error of a difference quotient depends on its step: the U of truncation and round-off.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gradus/check/numeric_derivative.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus {

struct ErrorCurve {
  /// Errors at a step: of (f(x+h) - f(x)) / h and of (f(x+h) - f(x-h)) / 2h against the tape's
  /// derivative, relative to it, or absolute if it is 0. Steps outside of the domain are left out.
  struct Point {
    double step = 0;
    double forward = 0;
    double central = 0;
  };
  std::string name;  ///< of the element: "W[1, 2]", or "x" for a single number
  /// From the longest step, 1/2 times max(1, |x|), each half of the last.
  std::vector<Point> points;
  double derivative = 0;  ///< by the tape
  bool relative = true;   ///< whether errors are relative to it
  /// Of one evaluation of the loss, in the errors' measure: it makes an error of about this / h.
  double round_off = 0;

  /// One kind of difference: where its error is least, and the exponents of h to its right
  /// (truncation: 1 forward, 2 central) and to its left (round-off: -1), where enough points tell.
  struct Arm {
    double best_step = 0;
    double least_error = 0;
    std::optional<double> truncation;
    std::optional<double> round_off;
  };
  Arm forward;
  Arm central;
};

/// Measures it for one element of a leaf, in the given arithmetic. Throws Error if the element is
/// not in the leaf, and as check_gradient does. The tape is left as it was.
ErrorCurve error_curve(Var loss, Var leaf, Index element, Precision precision = Precision::f64);

}  // namespace gradus
