// Logistic regression: one neuron with a sigmoid learns from twelve people who practised juggling.

#include <fmt/core.h>

#include <cmath>
#include <fstream>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// [data]
const std::vector<double> hours{0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6};
const std::vector<double> juggles{0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1};
// [end]

const Shape people{static_cast<Index>(hours.size())};

// [model]
/// A neuron with one input on a tape, and its loss on the twelve people.
struct Model {
  Tape tape;
  Var x = tape.input(Tensor<double>(people, hours), "hours");
  Var t = tape.input(Tensor<double>(people, juggles), "juggles");
  Var w = tape.parameter(0.0, "w");
  Var b = tape.parameter(0.0, "b");
  Var z = (w * x + b).named("z");
  Var a = sigmoid(z).named("a");
  Var p = where(t, a, 1 - a).named("p");  // the probability that it gave to what happened
  Var loss = (-mean(log(p))).named("loss");
};
// [end]

void print_first_gradient() {
  // [first]
  Model m;
  const auto d = gradient(m.loss, {m.w, m.b});
  const auto a = value(m.a);
  double dw = 0, db = 0;  // the same, by the formula
  for (std::size_t i = 0; i < hours.size(); ++i) {
    const double error = a.data()[i] - juggles[i];
    dw += error * hours[i] / 12;
    db += error / 12;
  }
  fmt::print("loss {:.4f}\n", item(m.loss));
  fmt::print("dL/dw by Gradus {:.4f}, by the formula {:.4f}\n", item(d[0]), dw);
  fmt::print("dL/db by Gradus {:.4f}, by the formula {:.4f}\n", item(d[1]), db);
  // [end]
}

/// What the neuron says for each number of hours, as a curve.
void write_curve(std::ofstream& file, const char* title, double w, double b) {
  file << fmt::format("# {}: hours, probability\n", title);
  for (int i = 0; i <= 65; ++i) {
    const double x = i / 10.0;
    file << fmt::format("{:.1f} {:.5f}\n", x, 1 / (1 + std::exp(-(w * x + b))));
  }
  file << "\n\n";
}

void train(std::ofstream& curves) {
  // [train]
  Model m;
  const auto d = gradient(m.loss, {m.w, m.b});
  const double rate = 0.3;
  fmt::print("  step       w       b    loss   half at\n");
  for (int step = 0; step <= 3000; ++step) {
    const double w = item(m.w), b = item(m.b), dw = item(d[0]), db = item(d[1]);
    if (step == 0 || step == 10 || step == 100 || step == 1000 || step == 3000) {
      fmt::print("{:6} {:7.4f} {:7.4f} {:7.4f}", step, w, b, item(m.loss));
      if (w != 0) fmt::print(" {:9.3f}", -b / w);
      fmt::print("\n");
      // [end]
      write_curve(curves, fmt::format("step {}", step).c_str(), w, b);
      // [train]
    }
    m.tape.set(m.w, w - rate * dw);
    m.tape.set(m.b, b - rate * db);
  }
  // [end]
}

void train_without_bias(std::ofstream& curves) {
  Model m;  // its b stays 0
  const Var dw = gradient(m.loss, m.w);
  for (int step = 0; step < 3000; ++step) m.tape.set(m.w, item(m.w) - 0.3 * item(dw));
  fmt::print("without a bias: w {:.4f}, loss {:.4f}\n", item(m.w), item(m.loss));
  write_curve(curves, "without a bias", item(m.w), 0);
}

}  // namespace

int main() {
  std::ofstream people_file("people.dat");
  people_file << "# hours, juggles\n";
  for (std::size_t i = 0; i < hours.size(); ++i) {
    people_file << fmt::format("{} {}\n", hours[i], juggles[i]);
  }
  const Model m;
  DotOptions options;
  options.rankdir = "LR";
  std::ofstream("logistic.dot") << to_dot(Graph(m.loss), options);

  std::ofstream curves("fit.dat");
  fmt::print("// [first]\n");
  print_first_gradient();
  fmt::print("// [train]\n");
  train(curves);
  fmt::print("// [no-bias]\n");
  train_without_bias(curves);
}
