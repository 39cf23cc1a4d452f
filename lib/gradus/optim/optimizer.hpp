/// A rule at work on the parameters of a tape.
#pragma once

#include <span>
#include <vector>

#include "gradus/optim/rules.hpp"
#include "gradus/run/program.hpp"

namespace gradus::optim {

/// A rule at work on some parameters: their state, and the learning rate as an input of the tape,
/// so that a schedule can change it without compiling again.
///
///   const optim::Optimizer adam(optim::find_rule("adam"), parameters, 0.001, {.beta2 = 0.99});
///   Executor<float> step(Program({loss}, adam.updates(gradient(loss, parameters))));
class Optimizer {
 public:
  /// Records the rate (named "rate") and the state, as parameters: those of a parameter are named
  /// "<parameter>.<rule>", or "<parameter>.<rule>.<letter>" where there are two; the number of
  /// steps done, where the rule counts, "<rule>.t". All start at 0, and belong in a checkpoint. (A
  /// step's number is kept in the precision of the run, in which 1 - beta2^t has a
  /// relative error of 1e-7/(1 - beta2) at most for float; so keep beta2 below 1 - 1e-6.)
  ///
  /// Coefficients that are not set are those of `rule.defaults`. Throws InputError unless the rate
  /// is positive and finite and the coefficients are in their ranges, and for one that the rule
  /// does not read.
  Optimizer(const Rule& rule, std::span<const Var> parameters, double rate,
            const Coefficients& coefficients = {});

  /// Records the updates for these gradients, one for each parameter, in order. May be called again
  /// for other gradients (of another batch size) with the same state.
  std::vector<Update> updates(std::span<const Var> gradients) const;

  /// The learning rate's input: executor.set(optimizer.rate(), ...).
  Var rate() const { return rate_; }
  /// All state: that of each parameter in turn, and the number of steps if the rule counts.
  const std::vector<Var>& state() const { return state_; }

 private:
  const Rule* rule_;
  std::vector<Var> parameters_;
  Var rate_;
  Coefficients coefficients_;
  std::vector<Var> state_;
};

}  // namespace gradus::optim
