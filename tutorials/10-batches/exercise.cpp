#include "exercise.hpp"

std::vector<std::vector<int>> cut(std::span<const int> order, int size) {
  // Exercise 1: fill the hole.
  return course::hole;
}

int steps_of(int examples, int size, int epochs) {
  // Exercise 2: fill the hole.
  return course::hole;
}

double whole_gradient(std::span<const double> gradients, std::span<const int> sizes) {
  // Exercise 3: fill the hole.
  return course::hole;
}
