#include "gradus/check/numeric_derivative.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#ifdef __FAST_MATH__
#error "numeric derivatives need IEEE arithmetic: compile without -ffast-math"
#endif

namespace gradus {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Of a ladder: each step is a quarter of the one before.
constexpr int most_rungs = 10;

/// How many times its round-off a difference of slopes must be to be believed.
constexpr double clear_of_round_off = 5;

double size_of(double x) { return std::max(1.0, std::abs(x)); }

/// The rungs of one ladder of steps and the best value that was extrapolated from them.
struct Ladder {
  std::vector<Slopes> rungs;
  double value = std::numeric_limits<double>::quiet_NaN();
  double uncertainty = infinity;
  bool trusted = false;

  /// Whether the last rung looks at the function as near as one must: the slopes of the two sides
  /// agree, or differ by what is left of the difference at the rung before as curvature has it. Not
  /// so while a kink or a pole lies within the step.
  bool last_is_near() const {
    const Slopes& last = rungs.back();
    if (!last.sides_differ()) return true;
    if (rungs.size() < 2) return false;
    const Slopes& before = rungs[rungs.size() - 2];
    const double expected = before.jump() * last.step / before.step;
    return std::abs(last.jump() - expected) <= 0.1 * std::abs(last.jump());
  }
  void consider(double candidate, double its_uncertainty, bool near) {
    if (near == trusted ? its_uncertainty < uncertainty : near) {
      value = candidate;
      uncertainty = its_uncertainty;
      trusted = near;
    }
  }
  bool better_than(const Ladder& other) const {
    return trusted == other.trusted ? uncertainty < other.uncertainty : trusted;
  }
};

/// Neville's extrapolation in step^2, row by row. Rungs that leave the function's domain are left
/// out.
Ladder climb(const LossAlong& f, const BasePoint& at, double longest, double precision) {
  Ladder ladder;
  std::vector<double> row;
  std::vector<double> above;
  double step = longest;
  for (int i = 0; i < most_rungs; ++i, step /= 4) {
    const Slopes rung = slopes(f, at, step);
    if (!rung.finite()) continue;
    ladder.rungs.push_back(rung);
    const bool near = ladder.last_is_near();
    above.swap(row);
    row.assign(1, rung.central());
    for (std::size_t k = 1; k < ladder.rungs.size(); ++k) {
      const double ratio = ladder.rungs[ladder.rungs.size() - 1 - k].step / rung.step;
      row.push_back(row[k - 1] + (row[k - 1] - above[k - 1]) / (ratio * ratio - 1));
      const double moved = std::max(std::abs(row[k] - row[k - 1]), std::abs(row[k] - above[k - 1]));
      ladder.consider(row[k], moved + 2 * rung.round_off, near);
    }
    if (ladder.trusted && ladder.uncertainty <= precision * std::abs(ladder.value)) break;
  }
  return ladder;
}

/// The rung at which a kink is seen best, or nullptr: near a kink the jump between the slopes stays
/// the same however short the step; for a smooth function it shrinks with the step, and a kink
/// beside the point is left behind by short steps. Only rungs where the jump stands out of the
/// round-off can tell.
const Slopes* find_kink(const std::vector<Slopes>& rungs) {
  const auto stands_out = [](double jump, const Slopes& at) {
    return std::abs(jump) > 4 * clear_of_round_off * at.round_off;  // 4: four evaluations, not one
  };
  auto j = rungs.size();
  while (j > 0 && !stands_out(rungs[j - 1].jump(), rungs[j - 1])) --j;
  if (j < 3) return nullptr;
  const Slopes& finest = rungs[--j];
  for (std::size_t k = j + 1; k < rungs.size(); ++k) {
    if (stands_out(finest.jump(), rungs[k])) return nullptr;  // it would be seen there, but is gone
  }
  for (std::size_t k = j - 2; k < j; ++k) {
    if (std::abs(rungs[k].jump() - finest.jump()) > 0.1 * std::abs(finest.jump())) return nullptr;
  }
  return &finest;
}

/// x as the precision has it.
double rounded(double x, Precision precision) {
  return precision == Precision::f32 ? static_cast<double>(static_cast<float>(x)) : x;
}

}  // namespace

