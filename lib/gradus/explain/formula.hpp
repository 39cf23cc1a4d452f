/// What was recorded, read as formulas.
#pragma once

#include <functional>
#include <span>

#include "gradus/explain/math.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus::explain {

/// A formula of one op: "a · b" for mul. `x` are its operands' formulas, `scalar` says which of
/// them are single numbers; with `simplify`, what a person would not write is left out: 1 · x is x,
/// and numbers are multiplied.
Math formula(const Op& op, std::span<const Math> x, std::span<const Shape> shapes,
             const Attributes& attributes, bool simplify, int digits = default_digits);

/// Gives the formula of the nodes at which reading stops; an empty one for those to be read.
using Leaves = std::function<Math(NodeId)>;

/// The formula by which `node` was computed from leaves. Empty if it is too long to be read.
Math read(const Tape& tape, NodeId node, const Leaves& leaves, bool simplify,
          int digits = default_digits);

/// The formula of a node in terms of its operands.
Math read_node(const Tape& tape, NodeId node, const std::function<Math(NodeId)>& operand,
               int digits = default_digits);

}  // namespace gradus::explain
