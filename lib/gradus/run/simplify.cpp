// Passes that leave work out.
#include <algorithm>
#include <cstring>
#include <exception>
#include <functional>
#include <unordered_map>

#include "gradus/ops/ops.hpp"
#include "gradus/run/optimise.hpp"
#include "gradus/run/value.hpp"

namespace gradus {
namespace {

/// More elements than this are computed again in each run: they would take memory on the tape.
constexpr Index most_constant_elements = 1024;

bool is_number(const Tape& tape, NodeId id, double number) {
  return is_constant(tape.op(id)) && tape.shape(id).elements() == 1 &&
         *tape.leaf_value(id) == number;
}

template <class O>
bool is(const Op& op) {
  return &op == &gradus::op<O>();
}

/// The operand that a node is equal to, or no_node: by the rules x * 1, x + 0, x / 1, x^1, --x, and
/// movements that move nothing.
NodeId equal_operand(const Tape& tape, NodeId id) {
  const Op& op = tape.op(id);
  const auto x = tape.operands(id);
  const auto fits = [&](NodeId operand) { return tape.shape(operand) == tape.shape(id); };
  const auto beside = [&](double neutral, bool either_side) {
    if (is_number(tape, x[1], neutral) && fits(x[0])) return x[0];
    if (either_side && is_number(tape, x[0], neutral) && fits(x[1])) return x[1];
    return no_node;
  };
  if (is<Mul>(op)) return beside(1, true);
  if (is<Add>(op)) return beside(0, true);
  if (is<Div>(op) || is<Pow>(op)) return beside(1, false);
  if (is<Neg>(op) && is<Neg>(tape.op(x[0]))) return tape.operands(x[0])[0];
  if ((is<Reshape>(op) || is<BroadcastTo>(op) || is<StopGradient>(op)) && fits(x[0])) return x[0];
  if (is<Sum>(op)) {  // over nothing, or over axes of extent 1 that stay
    const unsigned mask = std::get<Axes>(tape.attributes(id)).mask;
    const Shape& shape = tape.shape(x[0]);
    bool moves = false;
    for (int axis = 0; axis < shape.rank(); ++axis)
      moves |= (mask >> axis & 1u) && shape[axis] != 1;
    if (!moves && fits(x[0])) return x[0];
  }
  return no_node;
}

/// A step of x that relu is taken of, too, is the same step of relu(x): with it, nothing else may
/// need x. The relu of each node that has one; no_node for others.
std::vector<NodeId> relus(const Tape& tape) {
  std::vector<NodeId> relu(tape.size(), no_node);
  for (NodeId id = 0; id < tape.size(); ++id) {
    if (is<Relu>(tape.op(id))) relu[tape.operands(id)[0]] = id;
  }
  return relu;
}

/// Whether a node swaps the last two axes and nothing else.
bool transposes(const Tape& tape, NodeId id) {
  if (!is<Permute>(tape.op(id))) return false;
  const Permutation& p = std::get<Permutation>(tape.attributes(id));
  if (p.rank < 2) return false;
  for (int i = 0; i < p.rank; ++i) {
    const int swapped = i == p.rank - 1 ? i - 1 : i == p.rank - 2 ? i + 1 : i;
    if (p.axes[static_cast<std::size_t>(i)] != swapped) return false;
  }
  return true;
}

/// What is looked for again: an op, what it does and of what; or the bits of a constant.
struct Expression {
  const Op* op;
  const Attributes* attributes;
  std::vector<NodeId> operands;
  Shape shape;
  std::span<const double> elements;

