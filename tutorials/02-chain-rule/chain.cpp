// The chain rule along one neuron a layer: nudges, their ratios, and the walk backward.

#include <fmt/core.h>

#include <cmath>
#include <fstream>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

namespace {

// [chain]
double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

/// Two neurons in a row, and the cost of what the second one says when y would be right.
struct Chain {
  double w1 = 0.8, w2 = 2;
  double x = 1.5, b1 = -0.2, b2 = -1, y = 0;

  double z1 = w1 * x + b1;
  double a1 = sigmoid(z1);
  double z2 = w2 * a1 + b2;
  double a2 = sigmoid(z2);
  double C = (a2 - y) * (a2 - y);
};
// [end]

void print_nudges() {
  // [nudges]
  const Chain at;
  fmt::print("dw2         dz2      da2       dC | dz2/dw2  da2/dz2   dC/da2  product\n");
  for (const double h : {0.4, 0.1, 0.01, 0.001}) {
    const Chain to{.w2 = at.w2 + h};
    const double dz = to.z2 - at.z2, da = to.a2 - at.a2, dC = to.C - at.C;
    fmt::print("{:<6.3f} {:8.5f} {:8.5f} {:8.5f} | {:7.5f} {:8.5f} {:8.5f} {:8.5f}\n", h, dz, da,
               dC, dz / h, da / dz, dC / da, dC / h);
  }
  // [end]
}

void print_derivatives() {
  // [derivatives]
  const Chain at;
  const double dz_dw = at.a1;
  const double da_dz = at.a2 * (1 - at.a2);
  const double dC_da = 2 * (at.a2 - at.y);
  fmt::print("dz2/dw2 {:.5f}, da2/dz2 {:.5f}, dC/da2 {:.5f}, dC/dw2 {:.5f}\n", dz_dw, da_dz, dC_da,
             dz_dw * da_dz * dC_da);
  // [end]
}

/// What Gradus finds for w1, b1, w2 and b2.
std::vector<double> by_gradus() {
  using namespace gradus;
  // [gradus]
  Tape tape;
  const Var x = tape.input(1.5, "x"), y = tape.input(0, "y");
  const Var w1 = tape.parameter(0.8, "w1"), b1 = tape.parameter(-0.2, "b1");
  const Var w2 = tape.parameter(2, "w2"), b2 = tape.parameter(-1, "b2");
  const Var a1 = sigmoid(w1 * x + b1);
  const Var a2 = sigmoid(w2 * a1 + b2);
  const Var C = square(a2 - y);
  const std::vector<Var> d = gradient(C, {w1, b1, w2, b2});
  // [end]
  return {item(d[0]), item(d[1]), item(d[2]), item(d[3])};
}

void print_backward() {
  const Chain at;
  // [backward]
  const double dC_da2 = 2 * (at.a2 - at.y);
  const double dC_dz2 = at.a2 * (1 - at.a2) * dC_da2;
  const double dC_dw2 = at.a1 * dC_dz2;
  const double dC_db2 = 1 * dC_dz2;
  const double dC_da1 = at.w2 * dC_dz2;  // the bridge to the neuron before
  const double dC_dz1 = at.a1 * (1 - at.a1) * dC_da1;
  const double dC_dw1 = at.x * dC_dz1;
  const double dC_db1 = 1 * dC_dz1;
  // [end]
  const auto nudged = [](Chain to) { return (to.C - Chain{}.C) / 1e-6; };
  const std::vector<double> d = by_gradus();
  fmt::print("derivative  by hand   a nudge   Gradus\n");
  const auto row = [](const char* name, double hand, double nudge, double tape) {
    fmt::print("{:10} {:8.5f}  {:8.5f} {:8.5f}\n", name, hand, nudge, tape);
  };
  row("dC/dw2", dC_dw2, nudged({.w2 = 2 + 1e-6}), d[2]);
  row("dC/db2", dC_db2, nudged({.b2 = -1 + 1e-6}), d[3]);
  row("dC/dw1", dC_dw1, nudged({.w1 = 0.8 + 1e-6}), d[0]);
  row("dC/db1", dC_db1, nudged({.b1 = -0.2 + 1e-6}), d[1]);
}

struct Change {
  const char* name;
  double before, after;
};

/// The number lines of a nudge: of each quantity where it was and where it went, and its change as
/// a multiple of the change before.
void write_lines(const char* path, const std::vector<Change>& changes) {
  std::ofstream file(path);
  file << "# line, name, before, after, times\n";
  double last = changes[0].after - changes[0].before;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& [name, before, after] = changes[i];
    file << fmt::format("{} {} {:.4f} {:.4f} {:.4f}\n", i, name, before, after,
                        (after - before) / last);
    last = after - before;
  }
}

}  // namespace

int main() {
  fmt::print("// [nudges]\n");
  print_nudges();
  fmt::print("// [derivatives]\n");
  print_derivatives();
  fmt::print("// [backward]\n");
  print_backward();
  const Chain at, to2{.w2 = 2.4}, to1{.w1 = 1.2};
  write_lines(
      "nudge2.dat",
      {{"w₂", at.w2, to2.w2}, {"z₂", at.z2, to2.z2}, {"a₂", at.a2, to2.a2}, {"C", at.C, to2.C}});
  write_lines("nudge1.dat", {{"w₁", at.w1, to1.w1},
                             {"z₁", at.z1, to1.z1},
                             {"a₁", at.a1, to1.a1},
                             {"z₂", at.z2, to1.z2},
                             {"a₂", at.a2, to1.a2},
                             {"C", at.C, to1.C}});
}
