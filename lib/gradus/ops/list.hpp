/// The list of all ops. An op is a struct in one of the files beside this, one line here, and one
/// line in the catalogue (ops.hpp); labels, reference pages, and the tests of every op follow from
/// the list.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>

#include "gradus/tape/op.hpp"

namespace gradus {

template <class... Ops>
struct OpList {
  static constexpr std::size_t size = sizeof...(Ops);
};

/// Pointwise, in arithmetic.hpp.
using ArithmeticOps = OpList<struct Add, struct Mul, struct Div, struct Pow, struct Maximum,
                             struct Minimum, struct Neg, struct Exp, struct Log, struct Sqrt,
                             struct Sin, struct Cos, struct Abs, struct Sign, struct Step,
                             struct Erf, struct Less, struct LessEqual, struct Equal, struct Where>;

/// Pointwise, in activations.hpp.
using ActivationOps = OpList<struct Tanh, struct Sigmoid, struct Relu, struct LeakyRelu, struct Elu,
                             struct Softplus, struct Gelu>;

using StructuralOps = OpList<
    // reductions.hpp
    struct Sum, struct Max, struct Argmax, struct Softmax, struct LogSoftmax,
    // linear.hpp
    struct Matmul,
    // movement.hpp
    struct Reshape, struct Permute, struct BroadcastTo, struct Slice, struct Unslice, struct Concat,
    struct Gather, struct ScatterRows, struct OneHot, struct StopGradient>;

namespace detail {
template <class... A, class... B, class... C>
OpList<A..., B..., C...> joined(OpList<A...>, OpList<B...>, OpList<C...>);

/// The objects that stand for the ops of a list: made in the file where these are compiled.
template <class... Ops>
std::array<const Op*, sizeof...(Ops)> make_ops(OpList<Ops...>) {
  static const std::tuple<Ops...> objects;
  return {&std::get<Ops>(objects)...};
}
std::array<const Op*, ArithmeticOps::size> arithmetic_ops();
std::array<const Op*, ActivationOps::size> activation_ops();
}  // namespace detail

using AllOps = decltype(detail::joined(ArithmeticOps(), ActivationOps(), StructuralOps()));

/// Every op of the catalogue, in the order of the list.
const std::array<const Op*, AllOps::size>& all_ops();

/// The op with this name, or nullptr.
const Op* find_op(std::string_view name);

namespace detail {
template <class O, class... Ops>
constexpr std::size_t position(OpList<Ops...>) {
  const std::array<bool, sizeof...(Ops)> is_it{std::same_as<O, Ops>...};
  std::size_t i = 0;
  while (!is_it[i]) ++i;  // an op that is missing from the list runs off the end: no constant
  return i;
}
template <class O, class... Ops>
constexpr int position_or_none(OpList<Ops...> list) {
  if constexpr ((std::same_as<O, Ops> || ...)) return static_cast<int>(position<O>(list));
  return -1;
}
}  // namespace detail

/// The object that stands for an op: `op<Tanh>()`.
template <class O>
const Op& op() {
  // Kept, since all_ops() is a call; after the first time the guard is one foreseen branch.
  static const Op& object = *all_ops()[detail::position<O>(AllOps{})];
  return object;
}

}  // namespace gradus
