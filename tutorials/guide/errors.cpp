#include <iostream>

#include "gradus/gradus.hpp"
using namespace gradus;

int main() {
  // [shapes]
  Tape tape;
  const Var x = tape.input(Shape{32, 784}, "x");
  const Var w = tape.parameter(Tensor<double>({700, 128}), "W");
  try {
    matmul(x, w);
  } catch (const ShapeError& error) {
    std::cout << error.what() << '\n';
  }
  // [end]

  std::cout << '\n';

  // [gradient]
  const Var b = tape.parameter(Tensor<double>({784}), "b");
  const Var loss = mean(stop_gradient(x + b)).named("loss");
  try {
    gradient(loss, b);
  } catch (const GradientError& error) {
    std::cout << error.what() << '\n';
  }
  // [end]
}
