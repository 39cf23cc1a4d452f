#include <array>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "exercise.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"

namespace {

// Exercise 1

void check_momentum(course::Check& check, decltype(momentum_step)* f) {
  const Moving first = f({1, 0}, 4, 0.1, 0.9);
  check.equal("the velocity after a first step: w 1, gradient 4, rate 0.1", first.v, -0.4,
              "it starts at 0, and is pushed against the gradient");
  check.equal("w after a first step: w 1, gradient 4, rate 0.1", first.w, 0.6,
              "w moves by the new velocity");
  const Moving second = f({0.6, -0.4}, 2, 0.1, 0.9);
  check.equal("the velocity if it was -0.4: gradient 2, rate 0.1, m 0.9", second.v, -0.56,
              "0.9 of the old velocity stays, and the whole push is added");
  check.equal("w from 0.6 on, with the velocity -0.4: gradient 2, rate 0.1, m 0.9", second.w, 0.04,
              "w moves by the new velocity, not by the old one");
  check.equal("w from 0.6 on, with the velocity -0.4: gradient 0, m 0.5",
              f({0.6, -0.4}, 0, 0.1, 0.5).w, 0.4,
              "a ball rolls on where there is no gradient; here half of its velocity stays");
}

Moving moves_by_the_old_velocity(Moving b, double g, double rate, double m) {
  return {b.w + b.v, m * b.v - rate * g};
}
Moving forgets_what_it_keeps(Moving b, double g, double rate, double) {
  return {b.w - rate * g, -rate * g};
}
Moving goes_uphill(Moving b, double g, double rate, double m) {
  const double v = m * b.v + rate * g;
  return {b.w + v, v};
}
Moving averages_instead(Moving b, double g, double rate, double m) {
  const double v = m * b.v - (1 - m) * rate * g;
  return {b.w + v, v};
}

// Exercise 2

void check_adam(course::Check& check, decltype(adam_step)* f) {
  const Adaptive first = f({1, 0, 0, 0}, 4, 0.1);
  check.equal("how many steps were done after the first", first.t, 1, "count this step, too");
  check.equal("m after the first step, with the gradient 4", first.m, 0.4,
              "m keeps 0.9 of what it was, and takes 0.1 of the gradient; it is kept uncorrected");
  check.equal("v after the first step, with the gradient 4", first.v, 0.016,
              "v takes 0.001 of the gradient's square; it is kept uncorrected");
  check.near("w after the first step from 1, with the gradient 4 and the rate 0.1", first.w, 0.9,
             1e-8, "corrected, m is 4 and the root of v is 4: the step is the rate");
  check.near("w after the first step from 1, with the gradient 0.004 and the rate 0.1",
             f({1, 0, 0, 0}, 0.004, 0.1).w, 0.9, 1e-6,
             "the first step is the rate, however small the gradient is");
  const Adaptive second = f({0.9, 0.4, 0.016, 1}, -2, 0.1);
  check.equal("m after a second step, with the gradients 4 and -2", second.m, 0.16,
              "0.9 * 0.4 - 0.1 * 2");
  check.near("w after the second step, from 0.9, with the gradients 4 and -2", second.w,
             0.9 - 0.1 * (0.16 / 0.19) / std::sqrt(0.019984 / 0.001999), 1e-8,
             "for the second step, divide m by 1 - 0.9^2 and v by 1 - 0.999^2");
}

/// A step of Adam with its averages divided by these.
Adaptive adam_with(Adaptive b, double g, double rate, double of_m, double of_v) {
  b.t += 1;
  b.m = 0.9 * b.m + 0.1 * g;
  b.v = 0.999 * b.v + 0.001 * g * g;
  b.w -= rate * (b.m / of_m) / (std::sqrt(b.v / of_v) + 1e-8);
  return b;
}
Adaptive corrects_nothing(Adaptive b, double g, double rate) { return adam_with(b, g, rate, 1, 1); }
Adaptive corrects_as_in_the_first_step(Adaptive b, double g, double rate) {
  return adam_with(b, g, rate, 1 - 0.9, 1 - 0.999);
}
Adaptive forgets_the_root(Adaptive b, double g, double rate) {
  Adaptive after = adam_with(b, g, rate, 1, 1);
  const double m = after.m / (1 - std::pow(0.9, after.t)),
               v = after.v / (1 - std::pow(0.999, after.t));
  after.w = b.w - rate * m / (v + 1e-8);
  return after;
}
Adaptive keeps_what_is_corrected(Adaptive b, double g, double rate) {
  Adaptive after = adam_with(b, g, rate, 1 - std::pow(0.9, b.t + 1), 1 - std::pow(0.999, b.t + 1));
  after.m /= 1 - std::pow(0.9, after.t);
  after.v /= 1 - std::pow(0.999, after.t);
  return after;
}
Adaptive does_not_count(Adaptive b, double g, double rate) {
  Adaptive after = adam_with(b, g, rate, 1 - std::pow(0.9, b.t + 1), 1 - std::pow(0.999, b.t + 1));
  after.t = b.t;
  return after;
}

// Exercise 3

using gradus::Var;
using gradus::optim::Before;
using gradus::optim::Step;

/// Where a parameter comes to from 1 with the rate 0.1 and these gradients, one after the other.
double walk(decltype(rmsprop_rule)* f, std::initializer_list<double> gradients) {
  static constexpr std::array<std::string_view, 1> state{"s"};
  const gradus::optim::Rule rule{"answer", 0.1, {}, state, false, f};
  gradus::Tape tape;
  const Var w = tape.parameter(1.0, "w"), g = tape.input(0.0, "g");
  const gradus::optim::Optimizer optimizer(rule, std::vector{w}, 0.1);
  const std::vector<Var> outputs{w};
  gradus::Executor<double> step(gradus::Program(outputs, optimizer.updates(std::vector{g})));
  for (const double value : gradients) {
    step.leaf(g)[0] = value;
    step.run();
  }
  return step.leaf(w)[0];
}

void check_rmsprop(course::Check& check, decltype(rmsprop_rule)* f) {
  const double one = 1 - 0.1 / std::sqrt(0.1);
  check.near("w after the gradient 5, from 1 with the rate 0.1", walk(f, {5}), one, 1e-6,
             "s starts at 0; the new s is 0.1 * 25, and its root divides the gradient");
  check.near("w after the gradient 0.005, from 1 with the rate 0.1", walk(f, {0.005}), one, 1e-4,
             "the first step has the same length for all gradients: their size is divided out");
  check.near("w after the gradients 5 and 5, from 1 with the rate 0.1", walk(f, {5, 5}),
             one - 0.1 / std::sqrt(0.19), 1e-6,
             "the second s is 0.9 * 2.5 + 0.1 * 25: return the new s, for the next step to read");
  check.near("w after the gradients 5 and -1, from 1 with the rate 0.1", walk(f, {5, -1}),
             one + 0.1 / std::sqrt(2.35), 1e-6, "the new s is 0.9 * 2.5 + 0.1 * 1");
}

Step sums_all_squares(const Before& b) {
  const Var s = b.state[0] + square(b.g);
  return {b.w - b.rate * b.g / (sqrt(s) + 1e-8), {s}};
}
Step forgets_the_root_of_s(const Before& b) {
  const Var kept = 0.9 * b.state[0];
  const Var s = kept + 0.1 * square(b.g);
  return {b.w - b.rate * b.g / (s + 1e-8), {s}};
}
Step divides_by_the_old_s(const Before& b) {
  const Var kept = 0.9 * b.state[0];
  const Var s = kept + 0.1 * square(b.g);
  return {b.w - b.rate * b.g / (sqrt(b.state[0]) + 1e-8), {s}};
}
Step keeps_the_old_s(const Before& b) {
  const Var kept = 0.9 * b.state[0];
  const Var s = kept + 0.1 * square(b.g);
  return {b.w - b.rate * b.g / (sqrt(s) + 1e-8), {b.state[0]}};
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 14: optimisers",
      {course::exercise("a step of momentum", momentum_step, check_momentum,
                        {{"moves by the old velocity", moves_by_the_old_velocity},
                         {"forgets what it keeps", forgets_what_it_keeps},
                         {"goes uphill", goes_uphill},
                         {"takes a tenth of the push", averages_instead}}),
       course::exercise("a step of Adam", adam_step, check_adam,
                        {{"corrects nothing", corrects_nothing},
                         {"corrects as in the first step", corrects_as_in_the_first_step},
                         {"forgets the root", forgets_the_root},
                         {"keeps what is corrected", keeps_what_is_corrected},
                         {"does not count", does_not_count}}),
       course::exercise("RMSprop on the tape", rmsprop_rule, check_rmsprop,
                        {{"sums all squares", sums_all_squares},
                         {"forgets the root", forgets_the_root_of_s},
                         {"divides by the old s", divides_by_the_old_s},
                         {"keeps the old s", keeps_the_old_s}})});
}
