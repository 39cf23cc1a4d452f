// Softmax, cross-entropy, and a neuron that is sure and wrong.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

/// Numbers in a row; NaN without a sign, which is not the same everywhere.
template <class Numbers>
std::string row(const Numbers& numbers) {
  std::vector<std::string> texts;
  for (const double x : numbers) texts.push_back(std::isnan(x) ? "nan" : fmt::format("{:.4f}", x));
  return fmt::format("{}", fmt::join(texts, " "));
}

/// Softmax as the formula has it.
std::vector<double> naive_softmax(const Tensor<double>& u) {
  double sum = 0;
  for (const double x : u) sum += std::exp(x);
  std::vector<double> s;
  for (const double x : u) s.push_back(std::exp(x) / sum);
  return s;
}

// [neuron]
/// One neuron with one input of 1, that says 0.9933 and should say 0; and a step of its training.
struct Neuron {
  explicit Neuron(bool quadratic) {
    const Var u = (w * 1.0 + b).named("u"), a = sigmoid(u);
    const Var cost = quadratic ? 0.5 * square(a) : -log(1 - a);
    const std::vector<Var> d = gradient(cost, {w, b}), outputs{a, d[0]};
    const std::vector<Update> downhill{{w, w - 0.5 * d[0]}, {b, b - 0.5 * d[1]}};
    step.emplace(Program(outputs, downhill));
  }
  Tape tape;
  Var w = tape.parameter(3.0, "w"), b = tape.parameter(2.0, "b");
  std::optional<Executor<double>> step;
};
// [end]

}  // namespace

int main() {
  fmt::print("// [softmax]\n");
  // [softmax]
  Tape tape;
  for (const double up : {0.0, 1.0, 1000.0}) {
    const Var u = tape.input(Tensor<double>({3}, {2 + up, 1 + up, 0 + up}), "u");
    fmt::print("sums {}:\n", fmt::join(value(u), ", "));
    fmt::print("  the formula  {}\n", row(naive_softmax(value(u))));
    fmt::print("  softmax      {}\n", row(value(softmax(u))));
  }
  // [end]
  fmt::print("// [sure]\n");
  // [sure]
  Neuron quadratic(true), entropy(false);
  std::ofstream file("costs.dat");
  fmt::print("step  quadratic: says  slope   cross-entropy: says  slope\n");
  for (int i = 0; i <= 200; ++i) {
    quadratic.step->run();
    entropy.step->run();
    const double q = quadratic.step->item(0), e = entropy.step->item(0);
    file << fmt::format("{} {:.5f} {:.5f}\n", i, q, e);
    if (i % 50 == 0 || i == 10) {
      fmt::print("{:4}           {:.4f}  {:.4f}                {:.4f}  {:.4f}\n", i, q,
                 quadratic.step->item(1), e, entropy.step->item(1));
    }
  }
  // [end]
}