double epsilon(Precision precision) {
  return precision == Precision::f32 ? double{std::numeric_limits<float>::epsilon()}
                                     : std::numeric_limits<double>::epsilon();
}

bool Slopes::finite() const { return std::isfinite(left) && std::isfinite(right); }

bool Slopes::sides_differ() const {
  const double larger = std::max(std::abs(left), std::abs(right));
  return std::abs(jump()) > 0.01 * larger + 4 * clear_of_round_off * round_off;
}

Slopes slopes(const LossAlong& f, const BasePoint& at, double step) {
  // volatile: on machines that compute in wider registers, the sum is rounded to a double.
  const volatile double far = rounded(std::abs(at.x) + step, at.precision);
  const double h = far - std::abs(at.x);
  const double before = f(at.x - h);
  const double after = f(at.x + h);
  const double eps = epsilon(at.precision);
  const double round_off =
      std::max({at.round_off, eps * std::abs(before), eps * std::abs(after)}) / h;
  return {h, (at.f - before) / h, (after - at.f) / h, round_off};
}

double central_step(double x, Precision precision) {
  return std::cbrt(epsilon(precision)) * size_of(x);
}
double longest_step(double x) { return 0x1p-7 * size_of(x); }
double shortest_step(double x) { return std::ldexp(longest_step(x), -2 * (most_rungs - 1)); }
double noise_spacing(double x, Precision precision) {
  const double unit = precision == Precision::f32 ? 0x1p-12 : 0x1p-26;
  return x == 0 ? unit : std::ldexp(unit, std::ilogb(x));
}

Measured measure(const LossAlong& f, const BasePoint& at, double precision) {
  Ladder ladder = climb(f, at, longest_step(at.x), precision);
  Measured measured;
  if (const Slopes* kink = find_kink(ladder.rungs)) {
    measured.kink = true;
    measured.left = kink->left;
    measured.right = kink->right;
    measured.side_uncertainty = 2 * kink->round_off + std::abs(kink->jump() - (kink - 1)->jump());
  } else if (!(ladder.trusted && ladder.uncertainty <= 0.01 * std::abs(ladder.value)) &&
             at.x != 0 && std::abs(at.x) < longest_step(at.x)) {
    Ladder nearer = climb(f, at, std::abs(at.x) / 4, precision);
    if (nearer.better_than(ladder)) ladder = std::move(nearer);
  }
  measured.value = ladder.value;
  measured.uncertainty = ladder.trusted ? ladder.uncertainty : infinity;
  return measured;
}

double evaluation_noise(const LossAlong& f) {
  constexpr std::size_t points = 12;
  constexpr std::size_t order = 4;
  constexpr double binomial_8_4 = 70;  // the sum of the squares of 1, 4, 6, 4, 1
  std::vector<double> y;
  for (std::size_t i = 1; i <= points; ++i) y.push_back(f(static_cast<double>(i)));
  for (std::size_t k = 0; k < order; ++k) {
    for (std::size_t i = 0; i + 1 < y.size(); ++i) y[i] = y[i + 1] - y[i];
    y.pop_back();
  }
  for (double& v : y) v = std::abs(v);
  // The median of |normal| is 0.6745 sigma. A jump of the function would drag a mean along.
  const auto middle = y.begin() + static_cast<std::ptrdiff_t>(y.size() / 2);
  std::nth_element(y.begin(), middle, y.end());
  const double sigma = *middle / (0.6745 * std::sqrt(binomial_8_4));
  return std::isfinite(sigma) ? sigma : 0;
}

}  // namespace gradus
