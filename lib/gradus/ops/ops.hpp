/// The catalogue: what can be recorded on a tape. Shapes are NumPy's, broadcasting too; an operand
/// is a variable or a plain number. `axes` count from the end when negative; none means all.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "gradus/ops/list.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus {

/// Records an op by its type on the tape of its operands. What the functions below are made of.
Var record(const Op& op, std::initializer_list<Operand> operands,
           const Attributes& attributes = {});
/// The same for one operand and for two, without attributes.
Var record(const Op& op, const Operand& x);
Var record(const Op& op, const Operand& a, const Operand& b);

using AxisList = std::initializer_list<int>;

// clang-format off

// --- Arithmetic (arithmetic.hpp) ---
inline Var operator+(Operand a, Operand b) { return record(op<Add>(), a, b); }
inline Var operator*(Operand a, Operand b) { return record(op<Mul>(), a, b); }
inline Var operator/(Operand a, Operand b) { return record(op<Div>(), a, b); }
inline Var operator-(Operand x) { return record(op<Neg>(), x); }
inline Var pow(Operand a, Operand b) { return record(op<Pow>(), a, b); }
inline Var maximum(Operand a, Operand b) { return record(op<Maximum>(), a, b); }
inline Var minimum(Operand a, Operand b) { return record(op<Minimum>(), a, b); }
inline Var exp(Operand x) { return record(op<Exp>(), x); }
inline Var log(Operand x) { return record(op<Log>(), x); }
inline Var sqrt(Operand x) { return record(op<Sqrt>(), x); }
inline Var sin(Operand x) { return record(op<Sin>(), x); }
inline Var cos(Operand x) { return record(op<Cos>(), x); }
inline Var abs(Operand x) { return record(op<Abs>(), x); }
inline Var erf(Operand x) { return record(op<Erf>(), x); }
/// -1, 0 or 1.
inline Var sign(Operand x) { return record(op<Sign>(), x); }
/// 1 where x > 0, else 0.
inline Var step(Operand x) { return record(op<Step>(), x); }

// Comparisons give 1 for true and 0 for false.
inline Var less(Operand a, Operand b) { return record(op<Less>(), a, b); }
inline Var less_equal(Operand a, Operand b) { return record(op<LessEqual>(), a, b); }
inline Var equal(Operand a, Operand b) { return record(op<Equal>(), a, b); }
inline Var greater(Operand a, Operand b) { return less(b, a); }
inline Var greater_equal(Operand a, Operand b) { return less_equal(b, a); }
Var not_equal(Operand a, Operand b);
/// a where the condition is not 0, else b.
inline Var where(Operand condition, Operand a, Operand b) { return record(op<Where>(), {condition, a, b}); }

// --- Activations (activations.hpp) ---
inline Var tanh(Operand x) { return record(op<Tanh>(), x); }
inline Var sigmoid(Operand x) { return record(op<Sigmoid>(), x); }
inline Var relu(Operand x) { return record(op<Relu>(), x); }
inline Var leaky_relu(Operand x, double slope = 0.01) { return record(op<LeakyRelu>(), {x}, Number{slope}); }
inline Var elu(Operand x, double alpha = 1.0) { return record(op<Elu>(), {x}, Number{alpha}); }
inline Var softplus(Operand x) { return record(op<Softplus>(), x); }
inline Var gelu(Operand x) { return record(op<Gelu>(), x); }
/// Along one axis.
Var softmax(Operand x, int axis = -1);
Var log_softmax(Operand x, int axis = -1);

// --- Reductions (reductions.hpp) ---
Var sum(Operand x, AxisList axes = {}, bool keepdims = false);
Var max(Operand x, AxisList axes = {}, bool keepdims = false);
/// The position of the first largest element along one axis, which goes.
Var argmax(Operand x, int axis = -1);

// --- Linear algebra (linear.hpp) ---
/// op(a) op(b), where the flags transpose the last two axes. Ranks 2 to 4: (..., m, k) x (..., k, n) ->
/// (..., m, n), leading axes broadcast. A rank 1 operand is a row on the left and a column on the right.
Var matmul(Operand a, Operand b, bool transpose_a = false, bool transpose_b = false);

