// A cell of one number, unrolled in time: backpropagation by hand, and by the tape.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <fstream>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

const std::array<double, 4> inputs{1, 0, 0, 0};
constexpr double wanted = 0;

void by_hand() {
  // [forward]
  const double w = 0.8, u = 0.9, b = 0;
  std::array<double, 5> h{};  // h[0] is the start, 0
  for (std::size_t t = 1; t <= 4; ++t) h[t] = std::tanh(w * inputs[t - 1] + u * h[t - 1] + b);
  const double loss = (h[4] - wanted) * (h[4] - wanted);
  // [end]
  fmt::print("// [by-hand]\n");
  fmt::print("loss {:.4f}\n", loss);
  fmt::print("step   input       h    dL/dh   its share of dL/du\n");
  // [backward]
  double dh = 2 * (h[4] - wanted);  // dL/dh[4]
  double du = 0;
  for (std::size_t t = 4; t >= 1; --t) {
    const double dz = dh * (1 - h[t] * h[t]);  // through tanh
    const double share = dz * h[t - 1];        // this step's use of u
    fmt::print("{:4} {:7} {:7.4f} {:8.4f} {:20.4f}\n", t, inputs[t - 1], h[t], dh, share);
    du += share;
    dh = dz * u;  // to the step before
  }
  fmt::print("dL/du {:.4f}\n", du);
  // [end]
}

void by_tape() {
  // [tape]
  Tape tape;
  const Var w = tape.parameter(0.8, "w"), u = tape.parameter(0.9, "u"), b = tape.parameter(0, "b");
  Var h = tape.constant(0.0);
  for (const double x : inputs) {
    const Var from_x = w * x, from_h = u * h;
    h = tanh(from_x + from_h + b);
  }
  const Var loss = square(h - wanted);
  fmt::print("dL/du {:.4f}\n", item(gradient(loss, u)));
  // [end]
}

void keep() {
  fmt::print("// [keep]\n");
  // [keep]
  fmt::print("bias       f     f^10     f^50\n");
  for (const double bias : {0, 1, 3, 5}) {
    const double f = 1 / (1 + std::exp(-bias));
    fmt::print("{:4} {:7.4f} {:8.4f} {:8.2g}\n", bias, f, std::pow(f, 10), std::pow(f, 50));
  }
  // [end]
}

void draw() {
  Tape tape;
  const Var w = tape.parameter(0.8, "w"), u = tape.parameter(0.9, "u");
  Var h = tape.parameter(0.0, "h0");
  for (int t = 1; t <= 2; ++t) {
    const Var x = tape.input(0.0, fmt::format("x{}", t));
    const auto scope = tape.scope(fmt::format("step {}", t));
    const Var from_x = w * x, from_h = u * h;
    h = tanh(from_x + from_h).named(fmt::format("h{}", t));
  }
  DotOptions options;
  options.rankdir = "LR";
  std::ofstream("unrolled.dot") << to_dot(Graph(h), options);
}

}  // namespace

int main() {
  by_hand();
  fmt::print("// [by-tape]\n");
  by_tape();
  keep();
  draw();
}
