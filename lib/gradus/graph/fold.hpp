/// Which vertices of a graph are drawn as one.
#pragma once

#include <vector>

#include "gradus/graph/graph.hpp"

namespace gradus {

/// Vertices that are drawn as one: a single one, or those of one or several scopes.
struct FoldedGroup {
  std::uint32_t first = 0;  ///< the vertex with the smallest number
  std::uint32_t count = 0;
  std::uint32_t scope = 0;       ///< the tape's scope that is folded; 0 for a single vertex
  std::uint32_t last_scope = 0;  ///< the last one of several that are equal
  std::uint32_t repeats = 1;     ///< how many these are

  bool is_fold() const { return scope != 0; }
};

struct Folding {
  std::vector<FoldedGroup> groups;      ///< in the order of their first vertices
  std::vector<std::uint32_t> group_of;  ///< of each vertex
  std::vector<std::uint32_t> block_of;  ///< of each vertex: which of the repeats
};

/// Every vertex for itself.
Folding no_folding(const Graph& graph);

/// Folds the scopes that are deeper than `depth`, the forward and the backward pass of each apart;
/// then neighbouring scopes of one parent whose vertices have the same ops, attributes, shapes and
/// inner edges. `backward` says of each vertex which pass it is of. Linear in the size of the
/// graph.
Folding fold_scopes(const Graph& graph, std::size_t depth, const std::vector<bool>& backward);

}  // namespace gradus
