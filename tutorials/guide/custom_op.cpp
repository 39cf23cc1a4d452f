#include <cmath>
#include <iostream>

#include "gradus/gradus.hpp"
using namespace gradus;

namespace {

// [op]
double softsign(double x) { return x / (1 + std::abs(x)); }

/// y = x / (1 + |x|), and its derivative written with ops; in the first one the square is
/// forgotten.
const Op& wrong =
    custom_op("softsign", softsign, [](Var dy, Var x, Var) { return dy / (1 + abs(x)); });
const Op& right =
    custom_op("softsign", softsign, [](Var dy, Var x, Var) { return dy / square(1 + abs(x)); });
// [end]

}  // namespace

int main() {
  // [use]
  for (const Op* op : {&wrong, &right}) {
    Tape tape;
    const Var x = tape.parameter(Tensor<double>({4}, {-2, -0.5, 1, 3}), "x");
    const Var loss = sum(square(record(*op, {x})));
    std::cout << to_string(check_gradient(loss, {x})) << '\n';
  }
  // [end]
}
