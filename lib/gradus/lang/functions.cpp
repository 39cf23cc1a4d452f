#include "gradus/lang/functions.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "gradus/grad/gradient.hpp"
#include "gradus/lang/call.hpp"
#include "gradus/nn/init.hpp"

namespace gradus::lang {
namespace {

// --- How a call becomes a call of the catalogue ---

template <Var (*f)(Operand)>
Var unary(Call& call) {
  const auto [x] = call.operands<1>();
  return f(x);
}

template <Var (*f)(Operand, Operand)>
Var binary(Call& call) {
  const auto [a, b] = call.operands<2>();
  return f(a, b);
}

/// f of x and a list that the catalogue takes in braces.
template <class T, class F>
Var with_braces(const std::vector<T>& list, F&& f) {
  switch (list.size()) {
    case 0:
      return f(std::initializer_list<T>{});
    case 1:
      return f({list[0]});
    case 2:
      return f({list[0], list[1]});
    case 3:
      return f({list[0], list[1], list[2]});
    default:
      return f({list[0], list[1], list[2], list[3]});
  }
}

template <Var (*f)(Operand, AxisList, bool)>
Var reduction(Call& call) {
  const auto [x] = call.operands<1>();
  const bool keepdims = call.flag(2);
  return with_braces(call.axes(1), [&, &x = x](AxisList axes) { return f(x, axes, keepdims); });
}

template <Var (*f)(Operand, int)>
Var along(Call& call) {
  const auto [x] = call.operands<1>();
  return f(x, call.axis(1));
}

template <Tensor<double> (*draw)(const Shape&, Random&)>
Var drawn(Call& call) {
  Random& random = call.random(1);
  return call.leaf(call.shape(0), [&](const Shape& shape) { return draw(shape, random); });
}

Var filled(Call& call, std::size_t shape, double value) {
  return call.leaf(call.shape(shape), [&](const Shape& s) { return nn::constant(s, value); });
}

/// Ranges along the first axes, from lists of their starts, stops and steps.
std::vector<Range> ranges(Call& call, std::size_t first) {
  const std::vector<Index> start = call.wholes(first, 0);
  const std::vector<Index> stop = call.wholes(first + 1, Range::all);
  const std::vector<Index> step = call.wholes(first + 2, 1);
  std::vector<Range> result(std::max({start.size(), stop.size(), step.size()}));
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (i < start.size()) result[i].start = start[i];
    if (i < stop.size()) result[i].stop = stop[i];
    if (i < step.size()) result[i].step = step[i];
  }
  return result;
}

Var record_slice(Call& call) {
  const auto [x] = call.operands<1>();
  return slice(x, ranges(call, 1));
}

/// What slice() would take out of a value of the full shape says where the elements go.
Var record_unslice(Call& call) {
  const auto [x] = call.operands<1>();
  const Shape full = call.shape(1);
  Tape scratch;
  const Var taken = slice(scratch.input(full), ranges(call, 2));
  return unslice(x, std::get<Slices>(scratch.attributes(taken.id())));
}

Var record_reshape(Call& call) {
  const auto [x] = call.operands<1>();
  return with_braces(call.wholes(1), [&x = x](std::initializer_list<Index> extents) {
    return reshape(x, extents);
  });
}

Var record_permute(Call& call) {
  const auto [x] = call.operands<1>();
  return with_braces(call.axes(1), [&x = x](AxisList axes) { return permute(x, axes); });
}

constexpr std::string_view reduced = "x, axis=none, keepdims=false";

// clang-format off
constexpr std::array table{
    // arithmetic, also written + - * / ^ and as comparisons
    Function{"add", "a, b", "", binary<gradus::operator+>},
    Function{"sub", "a, b", "y = a - b", [](Call& c) { const auto [a, b] = c.operands<2>(); return a - b; }},
    Function{"mul", "a, b", "", binary<gradus::operator*>},
    Function{"div", "a, b", "", binary<gradus::operator/>},
    Function{"pow", "a, b", "", binary<pow>},
    Function{"maximum", "a, b", "", binary<maximum>},
    Function{"minimum", "a, b", "", binary<minimum>},
    Function{"neg", "x", "", [](Call& c) { const auto [x] = c.operands<1>(); return -x; }},
    Function{"exp", "x", "", unary<exp>},
    Function{"log", "x", "", unary<log>},
    Function{"sqrt", "x", "", unary<sqrt>},
    Function{"sin", "x", "", unary<sin>},
    Function{"cos", "x", "", unary<cos>},
    Function{"abs", "x", "", unary<abs>},
    Function{"erf", "x", "", unary<erf>},
    Function{"sign", "x", "", unary<sign>},
    Function{"step", "x", "", unary<step>},
    Function{"square", "x", "y = x * x", unary<square>},
    Function{"reciprocal", "x", "y = 1 / x", unary<reciprocal>},
    Function{"less", "a, b", "", binary<less>},
    Function{"less_equal", "a, b", "", binary<less_equal>},
    Function{"greater", "a, b", "y = 1 if a > b, else 0", binary<greater>},
    Function{"greater_equal", "a, b", "y = 1 if a >= b, else 0", binary<greater_equal>},
    Function{"equal", "a, b", "", binary<equal>},
    Function{"not_equal", "a, b", "y = 0 if a = b, else 1", binary<not_equal>},
    Function{"where", "c, a, b", "", [](Call& call) { const auto [c, a, b] = call.operands<3>(); return where(c, a, b); }},
    // activations
    Function{"tanh", "x", "", unary<tanh>},
    Function{"sigmoid", "x", "", unary<sigmoid>},
    Function{"relu", "x", "", unary<relu>},
    Function{"leaky_relu", "x, slope=0.01", "", [](Call& c) { const auto [x] = c.operands<1>(); return leaky_relu(x, c.number(1)); }},
    Function{"prelu", "x, slope", "y = x if x > 0, else slope * x", binary<prelu>},
    Function{"elu", "x, alpha=1", "", [](Call& c) { const auto [x] = c.operands<1>(); return elu(x, c.number(1)); }},
    Function{"softplus", "x", "", unary<softplus>},
    Function{"gelu", "x", "", unary<gelu>},
    Function{"swish", "x", "y = x * sigmoid(x)", unary<swish>},
    Function{"softmax", "x, axis=-1", "", along<softmax>},
    Function{"log_softmax", "x, axis=-1", "", along<log_softmax>},
    // along axes
    Function{"sum", reduced, "", reduction<sum>},
    Function{"mean", reduced, "y = mean of x over axes", reduction<mean>},
    Function{"variance", reduced, "y = mean of (x - mean(x))^2 over axes", reduction<variance>},
    Function{"logsumexp", reduced, "y = log(sum exp(x)) over axes", reduction<logsumexp>},
    Function{"max", reduced, "", reduction<max>},
    Function{"argmax", "x, axis=-1", "", along<argmax>},
    // matrices; a product is also written A @ B, and transpose A.T
    Function{"matmul", "a, b, transpose_a=false, transpose_b=false", "", [](Call& c) { const auto [a, b] = c.operands<2>(); return matmul(a, b, c.flag(2), c.flag(3)); }},
    Function{"transpose", "x", "y = x with its last two axes swapped", unary<transpose>},
    // movement
    Function{"reshape", "x, shape...", "", record_reshape},
    Function{"permute", "x, axes...", "", record_permute},
    Function{"broadcast_to", "x, shape...", "", [](Call& c) { const auto [x] = c.operands<1>(); return broadcast_to(x, c.shape(1)); }},
    Function{"slice", "x, start=none, stop=none, step=none", "", record_slice},
    Function{"unslice", "x, shape, start=none, stop=none, step=none", "", record_unslice},
    Function{"concat", "parts, axis=0", "", [](Call& c) { return concat(c.variables(0), c.axis(1)); }},
    Function{"gather", "x, indices", "", binary<gather>},
    Function{"scatter_rows", "x, indices, rows", "", [](Call& c) { const auto [x, i] = c.operands<2>(); return scatter_rows(x, i, c.whole(2)); }},
    Function{"one_hot", "indices, classes", "", [](Call& c) { const auto [i] = c.operands<1>(); return one_hot(i, c.whole(1)); }},
    Function{"stop_gradient", "x", "", unary<stop_gradient>},
    // losses
    Function{"mse", "prediction, target", "y = mean of (prediction - target)^2", binary<mse>},
    Function{"quadratic_cost", "prediction, target, factor=0.5", "y = factor * sum of (prediction - target)^2, averaged over examples",
             [](Call& c) { const auto [p, t] = c.operands<2>(); return quadratic_cost(p, t, c.number(2)); }},
    Function{"cross_entropy", "logits, target", "y = mean over examples of -log softmax(logits)[class]", binary<cross_entropy>},
    Function{"binary_cross_entropy", "logits, target", "y = mean of -t log sigmoid(z) - (1 - t) log(1 - sigmoid(z))", binary<binary_cross_entropy>},
    // the derivative
    Function{"d", "f, x", "y = df/dx, the gradient of a number f by x", [](Call& c) { return gradient(c.variable(0), c.variable(1), Disconnected::zeros); }},
    // first values
    Function{"zeros", "shape...", "y = 0", [](Call& c) { return filled(c, 0, 0); }},
    Function{"ones", "shape...", "y = 1", [](Call& c) { return filled(c, 0, 1); }},
    Function{"constant", "value, shape...", "y = value", [](Call& c) { return filled(c, 1, c.number(0)); }},
    Function{"normal", "shape..., mean=0, stddev=1, seed=none", "y drawn from N(mean, stddev^2)", [](Call& c) {
      const double mean = c.number(1), stddev = c.number(2);
      Random& random = c.random(3);
      return c.leaf(c.shape(0), [&](const Shape& s) { return nn::normal(s, random, mean, stddev); });
    }},
    Function{"uniform", "shape..., low=-1, high=1, seed=none", "y drawn from U(low, high)", [](Call& c) {
      const double low = c.number(1), high = c.number(2);
      if (!(low < high)) c.fail(2, "'high' must be more than 'low'");
      Random& random = c.random(3);
      return c.leaf(c.shape(0), [&](const Shape& s) { return nn::uniform(s, random, low, high); });
    }},
    Function{"xavier_normal", "shape..., seed=none", "y drawn from N(0, 2 / (fan in + fan out))", drawn<nn::xavier_normal>},
    Function{"xavier_uniform", "shape..., seed=none", "y drawn evenly, of variance 2 / (fan in + fan out)", drawn<nn::xavier_uniform>},
    Function{"he_normal", "shape..., seed=none", "y drawn from N(0, 2 / fan in)", drawn<nn::he_normal>},
    Function{"he_uniform", "shape..., seed=none", "y drawn evenly, of variance 2 / fan in", drawn<nn::he_uniform>},
};
// clang-format on

/// The table, with the formulas that stand with the ops.
const std::array<Function, table.size()>& complete() {
  static const auto all = [] {
    std::array<Function, table.size()> result = table;
    for (Function& function : result) {
      if (const Op* op = find_op(function.name)) function.formula = op->doc().formula;
    }
    return result;
  }();
  return all;
}

}  // namespace

std::span<const Function> functions() { return complete(); }

const Function* find_function(std::string_view name) {
  const auto found = std::find_if(complete().begin(), complete().end(),
                                  [&](const Function& f) { return f.name == name; });
  return found == complete().end() ? nullptr : &*found;
}

std::string signature(const Function& function) {
  return std::string(function.name) + "(" + std::string(function.parameters) + ")";
}

}  // namespace gradus::lang
