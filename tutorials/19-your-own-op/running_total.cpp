// An op that does not go element by element: the running total of a list.
#include <fmt/core.h>

#include <numeric>
#include <vector>

#include "gradus/check/check_gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// [op]
const Op& running_total();

CustomOp definition() {
  return {
      .name = "running_total",
      .formula = "y[i] = x[0] + ... + x[i]",
      .derivative = "dx[i] = dy[i] + ... + dy[n-1]",
      .shape = [](std::span<const Shape> x) -> Shape {
        if (x[0].rank() != 1) throw ShapeError("it takes a list, not " + to_string(x[0]));
        return x[0];
      },
      .forward =
          [](std::span<const View<const double>> x, View<double> y) {
            std::partial_sum(x[0].data, x[0].data + x[0].elements(), y.data);
          },
      .vjp =
          [](const Vjp& v) {
            // What comes after i: all, less the running total up to i, and dy[i] itself again.
            const Var all = sum(v.dy), before = record(running_total(), {v.dy});
            return all - before + v.dy;
          },
  };
}

const Op& running_total() {
  static const Op& op = custom_op(definition());  // once: it lives until the program ends
  return op;
}
// [end]

}  // namespace

int main() {
  // [use]
  Tape tape;
  const Var x = tape.parameter(Tensor<double>({4}, {1, 2, 3, 4}), "x");
  const Var y = record(running_total(), {x});
  fmt::print("{}\n\n", to_string(value(y)));
  fmt::print("{}\n", to_string(check_gradient(sum(square(y)), {x})));
  try {
    record(running_total(), {tape.input(Tensor<double>({2, 2}), "m")});
  } catch (const ShapeError& error) {
    fmt::print("{}\n", error.what());
  }
  // [end]
}
