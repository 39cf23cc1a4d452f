#include <algorithm>

#include "gradus/kernels/along.hpp"
#include "gradus/kernels/lanes.hpp"
#include "gradus/kernels/math.hpp"
#include "gradus/kernels/reduce.hpp"
#include "gradus/kernels/targets.hpp"

namespace gradus::kernels {
namespace {

/// Short rows would leave most of a vector empty, so that as many as have about this many elements
/// are worked on at a time, with what belongs to each row written out beside its elements.
constexpr Index together = 512;

/// A NaN may be passed over: it makes the sum, and so every result, NaN.
template <class T>
[[gnu::always_inline]] inline T top_of(const T* x, Index n) {
  if (n >= detail::lanes<T>) return detail::block_max(x, n);
  T best = x[0];
  for (Index i = 1; i < n; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

/// Contiguous rows of n elements, one after the other or in groups. `logarithm`: of the softmax.
struct SoftmaxRows {
  /// What a row's exponentials are divided by; of the logarithm, what is subtracted.
  template <class T>
  [[gnu::always_inline]] static T adjusted(bool logarithm, T total) {
    return logarithm ? math::log(total) : total;
  }

  template <class T>
  [[gnu::always_inline]] static void one_row(bool logarithm, Index n, const T* x, T* y) {
    const T top = top_of(x, n);
    GRADUS_INDEPENDENT
    for (Index i = 0; i < n; ++i) y[i] = math::exp_nonpositive(x[i] - top);
    const T total = adjusted(logarithm, detail::block_sum(y, n));
    if (logarithm) {
      GRADUS_INDEPENDENT
      for (Index i = 0; i < n; ++i) y[i] = x[i] - top - total;
    } else {
      GRADUS_INDEPENDENT
      for (Index i = 0; i < n; ++i) y[i] = y[i] / total;
    }
  }

  template <class T>
  [[gnu::always_inline]] static void group(bool logarithm, Index rows, Index n, const T* x, T* y) {
    T number[together], top[together + detail::slack], total[together + detail::slack];
    for (Index row = 0; row < rows; ++row) number[row] = top_of(x + row * n, n);
    detail::write_rows(rows, n, number, 1, top);
    GRADUS_INDEPENDENT
    for (Index i = 0; i < rows * n; ++i) y[i] = math::exp_nonpositive(x[i] - top[i]);
    for (Index row = 0; row < rows; ++row) number[row] = detail::block_sum(y + row * n, n);
    for (Index row = 0; row < rows; ++row) number[row] = adjusted(logarithm, number[row]);
    detail::write_rows(rows, n, number, 1, total);
    if (logarithm) {
      GRADUS_INDEPENDENT
      for (Index i = 0; i < rows * n; ++i) y[i] = x[i] - top[i] - total[i];
    } else {
      GRADUS_INDEPENDENT
      for (Index i = 0; i < rows * n; ++i) y[i] = y[i] / total[i];
    }
  }

  template <class T>
  [[gnu::always_inline]] static void run(bool logarithm, Index rows, Index n, const T* x, T* y) {
    if (n > together / 4) {
      for (Index row = 0; row < rows; ++row) one_row(logarithm, n, x + row * n, y + row * n);
      return;
    }
    const Index some = together / n;
    for (Index first = 0; first < rows; first += some) {
      group(logarithm, std::min(some, rows - first), n, x + first * n, y + first * n);
    }
  }
};

/// Rough nanoseconds an element of either.
constexpr double cost = 1.5;

template <class T>
void run_rows(bool logarithm, View<const T> x, Index n, T* y) {
  const auto run = Targets<SoftmaxRows, bool, Index, Index, const T*, T*>::in_use();
  parallel_for(x.elements() / n, cost * static_cast<double>(n), [&](Index first, Index last) {
    run(logarithm, last - first, n, x.data + first * n, y + first * n);
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
  if (axis == x.shape->rank() - 1) return run_rows(false, x, n, y.data);
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
  if (axis == x.shape->rank() - 1) return run_rows(true, x, n, y.data);
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
