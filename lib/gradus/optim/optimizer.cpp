#include "gradus/optim/optimizer.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "gradus/base/named.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::optim {
namespace {

// The minus sign goes to the rate, a scalar: one pass less over the gradient.
Step sgd(Var w, Var g, std::span<const Var>, Var rate, double) { return {w + -rate * g, {}}; }

Step momentum(Var w, Var g, std::span<const Var> state, Var rate, double m) {
  const Var push = -rate * g;
  const Var velocity = m * state[0] + push;
  return {w + velocity, {velocity}};
}

Step nesterov(Var w, Var g, std::span<const Var> state, Var rate, double m) {
  const Var push = -rate * g;
  const Var velocity = m * state[0] + push;
  return {w + m * velocity + push, {velocity}};
}

constexpr std::array known{
    Rule{"sgd", 0, sgd},
    Rule{"momentum", 1, momentum},
    Rule{"nesterov", 1, nesterov},
};

}  // namespace

std::span<const Rule> rules() { return known; }

const Rule& find_rule(std::string_view name) { return find_named<Rule>("optimizer", name, known); }

Optimizer::Optimizer(const Rule& rule, std::span<const Var> parameters, double rate,
                     double momentum)
    : rule_(&rule), parameters_(parameters.begin(), parameters.end()), momentum_(momentum) {
  if (parameters.empty()) throw Error("an optimiser needs parameters");
  if (!(rate > 0) || !std::isfinite(rate)) {
    throw InputError(fmt::format("the learning rate is {}: it must be a positive number", rate));
  }
  if (!(momentum >= 0 && momentum < 1)) {
    throw InputError(
        fmt::format("the momentum is {}: it must be at least 0 and less than 1", momentum));
  }
  Tape& tape = parameters[0].tape();
  const Tape::Scope scope = tape.scope(rule.name);
  rate_ = tape.input(rate, "rate");
  for (const Var w : parameters) {
    for (int i = 0; i < rule.state_count; ++i) {
      state_.push_back(tape.parameter(Tensor<double>(w.shape()),
                                      fmt::format("{}.{}", tape.label(w.id()), rule.name)));
    }
  }
}

std::vector<Update> Optimizer::updates(std::span<const Var> gradients) const {
  if (gradients.size() != parameters_.size()) {
    throw Error(
        fmt::format("{} gradients for {} parameters", gradients.size(), parameters_.size()));
  }
  Tape& tape = rate_.tape();
  const Tape::Scope scope = tape.scope(rule_->name);
  const auto count = static_cast<std::size_t>(rule_->state_count);
  std::vector<Update> updates;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const std::span<const Var> state(state_.data() + i * count, count);
    const Step step = rule_->update(parameters_[i], gradients[i], state, rate_, momentum_);
    updates.push_back({parameters_[i], step.parameter});
    for (std::size_t k = 0; k < count; ++k) updates.push_back({state[k], step.state[k]});
  }
  return updates;
}

}  // namespace gradus::optim
