// One op with rules of its own, of which all but one are broken: how each looks, and how it is
// found.

#include <fmt/core.h>

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "gradus/check/check_gradient.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// [rules]
double forward(double x) { return std::tanh(x); }

/// y = tanh(x), whose derivative is 1 - y^2; and mistakes that people make.
struct Rule {
  const char* what;
  const Op& op;
};
const std::vector<Rule> rules{
    {"right",
     custom_op("right_tanh", forward, [](Var dy, Var, Var y) { return dy * (1 - y * y); })},
    {"negated",
     custom_op("negated_tanh", forward, [](Var dy, Var, Var y) { return dy * (y * y - 1); })},
    {"halved",
     custom_op("halved_tanh", forward, [](Var dy, Var, Var y) { return dy * (1 - y * y) / 2; })},
    {"no square",
     custom_op("no_square_tanh", forward, [](Var dy, Var, Var y) { return dy * (1 - y); })},
    {"x for y",
     custom_op("x_for_y_tanh", forward, [](Var dy, Var x, Var) { return dy * (1 - x * x); })},
    {"no dy", custom_op("no_dy_tanh", forward, [](Var, Var, Var y) { return 1 - y * y; })},
};
// [end]

// [model]
/// A neuron with such an op, and its squared error on five examples.
struct Model {
  explicit Model(const Op& op) : a(record(op, {z})), loss(mean(square(a - t))) {}

  Tape tape;
  Var x = tape.input(Tensor<double>({5}, {-2, -1, 0.5, 1, 2}), "x");
  Var t = tape.input(Tensor<double>({5}, {-0.9, -0.8, 0.1, 0.4, 0.8}), "t");
  Var w = tape.parameter(0.3, "w"), b = tape.parameter(0.1, "b");
  Var z = w * x + b;
  Var a;
  Var loss;
};
// [end]

void print_training() {
  fmt::print("rule        dL/dw   loss before   after 200 steps\n");
  for (const auto& [what, op] : rules) {
    Model m(op);
    const auto d = gradient(m.loss, {m.w, m.b});
    const double dw_first = item(d[0]), before = item(m.loss);
    for (int step = 0; step < 200; ++step) {
      const double w = item(m.w) - 0.3 * item(d[0]), b = item(m.b) - 0.3 * item(d[1]);
      m.tape.set(m.w, w);
      m.tape.set(m.b, b);
    }
    const double after = item(m.loss);
    fmt::print("{:9} {:7.4f} {:13.4f} {:>17}\n", what, dw_first, before,
               std::isfinite(after) ? fmt::format("{:.4f}", after) : "not finite");
  }
}

void print_verdicts() {
  // [verdicts]
  for (const auto& [what, op] : rules) {
    Model m(op);
    const GradientReport report = check_gradient(m.loss, {m.w, m.b});
    fmt::print("{:9}  {}\n", what, to_string(report.verdict));
    for (const Blame& blame : report.blames) {
      fmt::print("           {}: {}\n", blame.label, blame.diagnosis.sentence);
    }
  }
  // [end]
}

void print_report() {
  Model m(rules[3].op);  // no square
  fmt::print("{}", to_string(check_gradient(m.loss, {m.w, m.b})));
}

/// Claimed against numeric derivatives of the sum of tanh(x)^2, at many x, for each rule.
void write_clouds() {
  std::ofstream file("clouds.dat");
  for (const auto& [what, op] : rules) {
    Tape tape;
    Tensor<double> points({41});
    for (Index i = 0; i < 41; ++i) points.data()[i] = 0.05 * static_cast<double>(i);
    const Var x = tape.parameter(points, "x");
    const Var loss = sum(square(record(op, {x})));
    const Tensor<double> claimed = value(gradient(loss, x));
    file << fmt::format("# {}: x, numeric, claimed\n", what);
    for (Index i = 0; i < 41; ++i) {
      const double p = points.data()[i], h = 1e-5;
      const double up = forward(p + h), down = forward(p - h);
      file << fmt::format("{:.2f} {:.5f} {:.5f}\n", p, (up * up - down * down) / (2 * h),
                          claimed.data()[i]);
    }
    file << "\n\n";
  }
}

}  // namespace

int main() {
  fmt::print("// [train]\n");
  print_training();
  fmt::print("// [verdicts]\n");
  print_verdicts();
  fmt::print("// [report]\n");
  print_report();
  write_clouds();
}
