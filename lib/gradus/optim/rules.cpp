#include "gradus/optim/rules.hpp"

#include <array>

#include "gradus/base/join.hpp"
#include "gradus/base/named.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::optim {
namespace {

using Names = std::span<const std::string_view>;

// Scalars are put together first: one pass less over the gradient.

Step sgd(const Before& b) { return {b.w + -b.rate * b.g, {}}; }

Step momentum(const Before& b) {
  const Var push = -b.rate * b.g;
  const Var velocity = b.momentum * b.state[0] + push;
  return {b.w + velocity, {velocity}};
}

Step nesterov(const Before& b) {
  const Var push = -b.rate * b.g;
  const Var velocity = b.momentum * b.state[0] + push;
  return {b.w + b.momentum * velocity + push, {velocity}};
}

/// The moving average of what is new.
Var average(double share, Var old, Var now) {
  const Var kept = share * old;
  return kept + (1 - share) * now;
}

/// What an average that started at 0 has of the weights of a whole one: 1 - share^t.
Var weight(double share, Var t) { return 1.0 - pow(share, t); }

/// w - rate g / (sqrt(s) + epsilon).
Var scaled_step(const Before& b, Var s) {
  const Var push = -b.rate * b.g;
  return b.w + push / (sqrt(s) + b.epsilon);
}

Step adagrad(const Before& b) {
  const Var s = b.state[0] + square(b.g);
  return {scaled_step(b, s), {s}};
}

Step rmsprop(const Before& b) {
  const Var s = average(b.decay, b.state[0], square(b.g));
  return {scaled_step(b, s), {s}};
}

Step adadelta(const Before& b) {
  const Var s = average(b.decay, b.state[0], square(b.g));
  const Var usual_step = sqrt(b.state[1] + b.epsilon);
  const Var step = usual_step / sqrt(s + b.epsilon) * b.g;
  return {b.w + -b.rate * step, {s, average(b.decay, b.state[1], square(step))}};
}

/// The divisor of Adam and Nadam: how large gradients are.
Var size_of_gradients(const Before& b, Var v) {
  const Var whole = v / weight(b.beta2, b.t);
  return sqrt(whole) + b.epsilon;
}

Step adam(const Before& b) {
  const Var m = average(b.beta1, b.state[0], b.g);
  const Var v = average(b.beta2, b.state[1], square(b.g));
  const Var rate = -b.rate / weight(b.beta1, b.t);
  const Var push = rate * m;
  return {b.w + push / size_of_gradients(b, v), {m, v}};
}

Step adamax(const Before& b) {
  const Var m = average(b.beta1, b.state[0], b.g);
  const Var faded = b.beta2 * b.state[1];
  const Var u = maximum(faded, abs(b.g));
  const Var rate = -b.rate / weight(b.beta1, b.t);
  const Var push = rate * m;
  return {b.w + push / (u + b.epsilon), {m, u}};
}

Step nadam(const Before& b) {
  const Var m = average(b.beta1, b.state[0], b.g);
  const Var v = average(b.beta2, b.state[1], square(b.g));
  const Var ahead = b.beta1 / weight(b.beta1, b.t + 1.0) * m;
  const Var here = (1 - b.beta1) / weight(b.beta1, b.t) * b.g;
  const Var push = -b.rate * (ahead + here);
  return {b.w + push / size_of_gradients(b, v), {m, v}};
}

constexpr std::array<std::string_view, 1> momentum_state{"momentum"}, nesterov_state{"nesterov"},
    adagrad_state{"adagrad"}, rmsprop_state{"rmsprop"};
constexpr std::array<std::string_view, 2> adadelta_state{"adadelta.s", "adadelta.u"},
    adam_state{"adam.m", "adam.v"}, adamax_state{"adamax.m", "adamax.u"},
    nadam_state{"nadam.m", "nadam.v"};

constexpr std::array known{
    Rule{"sgd", 0.1, {}, Names{}, false, sgd},
    Rule{"momentum", 0.1, {.momentum = 0.9}, momentum_state, false, momentum},
    Rule{"nesterov", 0.1, {.momentum = 0.9}, nesterov_state, false, nesterov},
    Rule{"adagrad", 0.01, {.epsilon = 1e-8}, adagrad_state, false, adagrad},
    Rule{"adadelta", 1, {.decay = 0.95, .epsilon = 1e-6}, adadelta_state, false, adadelta},
    Rule{"rmsprop", 0.001, {.decay = 0.9, .epsilon = 1e-8}, rmsprop_state, false, rmsprop},
    Rule{"adam", 0.001, {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}, adam_state, true, adam},
    Rule{"adamax",
         0.002,
         {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
         adamax_state,
         true,
         adamax},
    Rule{"nadam", 0.002, {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}, nadam_state, true, nadam},
};

constexpr std::array named{
    Coefficient{"momentum", &Coefficients::momentum}, Coefficient{"beta1", &Coefficients::beta1},
    Coefficient{"beta2", &Coefficients::beta2}, Coefficient{"decay", &Coefficients::decay},
    Coefficient{"epsilon", &Coefficients::epsilon}};

}  // namespace

std::span<const Coefficient> coefficients() { return named; }

std::span<const Rule> rules() { return known; }

std::string readers_of(const Coefficient& coefficient) {
  std::vector<std::string_view> readers;
  for (const Rule& rule : rules()) {
    if (rule.reads(coefficient)) readers.push_back(rule.name);
  }
  return join(readers, ", ");
}

const Rule& find_rule(std::string_view name) { return find_named<Rule>("optimizer", name, known); }

}  // namespace gradus::optim
