// Two ways to a gradient, two ways to use it.
#include <fmt/format.h>

#include <array>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// [gradients]
/// The line w x + b through five points, half its mean squared error, and where it stands.
struct Line {
  Tape tape;
  Var x = tape.input(Tensor<double>({5}, {-2, -1, 0, 1, 2}), "x");
  Var y = tape.input(Tensor<double>({5}, {-4.8, -3.1, -0.9, 1.2, 2.7}), "y");
  Var w = tape.parameter(0.0, "w"), b = tape.parameter(0.0, "b");
  Var cost = mean(square(w * x + b - y)) / 2;
  std::vector<Var> d = gradient(cost, {w, b});
};

using Pair = std::array<double, 2>;

Pair backpropagation(Line& line) { return {item(line.d[0]), item(line.d[1])}; }

Pair differences(Line& line) {
  constexpr double h = 1e-5;
  Pair slope{};
  for (const std::size_t k : {0u, 1u}) {
    const Var v = k == 0 ? line.w : line.b;
    const double here = item(v);
    line.tape.set(v, here + h);
    const double above = item(line.cost);
    line.tape.set(v, here - h);
    slope[k] = (above - item(line.cost)) / (2 * h);
    line.tape.set(v, here);
  }
  return slope;
}
// [rules]
void plain(Line& line, Pair slope, Pair&) {
  line.tape.set(line.w, item(line.w) - 0.2 * slope[0]);
  line.tape.set(line.b, item(line.b) - 0.2 * slope[1]);
}

/// The step is the last one, shortened, and a plain one.
void momentum(Line& line, Pair slope, Pair& last) {
  last = {0.5 * last[0] - 0.2 * slope[0], 0.5 * last[1] - 0.2 * slope[1]};
  line.tape.set(line.w, item(line.w) + last[0]);
  line.tape.set(line.b, item(line.b) + last[1]);
}
// [end]

}  // namespace

int main() {
  // [all]
  fmt::print("gradient by      used by    after 10 steps  w        b\n");
  for (const auto rule : {plain, momentum}) {
    for (const auto way : {backpropagation, differences}) {
      Line line;
      Pair last{};
      for (int step = 0; step < 10; ++step) rule(line, way(line), last);
      fmt::print("{:15}  {:24}  {:7.4f}  {:7.4f}\n",
                 way == backpropagation ? "backpropagation" : "differences",
                 rule == plain ? "plain descent" : "momentum", item(line.w), item(line.b));
    }
  }
  // [end]
}
