/// Reverse-mode differentiation: the derivative of a tape is more tape.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "gradus/tape/tape.hpp"

namespace gradus {

/// What to give for a variable that the loss does not depend on (through differentiable ops).
enum class Disconnected {
  error,  ///< GradientError that says why: most often it is a mistake
  zeros   ///< zeros of its shape: for derivatives of derivatives, which may be constant
};

/// Appends the nodes that compute dloss/dw for each w in `wrt`, and returns them, each in w's
/// shape. They are ordinary tape: they can be evaluated, drawn, and differentiated again.
///
/// Walks the tape backwards once from the loss. At each node the op's derivative rule gives the
/// contribution to each operand (Griewank and Walther, "Evaluating Derivatives", 2008, ch. 3); what
/// was broadcast is summed and several contributions are added here, and nowhere else. Through ops
/// that are constant wherever they have a derivative (sign, step, comparisons) 0 passes.
///
/// Throws GradientError if the loss is not a single number; if nothing leads from a w to the loss;
/// if the only ways are cut by an op that passes no gradient (stop_gradient, argmax); if an op's
/// rule gives a wrong shape.
std::vector<Var> gradient(Var loss, std::span<const Var> wrt,
                          Disconnected disconnected = Disconnected::error);
std::vector<Var> gradient(Var loss, std::initializer_list<Var> wrt,
                          Disconnected disconnected = Disconnected::error);
Var gradient(Var loss, Var wrt, Disconnected disconnected = Disconnected::error);

/// A summand of an adjoint: what comes back along one edge, to `wire.from` because `wire.to` uses
/// it. x * x contributes twice.
struct Contribution {
  Wire wire;
  NodeId value = no_node;  ///< the node that computes it, in the shape of `wire.from`
};

/// All that a walk back from a loss recorded, for those who want to look at the way it went.
struct Backward {
  std::vector<NodeId> adjoints;  ///< of each node up to the loss; no_node where none was computed
  std::vector<Contribution> contributions;  ///< as they were added up: `wire.to` falls
};

/// What `gradient` does, and how it went. A variable that the loss does not depend on has no
/// adjoint. Throws GradientError if the loss is not a single number or a rule gives a wrong shape.
Backward backward(Var loss, std::span<const Var> wrt);

/// What comes to one operand of y when `dy`, in y's shape, comes to y: dy * dy/dx by the rule of
/// y's op, in the shape of that operand. Throws GradientError if the rule gives a wrong shape,
/// Error if the operand has no derivative.
Var pullback(Var y, std::uint32_t operand, Var dy);

/// x summed to a shape that broadcasts to x's: the derivative of broadcasting.
Var sum_to(Var x, const Shape& shape);

}  // namespace gradus
