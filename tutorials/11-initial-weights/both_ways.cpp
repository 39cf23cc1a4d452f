// Forward and backward through layers that get narrower: which variance keeps what.
#include <fmt/core.h>

#include <cmath>
#include <string_view>

#include "gradus/grad/gradient.hpp"
#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// [network]
struct Rule {
  std::string_view name;
  double (*variance)(double in, double out);
};

/// Four layers, 1600-800-400-200-100, each drawn by the rule, with no activation.
void measure(const Rule& rule) {
  Tape tape;
  Random random(11);
  const Index examples = 100;
  const Var x = tape.parameter(nn::normal({examples, 1600}, random), "x");
  Var z = x;
  for (const Index out : {800, 400, 200, 100}) {
    const Index in = z.shape()[1];
    const double stddev = std::sqrt(rule.variance(double(in), double(out)));
    z = matmul(z, tape.parameter(nn::normal({in, out}, random, 0, stddev), "W"));
  }
  // A loss whose gradient by z is a normal draw of variance 1.
  const Var g = tape.input(nn::normal(z.shape(), random), "g");
  const Var dx = gradient(sum(z * g), x);
  fmt::print("{:13}  {:11.6f}  {:10.2f}  {:15.3f}\n", rule.name, rule.variance(1600, 800),
             item(variance(z)), item(variance(dx)));
}
// [end]

}  // namespace

int main() {
  // [rules]
  fmt::print("variance of W  first layer  forward: z  backward: dL/dx\n");
  measure({"1/in", [](double in, double) { return 1 / in; }});
  measure({"1/out", [](double, double out) { return 1 / out; }});
  measure({"2/(in + out)", [](double in, double out) { return 2 / (in + out); }});
  // [end]
  const double forward = std::pow(4.0 / 3, 4), backward = std::pow(2.0 / 3, 4);
  fmt::print("for the last, (4/3)^4 = {:.2f} and (2/3)^4 = {:.3f} are predicted\n", forward,
             backward);
}
