/// Functions applied element by element, with NumPy's broadcasting.
#pragma once

#include <array>
#include <utility>

#include "gradus/kernels/parallel.hpp"
#include "gradus/tensor/view.hpp"

namespace gradus::kernels {

/// The loop nest of a broadcast operation: axes of extent 1 are gone, and neighbouring axes that
/// every operand walks as one are merged. At most four loops are left; the last one is the inner.
template <std::size_t N>
struct LoopNest {
  int rank = 0;
  std::array<Index, Shape::max_rank> extent{};
  std::array<std::array<Index, N>, Shape::max_rank> stride{};  // by axis, then by operand

  LoopNest(const Shape& y, const std::array<const Shape*, N>& x) {
    std::array<std::array<Index, Shape::max_rank>, N> own;
    for (std::size_t k = 0; k < N; ++k) own[k] = broadcast_strides(*x[k], y);
    for (int axis = 0; axis < y.rank(); ++axis) {
      const auto i = static_cast<std::size_t>(axis);
      if (y[axis] == 1) continue;
      bool merges = rank > 0;
      for (std::size_t k = 0; k < N && merges; ++k) {
        merges = stride[static_cast<std::size_t>(rank - 1)][k] == own[k][i] * y[axis];
      }
      if (!merges) ++rank;
      const auto r = static_cast<std::size_t>(rank - 1);
      extent[r] = merges ? extent[r] * y[axis] : y[axis];
      for (std::size_t k = 0; k < N; ++k) stride[r][k] = own[k][i];
    }
  }
};

namespace detail {

/// One inner loop. Operands whose bit of `Unit` is set are walked, the others stay where they are:
/// constant steps let the compiler vectorise each combination.
template <unsigned Unit, class T, class F, std::size_t... K>
void inner_loop(const F& f, Index n, T* y, const std::array<const T*, sizeof...(K)>& x,
                std::index_sequence<K...>) {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC ivdep  // y may be an operand's buffer, but only element by element
#endif
  for (Index i = 0; i < n; ++i) y[i] = f((Unit >> K & 1u ? x[K][i] : x[K][0])...);
}

template <unsigned Unit = 0, class T, class F, std::size_t N>
void inner(unsigned unit, const F& f, Index n, T* y, const std::array<const T*, N>& x) {
  if (unit == Unit) {
    inner_loop<Unit>(f, n, y, x, std::make_index_sequence<N>());
  } else if constexpr (Unit + 1 < (1u << N)) {
    inner<Unit + 1>(unit, f, n, y, x);
  }
}

}  // namespace detail

/// y[i] = f(x0[i], x1[i], ...) with every operand broadcast to y's shape. `cost` as in
/// parallel_for. y may be the same buffer as an operand of y's shape.
template <class T, class F, std::size_t N>
void pointwise(const F& f, View<T> y, const std::array<View<const T>, N>& x, double cost = 1) {
  std::array<const T*, N> data;
  std::array<const Shape*, N> shapes;
  for (std::size_t k = 0; k < N; ++k) {
    data[k] = x[k].data;
    shapes[k] = x[k].shape;
  }
  const Index count = y.elements();
  if (count == 1) {  // scalar tapes live here
    detail::inner_loop<0>(f, 1, y.data, data, std::make_index_sequence<N>());
    return;
  }
  if (count == 0) return;
  const LoopNest<N> nest(*y.shape, shapes);
  const auto last = static_cast<std::size_t>(nest.rank - 1);
  unsigned unit = 0;
  for (std::size_t k = 0; k < N; ++k) unit |= (nest.stride[last][k] != 0 ? 1u : 0u) << k;

  if (nest.rank == 1) {
    parallel_for(count, cost, [&](Index first, Index end) {
      std::array<const T*, N> from;
      for (std::size_t k = 0; k < N; ++k) from[k] = data[k] + first * nest.stride[0][k];
      detail::inner(unit, f, end - first, y.data + first, from);
    });
    return;
  }
  const Index n = nest.extent[last];
  parallel_for(count / n, cost * static_cast<double>(n), [&](Index first, Index end) {
    for (Index row = first; row < end; ++row) {
      std::array<const T*, N> from = data;
      Index rest = row;
      for (std::size_t axis = last; axis-- > 0;) {
        const Index position = rest % nest.extent[axis];
        rest /= nest.extent[axis];
        for (std::size_t k = 0; k < N; ++k) from[k] += position * nest.stride[axis][k];
      }
      detail::inner(unit, f, n, y.data + row * n, from);
    }
  });
}

}  // namespace gradus::kernels
