#include "exercise.hpp"

int parameter_count(std::span<const int> layers) {
  // Exercise 1: fill the hole.
  return course::hole;
}

std::vector<double> output_nudges(std::span<const double> a, std::span<const double> y) {
  // Exercise 2: fill the hole.
  return course::hole;
}

std::vector<double> batch_step(std::span<const double> w,
                               std::span<const std::vector<double>> gradients, double rate) {
  // Exercise 3: fill the hole.
  return course::hole;
}
