/// Random computations over the whole catalogue, each of which has a derivative that can be
/// measured.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

namespace gradus::test {

/// How many formulas are judged. Sanitizers take ten times as long for each.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr int formulas_checked = 1'000;
#else
inline constexpr int formulas_checked = 10'000;
#endif

/// A computation, from some parameters to a single number.
struct RandomFormula {
  std::unique_ptr<Tape> tape = std::make_unique<Tape>();
  std::vector<Var> parameters;
  Var result;
  /// Where the formula has kinks, and what it decides: within one piece of the formula the signs of
  /// their elements stay as they are.
  std::vector<Var> guards;
};

/// Makes one formula. The same seed, the same formula: `replaced` and `by` put another op (a
/// mutant) in the place of one, and change nothing else.
///
/// Ops are drawn from the list of all; operands from what is there, newest first, so that formulas
/// grow deep, and values are used several times. What an op does not define is kept from it: the
/// logarithm is taken of 0.5 + x^2, say. What grows is brought back to the numbers near 1, and what
/// has more than 12 elements is not made.
class FormulaMaker {
 public:
  explicit FormulaMaker(std::uint64_t seed, const Op* replaced = nullptr, const Op* by = nullptr)
      : random_(seed), replaced_(replaced), by_(by), tape_(*formula_.tape) {}

  RandomFormula make() {
    const Index parameters = 1 + random_.below(3);
    for (Index i = 0; i < parameters; ++i) pool_.push_back(parameter(random_shape()));
    const Index steps = 3 + random_.below(10);
    for (Index i = 0; i < steps; ++i) {
      const Op& op = *all_ops()[static_cast<std::size_t>(below(all_ops().size()))];
      pool_.push_back(bounded(add(op)));
    }
    finish();
    return std::move(formula_);
  }

 private:
  static constexpr Index most_elements = 12;
  static constexpr double largest = 3;

  bool chance(int percent) { return random_.below(100) < percent; }
  Index below(std::size_t count) { return random_.below(static_cast<Index>(count)); }

  // --- Recording ---

  Var put(const Op& op, std::initializer_list<Var> operands, const Attributes& attributes = {}) {
    return put(op, std::span<const Var>(operands.begin(), operands.size()), attributes);
  }
  Var put(const Op& op, std::span<const Var> operands, const Attributes& attributes = {}) {
    return tape_.record(&op == replaced_ ? *by_ : op, operands, attributes);
  }
  static Axes all_axes(Var x) { return {(1u << x.shape().rank()) - 1u, false}; }
  Var number(double x) { return tape_.constant(x); }
  void guard(Var decision) { formula_.guards.push_back(decision); }

  // --- Operands ---

  Shape random_shape() {
    static const std::vector<Shape> shapes{{},     {},     {1},    {2},    {3},       {1, 3},
                                           {2, 1}, {2, 2}, {2, 3}, {3, 2}, {2, 1, 2}, {2, 2, 3}};
    return shapes[static_cast<std::size_t>(below(shapes.size()))];
  }
  Tensor<double> random_tensor(const Shape& shape, double low, double high) {
    Tensor<double> t(shape);
    for (double& x : t) x = random_.uniform(low, high);
    return t;
  }
  Var parameter(const Shape& shape) {
    const Var x = tape_.parameter(random_tensor(shape, -1.5, 1.5));
    formula_.parameters.push_back(x);
    elements_ += shape.elements();
    return x;
  }

