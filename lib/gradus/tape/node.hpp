/// What the tape keeps of one recorded operation, and its edges.
#pragma once

#include <cstdint>

#include "gradus/tape/var.hpp"

namespace gradus {

class Op;

/// 40 bytes a node, and 4 for each operand. What many nodes share (shapes, names, scopes,
/// attributes, places in the source) stands once in tables of the tape, and a node holds its row.
struct Node {
  const Op* op;
  /// In the tape's list of operands; they end where the next node's begin.
  std::uint32_t first_operand;
  std::uint32_t shape;
  std::uint32_t attributes;  ///< for leaves: where their value is kept
  std::uint32_t name;        ///< 0 for none
  std::uint32_t scope;       ///< 0 for the outermost
  std::uint32_t where;
  /// For a node of a derivative: the forward node that it is an adjoint of, else no_node; and the
  /// forward consumer through which it came, or no_node for their sum.
  NodeId adjoint_of;
  NodeId through;
};
static_assert(sizeof(Node) == 40);

/// An edge of the tape: `to` uses `from` as its operand of this position. `a * a` has two.
struct Wire {
  NodeId from = no_node;
  NodeId to = no_node;
  std::uint32_t operand = 0;

  bool operator==(const Wire&) const = default;
};

}  // namespace gradus
