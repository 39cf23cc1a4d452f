// Nine rules in one valley: how each walks, how many steps it needs, and what it keeps in mind.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <fstream>
#include <optional>
#include <string_view>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

// [valley]
/// A valley along the x axis: fifty times as steep across as along.
Var along_x(Var x, Var y) {
  const Var across = 50 * square(y);
  return (square(x) + across) / 2;
}

/// The same valley, turned by 45 degrees.
Var turned(Var x, Var y) {
  const Var along = (x - y) / std::sqrt(2), across = (x + y) / std::sqrt(2);
  return along_x(along, across);
}
// [end]

// [own]
/// Momentum, as ops on the tape: from w, its gradient g and its state to the new ones.
optim::Step with_momentum(const optim::Before& b) {
  const Var push = -b.rate * b.g;
  const Var velocity = 0.9 * b.state[0] + push;
  return {b.w + velocity, {velocity}};
}

constexpr std::array<std::string_view, 1> kept{"velocity"};
const optim::Rule own{"own", 0.1, {}, kept, false, with_momentum};
// [end]

using Valley = Var (*)(Var, Var);

/// A walk down a valley from its far end, by one rule.
class Walk {
 public:
  Walk(Valley valley, const optim::Rule& rule, double rate)
      : x_(tape_.parameter(valley == turned ? -4 / std::sqrt(2) - 1 / std::sqrt(2) : -4.0, "x")),
        y_(tape_.parameter(valley == turned ? 4 / std::sqrt(2) - 1 / std::sqrt(2) : 1.0, "y")),
        f_(valley(x_, y_)),
        optimizer_(rule, std::vector{x_, y_}, rate),
        step_(program()) {}

  void step() { step_.run(); }
  double x() { return step_.leaf(x_)[0]; }
  double y() { return step_.leaf(y_)[0]; }
  double f() const { return step_.item(0); }  ///< before the last step
  /// Of the state's numbers, one after the other: those of x, and then those of y.
  double state(std::size_t i) { return step_.leaf(optimizer_.state()[i])[0]; }

 private:
  Executor<double> program() {
    const std::vector<Var> outputs{f_};
    const std::vector<Update> updates = optimizer_.updates(gradient(f_, {x_, y_}));
    return Executor<double>(Program(outputs, updates));
  }
  Tape tape_;
  Var x_, y_, f_;
  optim::Optimizer optimizer_;
  Executor<double> step_;
};

constexpr int most = 3000, stay = 100;

/// After how many steps f is below 0.01, and stays there for 100 steps more; nothing if it does not
/// in 3000.
std::optional<int> steps_needed(Valley valley, const optim::Rule& rule, double rate) {
  Walk walk(valley, rule, rate);
  int below = 0;
  for (int i = 0; i < most; ++i) {
    walk.step();
    below = walk.f() < 0.01 ? below + 1 : 0;
    if (below > stay) return i - stay;
  }
  return {};
}

struct Best {
  double rate = 0;
  int steps = most + 1;
};

/// The best of the rates 0.001, 0.002, 0.005, 0.01, ..., 2.
Best best_rate(Valley valley, const optim::Rule& rule) {
  Best best;
  for (const double rate : {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0}) {
    const std::optional<int> steps = steps_needed(valley, rule, rate);
    if (steps && *steps < best.steps) best = {rate, *steps};
  }
  return best;
}

void compare_own() {
  // [own-run]
  Walk by_hand(along_x, own, 0.02), by_library(along_x, optim::find_rule("momentum"), 0.02);
  fmt::print("step   own: x        y   library: x        y\n");
  for (int i = 1; i <= 4; ++i) {
    by_hand.step();
    by_library.step();
    fmt::print("{:4} {:8.4f} {:8.4f} {:12.4f} {:8.4f}\n", i, by_hand.x(), by_hand.y(),
               by_library.x(), by_library.y());
  }
  // [end]
}

void plain_descent() {
  const std::array<double, 3> rates{0.02, 0.038, 0.042};
  std::array<Walk, 3> walks{Walk(along_x, optim::find_rule("sgd"), rates[0]),
                            Walk(along_x, optim::find_rule("sgd"), rates[1]),
                            Walk(along_x, optim::find_rule("sgd"), rates[2])};
  fmt::print("step");
  for (const double rate : rates) fmt::print("   rate {:5}: x         y", rate);
  fmt::print("\n");
  for (int i = 1; i <= 40; ++i) {
    for (Walk& walk : walks) walk.step();
    if (i > 3 && i != 10 && i != 40) continue;
    fmt::print("{:4}", i);
    for (Walk& walk : walks) fmt::print("   {:13.4f} {:9.4f}", walk.x(), walk.y());
    fmt::print("\n");
  }
}

void first_steps() {
  fmt::print("rule       rate    step of x   step of y\n");
  for (const optim::Rule& rule : optim::rules()) {
    Walk walk(along_x, rule, rule.rate);
    const double x = walk.x(), y = walk.y();
    walk.step();
    fmt::print("{:9} {:5} {:12.5f} {:11.5f}\n", rule.name, rule.rate, walk.x() - x, walk.y() - y);
  }
}

void race(std::ofstream& paths) {
  fmt::print("rule       along x: best rate   steps   turned: best rate   steps\n");
  for (const optim::Rule& rule : optim::rules()) {
    const Best straight = best_rate(along_x, rule), skew = best_rate(turned, rule);
    fmt::print("{:9}  {:18} {:7} {:19} {:7}\n", rule.name, straight.rate, straight.steps, skew.rate,
               skew.steps);
    paths << fmt::format("# {} at rate {}: x, y along x; then turned\n", rule.name, straight.rate);
    Walk a(along_x, rule, straight.rate), b(turned, rule, skew.rate);
    for (int i = 0; i <= 60; ++i) {
      paths << fmt::format("{:.4f} {:.4f} {:.4f} {:.4f}\n", a.x(), a.y(), b.x(), b.y());
      a.step();
      b.step();
    }
    paths << "\n\n";
  }
}

/// What Adam keeps for each of the two numbers, on its way.
void write_state() {
  std::ofstream file("state.dat");
  file << "# step, Adam's m and root of v for x, and for y; all with the corrections\n";
  Walk walk(along_x, optim::find_rule("adam"), 0.2);
  for (int t = 1; t <= 60; ++t) {
    walk.step();
    const double m = 1 - std::pow(0.9, t), v = 1 - std::pow(0.999, t);
    file << fmt::format("{} {:.5f} {:.5f} {:.5f} {:.5f}\n", t, walk.state(0) / m,
                        std::sqrt(walk.state(1) / v), walk.state(2) / m,
                        std::sqrt(walk.state(3) / v));
  }
}

/// The rule as a graph: what it reads, and what it makes of it.
void write_graph() {
  Tape tape;
  const Var w = tape.parameter(1.0, "w"), g = tape.input(1.0, "g");
  const optim::Optimizer momentum(optim::find_rule("momentum"), std::vector{w}, 0.1);
  const std::vector<Update> updates = momentum.updates(std::vector{g});
  const std::vector<Var> after{updates[0].value.named("new w"), updates[1].value.named("new v")};
  DotOptions options;
  options.rankdir = "LR";
  std::ofstream("momentum.dot") << to_dot(Graph(after), options);
}

}  // namespace

int main() {
  fmt::print("// [sgd]\n");
  plain_descent();
  fmt::print("// [own]\n");
  compare_own();
  fmt::print("// [first]\n");
  first_steps();
  fmt::print("// [race]\n");
  std::ofstream paths("paths.dat");
  race(paths);
  write_state();
  write_graph();
}
