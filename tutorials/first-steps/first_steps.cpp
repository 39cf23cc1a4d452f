#include <fstream>
#include <iostream>

#include "gradus/gradus.hpp"
using namespace gradus;

int main() {
  Tape tape;
  const Var x = tape.input(2, "x"), w = tape.parameter(0.5, "w"), b = tape.parameter(-0.4, "b");
  const Var y = tanh((w * x + b).named("z")).named("y");
  const Var e = (y - 1).named("e"), loss = square(e).named("loss");
  const Var dw = gradient(loss, w), dw2 = gradient(dw, w);
  std::cout << "loss = " << item(loss) << ", d loss/dw = " << item(dw)
            << ", d2 loss/dw2 = " << item(dw2) << "\n\n"
            << to_string(check_gradient(loss, {w, b}));
  std::ofstream("neuron.dot") << to_dot(Graph({loss, dw}));
}
