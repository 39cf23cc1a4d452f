/// Loops over contiguous elements, to be inlined into loops for an architecture
/// (targets.hpp). Internal.
#pragma once

#include <cstring>

#include "gradus/base/shape.hpp"
#include "gradus/kernels/targets.hpp"

namespace gradus::kernels::detail {

/// Four of the widest registers. Where they are narrower, more of them are used: the order of every
/// sum is the same on every architecture.
template <class T>
inline constexpr Index lanes = 4 * 64 / sizeof(T);

/// The sum of n elements as that of N running sums, which do not wait for each other, and then of
/// those that are left.
template <Index N, class T>
[[gnu::always_inline]] inline T running_sums(const T* x, Index n) {
  T sum[N] = {};
  Index i = 0;
  for (; i + N <= n; i += N) {
    GRADUS_INDEPENDENT
    for (Index k = 0; k < N; ++k) sum[k] += x[i + k];
  }
  for (Index width = N / 2; width > 0; width /= 2) {
    for (Index k = 0; k < width; ++k) sum[k] += sum[k + width];
  }
  T total = sum[0];
  for (; i < n; ++i) total += x[i];
  return total;
}

template <class T>
[[gnu::always_inline]] inline T block_sum(const T* x, Index n) {
  return n < lanes<T> ? running_sums<4>(x, n) : running_sums<lanes<T>>(x, n);
}

/// The larger of both; NaN if one is.
template <class T>
[[gnu::always_inline]] inline T larger(T a, T b) {
  return ((a > b) | (a != a)) ? a : b;
}

template <class T>
[[gnu::always_inline]] inline T block_max(const T* x, Index n) {
  T best = x[0];
  Index i = 1;
  if (n >= lanes<T>) {
    T top[lanes<T>];
    std::memcpy(top, x, sizeof top);
    for (i = lanes<T>; i + lanes<T> <= n; i += lanes<T>) {
      GRADUS_INDEPENDENT
      for (Index k = 0; k < lanes<T>; ++k) top[k] = larger(top[k], x[i + k]);
    }
    for (const T lane : top) best = larger(best, lane);
  }
  for (; i < n; ++i) best = larger(best, x[i]);
  return best;
}

/// What write_rows() may write past the last row.
inline constexpr Index slack = 16;

/// to[row * n + i] = values[row * step]. Short rows are many: each is written in whole vectors, and
/// what is too much is written over by the next.
template <class T>
[[gnu::always_inline]] inline void write_rows(Index rows, Index n, const T* values, Index step,
                                              T* to) {
  for (Index row = 0; row < rows; ++row, to += n) {
    const T value = values[row * step];
    for (Index i = 0; i < n; i += slack) {
      for (Index k = 0; k < slack; ++k) to[i + k] = value;
    }
  }
}

}  // namespace gradus::kernels::detail