  /// Something that was recorded before and is so, if there is such a thing; the newest most often.
  template <class Condition>
  std::optional<Var> some(const Condition& is_so) {
    std::vector<Var> found;
    for (const Var v : pool_) {
      if (is_so(v.shape())) found.push_back(v);
    }
    if (found.empty()) return std::nullopt;
    const std::size_t newest = std::min<std::size_t>(found.size(), 2);
    return chance(60) ? found[found.size() - 1 - static_cast<std::size_t>(below(newest))]
                      : found[static_cast<std::size_t>(below(found.size()))];
  }
  Var any() {
    return *some([](const Shape&) { return true; });
  }
  /// Of this shape: an old value, a new parameter while there are few, or a constant.
  Var of_shape(const Shape& shape) {
    if (const auto found = some([&](const Shape& s) { return s == shape; }); found && chance(80)) {
      return *found;
    }
    if (elements_ + shape.elements() <= 16) return parameter(shape);
    return tape_.constant(random_tensor(shape, -1.5, 1.5));
  }
  Var of_rank(int least) {
    if (const auto found = some([&](const Shape& s) { return s.rank() >= least; })) return *found;
    return of_shape(least == 1 ? Shape{3} : Shape{2, 2});
  }
  /// What may stand beside a in a pointwise op.
  Var beside(Var a) {
    const auto found = some([&](const Shape& s) {
      try {
        return broadcast(a.shape(), s).elements() <= most_elements;
      } catch (const ShapeError&) {
        return false;
      }
    });
    return chance(15) ? number(random_.uniform(-1.5, 1.5)) : *found;  // at least a itself is there
  }
  /// Whole numbers below `limit`: constants, or the places of the largest.
  Var indices(const Shape& shape, Index limit) {
    if (limit >= 3 && chance(40)) {
      std::vector<Index> extents(shape.begin(), shape.end());
      extents.push_back(3);
      const Shape wider{std::span<const Index>(extents)};
      if (wider.elements() <= most_elements) return argmax_of(of_shape(wider), wider.rank() - 1);
    }
    Tensor<double> t(shape);
    for (double& x : t) x = static_cast<double>(random_.below(limit));
    return tape_.constant(t);
  }

  // --- Inside the domain ---

  /// At least 0.5.
  Var positive(Var x) {
    const Tensor<double> v = value(x);
    if (chance(50) && *std::min_element(v.begin(), v.end()) >= 0.5) return x;
    switch (random_.below(3)) {
      case 0:
        return put(op<Add>(), {number(0.5), put(op<Mul>(), {x, x})});
      case 1:
        return put(op<Add>(), {put(op<Softplus>(), {x}), number(0.5)});
      default:
        return put(op<Add>(), {put(op<Sigmoid>(), {x}), number(0.5)});
    }
  }
  /// At most 3 in size.
  Var bounded(Var x) {
    const Tensor<double> v = value(x);
    const auto size = [](double a, double b) { return std::abs(a) < std::abs(b); };
    const double top =
        v.elements() == 0 ? 0 : std::abs(*std::max_element(v.begin(), v.end(), size));
    if (top <= largest) return x;
    switch (random_.below(3)) {
      case 0:
        return put(op<Sin>(), {x});
      case 1:
        return put(op<Tanh>(), {put(op<Mul>(), {number(1 / top), x})});
      default:
        return put(op<Mul>(), {x, number(1 / top)});
    }
  }

  // --- Ops ---

  Var add(const Op& op) {
    if (op.pointwise()) return add_pointwise(op);
    if (&op == &gradus::op<Sum>() || &op == &gradus::op<Max>()) {
      const Var x = any();
      const auto mask = static_cast<unsigned>(random_.below(Index{1} << x.shape().rank()));
      const bool keep = chance(50);
      return &op == &gradus::op<Sum>() ? put(op, {x}, Axes{mask, keep}) : max_of(x, mask, keep);
    }
    if (&op == &gradus::op<Argmax>() || &op == &gradus::op<Softmax>() ||
        &op == &gradus::op<LogSoftmax>()) {
      const Var x = of_rank(1);
      const int axis = static_cast<int>(random_.below(x.shape().rank()));
      return &op == &gradus::op<Argmax>() ? argmax_of(x, axis) : put(op, {x}, Axis{axis});
    }
    if (&op == &gradus::op<Matmul>()) return add_matmul();
    if (&op == &gradus::op<StopGradient>()) return add_logsumexp();
    return add_movement(op);
  }

