/// Ops on single numbers as compact code, which a tight loop runs.
#pragma once

#include <cstdint>

#include "gradus/ops/list.hpp"
#include "gradus/tensor/view.hpp"

namespace gradus {

/// One step: y = op(a, b), each a position in an executor's array of numbers. Instructions whose
/// operands and results are single numbers are such steps; others, and people's own ops, are steps
/// that say which call to make. A third operand stands as the next step's `a`.
///
/// The array begins with a room for an op's fixed number, such as a leaky ReLU's slope, and one for
/// each leaf. Leaves that are single numbers are fetched into theirs when a run starts, so that a
/// position is all that a step needs. Then come the program's small values.
struct ScalarStep {
  std::uint32_t op;
  std::uint32_t y;
  std::uint32_t a;
  std::uint32_t b;

  /// What a step does: a pointwise op, by its position in AllOps, or one of these.
  enum : std::uint32_t {
    multiply_add = AllOps::size,  ///< y = c + a * b, c in the next step, or a * b + c if its b is 1
    accumulate,                   ///< y = y + a * b
    accumulate_after,             ///< y = a * b + y
    number,                       ///< y = the double whose halves are a and b
    fetch,                        ///< y = leaf a
    publish,                      ///< leaf a = y
    general                       ///< call a: an op that no step is for
  };
  template <class O>
  static constexpr auto code = static_cast<std::uint32_t>(detail::position<O>(AllOps{}));

  /// The call of the last step.
  static constexpr std::uint32_t end = ~std::uint32_t{0};
};
static_assert(sizeof(ScalarStep) == 16);

/// Runs from `step` on, up to the next one that is not of single numbers, and returns that. Its
/// loop starts at one place of a cache line, whatever is linked before it.
template <Real T>
[[gnu::aligned(64)]] const ScalarStep* run_steps(const ScalarStep* step, T* numbers,
                                                 T* const* leaves);

}  // namespace gradus
