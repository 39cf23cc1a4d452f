#include "exercise.hpp"

#include <cmath>
#include <vector>

double last_state(std::span<const double> x, double w, double u, double b) {
  // Exercise 1: fill the hole. std::tanh is there to help.
  return course::hole;
}

double slope_by_u(std::span<const double> x, double w, double u, double wanted) {
  // Exercise 2: fill the hole. Keep all states on the way forward: the way back needs them.
  return course::hole;
}

Memory lstm_step(Memory before, double i, double f, double o, double g) {
  // Exercise 3: fill the hole.
  return course::hole;
}
