#include "gradus/optim/optimizer.hpp"

#include <fmt/core.h>

#include <cmath>

#include "gradus/base/error.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::optim {
namespace {

/// The given coefficients, and the rule's defaults for the others. Throws InputError.
Coefficients complete(const Rule& rule, const Coefficients& given) {
  Coefficients all = rule.defaults;
  for (const Coefficient& c : coefficients()) {
    const std::optional<double>& value = given.*c.value;
    if (!value) continue;
    if (!rule.reads(c)) {
      throw InputError(
          fmt::format("the rule {} has no {}: it is of {}", rule.name, c.name, readers_of(c)));
    }
    if (c.value == &Coefficients::epsilon) {
      if (!(*value > 0) || !std::isfinite(*value)) {
        throw InputError(fmt::format("epsilon is {}: it must be a positive number", *value));
      }
    } else if (!(*value >= 0 && *value < 1)) {
      throw InputError(
          fmt::format("the {} is {}: it must be at least 0 and less than 1", c.name, *value));
    }
    all.*c.value = value;
  }
  return all;
}

}  // namespace

Optimizer::Optimizer(const Rule& rule, std::span<const Var> parameters, double rate,
                     const Coefficients& coefficients)
    : rule_(&rule),
      parameters_(parameters.begin(), parameters.end()),
      coefficients_(complete(rule, coefficients)) {
  if (parameters.empty()) throw Error("an optimiser needs parameters");
  if (!(rate > 0) || !std::isfinite(rate)) {
    throw InputError(fmt::format("the learning rate is {}: it must be a positive number", rate));
  }
  Tape& tape = parameters[0].tape();
  const Tape::Scope scope = tape.scope(rule.name);
  rate_ = tape.input(rate, "rate");
  for (const Var w : parameters) {
    for (const std::string_view state : rule.state) {
      state_.push_back(tape.parameter(Tensor<double>(w.shape()),
                                      fmt::format("{}.{}", tape.label(w.id()), state)));
    }
  }
  if (rule.counts) state_.push_back(tape.parameter(0.0, fmt::format("{}.t", rule.name)));
}

std::vector<Update> Optimizer::updates(std::span<const Var> gradients) const {
  if (gradients.size() != parameters_.size()) {
    throw Error(
        fmt::format("{} gradients for {} parameters", gradients.size(), parameters_.size()));
  }
  Tape& tape = rate_.tape();
  const Tape::Scope scope = tape.scope(rule_->name);
  const std::size_t count = rule_->state.size();
  const Coefficients& c = coefficients_;
  Before before{{},
                {},
                {},
                rate_,
                {},
                c.momentum.value_or(0),
                c.beta1.value_or(0),
                c.beta2.value_or(0),
                c.decay.value_or(0),
                c.epsilon.value_or(0)};
  std::vector<Update> updates;
  if (rule_->counts) {
    before.t = state_.back() + 1.0;
    updates.push_back({state_.back(), before.t});
  }
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    before.w = parameters_[i];
    before.g = gradients[i];
    before.state = std::span(state_).subspan(i * count, count);
    const Step step = rule_->update(before);
    updates.push_back({before.w, step.parameter});
    for (std::size_t k = 0; k < count; ++k) updates.push_back({before.state[k], step.state[k]});
  }
  return updates;
}

}  // namespace gradus::optim
