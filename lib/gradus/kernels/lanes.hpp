/// Sums and maxima of contiguous elements, to be inlined into loops for an architecture
/// (targets.hpp). Internal.
#pragma once

#include <cstring>

#include "gradus/base/shape.hpp"

namespace gradus::kernels::detail {

/// As many elements as the widest register holds; narrower ones make several of it. The order of
/// every sum is the same for all.
template <class T>
struct Lanes {
  typedef T Vector __attribute__((vector_size(64)));
  static constexpr Index count = 64 / sizeof(T);

  [[gnu::always_inline]] static void load(Vector& v, const T* from) {
    std::memcpy(&v, from, sizeof v);
  }
};

/// Four vectors of running sums, which do not wait for each other; few elements are added in order.
template <class T>
[[gnu::always_inline]] inline T block_sum(const T* x, Index n) {
  using Vector = typename Lanes<T>::Vector;
  constexpr Index lanes = Lanes<T>::count;
  T total = 0;
  Index i = 0;
  if (n >= 4 * lanes) {
    Vector sum[4] = {};
    for (; i + 4 * lanes <= n; i += 4 * lanes) {
      for (Index k = 0; k < 4; ++k) {
        Vector v;
        Lanes<T>::load(v, x + i + k * lanes);
        sum[k] += v;
      }
    }
    sum[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    T part[lanes];
    std::memcpy(part, sum, sizeof part);
    for (Index width = lanes / 2; width > 0; width /= 2) {
      for (Index k = 0; k < width; ++k) part[k] += part[k + width];
    }
    total = part[0];
  }
  for (; i < n; ++i) total += x[i];
  return total;
}

/// The larger of both; NaN if one is.
template <class T>
[[gnu::always_inline]] inline T larger(T a, T b) {
  return ((a > b) | (a != a)) ? a : b;
}

template <class T>
[[gnu::always_inline]] inline T block_max(const T* x, Index n) {
  using Vector = typename Lanes<T>::Vector;
  constexpr Index lanes = Lanes<T>::count;
  T best = x[0];
  Index i = 1;
  if (n >= 2 * lanes) {
    Vector top;
    Lanes<T>::load(top, x);
    for (i = lanes; i + lanes <= n; i += lanes) {
      Vector v;
      Lanes<T>::load(v, x + i);
      top = ((top > v) | (top != top)) ? top : v;
    }
    T part[lanes];
    std::memcpy(part, &top, sizeof part);
    for (Index k = 0; k < lanes; ++k) best = larger(best, part[k]);
  }
  for (; i < n; ++i) best = larger(best, x[i]);
  return best;
}

}  // namespace gradus::kernels::detail
