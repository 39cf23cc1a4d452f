#include "exercise.hpp"

int parameter_count(std::span<const int> layers) {
  int count = 0;
  for (std::size_t i = 1; i < layers.size(); ++i) count += layers[i - 1] * layers[i] + layers[i];
  return count;
}

std::vector<double> output_nudges(std::span<const double> a, std::span<const double> y) {
  std::vector<double> nudges;
  for (std::size_t k = 0; k < a.size(); ++k) {
    nudges.push_back(-(a[k] - y[k]) * a[k] * (1 - a[k]));
  }
  return nudges;
}

std::vector<double> batch_step(std::span<const double> w,
                               std::span<const std::vector<double>> gradients, double rate) {
  std::vector<double> after(w.begin(), w.end());
  for (const std::vector<double>& gradient : gradients) {
    for (std::size_t i = 0; i < w.size(); ++i) {
      after[i] -= rate * gradient[i] / static_cast<double>(gradients.size());
    }
  }
  return after;
}
