#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/base/error.hpp"
#include "gradus/graph/node_text.hpp"
#include "gradus/graph/show.hpp"
#include "gradus/run/value.hpp"

namespace gradus {
namespace {

/// Each element of a result costs a run of the rule.
constexpr Index most_rows = 16;

/// A local derivative that was recorded: pulled back through one op, for some adjoints of its
/// result that together say the whole Jacobian.
struct Recorded {
  std::size_t edge;
  std::vector<Var> pulled;
};

Tensor<double> unit(const Shape& shape, Index at) {
  Tensor<double> tensor(shape);
  tensor[at] = 1;
  return tensor;
}

/// Records what says the Jacobian of a node by one of its operands; nothing if that is too much.
std::vector<Var> record_jacobian(Tape& tape, NodeId node, std::uint32_t operand) {
  const Op& op = tape.op(node);
  std::vector<Var> x;
  for (const NodeId id : tape.operands(node)) x.emplace_back(tape, id);
  const Attributes attributes = tape.attributes(node);  // recording may move the tape's tables
  const Shape shape = tape.shape(node);
  const auto pull = [&](const Tensor<double>& dy) {
    return op.vjp({static_cast<int>(operand), tape.constant(dy), x, Var(tape, node), attributes});
  };
  std::vector<Var> pulled;
  if (op.pointwise()) {
    // Each element of the result has one derivative, by the element of the operand that it reads;
    // before what was broadcast is summed, the rule gives them in the result's shape.
    pulled.push_back(pull(Tensor<double>(shape, 1.0)));
    if (pulled[0].shape() == shape) return pulled;
    pulled.clear();
  }
  if (shape.elements() > most_rows) return {};
  for (Index i = 0; i < shape.elements(); ++i) pulled.push_back(pull(unit(shape, i)));
  return pulled;
}

}  // namespace

void show_partials(Drawing& drawing, Tape& tape) {
  const Tape::Mark mark = tape.mark();
  std::vector<Recorded> all;
  for (std::size_t i = 0; i < drawing.edges.size(); ++i) {
    DrawnEdge& edge = drawing.edges[i];
    const DrawnNode& user = drawing.nodes[edge.to];
    const DrawnNode& from = drawing.nodes[edge.from];
    if (edge.flow != DrawnFlow::forward || user.kind == DrawnKind::fold ||
        from.kind == DrawnKind::fold) {
      continue;
    }
    switch (tape.op(user.id).flow(static_cast<int>(edge.operand))) {
      case Flow::cut:
        edge.label = "no derivative";
        break;
      case Flow::flat:
        edge.label = "0 everywhere";
        break;
      case Flow::smooth:
        all.push_back({i, record_jacobian(tape, user.id, edge.operand)});
    }
  }
  for (const Recorded& recorded : all) {
    DrawnEdge& edge = drawing.edges[recorded.edge];
    const Index rows = tape.shape(drawing.nodes[edge.to].id).elements();
    const Index columns = tape.shape(drawing.nodes[edge.from].id).elements();
    edge.label = fmt::format("{}×{}", rows, columns);
    if (recorded.pulled.empty()) continue;
    double squares = 0;
    double last = 0;
    try {
      for (const Var v : recorded.pulled) {
        const Tensor<double> row = value(v);
        for (const double x : row) {
          squares += x * x;
          last = x;
        }
      }
    } catch (const Error&) {  // an input has no value, or a rule cannot be evaluated
      if (rows == 1 && columns == 1) edge.label = "no value";
      continue;
    }
    if (rows == 1 && columns == 1) {
      edge.number = last;
      edge.label = short_text(last, 4);
    } else {
      edge.label = fmt::format("{}×{}, norm {}", rows, columns, short_text(std::sqrt(squares), 3));
    }
  }
  tape.rewind(mark);
  drawing.notes.push_back(
      "On edges: the local derivative, of the user by the operand; for tensors the size of the "
      "Jacobian and its norm.");
}

}  // namespace gradus
