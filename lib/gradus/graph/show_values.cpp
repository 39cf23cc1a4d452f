#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/base/error.hpp"
#include "gradus/graph/dot_text.hpp"
#include "gradus/graph/node_text.hpp"
#include "gradus/graph/show.hpp"
#include "gradus/run/value.hpp"

namespace gradus {
namespace {

/// For every node up to `last` the first input that it needs and that has no value, or no_node.
std::vector<NodeId> missing_inputs(const Tape& tape, NodeId last) {
  std::vector<NodeId> missing(std::size_t{last} + 1, no_node);
  for (NodeId id = 0; id <= last; ++id) {
    if (is_leaf(tape.op(id))) {
      if (!tape.leaf_value(id)) missing[id] = id;
      continue;
    }
    for (const NodeId operand : tape.operands(id)) {
      missing[id] = std::min(missing[id], missing[operand]);
    }
  }
  return missing;
}

DrawnValue summary(const Tensor<double>& tensor) {
  DrawnValue shown;
  const std::span<const double> all = tensor.span();
  if (all.empty()) return shown;
  const std::size_t count = std::min(all.size(), DrawnValue::most_shown);
  shown.elements.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
  shown.least = shown.greatest = all[0];
  double sum = 0;
  for (const double x : all) {
    // A NaN shows in all three: it compares with nothing.
    shown.least = !(x >= shown.least) ? x : shown.least;
    shown.greatest = !(x <= shown.greatest) ? x : shown.greatest;
    sum += x;
  }
  shown.mean = sum / static_cast<double>(all.size());
  if (std::isnan(sum)) shown.least = shown.greatest = shown.mean;
  return shown;
}

/// Values of nodes, or why there are none.
class NodeValues {
 public:
  NodeValues(const Tape& tape, NodeId last) : tape_(tape), missing_(missing_inputs(tape, last)) {}

  /// Empty if there is a value.
  std::string why_none(NodeId id) const {
    const NodeId input = missing_[id];
    if (input == no_node) return {};
    return input == id ? "no value"
                       : visible(fmt::format("no value: {} has none", tape_.label(input)), 100);
  }

  DrawnValue of(NodeId id) const {
    DrawnValue shown;
    shown.why = why_none(id);
    if (!shown.why.empty()) return shown;
    try {
      return summary(value(tape_, id));
    } catch (const Error& error) {  // an index that is out of range, say
      shown.why = visible(fmt::format("no value: {}", error.what()), 100);
    }
    return shown;
  }

 private:
  const Tape& tape_;
  std::vector<NodeId> missing_;
};

NodeId last_node(const Drawing& drawing) {
  return drawing.nodes.empty() ? 0 : drawing.nodes.back().id;
}

/// "-4" and the number, or "(2, 3), norm 1.5": Frobenius' norm.
void label(DrawnEdge& edge, const Tensor<double>& share) {
  if (share.elements() == 1) {
    edge.number = share[0];
    edge.label = short_text(share[0], 4);
    return;
  }
  double squares = 0;
  for (const double x : share) squares += x * x;
  edge.label =
      fmt::format("{}, norm {}", to_string(share.shape()), short_text(std::sqrt(squares), 3));
}

}  // namespace

void show_values(Drawing& drawing, const Tape& tape) {
  drawing.values.assign(drawing.nodes.size(), {});
  if (drawing.nodes.empty()) return;
  const NodeValues values(tape, last_node(drawing));
  for (std::size_t i = 0; i < drawing.nodes.size(); ++i) {
    if (drawing.nodes[i].kind != DrawnKind::fold)
      drawing.values[i] = values.of(drawing.nodes[i].id);
  }
}

void show_contributions(Drawing& drawing, const Tape& tape, const Backward& backward) {
  drawing.adjoints.assign(drawing.nodes.size(), {});
  if (drawing.nodes.empty()) return;
  NodeId last = last_node(drawing);
  for (const NodeId id : backward.adjoints) {
    if (id != no_node) last = std::max(last, id);
  }
  for (const Contribution& share : backward.contributions) last = std::max(last, share.value);
  const NodeValues values(tape, last);

  bool some_missing = false;
  for (std::size_t i = 0; i < drawing.nodes.size(); ++i) {
    const DrawnNode& node = drawing.nodes[i];
    if (node.backward || node.kind == DrawnKind::fold) continue;
    const NodeId adjoint =
        node.id < backward.adjoints.size() ? backward.adjoints[node.id] : no_node;
    if (adjoint == no_node) {
      drawing.adjoints[i].why = "not computed";
    } else {
      drawing.adjoints[i] = values.of(adjoint);
    }
  }
  // Contributions in the order of their users, as edges are.
  std::vector<Contribution> shares = backward.contributions;
  const auto before = [](const Contribution& a, const Contribution& b) {
    return std::pair(a.wire.to, a.wire.operand) < std::pair(b.wire.to, b.wire.operand);
  };
  std::sort(shares.begin(), shares.end(), before);
  for (DrawnEdge& edge : drawing.edges) {
    const DrawnNode& user = drawing.nodes[edge.to];
    if (edge.flow != DrawnFlow::forward || user.kind == DrawnKind::fold) continue;
    if (drawing.nodes[edge.from].kind == DrawnKind::fold) continue;
    const Contribution wanted{{.to = user.id, .operand = edge.operand}};
    const auto found = std::lower_bound(shares.begin(), shares.end(), wanted, before);
    if (found == shares.end() || before(wanted, *found)) {
      edge.label = "–";
      some_missing = true;
      continue;
    }
    edge.label = values.why_none(found->value);
    if (edge.label.empty()) label(edge, value(tape, found->value));
  }
  drawing.notes.push_back(
      "On edges: what comes to the adjoint of the operand through this use, the adjoint of the "
      "user "
      "times the local derivative.");
  if (some_missing) drawing.notes.push_back("– stands where no derivative was computed.");
}

}  // namespace gradus
