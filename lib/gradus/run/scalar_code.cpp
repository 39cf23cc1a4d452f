#include "gradus/run/scalar_code.hpp"

#include <array>
#include <bit>
#include <type_traits>

#include "gradus/ops/activations.hpp"
#include "gradus/ops/arithmetic.hpp"

namespace gradus {
namespace {

template <class Derived, int Arity>
constexpr int operands_of(const Pointwise<Derived, Arity>*) {
  return Arity;
}

/// The number of operands of a pointwise op; 0 for other ops.
template <class O>
constexpr int arity = 0;
template <class O>
requires requires { operands_of(static_cast<const O*>(nullptr)); }
constexpr int arity<O> = operands_of(static_cast<const O*>(nullptr));

/// One element of an op. An op's number stands in the array like an operand.
template <class O, Real T>
T apply(const T* v, const ScalarStep* s) {
  if constexpr (arity<O> + (arity < O >> 0 && O::has_number ? 1 : 0) == 1) {
    return O::forward(v[s->a]);
  } else if constexpr (arity<O> <= 2) {
    return O::forward(v[s->a], v[s->b]);
  } else {
    return O::forward(v[s->a], v[s->b], v[s[1].a]);
  }
}

template <Real T>
using Function = T (*)(const T*, const ScalarStep*);

/// For each op its function, or nullptr if it is not pointwise.
template <Real T, class... Ops>
constexpr std::array<Function<T>, sizeof...(Ops)> functions_of(OpList<Ops...>) {
  constexpr auto function = []<class O>(std::type_identity<O>) -> Function<T> {
    if constexpr (arity < O >> 0) return &apply<O, T>;
    return nullptr;
  };
  return {function(std::type_identity<Ops>())...};
}

}  // namespace

template <Real T>
const ScalarStep* run_steps(const ScalarStep* s, T* v, T* const* leaves) {
  static constexpr auto functions = functions_of<T>(AllOps{});
  // The ops that long tapes are made of are inlined here.
  for (;; ++s) {
    switch (s->op) {
      case ScalarStep::code<Add>:
        v[s->y] = apply<Add>(v, s);
        break;
      case ScalarStep::code<Mul>:
        v[s->y] = apply<Mul>(v, s);
        break;
      case ScalarStep::multiply_add: {
        const T product = v[s->a] * v[s->b];
        v[s->y] = v[s[1].a] + product;
        ++s;
        break;
      }
      case ScalarStep::accumulate:
      case ScalarStep::accumulate_after: {
        const T product = v[s->a] * v[s->b];
        v[s->y] = v[s->y] + product;
        break;
      }
      case ScalarStep::code<Neg>:
        v[s->y] = apply<Neg>(v, s);
        break;
      case ScalarStep::code<Div>:
        v[s->y] = apply<Div>(v, s);
        break;
      case ScalarStep::code<Relu>:
        v[s->y] = apply<Relu>(v, s);
        break;
      case ScalarStep::code<Step>:
        v[s->y] = apply<Step>(v, s);
        break;
      case ScalarStep::code<Where>:
        v[s->y] = apply<Where>(v, s);
        ++s;
        break;
      case ScalarStep::number:
        v[s->y] = static_cast<T>(std::bit_cast<double>(std::array{s->a, s->b}));
        break;
      case ScalarStep::fetch:
        v[s->y] = *leaves[s->a];
        break;
      case ScalarStep::publish:
        *leaves[s->a] = v[s->y];
        break;
      case ScalarStep::general:
        return s;
      default:
        v[s->y] = functions[s->op](v, s);
        break;
    }
  }
}

template const ScalarStep* run_steps(const ScalarStep*, float*, float* const*);
template const ScalarStep* run_steps(const ScalarStep*, double*, double* const*);

}  // namespace gradus
