/// All ways from one node to another, as a graph of their own: how many there are, and which nodes
/// none of them can avoid.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "gradus/graph/graph.hpp"

namespace gradus {

/// The nodes and the edges that lie on a way from a start to an end. Vertices are numbered in the
/// tape's order: 0 is the start, the last one is the end. Edges are grouped by where they lead, in
/// the order of operands, and there may be several from one vertex to another.
struct Ways {
  std::vector<NodeId> nodes;  ///< of each vertex
  std::vector<std::uint32_t>
      first_edge;                      ///< v's incoming edges: first_edge[v] to first_edge[v + 1]
  std::vector<std::uint32_t> tail;     ///< of each edge: the vertex that it comes from
  std::vector<std::uint32_t> operand;  ///< of each edge: its position among the operands

  /// Of edges that each lie on a way, in any order. Without edges, start and end are one node.
  Ways(NodeId start, std::vector<Wire> wires);

  std::size_t vertices() const { return nodes.size(); }
  std::size_t edges() const { return tail.size(); }
};

/// A number that may be astronomic.
struct PathCount {
  std::string digits;     ///< exact, in decimal; empty if it has over 6,000 digits
  double log10 = 0;       ///< its logarithm
  std::uint64_t small{};  ///< the number, or the largest 64-bit number if it is larger

  bool is_at_most(std::uint64_t n) const { return small <= n && small != too_large; }
  static constexpr std::uint64_t too_large = std::numeric_limits<std::uint64_t>::max();
};

/// The number of paths from the start to the end: the ways to a vertex are those to its operands
/// together. One addition for each edge, of whole numbers of any length. x * x counts twice.
PathCount count_paths(const Ways& ways);

/// The number of edges of the longest path.
std::size_t longest_path(const Ways& ways);

/// The vertices that every path crosses (the dominators of the end), start and end included, in
/// order. In an order in which edges lead upward, and with every vertex on some path, these are the
/// vertices that no edge jumps over: an edge that does is part of a path that avoids the vertex,
/// and a path that avoids it must jump over it somewhere. So one sweep is enough.
std::vector<std::uint32_t> crossed_by_all(const Ways& ways);

}  // namespace gradus
