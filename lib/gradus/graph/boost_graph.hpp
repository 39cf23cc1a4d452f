/// The Boost graph inside a Graph, for those who want to run Boost's algorithms on it:
///
///     std::vector<std::size_t> order;
///     boost::topological_sort(boost_graph(graph), std::back_inserter(order));
///
/// A header of its own, as Boost.Graph is heavy to compile.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <vector>

#include "gradus/graph/graph.hpp"

namespace gradus {

/// Vertices are the numbers 0 ... n - 1, and `g[v]` is a Vertex, `g[e]` an Edge. The list of edges
/// is a vector too: a tape of millions of nodes would spend most of its time allocating list cells.
using BoostGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Vertex,
                                         Edge, boost::no_property, boost::vecS>;

struct Graph::Storage {
  Storage(const Tape& of, std::size_t vertices, std::span<const Update> with)
      : tape(of), graph(vertices), updates(with.begin(), with.end()) {}

  const Tape& tape;
  BoostGraph graph;
  std::vector<Update> updates;
};

/// Edges lead from operands to the ops that use them; `in_edges` of a vertex come in the order of
/// its operands. Lives as long as a copy of `graph` does.
inline const BoostGraph& boost_graph(const Graph& graph) { return graph.storage().graph; }

}  // namespace gradus
