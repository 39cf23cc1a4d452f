#include <cmath>

#include "exercise.hpp"

double variance_of_sum(int inputs, double weight_variance, double mean_square) {
  return inputs * weight_variance * mean_square;
}

double xavier_limit(int fan_in, int fan_out) {
  const double variance = 2.0 / (fan_in + fan_out);
  return std::sqrt(3 * variance);
}

double leaky_relu_variance(int inputs, double slope) {
  const double kept = (1 + slope * slope) / 2;  // of the mean square of the sums
  return 1 / (inputs * kept);
}
