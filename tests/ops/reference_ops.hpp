/// Every op of the catalogue, computed from its definition alone: a formula for each element, or
/// the plain loops of reference.hpp. In long double, or over numbers that carry a derivative.
#pragma once

#include <map>
#include <string>

#include "gradus/ops/ops.hpp"
#include "ops/reference.hpp"

namespace reference {

/// One element of a pointwise op, of up to three operands and the op's number.
template <class R>
using Formula = R (*)(R a, R b, R c, R number);

/// By the ops' names. An op that is not here is still tried at every shape and differentiated.
template <class R>
const std::map<std::string, Formula<R>, std::less<>>& formulas() {
  using std::cos, std::erf, std::exp, std::log, std::pow, std::sin, std::sqrt, std::tanh;
  static const std::map<std::string, Formula<R>, std::less<>> all{
      {"add", [](R a, R b, R, R) { return R(a + b); }},
      {"mul", [](R a, R b, R, R) { return R(a * b); }},
      {"div", [](R a, R b, R, R) { return R(a / b); }},
      {"pow", [](R a, R b, R, R) { return R(pow(a, b)); }},
      {"maximum", [](R a, R b, R, R) { return a < b ? b : a; }},
      {"minimum", [](R a, R b, R, R) { return b < a ? b : a; }},
      {"neg", [](R a, R, R, R) { return R(-a); }},
      {"exp", [](R a, R, R, R) { return R(exp(a)); }},
      {"log", [](R a, R, R, R) { return R(log(a)); }},
      {"sqrt", [](R a, R, R, R) { return R(sqrt(a)); }},
      {"sin", [](R a, R, R, R) { return R(sin(a)); }},
      {"cos", [](R a, R, R, R) { return R(cos(a)); }},
      {"abs", [](R a, R, R, R) { return a < 0 ? R(-a) : a; }},
      {"sign", [](R a, R, R, R) { return R((a > 0) - (a < 0)); }},
      {"step", [](R a, R, R, R) { return R(a > 0); }},
      {"erf", [](R a, R, R, R) { return R(erf(a)); }},
      {"less", [](R a, R b, R, R) { return R(a < b); }},
      {"less_equal", [](R a, R b, R, R) { return R(a <= b); }},
      {"equal", [](R a, R b, R, R) { return R(a == b); }},
      {"where", [](R c, R a, R b, R) { return c != 0 ? a : b; }},
      {"tanh", [](R a, R, R, R) { return R(tanh(a)); }},
      {"sigmoid", [](R a, R, R, R) { return R(1 / (1 + exp(-a))); }},
      {"relu", [](R a, R, R, R) { return a > 0 ? a : R(0); }},
      {"leaky_relu", [](R a, R, R, R slope) { return a > 0 ? a : R(slope * a); }},
      {"elu", [](R a, R, R, R alpha) { return a > 0 ? a : R(alpha * (exp(a) - 1)); }},
      {"softplus", [](R a, R, R, R) { return R(log(1 + exp(a))); }},
      {"gelu", [](R a, R, R, R) { return R(a * (1 + erf(a / sqrt(R(2)))) / 2); }},
  };
  return all;
}

/// A pointwise op at every element of its broadcast operands.
template <class R>
ArrayOf<R> pointwise(const gradus::Op& op, std::span<const ArrayOf<R>> x,
                     const gradus::Attributes& attributes) {
  const auto* number = std::get_if<gradus::Number>(&attributes);
  const Formula<R> formula = formulas<R>().at(std::string(op.name()));
  Shape shape = x[0].shape;
  for (const ArrayOf<R>& operand : x) shape = broadcast(shape, operand.shape);
  ArrayOf<R> y(shape);
  for_each(shape, [&](const Position& p) {
    std::array<R, 3> at{};
    for (std::size_t k = 0; k < x.size(); ++k) {
      at[k] = x[k][broadcast_position(p, x[k].shape, shape)];
    }
    y[p] = formula(at[0], at[1], at[2], R(number ? number->value : 0));
  });
  return y;
}

/// Any op of the catalogue.
template <class R>
ArrayOf<R> apply(const gradus::Op& op, std::span<const ArrayOf<R>> x,
                 const gradus::Attributes& attributes) {
  using namespace gradus;
  if (op.pointwise()) return pointwise(op, x, attributes);
  const auto is = [&op](const Op& other) { return &op == &other; };
  if (const auto* axes = std::get_if<Axes>(&attributes)) {
    return is(gradus::op<Sum>()) ? sum(x[0], axes->mask, axes->keepdims)
                                 : max(x[0], axes->mask, axes->keepdims);
  }
  if (const auto* axis = std::get_if<Axis>(&attributes)) {
    if (is(gradus::op<Argmax>())) return argmax(x[0], axis->axis);
    if (is(gradus::op<Concat>())) return concat(x, axis->axis);
    return softmax(x[0], axis->axis, is(gradus::op<LogSoftmax>()));
  }
  if (const auto* transposes = std::get_if<Transposes>(&attributes)) {
    return matmul(x[0], x[1], transposes->a, transposes->b);
  }
  if (const auto* target = std::get_if<Target>(&attributes)) {
    return is(gradus::op<Reshape>()) ? reshape(x[0], target->shape)
                                     : broadcast_to(x[0], target->shape);
  }
  if (const auto* p = std::get_if<Permutation>(&attributes)) {
    return permute(x[0], {p->axes.begin(), p->axes.begin() + p->rank});
  }
  if (const auto* slices = std::get_if<Slices>(&attributes)) {
    return is(gradus::op<Slice>()) ? slice(x[0], *slices) : unslice(x[0], *slices);
  }
  if (const auto* count = std::get_if<Count>(&attributes)) {
    return is(gradus::op<OneHot>()) ? one_hot(x[0], count->count)
                                    : scatter_rows(x[0], x[1], count->count);
  }
  if (is(gradus::op<Gather>())) return gather(x[0], x[1]);
  if (is(gradus::op<StopGradient>())) {
    ArrayOf<R> y = x[0];  // the value alone, without what it carries
    for (R& element : y.elements) element = R(static_cast<double>(element));
    return y;
  }
  throw Error("no reference for " + std::string(op.name()));
}

}  // namespace reference
