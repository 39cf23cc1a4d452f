/// Numeric derivatives of what stands on a tape, to hold the recorded ones against.
#pragma once

#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

namespace differences {

/// The step of the five-point rule f' = (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h. Its error is
/// h^4/30 |f'''''| + 1.5 eps |f| / h: for h = 1e-3, numbers near 1 and fifth derivatives up to 10^4
/// (1/x at 0.5) about 3e-10, and 3e-13 from rounding.
inline constexpr double step = 1e-3;
/// So this is a wide bound, relative to numbers over 1, with room for sums of tens of terms.
inline constexpr double tolerance = 1e-8;

/// d scalar / d leaf, element by element, by the five-point rule.
inline gradus::Tensor<double> gradient(gradus::Var scalar, gradus::Var leaf) {
  gradus::Tape& tape = scalar.tape();
  const gradus::Tensor<double> x = gradus::value(leaf);
  gradus::Tensor<double> result(x.shape());
  const auto at = [&](gradus::Index i, double distance) {
    gradus::Tensor<double> moved = x;
    moved[i] += distance;
    tape.set(leaf, moved);
    return gradus::item(scalar);
  };
  for (gradus::Index i = 0; i < x.elements(); ++i) {
    result[i] =
        (8 * (at(i, step) - at(i, -step)) - (at(i, 2 * step) - at(i, -2 * step))) / (12 * step);
  }
  tape.set(leaf, x);
  return result;
}

/// The largest |a - b| / max(1, |a|, |b|); infinite if the shapes differ or something is NaN.
inline double distance(const gradus::Tensor<double>& a, const gradus::Tensor<double>& b) {
  if (a.shape() != b.shape()) return INFINITY;
  double worst = 0;
  for (gradus::Index i = 0; i < a.elements(); ++i) {
    const double d = std::abs(a[i] - b[i]) / std::max({1.0, std::abs(a[i]), std::abs(b[i])});
    if (!(d <= worst)) worst = std::isnan(d) ? INFINITY : d;
  }
  return worst;
}

}  // namespace differences
