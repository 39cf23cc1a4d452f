#include <algorithm>

#include "gradus/kernels/along.hpp"
#include "gradus/kernels/lanes.hpp"
#include "gradus/kernels/math.hpp"
#include "gradus/kernels/reduce.hpp"
#include "gradus/kernels/targets.hpp"

namespace gradus::kernels {
namespace {

/// As many rows as together have about this many elements are worked on at a time: rows of ten
/// would leave most of a vector empty, but exp runs over all of them at once.
constexpr Index together = 512;

/// A NaN may be passed over: it makes the sum, and so every result, NaN.
template <class T>
[[gnu::always_inline]] inline T top_of(const T* x, Index n) {
  if (n >= 2 * detail::Lanes<T>::count) return detail::block_max(x, n);
  T best = x[0];
  for (Index i = 1; i < n; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

/// y = exp(x - top) for rows one after the other.
template <class T>
[[gnu::always_inline]] inline void exponentials(Index rows, Index n, const T* x, T* y, T* top) {
  for (Index row = 0; row < rows; ++row) {
    top[row] = top_of(x + row * n, n);
    for (Index i = row * n; i < (row + 1) * n; ++i) y[i] = x[i] - top[row];
  }
  for (Index i = 0; i < rows * n; ++i) y[i] = math::exp_nonpositive(y[i]);
}

/// Contiguous rows of n elements.
struct SoftmaxRows {
  template <class T>
  [[gnu::always_inline]] static void run(Index rows, Index n, const T* x, T* y) {
    T top[together];
    const Index some = std::max(Index{1}, together / n);
    for (Index first = 0; first < rows; first += some, x += some * n, y += some * n) {
      const Index group = std::min(some, rows - first);
      exponentials(group, n, x, y, top);
      for (Index row = 0; row < group; ++row) {
        const T total = detail::block_sum(y + row * n, n);
        for (Index i = row * n; i < (row + 1) * n; ++i) y[i] /= total;
      }
    }
  }
};

struct LogSoftmaxRows {
  template <class T>
  [[gnu::always_inline]] static void run(Index rows, Index n, const T* x, T* y) {
    T top[together], total[together];
    const Index some = std::max(Index{1}, together / n);
    for (Index first = 0; first < rows; first += some, x += some * n, y += some * n) {
      const Index group = std::min(some, rows - first);
      exponentials(group, n, x, y, top);
      for (Index row = 0; row < group; ++row) total[row] = detail::block_sum(y + row * n, n);
      for (Index row = 0; row < group; ++row) total[row] = math::log(total[row]);
      for (Index row = 0; row < group; ++row) {
        for (Index i = row * n; i < (row + 1) * n; ++i) y[i] = x[i] - top[row] - total[row];
      }
    }
  }
};

/// Rough nanoseconds an element of either.
constexpr double cost = 1.5;

template <class Rows, class T>
void run_rows(View<const T> x, Index n, T* y) {
  const auto run = Targets<Rows, Index, Index, const T*, T*>::in_use();
  parallel_for(x.elements() / n, cost * static_cast<double>(n), [&](Index first, Index last) {
    run(last - first, n, x.data + first * n, y + first * n);
  });
}

template <class T>
T line_top(const T* x, Index n, Index stride) {
  T best = x[0];
  for (Index i = 1; i < n; ++i) best = detail::larger(best, x[i * stride]);
  return best;
}

}  // namespace

template <Real T>
void softmax(View<const T> x, int axis, View<T> y) {
  const Index n = (*x.shape)[axis];
  if (x.elements() == 0) return;
  if (axis == x.shape->rank() - 1) return run_rows<SoftmaxRows>(x, n, y.data);
  along(x, axis, n, y.data, 10, [](const T* from, T* to, Index size, Index stride) {
    const T top = line_top(from, size, stride);
    T total = 0;
    for (Index i = 0; i < size; ++i) {
      total += to[i * stride] = math::exp_nonpositive(from[i * stride] - top);
    }
    for (Index i = 0; i < size; ++i) to[i * stride] /= total;
  });
}

template <Real T>
void log_softmax(View<const T> x, int axis, View<T> y) {
  const Index n = (*x.shape)[axis];
  if (x.elements() == 0) return;
  if (axis == x.shape->rank() - 1) return run_rows<LogSoftmaxRows>(x, n, y.data);
  along(x, axis, n, y.data, 10, [](const T* from, T* to, Index size, Index stride) {
    const T top = line_top(from, size, stride);
    T total = 0;
    for (Index i = 0; i < size; ++i) total += math::exp_nonpositive(from[i * stride] - top);
    const T log_total = math::log(total);
    for (Index i = 0; i < size; ++i) to[i * stride] = from[i * stride] - top - log_total;
  });
}

#define GRADUS_INSTANTIATE(T)                            \
  template void softmax<T>(View<const T>, int, View<T>); \
  template void log_softmax<T>(View<const T>, int, View<T>);
GRADUS_INSTANTIATE(float)
GRADUS_INSTANTIATE(double)
#undef GRADUS_INSTANTIATE

}  // namespace gradus::kernels
