#include <algorithm>
#include <cmath>

#include "exercise.hpp"

double slope_of_chain(std::span<const double> w, std::span<const double> z) {
  double slope = 1;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const double a = 1 / (1 + std::exp(-z[i]));
    slope *= w[i] * a * (1 - a);
  }
  return slope;
}

Gradients clipped(const Gradients& gradients, double limit) {
  double squares = 0;
  for (const auto& parameter : gradients) {
    for (const double g : parameter) squares += g * g;
  }
  const double scale = limit / std::max(std::sqrt(squares), limit);
  Gradients result = gradients;
  for (auto& parameter : result) {
    for (double& g : parameter) g *= scale;
  }
  return result;
}

int first_not_finite(std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) return static_cast<int>(i);
  }
  return -1;
}
