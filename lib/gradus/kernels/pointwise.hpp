/// Functions applied element by element, with NumPy's broadcasting.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "gradus/tensor/view.hpp"

namespace gradus::kernels {

/// y[i] = f(x[0][i], x[1][i], x[2][i]) for i in [0, n), with as many operands as f has. y may be
/// one of the x. `number` is for functions that have one (a slope).
template <Real T>
using Strip = void (*)(Index n, T* y, const T* const* x, T number);

/// One step of a chain.
template <Real T>
struct ChainStep {
  Strip<T> strip;
  T number = 0;
  /// Where the operands come from. k >= 0: operand k of the chain; k < 0: the result of step ~k, an
  /// earlier one. Those that the function does not have are 0.
  std::array<std::int32_t, 3> x{};
};

/// What a chain may have at most; longer ones are cut in two.
inline constexpr std::size_t max_chain_steps = 16;
inline constexpr std::size_t max_chain_operands = 16;

/// Pointwise steps, one after the other on strips of elements that stay in the L1 cache; the last
/// one gives y. Operands are broadcast to y's shape. y may be the same buffer as an operand of y's
/// shape. `cost`: rough nanoseconds an element of all steps, as in parallel_for. The bits do not
/// depend on the number of threads, on the architecture, or on what is one chain and what are two.
/// Allocates nothing. Throws Error for no steps, or more steps or operands than the above.
template <Real T>
void chain(std::span<const ChainStep<T>> steps, std::span<const View<const T>> x, View<T> y,
           double cost);

/// The same for a block of y, seen as a matrix whose columns are its last axis (rank 0 and 1: one
/// row), on the calling thread: for the end of a matrix product, while the block is in the cache.
template <Real T>
void chain_block(std::span<const ChainStep<T>> steps, std::span<const View<const T>> x, View<T> y,
                 Index row, Index rows, Index column, Index columns);

}  // namespace gradus::kernels
