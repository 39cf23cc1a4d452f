/// Optimisers as rules on the tape: they see a parameter and its gradient, never a network.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "gradus/run/program.hpp"

namespace gradus::optim {

/// The new value of a parameter and of each of its state tensors.
struct Step {
  Var parameter;
  std::vector<Var> state;
};

/// One rule: how many state tensors a parameter has (of its shape, starting at 0), and the update.
/// The learning rate and the coefficients are scalars on the tape or plain numbers.
struct Rule {
  std::string_view name;
  int state_count;
  Step (*update)(Var parameter, Var gradient, std::span<const Var> state, Var rate,
                 double momentum);
};

/// The rules, for a parameter w, its gradient g, a velocity v and a momentum m:
///
///   sgd        w' = w - rate g
///              Robbins and Monro, "A stochastic approximation method", 1951
///   momentum   v' = m v - rate g,  w' = w + v'
///              Polyak 1964; in this form Sutskever et al., "On the importance of initialization
///              and momentum in deep learning", 2013
///   nesterov   v' = m v - rate g,  w' = w + m v' - rate g
///              Nesterov 1983; in this form, where w is the point looked ahead to, Bengio et al.,
///              "Advances in optimizing recurrent networks", 2013
std::span<const Rule> rules();
/// The rule with this name. Throws InputError that lists those that exist and the nearest one.
const Rule& find_rule(std::string_view name);

/// A rule at work on some parameters: their state, and the learning rate as an input of the tape,
/// so that a schedule can change it without compiling again.
class Optimizer {
 public:
  /// Records the rate (named "rate") and the state, as parameters named "<parameter>.<rule>".
  /// Throws InputError unless the rate is positive and finite and 0 <= momentum < 1.
  Optimizer(const Rule& rule, std::span<const Var> parameters, double rate, double momentum = 0.9);

  /// Records the updates for these gradients, one for each parameter, in order. May be called again
  /// for other gradients (of another batch size) with the same state.
  std::vector<Update> updates(std::span<const Var> gradients) const;

  /// The learning rate's input: executor.set(optimizer.rate(), ...).
  Var rate() const { return rate_; }
  /// All state tensors.
  const std::vector<Var>& state() const { return state_; }

 private:
  const Rule* rule_;
  std::vector<Var> parameters_;
  Var rate_;
  double momentum_;
  std::vector<Var> state_;
};

}  // namespace gradus::optim
