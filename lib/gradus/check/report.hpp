/// What a gradient check found.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/base/shape.hpp"

namespace gradus {

/// From a comparison of an analytic derivative a with a numeric one n, which is known up to u.
enum class Verdict {
  pass,          ///< |a - n| <= tolerance * max(|a|, |n|), and u is that small too
  vacuous,       ///< both are exactly 0: nothing was compared
  kink,          ///< the one-sided derivatives differ, and a lies between them: not judged
  inconclusive,  ///< |a - n| is within u, but u is too large to certify a
  fail           ///< |a - n| is more than the tolerance and u allow, or one is NaN or infinite
};

/// "PASS", "VACUOUS", "KINK", "INCONCLUSIVE", "FAIL".
std::string_view to_string(Verdict verdict);

/// One derivative, from both sides.
struct Comparison {
  Index element = -1;  ///< row-major position in the parameter; -1 for a derivative in a direction
  double analytic = 0;
  double numeric = 0;
  double uncertainty = 0;  ///< of numeric, absolute
  /// |analytic - numeric| / max(|analytic|, |numeric|, uncertainty), of signed values: 2 for a
  /// flipped sign. NaN if one of them is not finite.
  double error = 0;
  bool at_kink = false;
  double left = 0;  ///< at a kink: the derivatives of its two sides
  double right = 0;
  Verdict verdict = Verdict::vacuous;
};

/// A row of the report: one parameter.
struct ParameterCheck {
  std::string name;  ///< with its scopes: "mlp/hidden/W"
  Shape shape;
  bool used = true;   ///< whether the loss depends on it at all
  Index checked = 0;  ///< of shape.elements(); the next five add up to it
  Index passed = 0;
  Index vacuous = 0;
  Index kinks = 0;
  Index inconclusive = 0;
  Index failed = 0;
  /// The failed element with the largest error; without any, the passed one with the largest; and
  /// so on with inconclusive, kinks, vacuous.
  Comparison worst;
  std::optional<Comparison> first_kink;
  Comparison direction;  ///< the derivative in a random direction of this parameter
  /// fail if an element or the direction does; else pass if elements passed, and no more are
  /// inconclusive than passed; else the first of inconclusive, kink, vacuous that there is.
  Verdict verdict = Verdict::vacuous;
};

struct GradientReport {
  double loss = 0;
  double round_off = 0;  ///< of one evaluation of the loss, absolute
  double tolerance = 0;
  std::vector<ParameterCheck> parameters;
  Comparison direction;  ///< the derivative in a random direction of all parameters together
  /// pass if every parameter passed; else the first of fail, inconclusive, kink, vacuous that there
  /// is.
  Verdict verdict = Verdict::vacuous;

  bool passed() const { return verdict == Verdict::pass; }
};

/// "[2, 0]": a row-major position as an index; "[]" for the element of a scalar.
std::string index_text(const Shape& shape, Index position);

/// A table of at most 100 columns for usual shapes, a line for each thing that a reader must not
/// miss (failures, kinks, elements that could not be judged), and the verdict.
std::string to_string(const GradientReport& report);

}  // namespace gradus
