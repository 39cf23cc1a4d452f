#include "gradus/check/error_curve.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/check/comparison.hpp"
#include "gradus/check/probe.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/tape/rewind.hpp"

namespace gradus {
namespace {

/// The exponent p of error = c h^p, by least squares of the logarithms, if there are enough points
/// and they span enough of the steps to tell.
std::optional<double> exponent(const std::vector<std::pair<double, double>>& points) {
  if (points.size() < 5) return std::nullopt;
  double x = 0;
  double y = 0;
  double xx = 0;
  double xy = 0;
  for (const auto& [step, error] : points) {
    const double u = std::log2(step);
    const double v = std::log2(error);
    x += u;
    y += v;
    xx += u * u;
    xy += u * v;
  }
  const auto n = static_cast<double>(points.size());
  return (n * xy - x * y) / (n * xx - x * x);
}

ErrorCurve::Arm arm(const std::vector<ErrorCurve::Point>& points,
                    double ErrorCurve::Point::*error) {
  ErrorCurve::Arm arm;
  // A single step may be right by luck: three in a row are not.
  const ErrorCurve::Point* best = nullptr;
  double least = 0;
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    const double around = std::max({points[i - 1].*error, points[i].*error, points[i + 1].*error});
    if (best && around >= least) continue;
    best = &points[i];
    least = around;
  }
  if (!best) return arm;
  arm.best_step = best->step;
  arm.least_error = best->*error;
  // Away from the bottom, where both errors meet, and from steps so long that more than the first
  // term of the truncation counts, or so short that nothing is left of the difference.
  const double longest = points.front().step / 8;
  std::vector<std::pair<double, double>> truncation;
  std::vector<std::pair<double, double>> round_off;
  for (const auto& p : points) {
    if (!(p.*error > 0)) continue;
    if (p.step <= longest && p.step >= 32 * best->step && p.*error > 30 * arm.least_error) {
      truncation.emplace_back(p.step, p.*error);
    }
    if (p.step <= best->step / 16 && p.*error < 0.5) round_off.emplace_back(p.step, p.*error);
  }
  arm.truncation = exponent(truncation);
  arm.round_off = exponent(round_off);
  return arm;
}

template <Real T>
ErrorCurve measured_curve(Var loss, Var leaf, Index element) {
  ErrorCurve curve;
  curve.name = leaf.tape().label(leaf.id());
  if (leaf.shape().rank() > 0) curve.name += index_text(leaf.shape(), element);
  {
    const Rewind rewind(loss.tape());
    Executor<T> executor(
        Program(gradient(loss, {leaf}, Disconnected::zeros), Passes::as_recorded()));
    executor.run();
    curve.derivative = static_cast<double>(executor.output(0)[element]);
  }
  Random random(1);
  Probe<T> probe(loss, {&leaf, 1}, random);
  if (!probe.has(0)) return curve;
  curve.relative = curve.derivative != 0;
  const double unit = curve.relative ? std::abs(curve.derivative) : 1;
  curve.round_off = probe.round_off() / unit;
  probe.along_element(0, element, [&](const LossAlong& f, const BasePoint& at) {
    const double longest = 0.5 * std::max(1.0, std::abs(at.x));
    const double shortest = epsilon(at.precision) * std::max(1.0, std::abs(at.x));
    for (double step = longest; step >= shortest; step /= 2) {
      const Slopes s = slopes(f, at, step);
      if (!s.finite()) continue;
      curve.points.push_back({s.step, std::abs(s.right - curve.derivative) / unit,
                              std::abs(s.central() - curve.derivative) / unit});
    }
    return 0;
  });
  curve.forward = arm(curve.points, &ErrorCurve::Point::forward);
  curve.central = arm(curve.points, &ErrorCurve::Point::central);
  return curve;
}

}  // namespace

ErrorCurve error_curve(Var loss, Var leaf, Index element, Precision precision) {
  if (element < 0 || element >= leaf.shape().elements()) {
    throw Error(
        fmt::format("error_curve: {} has no element {}", leaf.tape().label(leaf.id()), element));
  }
  return precision == Precision::f32 ? measured_curve<float>(loss, leaf, element)
                                     : measured_curve<double>(loss, leaf, element);
}

}  // namespace gradus
