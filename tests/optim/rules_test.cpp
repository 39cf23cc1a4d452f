// Each rule against the update of its paper: three steps worked out by hand, and twenty by plain
// loops.
#include "gradus/optim/rules.hpp"

#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "catch.hpp"
#include "gradus/base/random.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::optim;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

/// Three steps from w = 0.
struct Worked {
  const char* rule;
  double rate;
  Coefficients coefficients;
  double g[3];
  double step[3];  ///< what w goes down by
};

// With epsilon so small that it does not count (but for adadelta, where it starts all steps):
//
// adagrad    s = 9, 25, 169, so roots of 3, 5, 13:  3/3, 4/5, 12/13
// rmsprop    d = 3/4:  s = 0 + 4/4 = 1;  3/4 + 1/4 = 1;  3/4 + 1/4 = 1:  steps are the gradients
// adadelta   d = 3/4, epsilon = 9/4:
//            s = 16/4 = 4:  step = sqrt(9/4) / sqrt(25/4) 4 = 3/5 4 = 2.4;  u = 2.4^2 / 4 = 1.44
//            s = 3 + 4/4 = 4:  step = sqrt(1.44 + 2.25) / (5/2) 2 = 0.8 sqrt(3.69)
//            with g = 0 there is no step
// adam       b1 = 1/2, b2 = 3/4:
//            m = 1, v = 1:  (1 / (1/2)) / sqrt(1 / (1/4)) = 1
//            m = 1/2 - 1/2 = 0:  no step;  v = 3/4 + 1/4 = 1
//            m = 1/2, v = 1:  (1/2 / (7/8)) / sqrt(1 / (37/64)) = 4/7 sqrt(37)/8 = sqrt(37)/14
// adamax     m = 1, u = 2:  1 / (1/2) / 2 = 1
//            m = 0:  no step;  u = max(3/4 2, 1) = 3/2
//            m = 3/2, u = max(9/8, 3) = 3:  3/2 / (7/8) / 3 = 4/7
// nadam      m = 1, v = 1:  n = 1/2 / (3/4) + 1/2 2 / (1/2) = 8/3;  sqrt(1 / (1/4)) = 2:  4/3
//            m = 0, v = 1:  n = 0 - 1/2 / (3/4) = -2/3;  sqrt(1 / (7/16)) = 4/sqrt(7):  -sqrt(7)/6
//            m = 1/2, v = 1:  n = 1/4 / (15/16) + 1/2 / (7/8) = 4/15 + 4/7 = 88/105;
//            sqrt(1 / (37/64)) = 8/sqrt(37):  11 sqrt(37)/105
const Worked worked[] = {
    {"sgd", 0.5, {}, {2, -1, 0.5}, {2, -1, 0.5}},
    {"momentum", 0.5, {.momentum = 0.5}, {2, -1, 0.5}, {2, 0, 0.5}},
    {"nesterov", 0.5, {.momentum = 0.5}, {2, -1, 0.5}, {3, -1, 0.75}},
    {"adagrad", 0.5, {.epsilon = 1e-12}, {3, 4, 12}, {1, 0.8, 12.0 / 13}},
    {"rmsprop", 0.25, {.decay = 0.75, .epsilon = 1e-12}, {2, 1, -1}, {2, 1, -1}},
    {"adadelta", 2, {.decay = 0.75, .epsilon = 2.25}, {4, 2, 0}, {2.4, 0.8 * std::sqrt(3.69), 0}},
    {"adam",
     0.5,
     {.beta1 = 0.5, .beta2 = 0.75, .epsilon = 1e-12},
     {2, -1, 1},
     {1, 0, std::sqrt(37) / 14}},
    {"adamax", 0.5, {.beta1 = 0.5, .beta2 = 0.75, .epsilon = 1e-12}, {2, -1, 3}, {1, 0, 4.0 / 7}},
    {"nadam",
     0.5,
     {.beta1 = 0.5, .beta2 = 0.75, .epsilon = 1e-12},
     {2, -1, 1},
     {4.0 / 3, -std::sqrt(7) / 6, 11 * std::sqrt(37) / 105}},
};

