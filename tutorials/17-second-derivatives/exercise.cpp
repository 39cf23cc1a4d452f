#include "exercise.hpp"

gradus::Var hessian_times(gradus::Var f, gradus::Var x, gradus::Var v) {
  // Exercise 1: fill the hole.
  return course::hole;
}

std::vector<double> newton_step(std::span<const double> point, std::span<const double> gradient,
                                std::span<const double> hessian) {
  // Exercise 2: fill the hole.
  return course::hole;
}

std::string kind(double fxx, double fxy, double fyy) {
  // Exercise 3: fill the hole.
  return course::hole;
}
