// A chain of sigmoid neurons, one a layer: what is left of a nudge at its other end.
#include <fmt/core.h>

#include <cmath>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// [chain]
/// da/dx for a chain of `depth` neurons a' = sigmoid(w a + b), which starts at a = x.
double slope_of_chain(int depth, double w, double b, double start) {
  Tape tape;
  const Var x = tape.parameter(start, "x");
  Var a = x;
  for (int layer = 0; layer < depth; ++layer) a = sigmoid(w * a + b);
  return item(gradient(a, x));
}
// [end]

}  // namespace

int main() {
  // [print]
  fmt::print(
      "depth      0.25^depth   w = 1, b = 0  w = 1, b = -1/2  w = 4, b = -2  w = 8, b = -4\n");
  for (const int depth : {1, 2, 5, 10, 20, 50}) {
    fmt::print("{:5}  {:14.3g} {:14.3g} {:16.3g} {:14.3g} {:14.3g}\n", depth, std::pow(0.25, depth),
               slope_of_chain(depth, 1, 0, 0.5), slope_of_chain(depth, 1, -0.5, 0.5),
               slope_of_chain(depth, 4, -2, 0.5), slope_of_chain(depth, 8, -4, 0.5));
  }
  // [end]
}
