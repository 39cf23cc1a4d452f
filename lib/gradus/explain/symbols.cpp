#include "gradus/explain/symbols.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "gradus/explain/formula.hpp"
#include "gradus/graph/dot_text.hpp"

namespace gradus::explain {
namespace {

/// Letters of a formula that may stand for the node it computes.
constexpr std::size_t longest_symbol = 14;

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0u) != 0x80u; }));
}

std::string place(const Tape& tape, NodeId id) {
  return fmt::format("{}{}", is_constant(tape.op(id)) ? 'c' : 'v', id);
}

/// A symbol as people type it: without spaces and outer parentheses, with * for the signs that no
/// keyboard has. Two spellings of one symbol give the same text.
std::string typed(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    bool sign = false;
    for (const std::string_view dot : {"·", "⊙"}) {
      if (name.substr(i, dot.size()) != dot) continue;
      text += '*';
      i += dot.size() - 1;
      sign = true;
    }
    if (!sign && name[i] != ' ') text += name[i];
  }
  if (text.size() > 1 && text.front() == '(' && text.back() == ')') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

}  // namespace

Symbols::Symbols(const Tape& tape, std::span<const NodeId> nodes, NodeId result, int digits)
    : tape_(tape), nodes_(nodes.begin(), nodes.end()), symbols_(nodes.size()) {
  std::unordered_map<std::string_view, int> names;
  for (const NodeId id : nodes_) ++names[tape.name(id)];
  std::unordered_set<std::string> taken;
  const auto take = [&](std::size_t i, std::string name) {
    while (!taken.insert(name).second) name += "'";
    symbols_[i] = Math::symbol(name);
  };
  // Names first: they are given, and what has none must keep out of their way.
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const std::string_view name = tape.name(nodes_[i]);
    if (name.empty()) continue;
    if (names[name] == 1) {
      take(i, std::string(name));
      continue;
    }
    std::string full = scoped_name(tape, nodes_[i]);
    if (taken.count(full)) full += fmt::format("#{}", nodes_[i]);
    take(i, full);
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const NodeId id = nodes_[i];
    if (!symbols_[i].empty()) continue;
    if (is_number(tape, id)) {
      symbols_[i] = Math::number(*tape.leaf_value(id), digits);
      continue;
    }
    if (id == result) {
      const std::string_view usual = tape.shape(id).elements() == 1 ? "L" : "Y";
      take(i, taken.count(std::string(usual)) ? place(tape, id) : std::string(usual));
      continue;
    }
    if (!is_leaf(tape.op(id)) && tape.operands(id).size() <= 3) {
      const Math formula = Math::compact(read_node(
          tape, id, [&](NodeId operand) { return of(operand); }, digits));
      const std::string text = formula.text();
      if (letters(text) <= longest_symbol && taken.insert(text).second) {
        symbols_[i] = formula;
        continue;
      }
    }
    take(i, place(tape, id));
  }
}

Math Symbols::of(NodeId node) const {
  const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), node);
  if (found != nodes_.end() && *found == node) {
    return symbols_[static_cast<std::size_t>(found - nodes_.begin())];
  }
  if (is_number(tape_, node)) return Math::number(*tape_.leaf_value(node));
  return Math::symbol(tape_.name(node).empty() ? place(tape_, node) : tape_.name(node));
}

bool is_number(const Tape& tape, NodeId id) {
  return is_constant(tape.op(id)) && tape.shape(id).rank() == 0 && tape.name(id).empty();
}

std::vector<NodeId> ancestors(const Tape& tape, NodeId result) {
  std::vector<bool> needed(std::size_t{result} + 1);
  needed[result] = true;
  std::vector<NodeId> nodes;
  for (NodeId id = result;; --id) {
    if (needed[id]) {
      nodes.push_back(id);
      for (const NodeId operand : tape.operands(id)) needed[operand] = true;
    }
    if (id == 0) break;
  }
  std::reverse(nodes.begin(), nodes.end());
  return nodes;
}

std::string scoped_name(const Tape& tape, NodeId node) {
  const std::string_view name = tape.name(node);
  std::string scopes = tape.scope_path(tape.scope_of(node));
  if (name.empty() || scopes.empty()) return std::string(name);
  std::replace(scopes.begin(), scopes.end(), '/', '.');
  return fmt::format("{}.{}", scopes, name);
}

NodeId find_called(const Tape& tape, std::span<const NodeId> nodes,
                   std::span<const std::string> symbols, std::string_view name) {
  if (name.empty()) return no_node;
  const std::string wanted = typed(name);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (typed(symbols[i]) == wanted || name == fmt::format("#{}", nodes[i])) return nodes[i];
  }
  std::string scoped(name);
  std::replace(scoped.begin(), scoped.end(), '/', '.');
  for (const NodeId id : nodes) {
    if (!tape.name(id).empty() && scoped_name(tape, id) == scoped) return id;
  }
  for (const NodeId id : nodes) {
    if (tape.name(id) == name) return id;
  }
  return no_node;
}

}  // namespace gradus::explain
