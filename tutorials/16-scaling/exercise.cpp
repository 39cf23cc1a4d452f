#include "exercise.hpp"

std::vector<double> standardised(std::span<const double> values) {
  // Exercise 1: fill the hole.
  return course::hole;
}

double min_max(double value, std::span<const double> training) {
  // Exercise 2: fill the hole.
  return course::hole;
}

Line unscaled(Line scaled, double mean, double deviation) {
  // Exercise 3: fill the hole.
  return course::hole;
}
