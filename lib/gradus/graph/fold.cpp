#include "gradus/graph/fold.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "gradus/graph/boost_graph.hpp"

namespace gradus {
namespace {

/// For each scope of the tape the ancestor that it is folded into, or 0.
std::vector<std::uint32_t> folded_scopes(const Graph& graph, std::size_t depth) {
  const Tape& tape = graph.tape();
  std::uint32_t scopes = 1;
  for (std::size_t v = 0; v < graph.size(); ++v) scopes = std::max(scopes, graph[v].scope + 1);
  std::vector<std::size_t> depth_of(scopes);
  std::vector<std::uint32_t> into(scopes);
  for (std::uint32_t s = 1; s < scopes; ++s) {  // a scope has a larger number than its parent
    const std::uint32_t parent = tape.scope_parent(s);
    depth_of[s] = depth_of[parent] + 1;
    into[s] = into[parent] != 0 ? into[parent] : depth_of[s] > depth ? s : 0;
  }
  return into;
}

/// What makes two folded scopes equal, vertex by vertex, in numbers. Names are left out.
class Structure {
 public:
  Structure(const Graph& graph, const Folding& folding)
      : graph_(graph), tape_(graph.tape()), folding_(folding), position_(graph.size()) {
    members_.resize(folding.groups.size());
    for (std::size_t v = 0; v < graph.size(); ++v) {
      const std::uint32_t group = folding.group_of[v];
      if (!folding.groups[group].is_fold()) continue;
      position_[v] = static_cast<std::uint32_t>(members_[group].size());
      members_[group].push_back(static_cast<std::uint32_t>(v));
    }
  }

  std::vector<std::uint64_t> of(std::uint32_t group) {
    std::vector<std::uint64_t> numbers;
    std::map<std::uint32_t, std::uint64_t> inner_scopes;
    const BoostGraph& g = boost_graph(graph_);
    for (const std::uint32_t v : members_[group]) {
      const Vertex& vertex = graph_[v];
      numbers.push_back(reinterpret_cast<std::uintptr_t>(&tape_.op(vertex.node)));
      numbers.push_back(inner_scopes.try_emplace(vertex.scope, inner_scopes.size()).first->second);
      numbers.push_back(text(to_string(tape_.attributes(vertex.node))));
      numbers.push_back(vertex.output ? 1 : 0);
      const Shape& shape = tape_.shape(vertex.node);
      numbers.push_back(static_cast<std::uint64_t>(shape.rank()));
      numbers.insert(numbers.end(), shape.begin(), shape.end());
      const auto [first, last] = boost::in_edges(v, g);
      numbers.push_back(static_cast<std::uint64_t>(last - first));
      for (auto e = first; e != last; ++e) {
        const std::size_t operand = boost::source(*e, g);
        const bool inside = folding_.group_of[operand] == group;
        numbers.push_back(inside ? 1 + std::uint64_t{position_[operand]} : 0);
      }
    }
    return numbers;
  }

 private:
  std::uint64_t text(const std::string& text) {
    return text.empty() ? 0 : texts_.try_emplace(text, texts_.size() + 1).first->second;
  }

  const Graph& graph_;
  const Tape& tape_;
  const Folding& folding_;
  std::vector<std::uint32_t> position_;  // of a vertex in its group
  std::vector<std::vector<std::uint32_t>> members_;
  std::unordered_map<std::string, std::uint64_t> texts_;
};

/// Neighbouring groups of one parent that have equal structure become one.
Folding merge_repeats(const Graph& graph, Folding folding, const std::vector<bool>& backward) {
  const Tape& tape = graph.tape();
  Structure structure(graph, folding);
  std::map<std::pair<std::uint32_t, bool>, std::vector<std::uint32_t>> siblings;
  for (std::uint32_t i = 0; i < folding.groups.size(); ++i) {
    const FoldedGroup& group = folding.groups[i];
    if (!group.is_fold()) continue;
    siblings[{tape.scope_parent(group.scope), backward[group.first]}].push_back(i);
  }
  // Where each group goes, and the how-manieth of the equal ones it is.
  std::vector<std::uint32_t> into(folding.groups.size());
  std::vector<std::uint32_t> block(folding.groups.size());
  for (std::uint32_t i = 0; i < into.size(); ++i) into[i] = i;
  for (const auto& [parent, groups] : siblings) {
    std::uint32_t leader = 0;
    std::vector<std::uint64_t> structure_of_leader;
    for (const std::uint32_t i : groups) {
      std::vector<std::uint64_t> mine = structure.of(i);
      if (mine == structure_of_leader) {
        FoldedGroup& all = folding.groups[leader];
        into[i] = leader;
        block[i] = all.repeats++;
        all.count += folding.groups[i].count;
        all.last_scope = folding.groups[i].scope;
      } else {
        leader = i;
        structure_of_leader = std::move(mine);
      }
    }
  }
  Folding result;
  std::vector<std::uint32_t> number(into.size());
  for (std::uint32_t i = 0; i < into.size(); ++i) {
    if (into[i] != i) continue;
    number[i] = static_cast<std::uint32_t>(result.groups.size());
    result.groups.push_back(folding.groups[i]);
  }
  for (const std::uint32_t group : folding.group_of) {
    result.group_of.push_back(number[into[group]]);
    result.block_of.push_back(block[group]);
  }
  return result;
}

}  // namespace

Folding no_folding(const Graph& graph) {
  Folding folding;
  folding.groups.reserve(graph.size());
  folding.group_of.reserve(graph.size());
  for (std::uint32_t v = 0; v < graph.size(); ++v) {
    folding.groups.push_back({.first = v, .count = 1});
    folding.group_of.push_back(v);
  }
  folding.block_of.resize(graph.size());
  return folding;
}

Folding fold_scopes(const Graph& graph, std::size_t depth, const std::vector<bool>& backward) {
  const std::vector<std::uint32_t> into = folded_scopes(graph, depth);
  constexpr std::uint32_t none = ~std::uint32_t{0};
  std::vector<std::uint32_t> group_of_scope[2] = {std::vector(into.size(), none),
                                                  std::vector(into.size(), none)};
  Folding folding;
  for (std::uint32_t v = 0; v < graph.size(); ++v) {
    const std::uint32_t scope = into[graph[v].scope];
    auto group = static_cast<std::uint32_t>(folding.groups.size());
    if (scope != 0) {
      std::uint32_t& known = group_of_scope[backward[v] ? 1 : 0][scope];
      if (known == none) known = group;
      group = known;
    }
    if (group == folding.groups.size()) {
      folding.groups.push_back({.first = v, .scope = scope, .last_scope = scope});
    }
    ++folding.groups[group].count;
    folding.group_of.push_back(group);
  }
  return merge_repeats(graph, std::move(folding), backward);
}

}  // namespace gradus
