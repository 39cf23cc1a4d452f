// Optimisers on numbers worked out by hand.
#include "gradus/optim/optimizer.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/nn/loss.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::optim;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Three steps from w = 1 with the gradients 2, -1 and 1/2, the rate 1/2 and the momentum 1/2. All
/// numbers are exact, in both precisions.
struct Worked {
  const char* rule;
  double w[3];
  double v[3];  ///< the velocity, where there is one
};

//   momentum   v = v / 2 - g / 2,  w = w + v
//     v:  0 - 1 = -1           -1/2 + 1/2 = 0     0 - 1/4 = -1/4
//     w:  1 - 1 = 0             0 + 0 = 0         0 - 1/4 = -1/4
//   nesterov   the same v,  w = w + v / 2 - g / 2
//     w:  1 - 1/2 - 1 = -1/2   -1/2 + 0 + 1/2 = 0   0 - 1/8 - 1/4 = -3/8
constexpr Worked worked[] = {
    {"sgd", {0, 0.5, 0.25}, {0, 0, 0}},
    {"momentum", {0, 0, -0.25}, {-1, 0, -0.25}},
    {"nesterov", {-0.5, 0, -0.375}, {-1, 0, -0.25}},
};

template <class T>
void check_worked(const Worked& wanted) {
  Tape tape;
  // Two elements, the second twice the first with the other sign: every rule is linear.
  const Var w = tape.parameter(Tensor<double>({2}, {1, -2}), "w");
  const Var g = tape.input(Shape{2}, "g");
  Coefficients coefficients;
  if (find_rule(wanted.rule).defaults.momentum) coefficients.momentum = 0.5;
  const Optimizer optimizer(find_rule(wanted.rule), std::span(&w, 1), 0.5, coefficients);
  Executor<T> run(Program({}, optimizer.updates(std::span(&g, 1))));
  const double gradients[] = {2, -1, 0.5};
  for (int step = 0; step < 3; ++step) {
    INFO(wanted.rule << ", step " << step);
    const auto x = static_cast<T>(gradients[step]);
    run.set(g, std::vector<T>{x, -2 * x});
    run.run();
    CHECK(run.leaf(w)[0] == static_cast<T>(wanted.w[step]));
    CHECK(run.leaf(w)[1] == static_cast<T>(-2 * wanted.w[step]));
    for (const Var v : optimizer.state()) {
      CHECK(run.leaf(v)[0] == static_cast<T>(wanted.v[step]));
      CHECK(run.leaf(v)[1] == static_cast<T>(-2 * wanted.v[step]));
    }
  }
}

}  // namespace

TEST_CASE("three steps give the numbers that were worked out by hand", "[optim]") {
  for (const Worked& wanted : worked) {
    check_worked<float>(wanted);
    check_worked<double>(wanted);
  }
}

TEST_CASE("the rate is an input: it changes without compiling again", "[optim]") {
  Tape tape;
  const Var w = tape.parameter(8.0, "w");
  const Var g = tape.input(2.0, "g");
  const Optimizer optimizer(find_rule("sgd"), std::span(&w, 1), 1.0);
  CHECK(optimizer.rate().name() == "rate");
  Executor<double> run(Program({}, optimizer.updates(std::span(&g, 1))));
  run.run();
  CHECK(run.leaf(w)[0] == 6);
  for (const double rate : {0.5, 0.25}) {
    run.set(optimizer.rate(), std::span(&rate, 1));
    run.run();
  }
  CHECK(run.leaf(w)[0] == 4.5);
}

TEST_CASE("state starts at zero, has the parameters' shapes, and names that say whose it is",
          "[optim]") {
  Tape tape;
  Random random(1);
  const nn::Mlp mlp(tape, {.layers = {3, 4, 2}}, random);
  const std::vector<Var> parameters = mlp.parameters();
  CHECK(Optimizer(find_rule("sgd"), parameters, 0.1).state().empty());
  const Optimizer optimizer(find_rule("momentum"), parameters, 0.1);
  REQUIRE(optimizer.state().size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const Var state = optimizer.state()[i];
    CHECK(state.shape() == parameters[i].shape());
    CHECK(state.name() == std::string(parameters[i].name()) + ".momentum");
    CHECK(value(state) == Tensor<double>(state.shape()));
  }
}

TEST_CASE("updates are computed in place", "[optim]") {
  for (const Rule& rule : rules()) {
    INFO(rule.name);
    Tape tape;
    Random random(1);
    const nn::Mlp mlp(tape, {.layers = {30, 20, 10}}, random);
    const Var x = tape.input(nn::normal({8, 30}, random), "x");
    const Var t = tape.input(nn::uniform({8, 10}, random, 0, 1), "t");
    const Var loss = nn::find_loss("cross-entropy").apply(mlp(x), t);
    const Optimizer optimizer(rule, mlp.parameters(), rule.rate);
    const std::vector<Update> updates = optimizer.updates(gradient(loss, mlp.parameters()));
    CHECK(updates.size() == 4 * (1 + rule.state.size()) + rule.counts);
    const Program program(std::span(&loss, 1), updates);
    CHECK(program.updates_in_place() == updates.size());
    CHECK(program.copies().empty());

    // Training for another batch size shares parameters and state.
    const Var one = nn::find_loss("cross-entropy")
                        .apply(mlp(tape.input(nn::normal({1, 30}, random), "x1")),
                               tape.input(Tensor<double>({1, 10}, 0.1)));
    Executor<double> first(program);
    Executor<double> second(
        Program(std::span(&one, 1), optimizer.updates(gradient(one, mlp.parameters()))), first);
    const Var w = mlp.parameters()[0];
    const std::vector<double> before(first.leaf(w).begin(), first.leaf(w).end());
    second.run();
    CHECK(!std::equal(before.begin(), before.end(), first.leaf(w).begin()));
    const double loss_before = (first.run(), first.item(0));
    for (int i = 0; i < 20; ++i) first.run();
    CHECK(first.item(0) < loss_before);
  }
}

TEST_CASE("an optimiser refuses rates, momenta and gradients that cannot be", "[optim]") {
  Tape tape;
  const Var w = tape.parameter(1.0, "w");
  const auto make = [&](double rate, double momentum) {
    return scratch::error_of(
        [&] { Optimizer(find_rule("momentum"), std::span(&w, 1), rate, {.momentum = momentum}); });
  };
  for (const double rate : {0.0, -0.1, not_a_number, infinity, -infinity}) {
    scratch::check_says(make(rate, 0.9), {"the learning rate is ", "must be a positive number"});
  }
  for (const double momentum : {-0.1, 1.0, 2.0, not_a_number, infinity}) {
    scratch::check_says(make(0.1, momentum), {"the momentum is ", "at least 0 and less than 1"});
  }
  CHECK(make(0.1, 0) == "");
  CHECK_THROWS_AS(Optimizer(find_rule("sgd"), {}, 0.1), Error);
  const Optimizer optimizer(find_rule("sgd"), std::span(&w, 1), 0.1);
  const std::vector<Var> two{w, w};
  CHECK_THROWS_AS(optimizer.updates(two), Error);
  CHECK_THROWS_AS(optimizer.updates({}), Error);
}
