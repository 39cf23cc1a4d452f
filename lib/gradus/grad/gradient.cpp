#include "gradus/grad/gradient.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "gradus/ops/ops.hpp"

namespace gradus {
namespace {

/// How a node depends on the variables that are asked for: bits, as there may be several ways.
enum Dependence : std::uint8_t {
  none = 0,
  smooth = 1,   // a way through derivatives alone
  flat = 2,     // a way with a derivative that is 0 everywhere
  cut_off = 4,  // a way through an op that passes no gradient
};

/// What becomes of ways when they go on through an operand with this flow.
std::uint8_t through(Flow flow, std::uint8_t ways) {
  if (flow == Flow::smooth || ways == none) return ways;
  if (flow == Flow::cut) return cut_off;
  return static_cast<std::uint8_t>((ways & (smooth | flat) ? flat : none) | (ways & cut_off));
}

/// For every node up to `last`, how it depends on `wrt`. One pass in order of ids.
std::vector<std::uint8_t> dependences(const Tape& tape, std::span<const Var> wrt, NodeId last) {
  std::vector<std::uint8_t> found(std::size_t{last} + 1, none);
  NodeId first = last;
  for (const Var w : wrt) {
    if (w.id() > last) continue;
    found[w.id()] = smooth;
    first = std::min(first, w.id());
  }
  for (NodeId id = first; id <= last; ++id) {
    const Op& op = tape.op(id);
    const auto operands = tape.operands(id);
    std::uint8_t all = found[id];
    for (std::size_t k = 0; k < operands.size(); ++k) {
      all |= through(op.flow(static_cast<int>(k)), found[operands[k]]);
    }
    found[id] = all;
  }
  return found;
}

/// For every node up to the loss, how the loss depends on it. One pass, however many are asked for.
std::vector<std::uint8_t> ways_to(const Tape& tape, NodeId loss) {
  std::vector<std::uint8_t> found(std::size_t{loss} + 1, none);
  found[loss] = smooth;
  for (NodeId id = loss;; --id) {
    const auto operands = tape.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      found[operands[k]] |= through(tape.op(id).flow(static_cast<int>(k)), found[id]);
    }
    if (id == 0) return found;
  }
}

/// The op nearest to the loss that cuts the way from w.
NodeId cutting_node(const Tape& tape, const std::vector<std::uint8_t>& found, NodeId loss) {
  std::vector<bool> reaches(found.size());
  reaches[loss] = true;
  for (NodeId id = loss;; --id) {
    if (reaches[id]) {
      const auto operands = tape.operands(id);
      for (std::size_t k = 0; k < operands.size(); ++k) {
        if (found[operands[k]] == none) continue;
        if (tape.op(id).flow(static_cast<int>(k)) == Flow::cut) return id;
        reaches[operands[k]] = true;
      }
    }
    if (id == 0) return no_node;
  }
}

/// Unless 0 passes to a w that no adjoint reached, throws the reason as an error.
void need_flat_way(const Tape& tape, Var loss, Var w, std::uint8_t ways) {
  if (ways & flat) return;
  const std::string l = tape.label(loss.id());
  const std::string name = tape.label(w.id());
  if (ways & cut_off) {
    const auto found = dependences(tape, std::span<const Var>(&w, 1), loss.id());
    const NodeId cut = cutting_node(tape, found, loss.id());
    throw GradientError(
        fmt::format("the way from {} to {} is cut by {} (recorded at {}): {} passes no gradient",
                    name, l, tape.label(cut), tape.where(cut), tape.op(cut).name()));
  }
  throw GradientError(fmt::format(
      "nothing leads from {} (recorded at {}) to {} (recorded at {}): {} does not depend on it",
      name, tape.where(w.id()), l, tape.where(loss.id()), l));
}

/// A contribution in the operand's shape, which the rule did not give.
[[gnu::noinline]] Var fit(Var contribution, Var x, const Op& op, int operand) {
  const Shape& given = contribution.shape();
  const Shape& wanted = x.shape();
  if (given == wanted) return contribution;
  if (broadcasts_to(wanted, given)) return sum_to(contribution, wanted);
  if (broadcasts_to(given, wanted)) return broadcast_to(contribution, wanted);
  throw GradientError(
      fmt::format("the derivative rule of {} gives shape {} for its operand {}, which has shape {}",
                  op.name(), to_string(given), operand, to_string(wanted)));
}

/// What comes to `x`, the operand that is asked for: the op's rule, in x's shape.
inline Var contribution_to(Var x, const Op& op, const Vjp& vjp, const Tape& tape) {
  const Var contribution = op.vjp(vjp);
  tape.check(contribution);  // a rule of one's own may give anything
  if (tape.node(contribution.id()).shape == tape.node(x.id()).shape) return contribution;
  return fit(contribution, x, op, vjp.operand);
}

/// Handles to nodes, in `few` if there is room.
inline std::span<Var> copies(Tape& tape, std::span<const NodeId> nodes, std::array<Var, 3>& few,
                             std::vector<Var>& many) {
  if (nodes.size() > few.size()) [[unlikely]] {
    many.clear();
    for (const NodeId node : nodes) many.emplace_back(tape, node);
    return many;
  }
  for (std::size_t k = 0; k < nodes.size(); ++k) few[k] = Var(tape, nodes[k]);
  return {few.data(), nodes.size()};
}

/// Walks back from the loss and records the adjoints of the nodes between it and `wrt`, which it
/// returns. Notes each contribution in `contributions`, if that is given.
std::vector<NodeId> walk_back(Var loss, std::span<const Var> wrt,
                              std::vector<Contribution>* contributions) {
  Tape& tape = loss.tape();
  tape.check(loss);
  for (const Var w : wrt) tape.check(w);
  if (loss.shape().elements() != 1) {
    throw GradientError(
        fmt::format("{} (recorded at {}) has shape {}: only a single number has a gradient; take "
                    "its sum or mean first",
                    tape.label(loss.id()), tape.where(loss.id()), to_string(loss.shape())));
  }
  const std::vector<std::uint8_t> found = dependences(tape, wrt, loss.id());
  std::vector<NodeId> adjoints(found.size(), no_node);
  if (found[loss.id()] & smooth) {
    const Tape::AdjointOf seed(tape, loss.id(), no_node);
    adjoints[loss.id()] = loss.shape().rank() == 0
                              ? tape.constant(1.0).id()
                              : tape.constant(Tensor<double>(loss.shape(), 1.0)).id();
  }
  NodeId first = loss.id();
  for (const Var w : wrt) first = std::min(first, w.id());

  const Op& add = op<Add>();
  Tape::AdjointOf adjoint(tape);
  NodeId* const adjoint_of = adjoints.data();
  const std::uint8_t* const depends = found.data();
  std::array<Var, 3> few;
  std::vector<Var> many;
  for (NodeId id = loss.id();; --id) {
    const NodeId dy = adjoint_of[id];
    if (dy != no_node) {
      const Op& op = tape.op(id);
      // Copies: recording may move the tape's tables, but for the attributes.
      const auto operands = tape.operands(id);
      const std::span<Var> x = copies(tape, operands, few, many);
      Vjp vjp{0, Var(tape, dy), x, Var(tape, id), tape.attributes(id)};
      for (std::uint32_t k = 0; k < x.size(); ++k) {
        const NodeId to = x[k].id();
        vjp.operand = static_cast<int>(k);
        if (!(depends[to] & smooth) || op.flow(vjp.operand) != Flow::smooth) continue;
        adjoint.set(to, id);
        const Var contribution = contribution_to(x[k], op, vjp, tape);
        if (contributions) contributions->push_back({{to, id, k}, contribution.id()});
        const NodeId others = adjoint_of[to];
        if (others == no_node) {
          adjoint_of[to] = contribution.id();
        } else {
          adjoint.set(to, no_node);
          adjoint_of[to] = tape.record(add, Var(tape, others), contribution, {}).id();
        }
      }
    }
    if (id == first) break;
  }
  return adjoints;
}

}  // namespace

