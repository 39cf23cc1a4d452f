/// Loops over contiguous elements, to be inlined into loops for an architecture
/// (targets.hpp). Internal.
#pragma once

#include <cstring>

#include "gradus/base/shape.hpp"
#include "gradus/kernels/targets.hpp"

namespace gradus::kernels::detail {

/// N elements that are added at a time. Where registers are narrower, several of them make one:
/// the order of every sum is the same on every architecture.
template <class T, Index N>
struct Lanes {
  typedef T Vector __attribute__((vector_size(N * sizeof(T))));

  [[gnu::always_inline]] static void load(Vector& v, const T* from) {
    std::memcpy(&v, from, sizeof v);
  }
};

/// As many as the widest registers hold.
template <class T>
inline constexpr Index wide = 64 / sizeof(T);

/// The sum of the lanes of several vectors.
template <Index N, class T, std::size_t Vectors>
[[gnu::always_inline]] inline T sum_of_lanes(typename Lanes<T, N>::Vector (&sum)[Vectors]) {
  for (std::size_t width = Vectors / 2; width > 0; width /= 2) {
    for (std::size_t k = 0; k < width; ++k) sum[k] += sum[k + width];
  }
  T part[N];
  std::memcpy(part, sum, sizeof part);
  for (Index width = N / 2; width > 0; width /= 2) {
    for (Index k = 0; k < width; ++k) part[k] += part[k + width];
  }
  return part[0];
}

/// The sum of n elements as that of `Vectors` vectors of N running sums, which do not wait for each
/// other, and then of those that are left.
template <Index N, Index Vectors, class T>
[[gnu::always_inline]] inline T running_sums(const T* x, Index n) {
  using Vector = typename Lanes<T, N>::Vector;
  Vector sum[Vectors] = {};
  Index i = 0;
  for (; i + Vectors * N <= n; i += Vectors * N) {
    for (Index k = 0; k < Vectors; ++k) {
      Vector v;
      Lanes<T, N>::load(v, x + i + k * N);
      sum[k] += v;
    }
  }
  T total = sum_of_lanes<N, T>(sum);
  for (; i < n; ++i) total += x[i];
  return total;
}

template <class T>
[[gnu::always_inline]] inline T block_sum(const T* x, Index n) {
  return n < 4 * wide<T> ? running_sums<4, 1>(x, n) : running_sums<wide<T>, 4>(x, n);
}

/// The larger of both; NaN if one is.
template <class T>
[[gnu::always_inline]] inline T larger(T a, T b) {
  return ((a > b) | (a != a)) ? a : b;
}

template <class T>
[[gnu::always_inline]] inline T block_max(const T* x, Index n) {
  constexpr Index lanes = 4 * wide<T>;
  T best = x[0];
  Index i = 1;
  if (n >= lanes) {
    T top[lanes];
    std::memcpy(top, x, sizeof top);
    for (i = lanes; i + lanes <= n; i += lanes) {
      GRADUS_INDEPENDENT
      for (Index k = 0; k < lanes; ++k) top[k] = larger(top[k], x[i + k]);
    }
    for (Index k = 0; k < lanes; ++k) best = larger(best, top[k]);
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
