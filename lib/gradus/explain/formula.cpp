#include "gradus/explain/formula.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "gradus/base/join.hpp"
#include "gradus/explain/math_part.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::explain {
namespace {

/// Longer formulas than this many symbols and signs are not read by anybody.
constexpr std::size_t longest_formula = 60;

bool is_literal(const Math& m) { return m.part().kind == MathKind::number; }
bool is_literal(const Math& m, double x) { return is_literal(m) && m.part().number == x; }
bool is_negative(const Math& m) { return m.part().kind == MathKind::negative; }
const Math& operand(const Math& m) { return m.part().parts[0]; }

/// Formulas as people write them down, or as they were recorded.
struct Builder {
  bool simplify;
  int digits;

  Math number(double x) const { return Math::number(x, digits); }

  Math add(const Math& a, const Math& b) const {
    if (simplify) {
      if (is_literal(a) && is_literal(b)) return number(a.part().number + b.part().number);
      if (is_literal(a, 0)) return b;
      if (is_literal(b, 0)) return a;
    }
    return Math::sum({a, b});
  }

  Math negate(const Math& x) const {
    if (simplify) {
      if (is_literal(x)) return number(-x.part().number);
      if (is_negative(x)) return operand(x);
    }
    return Math::negative(x);
  }

  Math multiply(const Math& a, const Math& b, bool elementwise) const {
    if (simplify) {
      if (is_literal(a) && is_literal(b)) return number(a.part().number * b.part().number);
      if (is_literal(a, 1)) return b;
      if (is_literal(b, 1)) return a;
      if (is_literal(a, -1)) return negate(b);
      if (is_literal(b, -1)) return negate(a);
      if (is_negative(a)) return negate(multiply(operand(a), b, elementwise));
      if (is_negative(b)) return negate(multiply(a, operand(b), elementwise));
      if (a.text() == b.text()) return Math::power(a, number(2));
    }
    return elementwise ? Math::elementwise({a, b}) : Math::product({a, b});
  }

  Math divide(const Math& a, const Math& b) const {
    if (simplify) {
      if (is_literal(b, 1)) return a;
      if (is_literal(b, -1)) return negate(a);
      if (is_negative(a)) return negate(divide(operand(a), b));
    }
    return Math::fraction(a, b);
  }

  Math power(const Math& a, const Math& b) const {
    if (is_literal(b, 1)) return a;  // what is left of x^2 when it was differentiated
    return Math::power(a, b);
  }
};

std::vector<int> axes_in(unsigned mask) {
  std::vector<int> axes;
  for (int i = 0; i < Shape::max_rank; ++i) {
    if (mask >> i & 1u) axes.push_back(i);
  }
  return axes;
}

/// "axis=0", "axis=(0, 1)"; "" for all.
std::string axes_text(unsigned mask, const Shape& x) {
  const std::vector<int> axes = axes_in(mask);
  if (static_cast<int>(axes.size()) == x.rank()) return {};
  if (axes.size() == 1) return fmt::format("axis={}", axes[0]);
  return fmt::format("axis=({})", join(axes, ", "));
}

bool swaps_last_two(const Permutation& p) {
  for (int i = 0; i + 2 < p.rank; ++i) {
    if (p.axes[static_cast<std::size_t>(i)] != i) return false;
  }
  return p.rank >= 2 && p.axes[static_cast<std::size_t>(p.rank - 1)] == p.rank - 2;
}

/// "1:3, ::2"
std::string slice_text(const Slices& s) {
  std::string text;
  for (int axis = 0; axis < s.full.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    if (axis > 0) text += ", ";
    if (s.count[i] == 1) {
      text += fmt::format("{0}:{1}", s.start[i], s.start[i] + 1);
    } else if (s.start[i] == 0 && s.step[i] == 1 && s.count[i] == s.full[axis]) {
      text += ":";
    } else {
      const Index stop =
          s.count[i] == 0 ? s.start[i] : s.start[i] + (s.count[i] - 1) * s.step[i] + 1;
      text += fmt::format("{}:{}", s.start[i], stop);
      if (s.step[i] != 1) text += fmt::format(":{}", s.step[i]);
    }
  }
  return text;
}

/// Whether an op gives a single number back as it is, at most in another shape.
bool moves_number(const Op& op, const Math& x, const Shape& shape, const Attributes& attributes) {
  if (!is_literal(x) || shape.elements() != 1) return false;
  if (const auto* target = std::get_if<Target>(&attributes)) return target->shape.elements() == 1;
  return &op == &gradus::op<Sum>() || &op == &gradus::op<Permute>() || &op == &gradus::op<Slice>();
}

/// What stands behind the operands in f(x, ...).
std::string arguments_text(const Op& op, const Attributes& attributes, const Shape& x, int digits) {
  if (const auto* a = std::get_if<Axes>(&attributes)) {
    const std::string axes = axes_text(a->mask, x);
    return a->keepdims && !axes.empty() ? axes + ", keepdims=true" : axes;
  }
  if (const auto* a = std::get_if<Axis>(&attributes)) {
    const bool usual = &op != &gradus::op<Concat>() && a->axis == x.rank() - 1;
    return usual ? std::string() : fmt::format("axis={}", a->axis);
  }
  if (const auto* t = std::get_if<Target>(&attributes)) return to_string(t->shape);
  if (const auto* p = std::get_if<Permutation>(&attributes)) {
    return fmt::format("axes=({})",
                       join(std::span(p->axes).first(static_cast<std::size_t>(p->rank)), ", "));
  }
  if (const auto* s = std::get_if<Slices>(&attributes)) return "[" + slice_text(*s) + "]";
  if (const auto* n = std::get_if<Number>(&attributes)) return number_text(n->value, digits);
  if (const auto* c = std::get_if<Count>(&attributes)) return std::to_string(c->count);
  return {};
}

}  // namespace