  Var add_pointwise(const Op& op) {
    const bool signs = &op == &gradus::op<Abs>() || &op == &gradus::op<Sign>() ||
                       &op == &gradus::op<Step>() || &op == &gradus::op<Relu>() ||
                       &op == &gradus::op<LeakyRelu>() || &op == &gradus::op<Elu>();
    const bool compares = &op == &gradus::op<Less>() || &op == &gradus::op<LessEqual>() ||
                          &op == &gradus::op<Equal>() || &op == &gradus::op<Maximum>() ||
                          &op == &gradus::op<Minimum>();
    Var a = any();
    if (op.arity() == 1) {
      if (&op == &gradus::op<Log>() || &op == &gradus::op<Sqrt>()) a = positive(a);
      if (signs) guard(a);
      const bool has_number = &op == &gradus::op<LeakyRelu>() || &op == &gradus::op<Elu>();
      return put(op, {a},
                 has_number ? Attributes(Number{random_.uniform(0.1, 0.9)}) : Attributes());
    }
    if (op.arity() == 3) {
      const Var b = beside(a);
      const Var condition = chance(50) ? less_of(a, b) : a;
      guard(condition);
      return put(op, {condition, a, b});
    }
    Var b = chance(10) ? a : beside(a);
    if (&op == &gradus::op<Pow>()) {
      a = positive(a);
      if (chance(30)) b = number(static_cast<double>(random_.below(4)));
    }
    if (&op == &gradus::op<Div>()) b = positive(b);
    if (&op == &gradus::op<Equal>() && chance(50)) {  // so that it is true here and there
      a = sign_of(a);
      b = sign_of(b);
    }
    if (compares) guard(a - b);
    return chance(50) || &op == &gradus::op<Div>() || &op == &gradus::op<Pow>() ? put(op, {a, b})
                                                                                : put(op, {b, a});
  }

  Var sign_of(Var x) {
    guard(x);
    return put(op<Sign>(), {x});
  }
  Var less_of(Var a, Var b) {
    guard(a - b);
    return put(op<Less>(), {a, b});
  }
  Var max_of(Var x, unsigned mask, bool keepdims) {
    guard(equal(x, record(op<Max>(), {x}, Axes{mask, true})));
    return put(op<Max>(), {x}, Axes{mask, keepdims});
  }
  Var argmax_of(Var x, int axis) {
    guard(equal(x, record(op<Max>(), {x}, Axes{1u << axis, true})));
    return put(op<Argmax>(), {x}, Axis{axis});
  }

  Var add_matmul() {
    const Var a = of_rank(2);
    const bool transpose_a = chance(50), transpose_b = chance(50);
    const int rank = a.shape().rank();
    const Index inner = a.shape()[transpose_a ? rank - 2 : rank - 1];
    const auto found = some([&](const Shape& s) {
      const int r = s.rank();
      return r >= 2 && s[transpose_b ? r - 1 : r - 2] == inner &&
             (r == 2 || rank == 2 || s[0] == a.shape()[0]);
    });
    const Index outer = 1 + random_.below(2);
    const Var b =
        found ? *found : of_shape(transpose_b ? Shape{outer, inner} : Shape{inner, outer});
    const Var y = put(op<Matmul>(), {a, b}, Transposes{transpose_a, transpose_b});
    return y.shape().elements() <= most_elements ? y : put(op<Sum>(), {y}, all_axes(y));
  }

  /// Through the gradient's stop passes a value that cancels out: the largest, or any other.
  Var add_logsumexp() {
    const Var x = of_rank(1);
    const auto mask = 1u << random_.below(x.shape().rank());
    const Var top = put(op<StopGradient>(), {max_of(x, mask, true)});
    const Var minus = put(op<Neg>(), {top});
    const Var less_than_one = put(op<Exp>(), {put(op<Add>(), {x, minus})});
    const Var total = put(op<Sum>(), {less_than_one}, Axes{mask, true});
    return put(op<Add>(), {top, put(op<Log>(), {total})});
  }