template <class T>
void check_worked(const Worked& wanted, double tolerance) {
  Tape tape;
  const Var w = tape.parameter(Tensor<double>({2}), "w");
  const Var g = tape.input(Shape{2}, "g");
  const Optimizer optimizer(find_rule(wanted.rule), std::span(&w, 1), wanted.rate,
                            wanted.coefficients);
  Executor<T> run(Program({}, optimizer.updates(std::span(&g, 1))));
  double w_wanted = 0;
  for (int i = 0; i < 3; ++i) {
    INFO(wanted.rule << ", step " << i + 1);
    const auto x = static_cast<T>(wanted.g[i]);
    run.set(g, std::vector<T>{x, -x});
    run.run();
    w_wanted -= wanted.rate * wanted.step[i];
    CHECK_THAT(static_cast<double>(run.leaf(w)[0]), WithinAbs(w_wanted, tolerance));
    CHECK_THAT(static_cast<double>(run.leaf(w)[1]), WithinAbs(-w_wanted, tolerance));
  }
}

/// One number under one rule, as a programmer writes the paper's formula down; each call is a step.
/// Default coefficients.
using PlainRule = std::function<void(double& w, double g, double rate)>;

PlainRule plain(const std::string& rule) {
  if (rule == "sgd") return [](double& w, double g, double rate) { w -= rate * g; };
  if (rule == "momentum") {
    return [v = 0.0](double& w, double g, double rate) mutable {
      v = 0.9 * v - rate * g;
      w += v;
    };
  }
  if (rule == "nesterov") {
    return [v = 0.0](double& w, double g, double rate) mutable {
      v = 0.9 * v - rate * g;
      w += 0.9 * v - rate * g;
    };
  }
  if (rule == "adagrad") {
    return [s = 0.0](double& w, double g, double rate) mutable {
      s += g * g;
      w -= rate * g / (std::sqrt(s) + 1e-8);
    };
  }
  if (rule == "rmsprop") {
    return [s = 0.0](double& w, double g, double rate) mutable {
      s = 0.9 * s + 0.1 * g * g;
      w -= rate * g / (std::sqrt(s) + 1e-8);
    };
  }
  if (rule == "adadelta") {
    return [s = 0.0, u = 0.0](double& w, double g, double rate) mutable {
      s = 0.95 * s + 0.05 * g * g;
      const double step = std::sqrt(u + 1e-6) / std::sqrt(s + 1e-6) * g;
      u = 0.95 * u + 0.05 * step * step;
      w -= rate * step;
    };
  }
  return [rule, m = 0.0, v = 0.0, t = 0](double& w, double g, double rate) mutable {
    ++t;
    m = 0.9 * m + 0.1 * g;
    if (rule == "adamax") {
      v = std::max(0.999 * v, std::abs(g));
      w -= rate / (1 - std::pow(0.9, t)) * m / (v + 1e-8);
      return;
    }
    v = 0.999 * v + 0.001 * g * g;
    const double root = std::sqrt(v / (1 - std::pow(0.999, t)));
    const double direction =
        rule == "adam" ? m / (1 - std::pow(0.9, t))
                       : 0.9 * m / (1 - std::pow(0.9, t + 1)) + 0.1 * g / (1 - std::pow(0.9, t));
    w -= rate * direction / (root + 1e-8);
  };
}

/// Twenty steps of 7 numbers, with gradients of all sizes. Some have no gradient at first, one
/// never.
template <class T>
void check_plain(const Rule& rule, Passes passes, double tolerance) {
  constexpr Index n = 7;
  Tape tape;
  Random random(11);
  Tensor<double> start({n});
  for (double& x : start) x = random.normal();
  const Var w = tape.parameter(start, "w");
  const Var g = tape.input(Shape{n}, "g");
  const Optimizer optimizer(rule, std::span(&w, 1), rule.rate);
  Executor<T> run(Program({}, optimizer.updates(std::span(&g, 1)), passes));
  std::vector<double> wanted(start.begin(), start.end());
  std::vector<PlainRule> steps(n, plain(std::string(rule.name)));
  for (int i = 0; i < 20; ++i) {
    std::vector<T> gradient;
    const auto rate = static_cast<T>(rule.rate / (1 + i));  // as a schedule would
    for (std::size_t k = 0; k < n; ++k) {
      const double x = std::pow(10.0, static_cast<double>(k) - 4) * random.normal();
      gradient.push_back(k == 0 || (k < 3 && i < 10) ? T{0} : static_cast<T>(x));
      steps[k](wanted[k], static_cast<double>(gradient.back()), static_cast<double>(rate));
    }
    run.set(g, gradient);
    run.set(optimizer.rate(), std::span(&rate, 1));
    run.run();
    for (std::size_t k = 0; k < n; ++k) {
      INFO(rule.name << ", step " << i + 1 << ", element " << k);
      CHECK_THAT(static_cast<double>(run.leaf(w)[k]),
                 WithinRel(wanted[k], tolerance) || WithinAbs(wanted[k], tolerance));
    }
  }
  CHECK(static_cast<double>(run.leaf(w)[0]) == static_cast<double>(static_cast<T>(start[0])));
}

}  // namespace

