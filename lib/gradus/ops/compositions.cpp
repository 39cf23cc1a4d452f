// Functions that are made of other ops. The nodes they record carry the place of their caller.
#include <fmt/format.h>

#include "gradus/ops/ops.hpp"

namespace gradus {
namespace {

/// The tape of the operands, and their caller's place for all that is recorded while this lives.
struct Composition {
  explicit Composition(const Operand& a, const Operand& b = Operand(0.0))
      : tape(a.is_number() ? b.var().tape() : a.var().tape()), at(tape, a.where()) {}
  Tape& tape;
  Tape::RecordedAt at;
};

/// How many elements of x fall into one element of the result.
Index count_over(const char* name, Var x, AxisList axes) {
  const unsigned mask = axes_mask(x.shape(), std::span<const int>(axes.begin(), axes.size()));
  Index count = 1;
  for (int i = 0; i < x.shape().rank(); ++i) count *= mask >> i & 1u ? x.shape()[i] : 1;
  if (count == 0) {
    throw ShapeError(fmt::format("[{}] {}:{} has no elements to average over", name,
                                 x.tape().label(x.id()), to_string(x.shape())));
  }
  return count;
}

void need_equal_shapes(const char* name, Var a, Var b) {
  if (a.shape() != b.shape()) {
    throw ShapeError(fmt::format("[{}] {}:{} and {}:{} must have one shape", name,
                                 a.tape().label(a.id()), to_string(a.shape()),
                                 b.tape().label(b.id()), to_string(b.shape())));
  }
}

}  // namespace

Var operator-(Operand a, Operand b) {
  const Composition here(a, b);
  return a + -b;
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
  const Index count = count_over("mean", x.var(), axes);
  return sum(x, axes, keepdims) * (1.0 / static_cast<double>(count));
}

Var variance(Operand x, AxisList axes, bool keepdims) {
  const Composition here(x);
  return mean(square(x - mean(x, axes, true)), axes, keepdims);
}

Var logsumexp(Operand x, AxisList axes, bool keepdims) {
  const Composition here(x);
  // The largest cancels out of the derivative, so that it need not be differentiated.
  const Var top = stop_gradient(max(x, axes, true));
  const Var result = top + log(sum(exp(x - top), axes, true));
  const unsigned mask = axes_mask(x.var().shape(), std::span<const int>(axes.begin(), axes.size()));
  return keepdims ? result : reshape(result, reduced(x.var().shape(), mask, false));
}

Var swish(Operand x) {
  const Composition here(x);
  return x * sigmoid(x);
}

Var prelu(Operand x, Operand slope) {
  const Composition here(x, slope);
  return where(step(x), x, slope * x);
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
  if (p.shape().elements() == 0) throw ShapeError("[quadratic_cost] there are no examples");
  return sum(square(p - t)) * (factor / static_cast<double>(examples));
}

Var cross_entropy(Operand logits, Operand target) {
  const Composition here(logits, target);
  const Var z = logits.on(here.tape);
  Var t = target.on(here.tape);
  const Shape& shape = z.shape();
  if (shape.rank() == 0) throw ShapeError("[cross_entropy] the logits need an axis of classes");
  if (shape.elements() == 0) throw ShapeError("[cross_entropy] there are no examples or classes");
  const Index classes = shape[shape.rank() - 1];
  const Shape class_numbers = reduced(shape, 1u << (shape.rank() - 1), false);
  if (t.shape() == class_numbers) {
    t = one_hot(t, classes);
  } else if (t.shape() != shape) {
    throw ShapeError(
        fmt::format("[cross_entropy] {}:{} needs a target of shape {} (class numbers) or {} "
                    "(one-hot rows), not {}",
                    here.tape.label(z.id()), to_string(shape), to_string(class_numbers),
                    to_string(shape), to_string(t.shape())));
  }
  const auto examples = static_cast<double>(class_numbers.elements());
  return sum(t * log_softmax(z)) * (-1.0 / examples);
}

Var binary_cross_entropy(Operand logits, Operand target) {
  const Composition here(logits, target);
  const Var z = logits.on(here.tape);
  const Var t = target.on(here.tape);
  if (!target.is_number()) need_equal_shapes("binary_cross_entropy", z, t);
  return mean(softplus(z) - t * z);
}

}  // namespace gradus
