/// Derivatives of a function of one number, measured by differences, with what is known about their
/// error. Knows nothing of tapes.
#pragma once

#include <functional>

namespace gradus {

/// A loss as a function of one number: of an element of a parameter, or of the way gone along a
/// direction.
using LossAlong = std::function<double(double)>;

/// The arithmetic that a loss is evaluated in.
enum class Precision { f64, f32 };
/// The distance from 1 to the next number: 2^-52 or 2^-23.
double epsilon(Precision precision);

/// The difference quotients on both sides of a point.
struct Slopes {
  double step = 0;
  double left = 0;
  double right = 0;
  double round_off = 0;  ///< how far round-off may move `central()`

  double central() const { return 0.5 * left + 0.5 * right; }  // their sum may overflow
  double jump() const { return right - left; }
  bool finite() const;
  /// Whether the sides differ by more than the curvature of a usual function and round-off explain:
  /// there may be a kink, or an extremum, within the step.
  bool sides_differ() const;
};

/// A point to differentiate at.
struct BasePoint {
  double x = 0;
  double f = 0;          ///< the function's value there
  double round_off = 0;  ///< of one evaluation, absolute
  Precision precision = Precision::f64;
};

/// Looks at distance `step` on both sides. The step is changed a little so that x + step and
/// x - step are exact; otherwise their rounding, divided by the step, would spoil the quotient
/// (Press et al., "Numerical Recipes", 3rd ed., 2007, section 5.7).
Slopes slopes(const LossAlong& f, const BasePoint& at, double step);

/// The step with the best bound for one central difference: the truncation error grows as step^2,
/// that of round-off as eps / step, so that cbrt(eps) balances them (Numerical Recipes 5.7.8).
double central_step(double x, Precision precision = Precision::f64);
/// The longest step that `measure` takes, and the shortest of its first look.
double longest_step(double x);
double shortest_step(double x);

/// A measured derivative.
struct Measured {
  double value = 0;        ///< NaN if the function is not finite on both sides at any distance
  double uncertainty = 0;  ///< of value: what truncation and round-off may have done to it
  bool kink = false;       ///< the sides' derivatives differ however near one looks
  double left = 0;         ///< for a kink: the derivatives of the two sides
  double right = 0;
  double side_uncertainty = 0;
};

/// Central differences at steps of 2^-7, 2^-9, ... 2^-25 times max(1, |x|), extrapolated to step 0;
/// of all results the one whose own error estimate is smallest (Ridders, "Accurate computation of
/// F'(x) and F'(x)F''(x)", 1982; Numerical Recipes, dfridr). Long steps see derivatives of 1e-12
/// times the loss; short ones stay inside narrow domains (log, sqrt near 0) and find where a
/// function has no derivative. Only steps count at which the slopes of both sides behave as a
/// smooth function's do: with none, the uncertainty is infinite. If that does not give two digits,
/// looks again with steps relative to |x|. Stops early once the uncertainty is below `precision`
/// times the value.
Measured measure(const LossAlong& f, const BasePoint& at, double precision);

/// The round-off of one evaluation of f, as a standard deviation: from fourth differences at tiny
/// distances, where a smooth function has none left and only noise remains (More and Wild,
/// "Estimating computational noise", 2011). f is called with 1, 2, ... 12 and must move each of its
/// arguments by that many times `noise_spacing`. 0 if f is not finite there.
double evaluation_noise(const LossAlong& f);

/// The square root of epsilon times |x|, rounded down to a power of two so that moving by it is
/// exact; that of 1 for 0. In double, long enough to see the rounding of terms that are 1e7 times
/// the result, and far too short for the fourth derivative of a smooth function.
double noise_spacing(double x, Precision precision = Precision::f64);

}  // namespace gradus
