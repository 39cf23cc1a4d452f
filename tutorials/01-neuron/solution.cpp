#include <cmath>

#include "exercise.hpp"

double bias_through(std::span<const double> w, std::span<const double> point) {
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * point[i];
  return -sum;
}

Neuron and_gate() { return {1, 1, -1.5}; }

Unit learn(Unit unit, double x, double t, double rate) {
  const double a = 1 / (1 + std::exp(-(unit.w * x + unit.b)));
  const double error = a - t;
  return {unit.w - rate * error * x, unit.b - rate * error};
}
