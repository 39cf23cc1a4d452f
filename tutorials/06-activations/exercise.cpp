#include "exercise.hpp"

Line collapse(Line first, Line second) {
  // Exercise 1: fill the hole.
  return course::hole;
}

double sigmoid_slope(double y) {
  // Exercise 2: fill the hole.
  return course::hole;
}

std::vector<double> softmax(std::span<const double> z) {
  // Exercise 3: fill the hole.
  return course::hole;
}
