#include <cmath>
#include <vector>

#include "exercise.hpp"

namespace {

// Exercise 1

void check_bias_through(course::Check& check, decltype(bias_through)* f) {
  check.equal("weights 2, 2 and the point (1, 2)", f(std::vector{2.0, 2.0}, std::vector{1.0, 2.0}),
              -6.0,
              "the weighted sum of the point is 2 * 1 + 2 * 2; the bias must take it back to 0");
  check.equal("weights 3, -1 and the point (1, 5)",
              f(std::vector{3.0, -1.0}, std::vector{1.0, 5.0}), 2.0,
              "each input counts as much as its own weight says");
  check.equal("weights 2, 2 and the origin", f(std::vector{2.0, 2.0}, std::vector{0.0, 0.0}), 0.0,
              "without a bias the line goes through the origin");
  check.equal("weights 1, 2, 4 and the point (1, 1, 1)",
              f(std::vector{1.0, 2.0, 4.0}, std::vector{1.0, 1.0, 1.0}), -7.0,
              "add over all inputs, however many there are");
}

double dot(std::span<const double> w, std::span<const double> x) {
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * x[i];
  return sum;
}

double forgets_the_sign(std::span<const double> w, std::span<const double> x) { return dot(w, x); }

double ignores_the_weights(std::span<const double>, std::span<const double> x) {
  return -dot(std::vector(x.size(), 1.0), x);
}

double takes_two_inputs_alone(std::span<const double> w, std::span<const double> x) {
  return -dot(w.first(2), x.first(2));
}

double multiplies_the_sums(std::span<const double> w, std::span<const double> x) {
  const std::vector ones(w.size(), 1.0);
  return -dot(ones, w) * dot(ones, x) / static_cast<double>(w.size());
}

// Exercise 2

void check_and_gate(course::Check& check, decltype(and_gate)* f) {
  const Neuron n = f();
  const auto says_1 = [n](double x1, double x2) { return n.w1 * x1 + n.w2 * x2 + n.bias > 0; };
  check.equal("does it say 1 for (0, 0)?", says_1(0, 0), false,
              "there the weighted sum is the bias alone");
  check.equal("does it say 1 for (0, 1)?", says_1(0, 1), false, "one input must not be enough");
  check.equal("does it say 1 for (1, 0)?", says_1(1, 0), false, "one input must not be enough");
  check.equal("does it say 1 for (1, 1)?", says_1(1, 1), true,
              "both inputs together must lift the sum above 0, not just to it");
}

Neuron is_an_or() { return {1, 1, -0.5}; }
Neuron has_no_bias() { return {1, 1, 0}; }
Neuron stops_at_the_line() { return {1, 1, -2}; }
Neuron has_the_wrong_sign() { return {1, 1, 1.5}; }

// Exercise 3

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

void check_learn(course::Check& check, decltype(learn)* f) {
  const Unit first = f({0, 0}, 4, 1, 0.5);
  check.equal("w from 0, after 4 hours with success at rate 0.5", first.w, 1.0,
              "a is 0.5 here, so w moves by rate * 0.5 * 4; upwards, as a was too small");
  check.equal("b from 0, after 4 hours with success at rate 0.5", first.b, 0.25,
              "dL/db is a - t: the bias has no input to be multiplied with");
  const Unit failed = f({1, -2}, 3, 0, 0.1);
  check.equal("w from 1 (b = -2), after 3 hours in vain at rate 0.1", failed.w,
              1 - 0.1 * sigmoid(1.0) * 3, "a = sigmoid(w x + b), with the bias");
  check.equal("b from -2 (w = 1), after 3 hours in vain at rate 0.1", failed.b,
              -2 - 0.1 * sigmoid(1.0), "both gradients are those of the neuron before the step");
}

Unit moved(Unit u, double x, double error, double rate) {
  return {u.w - rate * error * x, u.b - rate * error};
}

Unit climbs(Unit u, double x, double t, double rate) {
  return moved(u, x, t - sigmoid(u.w * x + u.b), rate);
}

Unit keeps_the_bias(Unit u, double x, double t, double rate) {
  return {moved(u, x, sigmoid(u.w * x + u.b) - t, rate).w, u.b};
}

Unit uses_the_step(Unit u, double x, double t, double rate) {
  return moved(u, x, (u.w * x + u.b > 0 ? 1 : 0) - t, rate);
}

Unit moves_the_bias_by_the_new_weight(Unit u, double x, double t, double rate) {
  u.w -= rate * (sigmoid(u.w * x + u.b) - t) * x;
  u.b -= rate * (sigmoid(u.w * x + u.b) - t);
  return u;
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 1: a neuron",
      {course::exercise("the bias through a point", bias_through, check_bias_through,
                        {{"forgets the sign", forgets_the_sign},
                         {"ignores the weights", ignores_the_weights},
                         {"takes the first two inputs alone", takes_two_inputs_alone},
                         {"multiplies the sums, not the parts", multiplies_the_sums}}),
       course::exercise("AND with one neuron", and_gate, check_and_gate,
                        {{"is an OR", is_an_or},
                         {"has no bias", has_no_bias},
                         {"puts the line through (1, 1) itself", stops_at_the_line},
                         {"has a bias of the wrong sign", has_the_wrong_sign}}),
       course::exercise("one step of learning", learn, check_learn,
                        {{"climbs", climbs},
                         {"keeps the bias", keeps_the_bias},
                         {"uses the step", uses_the_step},
                         {"moves the bias by the new weight", moves_the_bias_by_the_new_weight}})});
}
