#include "gradus/kernels/reduce.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

#include "gradus/kernels/parallel.hpp"

namespace gradus::kernels {
namespace {

/// The loops of a reduction: axes that are kept, axes that are reduced, and the innermost one
/// apart. Neighbouring axes of one kind are merged, so that a whole matrix is one loop.
struct ReduceNest {
  struct Loops {
    int rank = 0;
    std::array<Index, Shape::max_rank> extent{};
    std::array<Index, Shape::max_rank> stride{};
    Index count = 1;

    void push(Index n, Index step) {
      extent[static_cast<std::size_t>(rank)] = n;
      stride[static_cast<std::size_t>(rank)] = step;
      ++rank;
      count *= n;
    }
    /// Where in x the iteration with this number (in row-major order) stands.
    Index offset(Index number) const {
      Index result = 0;
      for (int i = rank; i-- > 0;) {
        const auto k = static_cast<std::size_t>(i);
        result += number % extent[k] * stride[k];
        number /= extent[k];
      }
      return result;
    }
  };
  Loops kept, reduced;         // without the innermost axis
  Index inner = 1;             // its extent; its stride is 1
  bool inner_reduced = false;  // and what becomes of it

  ReduceNest(const Shape& shape, unsigned mask) {
    struct Group {
      bool reduced;
      Index extent, stride;
    };
    std::array<Group, Shape::max_rank> groups{};
    std::size_t count = 0;
    const auto stride = strides(shape);
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] == 1) continue;
      const bool gone = mask >> axis & 1u;
      const Index step = stride[static_cast<std::size_t>(axis)];
      if (count > 0 && groups[count - 1].reduced == gone) {
        groups[count - 1].extent *= shape[axis];
        groups[count - 1].stride = step;
      } else {
        groups[count++] = {gone, shape[axis], step};
      }
    }
    if (count == 0) return;
    inner = groups[count - 1].extent;
    inner_reduced = groups[count - 1].reduced;
    for (std::size_t i = 0; i + 1 < count; ++i) {
      (groups[i].reduced ? reduced : kept).push(groups[i].extent, groups[i].stride);
    }
  }
};

/// Sixteen running sums let the compiler use vectors without changing the order of additions.
template <class T>
T block_sum(const T* x, Index n) {
  constexpr Index lanes = 16;
  std::array<T, lanes> partial{};
  Index i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (Index k = 0; k < lanes; ++k) partial[static_cast<std::size_t>(k)] += x[i + k];
  }
  for (Index k = 0; i + k < n; ++k) partial[static_cast<std::size_t>(k)] += x[i + k];
  for (std::size_t width = lanes / 2; width > 0; width /= 2) {
    for (std::size_t k = 0; k < width; ++k) partial[k] += partial[k + width];
  }
  return partial[0];
}

/// Halves until a block is small: the depth is log2(n / 1024), so the recursion is shallow.
template <class T>
T pairwise_sum(const T* x, Index n) {
  if (n <= 1024) return block_sum(x, n);
  const Index half = n / 2 / 16 * 16;
  return pairwise_sum(x, half) + pairwise_sum(x + half, n - half);
}

template <class T>
T larger(T a, T b) {
  return a > b || std::isnan(a) ? a : b;
}

template <class T>
T block_max(const T* x, Index n) {
  T best = x[0];
  for (Index i = 1; i < n; ++i) best = larger(best, x[i]);
  return best;
}

/// `block` reduces contiguous elements to one, `join` joins two partial results, `empty` starts.
template <class T, class Block, class Join>
void reduce(View<const T> x, unsigned mask, View<T> y, T empty, const Block& block,
            const Join& join) {
  const Index total = x.elements();
  const Index results = y.elements();
  if (results == 0) return;
  if (total == 0) {
    std::fill_n(y.data, results, empty);
    return;
  }
  const ReduceNest nest(*x.shape, mask);
  const double cost = 0.3 * static_cast<double>(total / nest.kept.count);
  if (nest.inner_reduced) {
    parallel_for(nest.kept.count, cost, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i) {
        const T* from = x.data + nest.kept.offset(i);
        T result = block(from, nest.inner);
        for (Index r = 1; r < nest.reduced.count; ++r) {
          result = join(result, block(from + nest.reduced.offset(r), nest.inner));
        }
        y.data[i] = result;
      }
    });
    return;
  }
  // The innermost axis is kept: whole rows are joined, so that memory is read in order. Threads
  // take columns, since there may be a single kept row (the gradient of a bias).
  parallel_for(nest.inner, 0.3 * static_cast<double>(total / nest.inner),
               [&](Index first, Index last) {
                 for (Index i = 0; i < nest.kept.count; ++i) {
                   const T* from = x.data + nest.kept.offset(i);
                   T* to = y.data + i * nest.inner;
                   std::copy(from + first, from + last, to + first);
                   for (Index r = 1; r < nest.reduced.count; ++r) {
                     const T* row = from + nest.reduced.offset(r);
                     for (Index j = first; j < last; ++j) to[j] = join(to[j], row[j]);
                   }
                 }
               });
}

