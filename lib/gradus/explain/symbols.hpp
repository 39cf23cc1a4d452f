/// What the nodes of a computation are called in formulas.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/explain/math.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus::explain {

/// A symbol for each node, no two alike: its name, with its scopes where two nodes are called so,
/// hidden.H as in formulas, where hidden/H would be a quotient;
/// the value of a constant number; a short formula, a·b; or its place on the tape, v7. A result
/// without a name is called L (Y if it is no single number).
class Symbols {
 public:
  /// `nodes` in the tape's order; `result` is one of them.
  Symbols(const Tape& tape, std::span<const NodeId> nodes, NodeId result,
          int digits = default_digits);

  /// Of a node; for one that is not of the computation its name or place.
  Math of(NodeId node) const;

 private:
  const Tape& tape_;
  std::vector<NodeId> nodes_;
  std::vector<Math> symbols_;
};

/// Whether a node is a number that stands in the formula, without a name.
bool is_number(const Tape& tape, NodeId node);

/// The nodes that lead to the result, and it, in the tape's order.
std::vector<NodeId> ancestors(const Tape& tape, NodeId result);

/// A node's name with its scopes: "hidden.H"; "" if it has no name.
std::string scoped_name(const Tape& tape, NodeId node);

/// The node of `nodes` that a person means by its symbol, its name with its scopes (hidden.H or
/// hidden/H), its name alone, or its place, #7. Of several the first; no_node if there is none.
/// `symbols`: the texts of the nodes' symbols.
NodeId find_called(const Tape& tape, std::span<const NodeId> nodes,
                   std::span<const std::string> symbols, std::string_view name);

}  // namespace gradus::explain
