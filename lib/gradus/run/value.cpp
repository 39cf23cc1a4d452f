#include "gradus/run/value.hpp"

#include <fmt/core.h>

namespace gradus {
namespace {

const double* known_value(const Tape& tape, NodeId id) {
  if (!is_leaf(tape.op(id))) return tape.values().find(id);
  const double* value = tape.leaf_value(id);
  if (!value) {
    throw Error(fmt::format("the input {} (recorded at {}) has no value: give it one with set()",
                            tape.label(id), tape.where(id)));
  }
  return value;
}

void compute(const Tape& tape, NodeId id, std::vector<View<const double>>& x) {
  double* y = tape.values().add(id, static_cast<std::size_t>(tape.shape(id).elements()));
  x.clear();
  for (const NodeId operand : tape.operands(id)) {
    x.push_back({known_value(tape, operand), &tape.shape(operand)});
  }
  try {
    tape.op(id).forward(Forward<double>{x, {y, &tape.shape(id)}, tape.attributes(id)});
  } catch (const IndexError& error) {
    tape.values().drop(id);  // nothing was computed, so nothing is kept
    throw IndexError(tape.misfit(id, error.what()));
  } catch (...) {
    tape.values().drop(id);
    throw;
  }
}

}  // namespace

Tensor<double> value(const Tape& tape, NodeId node) {
  // An explicit stack in place of recursion: a chain may be millions of nodes long. A node is
  // computed when its operands are, so that only what is needed is touched.
  std::vector<NodeId> waiting{node};
  std::vector<View<const double>> x;
  while (!waiting.empty()) {
    const NodeId id = waiting.back();
    if (known_value(tape, id)) {
      waiting.pop_back();
      continue;
    }
    const std::size_t before = waiting.size();
    for (const NodeId operand : tape.operands(id)) {
      if (!known_value(tape, operand)) waiting.push_back(operand);
    }
    if (waiting.size() > before) continue;
    compute(tape, id, x);
    waiting.pop_back();
  }
  const Shape& shape = tape.shape(node);
  return Tensor<double>(shape, std::span<const double>(known_value(tape, node),
                                                       static_cast<std::size_t>(shape.elements())));
}

Tensor<double> value(Var v) {
  v.tape().check(v);
  return value(v.tape(), v.id());
}

double item(Var v) { return value(v).item(); }

}  // namespace gradus