TEST_CASE("three steps of each rule are those that were worked out by hand", "[optim]") {
  CHECK(rules().size() == std::size(worked));
  for (const Worked& wanted : worked) {
    check_worked<double>(wanted, 1e-11);
    check_worked<float>(wanted, 2e-6);
  }
}

TEST_CASE("each rule does what a plain loop of its paper's formula does", "[optim]") {
  for (const Rule& rule : rules()) {
    for (const Passes passes : {Passes::all(), Passes::none()}) {
      check_plain<double>(rule, passes, 1e-13);
      check_plain<float>(rule, passes, 5e-5);
    }
  }
}

TEST_CASE("a rule goes on with equal bits from its state", "[optim]") {
  for (const Rule& rule : rules()) {
    INFO(rule.name);
    Tape tape;
    const Var w = tape.parameter(Tensor<double>({3}, {1, -2, 0.5}), "w");
    const Var loss = sum(square(w) * square(w));
    const std::vector<Var> gradients{4.0 * square(w) * w};
    const Optimizer optimizer(rule, std::span(&w, 1), rule.rate / 10);
    const Program program({loss}, optimizer.updates(gradients));
    std::vector<Var> kept{w};
    kept.insert(kept.end(), optimizer.state().begin(), optimizer.state().end());

    Executor<float> straight(program), first(program), second(program);
    for (int i = 0; i < 12; ++i) straight.run();
    for (int i = 0; i < 5; ++i) first.run();
    for (const Var v : kept) {
      const std::vector<float> saved(first.leaf(v).begin(), first.leaf(v).end());
      second.set(v, saved);
    }
    for (int i = 0; i < 7; ++i) second.run();
    for (const Var v : kept) {
      INFO(v.name());
      CHECK(std::equal(straight.leaf(v).begin(), straight.leaf(v).end(), second.leaf(v).begin()));
    }
    if (rule.counts) CHECK(second.leaf(kept.back())[0] == 12);
  }
}

TEST_CASE("state has names of its own, and what counts steps counts once for all parameters",
          "[optim]") {
  Tape tape;
  const std::vector<Var> parameters{tape.parameter(1.0, "a"),
                                    tape.parameter(Tensor<double>({2}), "b")};
  const std::map<std::string, std::string> wanted{
      {"sgd", ""},
      {"momentum", "a.momentum b.momentum "},
      {"nesterov", "a.nesterov b.nesterov "},
      {"adagrad", "a.adagrad b.adagrad "},
      {"adadelta", "a.adadelta.s a.adadelta.u b.adadelta.s b.adadelta.u "},
      {"rmsprop", "a.rmsprop b.rmsprop "},
      {"adam", "a.adam.m a.adam.v b.adam.m b.adam.v adam.t "},
      {"adamax", "a.adamax.m a.adamax.u b.adamax.m b.adamax.u adamax.t "},
      {"nadam", "a.nadam.m a.nadam.v b.nadam.m b.nadam.v nadam.t "}};
  for (const Rule& rule : rules()) {
    INFO(rule.name);
    std::string names;
    const Optimizer optimizer(rule, parameters, rule.rate);
    for (const Var v : optimizer.state()) names += std::string(v.name()) + " ";
    CHECK(names == wanted.at(std::string(rule.name)));
  }
}

TEST_CASE("a rule refuses coefficients that are none, and those that it does not read", "[optim]") {
  Tape tape;
  const Var w = tape.parameter(1.0, "w");
  for (const Rule& rule : rules()) {
    for (const Coefficient& c : coefficients()) {
      INFO(rule.name << ", " << c.name);
      const auto error = [&](double value) {
        Coefficients given;
        given.*c.value = value;
        return scratch::error_of([&] { Optimizer(rule, std::span(&w, 1), 0.1, given); });
      };
      if (!rule.reads(c)) {
        scratch::check_says(error(0.5), {"the rule " + std::string(rule.name) + " has no " +
                                         std::string(c.name) + ": it is of "});
        continue;
      }
      CHECK(error(0.5) == "");
      for (const double wrong : {-0.5, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        scratch::check_says(error(wrong), {std::string(c.name) + " is ", "it must be "});
      }
      CHECK((error(0) == "") == (c.name != "epsilon"));
      CHECK((error(1) == "") == (c.name == "epsilon"));
    }
  }
  scratch::check_says(scratch::error_of([] { find_rule("adamm"); }),
                      {"unknown optimizer 'adamm': did you mean 'adam'?", "rmsprop, adam, adamax"});
}