  bool operator==(const Expression& other) const {
    return op == other.op && operands == other.operands && shape == other.shape &&
           *attributes == *other.attributes && elements.size() == other.elements.size() &&
           (elements.empty() ||
            std::memcmp(elements.data(), other.elements.data(), elements.size_bytes()) == 0);
  }
};

struct ExpressionHash {
  std::size_t operator()(const Expression& e) const {
    std::size_t hash = std::hash<const void*>()(e.op);
    const auto mix = [&](std::uint64_t x) { hash = (hash ^ x) * 0x9E3779B97F4A7C15u; };
    for (const NodeId id : e.operands) mix(id);
    for (const double x : e.elements) mix(std::hash<double>()(x));
    return hash ^ (hash >> 32);
  }
};

}  // namespace

Draft fold_constants(const Draft& draft) {
  Rewriter rewriter(draft);
  for (const NodeId id : rewriter.nodes()) {
    const Var copy = rewriter.copy(id);
    const auto operands = rewriter.to().operands(copy.id());
    if (operands.empty() || copy.shape().elements() > most_constant_elements) continue;
    if (is<BroadcastTo>(rewriter.to().op(copy.id()))) continue;  // its users may do so on the way
    if (!std::all_of(operands.begin(), operands.end(),
                     [&](NodeId operand) { return is_constant(rewriter.to().op(operand)); })) {
      continue;
    }
    try {
      rewriter.replace(id, value(copy));
    } catch (const std::exception&) {
      // What cannot be computed, such as an index out of range, is an error of the run.
    }
  }
  return rewriter.finish();
}

Draft simplify_algebra(const Draft& draft) {
  Rewriter rewriter(draft);
  Tape& tape = rewriter.to();
  const std::vector<NodeId> relu = relus(rewriter.from());
  for (const NodeId id : rewriter.nodes()) {
    if (is<Step>(rewriter.from().op(id))) {
      const NodeId rectified = relu[rewriter.from().operands(id)[0]];
      if (rectified < id && rewriter.uses(rectified) > 0) {
        rewriter.replace(id, op<Step>(), std::array{rewriter.of(rectified)});
        continue;
      }
    }
    const Var copy = rewriter.copy(id);
    // An output keeps the value of the run, where a parameter has a new one after it.
    const auto may_be = [&](NodeId same) {
      return same != no_node && !(rewriter.is_output(id) && is_leaf(tape.op(same)));
    };
    if (const NodeId same = equal_operand(tape, copy.id()); may_be(same)) {
      rewriter.replace(id, tape.var(same));
      continue;
    }
    const Op& op = tape.op(copy.id());
    std::vector<Var> x;
    for (const NodeId operand : tape.operands(copy.id())) x.push_back(tape.var(operand));
    bool changed = false;
    if (is<Matmul>(op)) {
      Transposes flags = std::get<Transposes>(tape.attributes(copy.id()));
      for (std::size_t k = 0; k < 2; ++k) {
        if (!transposes(tape, x[k].id())) continue;
        x[k] = tape.var(tape.operands(x[k].id())[0]);
        bool& flag = k == 0 ? flags.a : flags.b;
        flag = !flag;
        changed = true;
      }
      if (changed) rewriter.replace(id, op, x, flags);
    } else if (op.pointwise()) {
      const Attributes attributes = tape.attributes(copy.id());
      for (Var& operand : x) {
        if (!is<BroadcastTo>(tape.op(operand.id()))) continue;
        const Var wide = std::exchange(operand, tape.var(tape.operands(operand.id())[0]));
        Shape shape = x[0].shape();
        for (const Var v : x) shape = broadcast(shape, v.shape());
        if (shape == copy.shape()) {
          changed = true;
        } else {
          operand = wide;
        }
      }
      if (!changed) continue;
      const Var narrow = rewriter.replace(id, op, x, attributes);
      if (const NodeId same = equal_operand(tape, narrow.id()); may_be(same)) {
        rewriter.replace(id, tape.var(same));
      }
    }
  }
  return rewriter.finish();
}

Draft share_common_subexpressions(const Draft& draft) {
  Rewriter rewriter(draft);
  const Tape& from = rewriter.from();
  std::unordered_map<Expression, Var, ExpressionHash> known;
  for (const NodeId id : rewriter.nodes()) {
    const Op& op = from.op(id);
    if (is_input(op) || is_parameter(op)) {
      rewriter.copy(id);
      continue;
    }
    Expression expression{&op, &from.attributes(id), {}, from.shape(id), {}};
    for (const Var operand : rewriter.operands_of(id)) expression.operands.push_back(operand.id());
    if (is<Add>(op) || is<Mul>(op)) {
      std::sort(expression.operands.begin(), expression.operands.end());
    }
    if (is_constant(op)) {
      expression.elements = {from.leaf_value(id),
                             static_cast<std::size_t>(from.shape(id).elements())};
    }
    if (const auto found = known.find(expression); found != known.end()) {
      rewriter.replace(id, found->second);
    } else {
      known.emplace(std::move(expression), rewriter.copy(id));
    }
  }
  return rewriter.finish();
}

}  // namespace gradus
