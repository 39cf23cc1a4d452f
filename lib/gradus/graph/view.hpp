/// Parts of a graph, for graphs that are too large to be looked at as a whole.
#pragma once

#include "gradus/graph/graph.hpp"

namespace gradus {

/// The nodes that are at most `radius` edges away from `node`, in either direction. Throws Error if
/// it is not in the graph.
Graph around(const Graph& graph, NodeId node, std::size_t radius);

/// The nodes on a way from `from` to `to`, both of them included. Throws Error if one is not in the
/// graph, or if no way leads from the one to the other.
Graph between(const Graph& graph, NodeId from, NodeId to);

}  // namespace gradus
