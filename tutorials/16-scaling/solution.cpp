#include <algorithm>
#include <cmath>

#include "exercise.hpp"

std::vector<double> standardised(std::span<const double> values) {
  const double n = static_cast<double>(values.size());
  double mean = 0, variance = 0;
  for (const double x : values) mean += x / n;
  for (const double x : values) variance += (x - mean) * (x - mean) / n;
  std::vector<double> result;
  for (const double x : values) result.push_back((x - mean) / std::sqrt(variance));
  return result;
}

double min_max(double value, std::span<const double> training) {
  const auto [low, high] = std::minmax_element(training.begin(), training.end());
  return (value - *low) / (*high - *low);
}

Line unscaled(Line scaled, double mean, double deviation) {
  // weight * (area - mean) / deviation + bias, with what stands beside the area taken together
  const double weight = scaled.weight / deviation;
  return {weight, scaled.bias - weight * mean};
}