/// Calls body(from, to, stride) for every line along `axis`; `n` is its extent.
template <class T, class Body>
void along(View<const T> x, int axis, Index results_per_line, T* y, double cost, const Body& body) {
  const Index n = (*x.shape)[axis];
  const Index stride = strides(*x.shape)[static_cast<std::size_t>(axis)];
  if (x.elements() == 0) return;
  parallel_for(x.elements() / n, cost * static_cast<double>(n), [&](Index first, Index last) {
    for (Index line = first; line < last; ++line) {
      const Index outer = line / stride;
      const Index inside = line % stride;
      body(x.data + outer * n * stride + inside, y + outer * results_per_line * stride + inside, n,
           stride);
    }
  });
}

template <class T>
T line_max(const T* x, Index n, Index stride) {
  T best = x[0];
  for (Index i = 1; i < n; ++i) best = larger(best, x[i * stride]);
  return best;
}

}  // namespace

template <Real T>
void sum(View<const T> x, unsigned mask, View<T> y) {
  reduce(x, mask, y, T{0}, pairwise_sum<T>, [](T a, T b) { return a + b; });
}

template <Real T>
void max(View<const T> x, unsigned mask, View<T> y) {
  reduce(x, mask, y, -std::numeric_limits<T>::infinity(), block_max<T>, larger<T>);
}

template <Real T>
void argmax(View<const T> x, int axis, View<T> y) {
  constexpr Index exact = Index{1} << std::numeric_limits<T>::digits;
  const Index extent = (*x.shape)[axis];
  if (extent - 1 > exact) {
    throw Error(
        fmt::format("[argmax] positions along an axis of {} elements are not all exact in this "
                    "precision, which "
                    "has whole numbers up to {}: run it in double",
                    extent, exact));
  }
  along(x, axis, 1, y.data, 1, [](const T* from, T* to, Index n, Index stride) {
    Index best = 0;
    for (Index i = 1; i < n; ++i) {
      const T candidate = from[i * stride];
      const T champion = from[best * stride];
      if (candidate > champion || (std::isnan(candidate) && !std::isnan(champion))) best = i;
    }
    *to = static_cast<T>(best);
  });
}

template <Real T>
void softmax(View<const T> x, int axis, View<T> y) {
  along(x, axis, (*x.shape)[axis], y.data, 10, [](const T* from, T* to, Index n, Index stride) {
    const T top = line_max(from, n, stride);
    T total = 0;
    for (Index i = 0; i < n; ++i) total += to[i * stride] = std::exp(from[i * stride] - top);
    for (Index i = 0; i < n; ++i) to[i * stride] /= total;
  });
}

template <Real T>
void log_softmax(View<const T> x, int axis, View<T> y) {
  along(x, axis, (*x.shape)[axis], y.data, 10, [](const T* from, T* to, Index n, Index stride) {
    const T top = line_max(from, n, stride);
    T total = 0;
    for (Index i = 0; i < n; ++i) total += std::exp(from[i * stride] - top);
    const T log_total = std::log(total);
    for (Index i = 0; i < n; ++i) to[i * stride] = from[i * stride] - top - log_total;
  });
}

#define GRADUS_INSTANTIATE(T)                             \
  template void sum<T>(View<const T>, unsigned, View<T>); \
  template void max<T>(View<const T>, unsigned, View<T>); \
  template void argmax<T>(View<const T>, int, View<T>);   \
  template void softmax<T>(View<const T>, int, View<T>);  \
  template void log_softmax<T>(View<const T>, int, View<T>);
GRADUS_INSTANTIATE(float)
GRADUS_INSTANTIATE(double)
#undef GRADUS_INSTANTIATE

}  // namespace gradus::kernels
