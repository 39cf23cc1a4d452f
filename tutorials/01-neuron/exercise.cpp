#include "exercise.hpp"

#include <cmath>

double bias_through(std::span<const double> w, std::span<const double> point) {
  // Exercise 1: fill the hole. w.size() is the number of weights, w[0] the first.
  return course::hole;
}

Neuron and_gate() {
  // Exercise 2: fill the hole with {w1, w2, bias}.
  return course::hole;
}

Unit learn(Unit unit, double x, double t, double rate) {
  // Exercise 3: fill the hole. std::exp(z) is e to the power of z.
  return course::hole;
}
