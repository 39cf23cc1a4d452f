/// The rules by which optimisers change a parameter, written with ops: they see a parameter and its
/// gradient, never a network.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/tape/var.hpp"

namespace gradus::optim {

/// The numbers that rules read besides the learning rate. Each rule reads some of them, and has its
/// own defaults: `Rule::defaults`.
struct Coefficients {
  std::optional<double> momentum = {};  ///< share of the last step that is kept, 0 <= x < 1
  std::optional<double> beta1 = {};     ///< share of the old average of gradients, 0 <= x < 1
  std::optional<double> beta2 = {};     ///< the same for their squares, 0 <= x < 1
  std::optional<double> decay = {};     ///< the same where there is one average, 0 <= x < 1
  std::optional<double> epsilon = {};   ///< keeps a divisor from 0, x > 0
};

/// A coefficient by its name.
struct Coefficient {
  std::string_view name;
  std::optional<double> Coefficients::*value;
};
/// momentum, beta1, beta2, decay, epsilon.
std::span<const Coefficient> coefficients();

/// What a rule sees: a parameter and its gradient, and the values of its state before the step.
struct Before {
  Var w, g;
  std::span<const Var> state;  ///< tensors of the parameter's shape, as `Rule::state` lists them
  Var rate;                    ///< a scalar
  Var t;                       ///< the number of this step, from 1: a scalar, for rules that count
  double momentum, beta1, beta2, decay, epsilon;  ///< those that the rule reads
};

/// The new values of a parameter and of each of its state tensors.
struct Step {
  Var parameter;
  std::vector<Var> state;
};

/// One rule.
struct Rule {
  std::string_view name;
  double rate;            ///< a learning rate to start from: the paper's, where it has one
  Coefficients defaults;  ///< of the coefficients that it reads; others are not set
  /// Its state: tensors of the parameter's shape that start at 0.
  std::span<const std::string_view> state;
  bool counts;  ///< whether it needs the number of the step
  Step (*update)(const Before& before);

  bool reads(const Coefficient& coefficient) const {
    return (defaults.*coefficient.value).has_value();
  }
};

/// The rules, for a parameter w, its gradient g, and step t = 1, 2, ... Squares, roots and
/// divisions are element by element.
///
///   sgd        w' = w - rate g
///              Robbins and Monro, "A stochastic approximation method", 1951
///   momentum   v' = m v - rate g,  w' = w + v'            (m = momentum 0.9)
///              Polyak 1964; in this form Sutskever et al., "On the importance of initialization
///              and momentum in deep learning", 2013
///   nesterov   v' = m v - rate g,  w' = w + m v' - rate g
///              Nesterov 1983; in this form, where w is the point looked ahead to, Bengio et al.,
///              "Advances in optimizing recurrent networks", 2013
///   adagrad    s' = s + g^2,  w' = w - rate g / (sqrt(s') + epsilon)         (rate 0.01, 1e-8)
///              Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and
///              stochastic optimization", 2011, figure 1 with a diagonal matrix
///   adadelta   s' = d s + (1 - d) g^2,  step = sqrt(u + epsilon) / sqrt(s' + epsilon) g,
///              u' = d u + (1 - d) step^2,  w' = w - rate step     (rate 1, d = decay 0.95, 1e-6)
///              Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1, which has
///              no rate: it is 1
///   rmsprop    s' = d s + (1 - d) g^2,  w' = w - rate g / (sqrt(s') + epsilon)
///                                                          (rate 0.001, d = decay 0.9, 1e-8)
///              Tieleman and Hinton, "Lecture 6.5: RMSprop", Neural networks for machine learning,
///              2012; epsilon is of later programs
///   adam       m' = b1 m + (1 - b1) g,  v' = b2 v + (1 - b2) g^2,
///              w' = w - rate (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t)) + epsilon)
///                                                   (rate 0.001, beta1 0.9, beta2 0.999, 1e-8)
///              Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1
///   adamax     m' as adam's,  u' = max(b2 u, |g|),  w' = w - rate / (1 - b1^t) m' / (u' + epsilon)
///                                                   (rate 0.002, beta1 0.9, beta2 0.999, 1e-8)
///              the same paper, algorithm 2; epsilon is for elements whose g was 0 so far
///   nadam      m', v' as adam's,  w' = w - rate n / (sqrt(v' / (1 - b2^t)) + epsilon) with
///              n = b1 m' / (1 - b1^(t+1)) + (1 - b1) g / (1 - b1^t)
///                                                   (rate 0.002, beta1 0.9, beta2 0.999, 1e-8)
///              Dozat, "Incorporating Nesterov momentum into Adam", 2016, algorithm 2 with one
///              beta1 for all steps, and without the factor beta2 before v', which his report of
///              2015 does not have
std::span<const Rule> rules();
/// The names of the rules that read a coefficient: "adam, adamax, nadam".
std::string readers_of(const Coefficient& coefficient);
/// The rule with this name. Throws InputError that lists those that exist and the nearest one.
const Rule& find_rule(std::string_view name);

}  // namespace gradus::optim
