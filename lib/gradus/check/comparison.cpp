#include "gradus/check/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradus {
namespace {

/// Whether the loss does not move at all, and should not.
bool is_flat(const LossAlong& f, const BasePoint& at, const Slopes& near, double analytic) {
  if (analytic != 0 || near.left != 0 || near.right != 0) return false;
  const Slopes far = slopes(f, at, longest_step(at.x));
  return far.left == 0 && far.right == 0;
}

Verdict judge(const Comparison& c, double tolerance) {
  if (c.analytic == 0 && c.numeric == 0) return Verdict::vacuous;
  const double difference = std::abs(c.analytic - c.numeric);
  const double allowed = tolerance * std::max(std::abs(c.analytic), std::abs(c.numeric));
  if (difference > allowed + c.uncertainty) return Verdict::fail;
  return difference <= allowed && c.uncertainty <= allowed ? Verdict::pass : Verdict::below_noise;
}

void look_closer(const LossAlong& f, const BasePoint& at, double tolerance, Comparison& c) {
  const Measured measured = measure(f, at, 0.1 * tolerance);
  c.numeric = measured.value;
  c.uncertainty = measured.uncertainty;
  c.verdict = std::isnan(measured.value) ? Verdict::domain : judge(c, tolerance);
  if (!measured.kink) return;
  c.at_kink = true;
  c.left = measured.left;
  c.right = measured.right;
  const double slack = measured.side_uncertainty +
                       tolerance * std::max(std::abs(measured.left), std::abs(measured.right));
  const auto [low, high] = std::minmax(measured.left, measured.right);
  const bool between = low - slack <= c.analytic && c.analytic <= high + slack;
  c.verdict = between ? Verdict::kink : Verdict::fail;
}

/// Whether the loss goes by the analytic derivative at distances that are too short for the numeric
/// one. A loss that oscillates within the steps that differences take looks like noise to them, and
/// what they find is no reason to condemn. Real noise has no slope: it agrees with none twice.
bool oscillates_within_steps(const LossAlong& f, const BasePoint& at, const Comparison& c) {
  const double apart = std::min(std::abs(c.analytic), std::abs(c.analytic - c.numeric));
  double step = at.round_off / (64 * std::abs(c.analytic));
  if (!(step < shortest_step(at.x))) return false;
  for (int i = 0; i < 2; ++i, step /= 2) {
    const double slope = slopes(f, at, step).central();
    if (!(std::abs(slope - c.analytic) < 0.1 * apart)) return false;
  }
  return true;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "PASS";
    case Verdict::excused:
      return "EXCUSED";
    case Verdict::vacuous:
      return "VACUOUS";
    case Verdict::kink:
      return "KINK";
    case Verdict::below_noise:
      return "BELOW-NOISE";
    case Verdict::domain:
      return "DOMAIN";
    case Verdict::fail:
      return "FAIL";
  }
  return "?";
}

Comparison compare(const LossAlong& f, const BasePoint& at, double analytic,
                   const Tolerance& tolerance) {
  Comparison c;
  c.analytic = analytic;
  const Slopes near = slopes(f, at, central_step(at.x, at.precision));
  c.plain = c.numeric = near.central();
  c.plain_round_off = c.uncertainty = near.round_off;
  if (!std::isfinite(analytic) || !std::isfinite(at.f)) {
    c.error = std::numeric_limits<double>::quiet_NaN();
    c.verdict = Verdict::fail;
    return c;
  }
  if (!is_flat(f, at, near, analytic)) {
    c.verdict =
        near.sides_differ() || !near.finite() ? Verdict::below_noise : judge(c, tolerance.relative);
    // Most elements are done after these two evaluations.
    if (c.verdict != Verdict::pass) look_closer(f, at, tolerance.relative, c);
    if (c.verdict == Verdict::fail && oscillates_within_steps(f, at, c)) {
      c.verdict = Verdict::below_noise;
      c.uncertainty = std::numeric_limits<double>::infinity();
      c.at_kink = false;
    }
  }
  if (!std::isfinite(c.numeric)) {
    c.error = std::numeric_limits<double>::quiet_NaN();
    return c;
  }
  const double difference = std::abs(c.analytic - c.numeric);
  const double scale = std::max({std::abs(c.analytic), std::abs(c.numeric), c.uncertainty});
  c.error = difference == 0 ? 0 : difference / scale;
  const bool doubtful = c.verdict == Verdict::fail || c.verdict == Verdict::below_noise;
  if (doubtful && tolerance.absolute > 0 && difference <= tolerance.absolute) {
    c.verdict = Verdict::excused;
  }
  return c;
}

std::string index_text(const Shape& shape, Index position) {
  std::string text;
  for (int axis = shape.rank(); axis-- > 0;) {
    text = (axis > 0 ? ", " : "") + std::to_string(position % shape[axis]) + text;
    position /= shape[axis];
  }
  return "[" + text + "]";
}

}  // namespace gradus
