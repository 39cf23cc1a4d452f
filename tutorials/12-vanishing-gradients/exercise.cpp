#include "exercise.hpp"

double slope_of_chain(std::span<const double> w, std::span<const double> z) {
  // Exercise 1: fill the hole.
  return course::hole;
}

Gradients clipped(const Gradients& gradients, double limit) {
  // Exercise 2: fill the hole.
  return course::hole;
}

int first_not_finite(std::span<const double> values) {
  // Exercise 3: fill the hole.
  return course::hole;
}
