#include "exercise.hpp"

double silent_share(std::span<const double> sums) {
  // Exercise 1: fill the hole.
  return course::hole;
}

bool never_wakes(std::span<const double> w, double b,
                 const std::vector<std::vector<double>>& examples) {
  // Exercise 2: fill the hole.
  return course::hole;
}

double slope_gradient(std::span<const double> z, std::span<const double> dy) {
  // Exercise 3: fill the hole.
  return course::hole;
}
