// An op that Gradus lacks: forward, derivative, domain, and the check that says it is right.
#include <fmt/core.h>
#include <fmt/os.h>

#include <cmath>
#include <fstream>

#include "gradus/base/random.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// [forward]
double log_odds(double x) { return std::log(x / (1 - x)); }
// [end]

// [wrong]
const Op& first_try =
    custom_op("logit", log_odds, [](Var dy, Var x, Var) { return dy / x * (1 - x); });
// [end]

// [right]
const Op& logit =
    custom_op("logit", log_odds, [](Var dy, Var x, Var) { return dy / (x * (1 - x)); });
// [end]

// [check]
void check(const Op& op) {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>({4}, {0.1, 0.3, 0.5, 0.8}), "x");
  const Var loss = sum(record(op, {x})).named("loss");
  fmt::print("{}", to_string(check_gradient(loss, {x})));
}
// [end]

void value_of_it() {
  // [value]
  Tape tape;
  const Var x = tape.parameter(Tensor<double>({3}, {0.1, 0.5, 0.9}), "x");
  const Var y = record(first_try, {x}).named("y");
  fmt::print("logit of {} is {}\n", to_string(value(x)), to_string(value(y), 4));
  fmt::print("sigmoid takes it back: {}\n", to_string(value(sigmoid(y)), 4));
  // [end]
}

void domain_of_it() {
  // [domain]
  for (const double x : {0.0, 0.001, 0.999, 1.0, 1.5}) {
    const double y = log_odds(x);
    fmt::print("logit({}) = {}\n", x, std::isnan(y) ? "NaN" : fmt::format("{:.4g}", y));
  }
  Tape tape;
  Random random(19);
  Tensor<double> draws(Shape{1000});
  for (double& x : draws) x = random.uniform(0.05, 0.95);
  const Var x = tape.parameter(draws, "x");
  const GradientReport report = check_gradient(sum(record(logit, {x})), {x});
  fmt::print("{} of {} draws from the domain pass\n", report.parameters[0].passed,
             report.parameters[0].checked);
  // [end]
}

void rest_of_it() {
  // [rest]
  Tape tape;
  const Var x = tape.parameter(0.2, "x");
  const Var y = record(logit, {x}).named("y");
  const Var slope = gradient(y, x), curvature = gradient(slope, x);
  fmt::print("at 0.2 the slope is {:.4f} and the second derivative {:.4f}\n", item(slope),
             item(curvature));
  fmt::print("by hand: (2 x - 1) / (x (1 - x))^2 = {:.4f}\n", (2 * 0.2 - 1) / std::pow(0.16, 2));
  Executor<float> program(Program({y, slope}));
  program.run();
  fmt::print("a program in single precision: y = {:.4f}, slope = {:.4f}\n", program.item(0),
             program.item(1));
  std::ofstream("derivative.dot") << to_dot(Graph({y, slope}));
  // [end]
}

void write_curves() {
  auto data = fmt::output_file("logit.dat");
  data.print("# x, logit, slope by the right rule, by the first try, by central differences\n");
  for (int i = 5; i <= 95; i += 2) {
    const double at = i / 100.0, h = 1e-5;
    Tape tape;
    const Var x = tape.parameter(at, "x");
    const double right = item(gradient(record(logit, {x}), x));
    const double wrong = item(gradient(record(first_try, {x}), x));
    const double numeric = (log_odds(at + h) - log_odds(at - h)) / (2 * h);
    data.print("{:.2f} {:.4f} {:.4f} {:.4f} {:.4f}\n", at, log_odds(at), right, wrong, numeric);
  }
}

}  // namespace

int main() {
  fmt::print("// [value]\n");
  value_of_it();
  fmt::print("// [wrong]\n");
  check(first_try);
  fmt::print("// [right]\n");
  check(logit);
  fmt::print("// [domain]\n");
  domain_of_it();
  fmt::print("// [rest]\n");
  rest_of_it();
  write_curves();
}
