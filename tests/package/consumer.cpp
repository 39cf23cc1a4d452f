// A program of somebody else's: it records, differentiates and looks.
#include <iostream>

#include "gradus/gradus.hpp"

int main() {
  gradus::Tape tape;
  const gradus::Var x = tape.parameter(3.0, "x");
  const gradus::Var y = x * x + gradus::exp(0.0 * x);
  const double dy = gradus::item(gradus::gradient(y, x));
  std::cout << "y = " << gradus::item(y) << ", dy/dx = " << dy << '\n';
  return dy == 6 ? 0 : 1;
}