Var pullback(Var y, std::uint32_t operand, Var dy) {
  Tape& tape = y.tape();
  tape.check(y);
  tape.check(dy);
  std::vector<Var> x;  // copies: recording may move the tape's tables, but for the attributes
  for (const NodeId id : tape.operands(y.id())) x.emplace_back(tape, id);
  const Attributes& attributes = tape.attributes(y.id());
  const Op& op = tape.op(y.id());
  const int position = static_cast<int>(operand);
  if (operand >= x.size() || op.flow(position) != Flow::smooth) {
    throw Error(fmt::format("{} has no derivative by its operand {}", tape.label(y.id()), operand));
  }
  const Tape::AdjointOf adjoint(tape, x[operand].id(), y.id());
  return contribution_to(x[operand], op, {position, dy, x, y, attributes}, tape);
}

Var sum_to(Var x, const Shape& shape) {
  const Shape& from = x.shape();
  if (from == shape) return x;
  if (!broadcasts_to(shape, from)) {
    throw ShapeError(
        fmt::format("[sum_to] {} does not broadcast to {}", to_string(shape), to_string(from)));
  }
  const int added = from.rank() - shape.rank();
  const unsigned leading = (1u << added) - 1u;
  unsigned stretched = 0;
  for (int axis = added; axis < from.rank(); ++axis) {
    if (shape[axis - added] == 1 && from[axis] != 1) stretched |= 1u << axis;
  }
  if (stretched == 0) return record(op<Sum>(), {x}, Axes{leading, false});
  const Var summed = record(op<Sum>(), {x}, Axes{leading | stretched, true});
  return added == 0 ? summed : reshape(summed, shape);
}

std::vector<Var> gradient(Var loss, std::span<const Var> wrt, Disconnected disconnected) {
  const std::vector<NodeId> adjoints = walk_back(loss, wrt, nullptr);
  Tape& tape = loss.tape();
  std::vector<std::uint8_t> ways;  // only looked for if there is someone to tell
  std::vector<Var> gradients;
  gradients.reserve(wrt.size());
  for (const Var w : wrt) {
    const bool before = w.id() <= loss.id();
    if (before && adjoints[w.id()] != no_node) {
      gradients.emplace_back(tape, adjoints[w.id()]);
      continue;
    }
    if (disconnected == Disconnected::error) {
      if (ways.empty()) ways = ways_to(tape, loss.id());
      need_flat_way(tape, loss, w, before ? ways[w.id()] : std::uint8_t{none});
    }
    const Tape::AdjointOf adjoint(tape, w.id(), no_node);
    gradients.push_back(tape.constant(Tensor<double>(w.shape())));
  }
  return gradients;
}

Backward backward(Var loss, std::span<const Var> wrt) {
  Backward result;
  result.adjoints = walk_back(loss, wrt, &result.contributions);
  return result;
}

std::vector<Var> gradient(Var loss, std::initializer_list<Var> wrt, Disconnected disconnected) {
  return gradient(loss, std::span<const Var>(wrt.begin(), wrt.size()), disconnected);
}

Var gradient(Var loss, Var wrt, Disconnected disconnected) {
  return gradient(loss, {wrt}, disconnected)[0];
}

}  // namespace gradus