  Var add_movement(const Op& op) {
    if (&op == &gradus::op<Reshape>()) {
      const Var x = any();
      return put(op, {x}, Target{another_shape(x.shape().elements())});
    }
    if (&op == &gradus::op<Permute>()) {
      const Var x = any();
      const auto order = random_.permutation(x.shape().rank());
      Permutation p{{}, x.shape().rank()};
      std::transform(order.begin(), order.end(), p.axes.begin(),
                     [](Index axis) { return static_cast<int>(axis); });
      return put(op, {x}, p);
    }
    if (&op == &gradus::op<BroadcastTo>()) return add_broadcast();
    if (&op == &gradus::op<Slice>()) {
      const Var x = of_rank(1);
      return put(op, {x}, slices_of(x.shape()));
    }
    if (&op == &gradus::op<Unslice>()) {
      const Slices slices = slices_of(random_shape());
      return put(op,
                 {of_shape(Shape(std::span<const Index>(
                     slices.count.data(), static_cast<std::size_t>(slices.full.rank()))))},
                 slices);
    }
    if (&op == &gradus::op<Concat>()) return add_concat();
    if (&op == &gradus::op<Gather>()) {
      const Var x = of_rank(1);
      const Index rows = x.shape()[0];
      const Index count =
          std::min(1 + random_.below(3), most_elements * rows / x.shape().elements());
      return put(op, {x, indices(chance(20) ? Shape{} : Shape{count}, rows)});
    }
    if (&op == &gradus::op<ScatterRows>()) {
      const Var x = of_rank(1);
      const Index rows = 1 + random_.below(3);
      const Index width = x.shape().elements() / x.shape()[0];
      if (rows * width > most_elements) return put(gradus::op<Neg>(), {x});
      return put(op, {x, indices(Shape{x.shape()[0]}, rows)}, Count{rows});
    }
    return put(op, {indices(chance(50) ? Shape{} : Shape{2}, 3)}, Count{3});  // one_hot
  }

  Shape another_shape(Index elements) {
    std::vector<Shape> all{Shape{elements}, Shape{1, elements}, Shape{elements, 1}};
    for (Index n = 2; n < elements; ++n) {
      if (elements % n == 0) all.insert(all.end(), {Shape{n, elements / n}, {n, 1, elements / n}});
    }
    if (elements == 1) all.emplace_back();
    return all[static_cast<std::size_t>(below(all.size()))];
  }

  Var add_broadcast() {
    const Var x = any();
    std::vector<Index> extents(x.shape().begin(), x.shape().end());
    for (Index& extent : extents) {
      if (extent == 1 && chance(70)) extent = 2;
    }
    if (extents.size() < 3) extents.insert(extents.begin(), 1 + random_.below(2));
    const Shape target{std::span<const Index>(extents)};
    return put(op<BroadcastTo>(), {x}, Target{target.elements() <= 12 ? target : x.shape()});
  }

  Slices slices_of(const Shape& full) {
    Slices s{{}, {}, {}, full};
    for (std::size_t i = 0; i < static_cast<std::size_t>(full.rank()); ++i) {
      const Index extent = full[static_cast<int>(i)];
      s.start[i] = random_.below(extent);
      s.step[i] = 1 + random_.below(2);
      s.count[i] = 1 + random_.below((extent - 1 - s.start[i]) / s.step[i] + 1);
    }
    return s;
  }

  Var add_concat() {
    const Var first = of_rank(1);
    const int axis = static_cast<int>(random_.below(first.shape().rank()));
    std::vector<Var> parts{first};
    const Index fits = most_elements / first.shape().elements();
    while (static_cast<Index>(parts.size()) < std::min(fits, Index{3}) && chance(80)) {
      parts.push_back(of_shape(first.shape()));
    }
    std::reverse(parts.begin(), parts.end());
    return put(op<Concat>(), parts, Axis{axis});
  }

  /// The result: everything that nothing used, each element with a weight of its own.
  void finish() {
    std::vector<bool> used(tape_.size());
    for (std::size_t id = 0; id < tape_.size(); ++id) {
      for (const NodeId operand : tape_.operands(static_cast<NodeId>(id))) used[operand] = true;
    }
    std::optional<Var> total;
    for (const Var v : pool_) {
      if (used[v.id()]) continue;
      const Var weights = tape_.constant(random_tensor(v.shape(), 0.5, 2));
      const Var weighted = put(op<Mul>(), {v, weights});
      const Var part = put(op<Sum>(), {weighted}, all_axes(v));
      total = total ? put(op<Add>(), {*total, part}) : part;
    }
    formula_.result = *total;
  }

  Random random_;
  const Op* replaced_;
  const Op* by_;
  RandomFormula formula_;
  Tape& tape_;
  std::vector<Var> pool_;
  Index elements_ = 0;  // of all parameters
};

inline RandomFormula random_formula(std::uint64_t seed, const Op* replaced = nullptr,
                                    const Op* by = nullptr) {
  return FormulaMaker(seed, replaced, by).make();
}

}  // namespace gradus::test
