// Functions that are made of other ops. The nodes they record carry the place of their caller. C++
// leaves open which operand of an operator is evaluated first: where two are recorded, one has a
// name, so that every compiler numbers the nodes alike.
#include <fmt/core.h>

#include <limits>

#include "gradus/ops/ops.hpp"

namespace gradus {
namespace {

/// The tape of the operands, and their caller's place for all that is recorded while this lives.
struct Composition {
  explicit Composition(const Operand& a, const Operand& b = Operand(0.0))
      : tape(tape_of(a, b)), at(tape, a.where()) {}
  Tape& tape;
  Tape::RecordedAt at;

 private:
  static Tape& tape_of(const Operand& a, const Operand& b) {
    if (!a.is_number()) return a.var().tape();
    if (!b.is_number()) return b.var().tape();
    throw Error("a function of variables is given plain numbers only: they are on no tape");
  }
};

/// How many elements of x fall into one element of the result.
Index count_over(Var x, unsigned mask) {
  Index count = 1;
  for (int i = 0; i < x.shape().rank(); ++i) count *= mask >> i & 1u ? x.shape()[i] : 1;
  return count;
}

[[noreturn]] void misfit(const char* name, std::initializer_list<Var> operands,
                         const std::string& rule) {
  // The place is that of the composition's caller.
  operands.begin()->tape().explain_misfit(
      name, std::span<const Var>(operands.begin(), operands.size()), {}, {}, rule);
}

void need_equal_shapes(const char* name, Var a, Var b) {
  if (a.shape() != b.shape()) misfit(name, {a, b}, "they must have one shape");
}

unsigned mask_of(const char* name, Var x, AxisList axes) {
  try {
    return axes_mask(x.shape(), std::span<const int>(axes.begin(), axes.size()));
  } catch (const ShapeError& error) {
    misfit(name, {x}, error.what());
  }
}

}  // namespace

Var operator-(Operand a, Operand b) {
  const Composition here(a, b);
  return b.is_number() ? a + -b.number() : a + -b;
}

Var not_equal(Operand a, Operand b) {
  const Composition here(a, b);
  return 1 - equal(a, b);
}

Var square(Operand x) { return x * x; }

Var reciprocal(Operand x) {
  const Composition here(x);
  return 1 / x;
}

Var mean(Operand x, AxisList axes, bool keepdims) {
  const Composition here(x);
  const Index count = count_over(x.var(), mask_of("mean", x.var(), axes));
  if (count == 0) misfit("mean", {x.var()}, "there are no elements to average over");
  return sum(x, axes, keepdims) * (1.0 / static_cast<double>(count));
}

Var variance(Operand x, AxisList axes, bool keepdims) {
  const Composition here(x);
  return mean(square(x - mean(x, axes, true)), axes, keepdims);
}

Var logsumexp(Operand x, AxisList axes, bool keepdims) {
  const Composition here(x);
  // What is taken off cancels out of the derivative, so that it need not be differentiated. It must
  // be finite, as inf - inf is NaN: the result is then infinite, as it should be.
  const Var largest = stop_gradient(max(x, axes, true));
  const Var is_finite = less(abs(largest), std::numeric_limits<double>::infinity());
  const Var top = where(is_finite, largest, 0);
  const Var result = top + log(sum(exp(x - top), axes, true));
  const unsigned mask = mask_of("logsumexp", x.var(), axes);
  return keepdims ? result : reshape(result, reduced(x.var().shape(), mask, false));
}

Var swish(Operand x) {
  const Composition here(x);
  return x * sigmoid(x);
}

Var prelu(Operand x, Operand slope) {
  const Composition here(x, slope);
  const Var left = slope * x;
  return where(step(x), x, left);
}

Var mse(Operand prediction, Operand target) {
  const Composition here(prediction, target);
  const Var p = prediction.on(here.tape);
  const Var t = target.on(here.tape);
  if (!target.is_number()) need_equal_shapes("mse", p, t);
  return mean(square(p - t));
}

Var quadratic_cost(Operand prediction, Operand target, double factor) {
  const Composition here(prediction, target);
  const Var p = prediction.on(here.tape);
  const Var t = target.on(here.tape);
  need_equal_shapes("quadratic_cost", p, t);
  const Index examples =
      p.shape().rank() == 0
          ? 1
          : p.shape().elements() / std::max(p.shape()[p.shape().rank() - 1], Index{1});
  if (p.shape().elements() == 0) misfit("quadratic_cost", {p, t}, "there are no examples");
  return sum(square(p - t)) * (factor / static_cast<double>(examples));
}

Var cross_entropy(Operand logits, Operand target) {
  const Composition here(logits, target);
  const Var z = logits.on(here.tape);
  const Var t = target.on(here.tape);
  const Shape& shape = z.shape();
  if (shape.rank() == 0) misfit("cross_entropy", {z, t}, "the logits need an axis of classes");
  if (shape.elements() == 0) misfit("cross_entropy", {z, t}, "there are no examples or classes");
  const Index classes = shape[shape.rank() - 1];
  const Shape class_numbers = reduced(shape, 1u << (shape.rank() - 1), false);
  const bool numbered = t.shape() == class_numbers;
  if (!numbered && t.shape() != shape) {
    misfit("cross_entropy", {z, t},
           fmt::format("the target needs shape {} (class numbers) or {} (one-hot rows)",
                       to_string(class_numbers), to_string(shape)));
  }
  const auto examples = static_cast<double>(class_numbers.elements());
  if (numbered) {
    const Var is_target = one_hot(t, classes);
    return sum(where(is_target, log_softmax(z), 0)) * (-1.0 / examples);
  }
  return sum(t * log_softmax(z)) * (-1.0 / examples);
}

Var binary_cross_entropy(Operand logits, Operand target) {
  const Composition here(logits, target);
  const Var z = logits.on(here.tape);
  const Var t = target.on(here.tape);
  if (!target.is_number()) need_equal_shapes("binary_cross_entropy", z, t);
  const Var log_partition = softplus(z);
  return mean(log_partition - t * z);
}

}  // namespace gradus
