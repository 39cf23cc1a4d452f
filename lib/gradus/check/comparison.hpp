/// One derivative from two sides, and how they are judged.
#pragma once

#include <string>
#include <string_view>

#include "gradus/base/shape.hpp"
#include "gradus/check/numeric_derivative.hpp"

namespace gradus {

/// From a comparison of an analytic derivative a with a numeric one n, which is known up to u. The
/// later ones are worse.
enum class Verdict {
  pass,     ///< |a - n| <= tolerance * max(|a|, |n|), and u is that small too
  excused,  ///< would be below-noise or fail, but |a - n| is no more than the absolute tolerance
  vacuous,  ///< both are exactly 0: nothing was compared
  kink,     ///< the one-sided derivatives differ, and a lies between them: not judged
  below_noise,  ///< |a - n| is within u, but u is too large to certify a
  domain,       ///< the loss is finite here, but not on both sides: there is no n
  fail          ///< |a - n| is more than the tolerance and u allow, or a or the loss is not finite
};

/// "PASS", "EXCUSED", "VACUOUS", "KINK", "BELOW-NOISE", "DOMAIN", "FAIL".
std::string_view to_string(Verdict verdict);

struct Comparison {
  Index element = -1;  ///< row-major position in the parameter; -1 for a derivative in a direction
  double analytic = 0;
  double numeric = 0;
  double uncertainty = 0;  ///< of numeric, absolute
  /// |analytic - numeric| / max(|analytic|, |numeric|, uncertainty), of signed values: 2 for a
  /// flipped sign. NaN if one of them is not finite.
  double error = 0;
  double plain = 0;            ///< the central difference at the usual step, as textbooks have it
  double plain_round_off = 0;  ///< how far round-off may move that
  bool at_kink = false;
  double left = 0;  ///< at a kink: the derivatives of its two sides
  double right = 0;
  Verdict verdict = Verdict::vacuous;
};

/// How far apart two right derivatives may be.
struct Tolerance {
  double relative = 1e-5;
  double absolute = 0;  ///< excuses, and never certifies
};

/// Measures the derivative of f and judges the analytic one by it. Two evaluations for most, up to
/// some tens where the derivative is wrong, tiny, or hard to measure.
Comparison compare(const LossAlong& f, const BasePoint& at, double analytic,
                   const Tolerance& tolerance);

/// "[2, 0]": a row-major position as an index; "[]" for the element of a scalar.
std::string index_text(const Shape& shape, Index position);

}  // namespace gradus
