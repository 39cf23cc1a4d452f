#include <iostream>

#include "gradus/gradus.hpp"
using namespace gradus;

int main() {
  // [check]
  Tape tape;
  const Var x = tape.input(Tensor<double>({2, 3}, {1, 2, -1, 0.5, -3, 2}), "x");
  const Var w = tape.parameter(Tensor<double>({3}, {0.5, -1, 0.25}), "w");
  const Var c = tape.parameter(Tensor<double>({3}, {-1, 0, 2}), "c");
  const Var fit = mean(1 / (1 + square(x * w)));
  const Var hinge = sum(relu(c));  // a kink at c[1] = 0
  const Var loss = fit + hinge;
  const GradientReport report = check_gradient(loss, {w, c});
  std::cout << to_string(report);
  return report.passed() ? 0 : 1;
  // [end]
}
