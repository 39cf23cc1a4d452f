#include "gradus/graph/best_paths.hpp"

#include <algorithm>

namespace gradus {

BestPaths::BestPaths(const Ways& ways, std::span<const double> weights)
    : ways_(ways), weights_(weights), best_(ways.vertices()) {
  for (std::uint32_t v = 1; v < ways.vertices(); ++v) {
    const std::uint32_t first = ways.first_edge[v];
    best_[v] = extend(best_[ways.tail[first]], first, 0);
    for (std::uint32_t e = first + 1; e < ways.first_edge[v + 1]; ++e) {
      const Candidate other = extend(best_[ways.tail[e]], e, 0);
      if (is_worse(best_[v], other)) best_[v] = other;
    }
  }
}

bool BestPaths::is_worse(const Candidate& a, const Candidate& b) {
  if (a.weight != b.weight) return a.weight < b.weight;
  if (a.edge != b.edge) return a.edge > b.edge;
  return a.rank > b.rank;
}

BestPaths::Candidate BestPaths::extend(const Candidate& path, std::uint32_t edge,
                                       std::uint32_t rank) const {
  const double weight = weights_[edge];
  // 0 stays 0, whatever overflowed before it.
  return {path.weight == 0 || weight == 0 ? 0 : path.weight * weight, edge, rank};
}

/// What is known about the paths to a vertex: the best one, at first.
BestPaths::Found& BestPaths::found(std::uint32_t vertex) {
  const auto [place, is_new] = more_.try_emplace(vertex);
  Found& found = place->second;
  if (is_new) {
    found.paths.push_back(best_[vertex]);
    found.complete = vertex == 0;  // nothing leads to the start
    for (std::uint32_t e = ways_.first_edge[vertex]; e < ways_.first_edge[vertex + 1]; ++e) {
      if (e != best_[vertex].edge) found.candidates.push_back(extend(best_[ways_.tail[e]], e, 0));
    }
    std::make_heap(found.candidates.begin(), found.candidates.end(), is_worse);
  }
  return found;
}

/// Finds the path of this rank to a vertex, if there is one, and those to other vertices that it
/// needs. Ranks are asked for one after the other.
bool BestPaths::find(std::uint32_t vertex, std::uint32_t rank) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> wanted{{vertex, rank}};
  while (!wanted.empty()) {
    const auto [v, r] = wanted.back();
    Found& here = found(v);
    if (here.complete || r < here.paths.size()) {
      wanted.pop_back();
      continue;
    }
    // The last path found leaves a gap among the candidates: the next one over the same edge.
    const Candidate last = here.paths.back();
    const Found& before = found(ways_.tail[last.edge]);  // no reference of the map moves
    if (last.rank + 1 >= before.paths.size() && !before.complete) {
      wanted.emplace_back(ways_.tail[last.edge], last.rank + 1);
      continue;
    }
    if (last.rank + 1 < before.paths.size()) {
      here.candidates.push_back(extend(before.paths[last.rank + 1], last.edge, last.rank + 1));
      std::push_heap(here.candidates.begin(), here.candidates.end(), is_worse);
    }
    if (here.candidates.empty()) {
      here.complete = true;
    } else {
      std::pop_heap(here.candidates.begin(), here.candidates.end(), is_worse);
      here.paths.push_back(here.candidates.back());
      here.candidates.pop_back();
    }
    wanted.pop_back();
  }
  return rank < found(vertex).paths.size();
}

std::optional<std::vector<std::uint32_t>> BestPaths::next() {
  auto vertex = static_cast<std::uint32_t>(ways_.vertices() - 1);
  std::uint32_t rank = next_;
  if (rank > 0 && !find(vertex, rank)) return std::nullopt;
  ++next_;
  std::vector<std::uint32_t> edges;
  while (vertex != 0) {
    const Candidate& path = rank == 0 ? best_[vertex] : more_.at(vertex).paths[rank];
    edges.push_back(path.edge);
    vertex = ways_.tail[path.edge];
    rank = path.rank;
  }
  std::reverse(edges.begin(), edges.end());
  return edges;
}

}  // namespace gradus
