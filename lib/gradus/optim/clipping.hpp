/// Gradients that are kept from growing too large.
#pragma once

#include <span>
#include <vector>

#include "gradus/tape/var.hpp"

namespace gradus::optim {

// On the tape, between the gradient and the rule:
//   adam.updates(optim::clip_by_norm(gradient(loss, parameters), 1.0))

/// The square root of the sum of the squares of all elements of all gradients, a scalar. Squares of
/// elements over 1e19 are infinite in float. Throws Error if there are no gradients.
Var global_norm(std::span<const Var> gradients);

/// All gradients times limit / max(norm, limit), where norm is their global norm: they keep their
/// direction, and what is within the limit keeps its bits. If the norm is infinite, all become 0.
/// Pascanu, Mikolov and Bengio, "On the
/// difficulty of training recurrent neural networks", 2013, algorithm 1. Throws InputError unless
/// the limit is positive and finite.
std::vector<Var> clip_by_norm(std::span<const Var> gradients, double limit);

/// Each element put into [-limit, limit], by itself: the direction may change. As Mikolov,
/// "Statistical language models based on neural networks", 2012, does with the errors of hidden
/// neurons. Throws InputError unless the limit is positive and finite.
std::vector<Var> clip_by_value(std::span<const Var> gradients, double limit);

}  // namespace gradus::optim
