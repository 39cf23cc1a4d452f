#include "exercise.hpp"

#include <cmath>

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

StepNetwork same() {
  // Exercise 1: fill the hole: {{w, w}, bias, {w, w}, bias, {w, w}, bias}.
  return course::hole;
}

double bump(double, double, double, double) {
  // Exercise 2: give the parameters names, and fill the hole.
  return course::hole;
}

std::vector<double> first_layer_gradient(std::span<const double>, std::span<const double>,
                                         std::span<const double>, double) {
  // Exercise 3: give the parameters names, and fill the hole.
  return course::hole;
}