// --- Movement (movement.hpp) ---
/// The same elements in row-major order. One extent may be -1: it follows from the rest.
Var reshape(Operand x, std::initializer_list<Index> extents);
Var reshape(Operand x, const Shape& shape);
/// Axis i of the result is axis axes[i] of x.
Var permute(Operand x, AxisList axes);
/// Swaps the last two axes.
Var transpose(Operand x);
Var broadcast_to(Operand x, const Shape& shape);

/// start:stop:step, as NumPy reads it; negative positions count from the end. The step is positive.
struct Range {
  Index start = 0;
  Index stop = all;
  Index step = 1;
  static constexpr Index all = Index{1} << 62;
};
/// The ranges along the first axes; the other axes stay whole.
Var slice(Operand x, std::span<const Range> ranges);
Var slice(Operand x, std::initializer_list<Range> ranges);
/// Zeros of shape `slices.full`, with x put where slice() would take it from.
Var unslice(Operand x, const Slices& slices);
Var concat(std::span<const Var> parts, int axis = 0, SourceLocation where = SourceLocation::current());
/// Rows of x by index: (rows, ...) and indices (...) give (indices' shape, row's shape).
inline Var gather(Operand x, Operand indices) { return record(op<Gather>(), x, indices); }
/// Adds the rows of x into `rows` rows of zeros: what gather's derivative does.
inline Var scatter_rows(Operand x, Operand indices, Index rows) { return record(op<ScatterRows>(), {x, indices}, Count{rows}); }
/// (...) class numbers -> (..., classes).
inline Var one_hot(Operand indices, Index classes) { return record(op<OneHot>(), {indices}, Count{classes}); }
/// x itself, through which no gradient passes.
inline Var stop_gradient(Operand x) { return record(op<StopGradient>(), x); }

// clang-format on

// --- Compositions: they record the ops above and have no rule of their own (compositions.cpp) ---
/// a + (-b).
Var operator-(Operand a, Operand b);
/// x * x.
Var square(Operand x);
/// 1 / x.
Var reciprocal(Operand x);
/// The mean over axes. Throws ShapeError if there is nothing to take it of.
Var mean(Operand x, AxisList axes = {}, bool keepdims = false);
/// The mean squared distance from the mean (divided by n, not n - 1).
Var variance(Operand x, AxisList axes = {}, bool keepdims = false);
/// log sum exp x, without overflow; infinite if an x is infinite, or if all are -infinity.
Var logsumexp(Operand x, AxisList axes = {}, bool keepdims = false);
/// x sigmoid(x); NaN for -infinity, where both factors have a say.
Var swish(Operand x);
/// x where x > 0, else slope * x, with a slope that is learned.
Var prelu(Operand x, Operand slope);
/// The mean of (prediction - target)^2 over all elements.
Var mse(Operand prediction, Operand target);
/// factor * the sum of (prediction - target)^2 over the last axis, averaged over the examples: the
/// quadratic cost of Nielsen's book for a factor of 1/2.
Var quadratic_cost(Operand prediction, Operand target, double factor = 0.5);
/// The mean over examples of -log softmax(logits)[class]. `target` has one class number an example
/// (logits' shape without the last axis), or one-hot rows (or distributions) in logits' shape. With
/// class numbers, a logit of -infinity rules a class out.
Var cross_entropy(Operand logits, Operand target);
/// The mean of -t log sigmoid(z) - (1 - t) log(1 - sigmoid(z)), as softplus(z) - t z, which is
/// stable.
Var binary_cross_entropy(Operand logits, Operand target);

// --- Your own (custom_op.cpp) ---

/// What is needed for an op of one's own; see `custom_op`.
struct CustomOp {
  std::string name;
  std::string formula;
  std::string derivative;
  int arity = 1;
  /// The result's shape. Default: the operands, broadcast.
  std::function<Shape(std::span<const Shape>)> shape = {};
  /// Fills y from x, in double; executors of other precisions convert.
  std::function<void(std::span<const View<const double>> x, View<double> y)> forward;
  /// The contribution of x[operand]: dy * dy/dx, written with ops. Empty: no gradient passes.
  std::function<Var(const Vjp&)> vjp = {};
  Domain domain = {};
};

/// Makes an op that can be recorded with `record(op, {x, ...})`. It lives until the program ends.
/// `check_gradient` tells whether its derivative is right.
const Op& custom_op(CustomOp definition);

/// The common case: y = f(x) element by element, and its derivative written with ops.
const Op& custom_op(std::string name, std::function<double(double)> f,
                    std::function<Var(Var dy, Var x, Var y)> dx);

}  // namespace gradus
