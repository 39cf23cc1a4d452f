#include <cmath>

#include "exercise.hpp"

Moving momentum_step(Moving before, double g, double rate, double m) {
  const double v = m * before.v - rate * g;
  return {before.w + v, v};
}

Adaptive adam_step(Adaptive before, double g, double rate) {
  Adaptive after = before;
  after.t = before.t + 1;
  after.m = 0.9 * before.m + 0.1 * g;
  after.v = 0.999 * before.v + 0.001 * g * g;
  const double m = after.m / (1 - std::pow(0.9, after.t));
  const double v = after.v / (1 - std::pow(0.999, after.t));
  after.w = before.w - rate * m / (std::sqrt(v) + 1e-8);
  return after;
}

gradus::optim::Step rmsprop_rule(const gradus::optim::Before& b) {
  const gradus::Var kept = 0.9 * b.state[0];
  const gradus::Var s = kept + 0.1 * square(b.g);
  const gradus::Var size = sqrt(s) + 1e-8;
  return {b.w - b.rate * b.g / size, {s}};
}