Math formula(const Op& op, std::span<const Math> x, std::span<const Shape> shapes,
             const Attributes& attributes, bool simplify, int digits) {
  const Builder build{simplify, digits};
  if (&op == &gradus::op<Add>()) return build.add(x[0], x[1]);
  if (&op == &gradus::op<Neg>()) return build.negate(x[0]);
  if (&op == &gradus::op<Mul>()) {
    const bool elementwise = shapes[0].elements() != 1 && shapes[1].elements() != 1;
    return build.multiply(x[0], x[1], elementwise);
  }
  if (&op == &gradus::op<Div>()) return build.divide(x[0], x[1]);
  if (&op == &gradus::op<Pow>()) return build.power(x[0], x[1]);
  if (&op == &gradus::op<Less>()) return Math::condition(x[0], "<", x[1]);
  if (&op == &gradus::op<LessEqual>()) return Math::condition(x[0], "≤", x[1]);
  if (&op == &gradus::op<Equal>()) return Math::condition(x[0], "=", x[1]);
  if (simplify && moves_number(op, x[0], shapes[0], attributes)) return x[0];
  if (&op == &gradus::op<Matmul>()) {
    if (simplify && is_literal(x[0], 1)) return x[1];  // both are single numbers then
    if (simplify && is_literal(x[1], 1)) return x[0];
    const auto [a, b] = std::get<Transposes>(attributes);
    return Math::matmul(a ? Math::transpose(x[0]) : x[0], b ? Math::transpose(x[1]) : x[1]);
  }
  if (&op == &gradus::op<Permute>() && swaps_last_two(std::get<Permutation>(attributes))) {
    return Math::transpose(x[0]);
  }
  if (&op == &gradus::op<Slice>())
    return Math::element(x[0], slice_text(std::get<Slices>(attributes)));
  std::vector<Math> arguments(x.begin(), x.end());
  // A pointwise op without a number may be given one all the same, which it does not look at.
  const std::string more = arguments_text(op, attributes, shapes[0], digits);
  if (!more.empty()) arguments.push_back(Math::words(more));
  return Math::call(op.name(), std::move(arguments));
}

Math read_node(const Tape& tape, NodeId node, const std::function<Math(NodeId)>& operand,
               int digits) {
  std::vector<Math> x;
  std::vector<Shape> shapes;
  for (const NodeId id : tape.operands(node)) {
    x.push_back(operand(id));
    shapes.push_back(tape.shape(id));
  }
  return formula(tape.op(node), x, shapes, tape.attributes(node), false, digits);
}

Math read(const Tape& tape, NodeId node, const Leaves& leaves, bool simplify, int digits) {
  struct Entry {
    Math math;
    std::size_t size = 0;
  };
  // What is needed, by id: operands come before those who use them.
  std::map<NodeId, Entry> entries;
  std::vector<NodeId> open{node};
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    const auto [entry, is_new] = entries.try_emplace(id);
    if (!is_new) continue;
    if (entries.size() > longest_formula) return {};
    entry->second.math = leaves(id);
    if (!entry->second.math.empty()) {
      entry->second.size = 1;
      continue;
    }
    const auto operands = tape.operands(id);
    if (operands.size() > longest_formula) return {};
    open.insert(open.end(), operands.begin(), operands.end());
  }
  for (auto& [id, entry] : entries) {
    if (!entry.math.empty()) continue;
    if (is_leaf(tape.op(id))) {
      if (!is_constant(tape.op(id)) || tape.shape(id).rank() > 0) return {};
      entry = {Math::number(*tape.leaf_value(id), digits), 1};
      continue;
    }
    std::vector<Math> x;
    std::vector<Shape> shapes;
    entry.size = 1;
    for (const NodeId operand : tape.operands(id)) {
      const Entry& from = entries.at(operand);
      x.push_back(from.math);
      shapes.push_back(tape.shape(operand));
      entry.size += from.size;
    }
    // What is used twice is written twice.
    if (entry.size > longest_formula) return {};
    entry.math = formula(tape.op(id), x, shapes, tape.attributes(id), simplify, digits);
  }
  return entries.at(node).math;
}

}  // namespace gradus::explain
