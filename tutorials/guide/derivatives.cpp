#include <iostream>

#include "gradus/gradus.hpp"
using namespace gradus;

int main() {
  // [gradient]
  Tape tape;
  const Var x = tape.parameter(Tensor<double>({3}, {1, 2, 3}), "x");
  const Var a = tape.parameter(0.5, "a");
  const Var loss = sum(exp(-a * x) * x).named("loss");
  const std::vector<Var> d = gradient(loss, {x, a});
  std::cout << "d loss/dx = " << to_string(value(d[0])) << '\n';
  std::cout << "d loss/da = " << item(d[1]) << '\n';
  // [end]

  // [orders]
  Var f = sin(a).named("sin a");
  for (int order = 0; order <= 4; ++order) {
    std::cout << "order " << order << ": " << item(f) << ", " << tape.size() << " nodes\n";
    f = gradient(f, a);
  }
  // [end]

  // [hessian]
  const Var v = tape.input(Tensor<double>({3}, {1, 1, -1}), "v");
  const Var along = sum(d[0] * v);    // the gradient in direction v, a number
  const Var hv = gradient(along, x);  // the Hessian times v, without the Hessian
  const Var none = gradient(sum(d[0]), v, Disconnected::zeros);  // d[0] does not depend on v
  std::cout << "H v = " << to_string(value(hv)) << ", zeros: " << to_string(value(none)) << '\n';
  // [end]
}
