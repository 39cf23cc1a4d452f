#include "gradus/graph/view.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/base/error.hpp"
#include "gradus/graph/boost_graph.hpp"

namespace gradus {
namespace {

std::size_t vertex(const Graph& graph, NodeId node) {
  const auto found = graph.find(node);
  if (!found) {
    const std::string name =
        node < graph.tape().size() ? graph.tape().label(node) : fmt::format("#{}", node);
    throw Error(fmt::format("{} is not in the graph: nothing that is drawn depends on it", name));
  }
  return *found;
}

}  // namespace

Graph around(const Graph& graph, NodeId node, std::size_t radius) {
  const BoostGraph& g = boost_graph(graph);
  std::vector<bool> near(graph.size());
  std::vector<std::size_t> border{vertex(graph, node)};
  near[border[0]] = true;
  for (std::size_t step = 0; step < radius && !border.empty(); ++step) {
    std::vector<std::size_t> next;
    const auto reach = [&](std::size_t v) {
      if (near[v]) return;
      near[v] = true;
      next.push_back(v);
    };
    for (const std::size_t v : border) {
      const auto [in, in_end] = boost::in_edges(v, g);
      std::for_each(in, in_end, [&](const auto& e) { reach(boost::source(e, g)); });
      const auto [out, out_end] = boost::out_edges(v, g);
      std::for_each(out, out_end, [&](const auto& e) { reach(boost::target(e, g)); });
    }
    border = std::move(next);
  }
  return graph.part(near);
}

Graph between(const Graph& graph, NodeId from, NodeId to) {
  const BoostGraph& g = boost_graph(graph);
  const std::size_t start = vertex(graph, from);
  const std::size_t end = vertex(graph, to);
  // Edges lead to larger numbers: one pass up finds what comes from `from`, one down what of it
  // leads to `to`.
  std::vector<bool> reached(graph.size());
  reached[start] = true;
  for (std::size_t v = start + 1; v <= end && v < graph.size(); ++v) {
    const auto [first, last] = boost::in_edges(v, g);
    reached[v] =
        std::any_of(first, last, [&](const auto& e) { return reached[boost::source(e, g)]; });
  }
  if (end < start || !reached[end]) {
    const Tape& tape = graph.tape();
    throw Error(fmt::format("no way leads from {} to {}: {} does not depend on it",
                            tape.label(from), tape.label(to), tape.label(to)));
  }
  std::vector<bool> leads(graph.size());
  leads[end] = true;
  for (std::size_t v = end + 1; v-- > start;) {
    if (!leads[v]) continue;
    const auto [first, last] = boost::in_edges(v, g);
    std::for_each(first, last, [&](const auto& e) {
      const std::size_t operand = boost::source(e, g);
      if (reached[operand]) leads[operand] = true;
    });
  }
  return graph.part(leads);
}

}  // namespace gradus
