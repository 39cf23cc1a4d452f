#include "exercise.hpp"

#include <cmath>

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

StepNetwork same() {
  // Exercise 1: fill the hole: {{w, w}, bias, {w, w}, bias, {w, w}, bias}.
  return course::hole;
}

double bump(double x, double left, double right, double steepness) {
  // Exercise 2: fill the hole.
  return course::hole;
}

std::vector<double> first_layer_gradient(std::span<const double> x, std::span<const double> h,
                                         std::span<const double> v, double dz) {
  // Exercise 3: fill the hole.
  return course::hole;
}
