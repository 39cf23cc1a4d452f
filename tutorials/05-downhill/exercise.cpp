#include "exercise.hpp"

std::vector<double> step_down(std::span<const double> point, std::span<const double> gradient,
                              double rate) {
  // Exercise 1: fill the hole.
  return course::hole;
}

double slope_along(std::span<const double> gradient, std::span<const double> direction) {
  // Exercise 2: fill the hole.
  return course::hole;
}

double largest_rate(std::span<const double> c) {
  // Exercise 3: fill the hole.
  return course::hole;
}
