#include "gradus/kernels/reduce.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "gradus/kernels/along.hpp"
#include "gradus/kernels/lanes.hpp"
#include "gradus/kernels/parallel.hpp"
#include "gradus/kernels/targets.hpp"

namespace gradus::kernels {
namespace {

/// Rough nanoseconds, as in parallel_for.
constexpr double cost_per_element = 0.1;

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
      for (auto k = static_cast<std::size_t>(rank); k-- > 1;) {
        result += number % extent[k] * stride[k];
        number /= extent[k];
      }
      return rank > 0 ? result + number * stride[0] : 0;
    }
    /// The last loop's extent and stride.
    Index innermost() const { return rank > 0 ? extent[static_cast<std::size_t>(rank - 1)] : 1; }
    Index innermost_stride() const {
      return rank > 0 ? stride[static_cast<std::size_t>(rank - 1)] : 0;
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

/// y = the sum, or the largest, of contiguous elements.
struct BlockSum {
  template <class T>
  [[gnu::always_inline]] static void run(const T* x, Index n, T* y) {
    *y = detail::block_sum(x, n);
  }
};
struct BlockMax {
  template <class T>
  [[gnu::always_inline]] static void run(const T* x, Index n, T* y) {
    *y = detail::block_max(x, n);
  }
};
template <class T>
using Block = void (*)(const T* x, Index n, T* y);

template <class Loop, class T>
Block<T> block() {
  return Targets<Loop, const T*, Index, T*>::in_use();
}

/// Halves until a block is small: the depth is log2(n / 1024), so the recursion is shallow.
template <class T>
T pairwise_sum(Block<T> block_sum, const T* x, Index n) {
  if (n <= 1024) {
    T y;
    block_sum(x, n, &y);
    return y;
  }
  const Index half = n / 2 / 64 * 64;
  const T left = pairwise_sum(block_sum, x, half);
  return left + pairwise_sum(block_sum, x + half, n - half);
}

struct Plus {
  template <class T>
  [[gnu::always_inline]] static T join(T a, T b) {
    return a + b;
  }
};
struct Larger {
  template <class T>
  [[gnu::always_inline]] static T join(T a, T b) {
    return detail::larger(a, b);
  }
};

/// Joins rows, top to bottom, column by column, into `to`, which the first row starts if `fresh`.
template <class Join>
struct Columns {
  template <class T>
  [[gnu::always_inline]] static void run(const T* x, Index rows, Index stride, Index columns, T* to,
                                         bool fresh) {
    if (fresh) std::copy(x, x + columns, to);
    Index row = fresh ? 1 : 0;
    // Sums are read and written for every fourth row alone. The compiler makes no vectors of four
    // choices, so that a maximum takes one row at a time.
    for (; std::is_same_v<Join, Plus> && row + 4 <= rows; row += 4) {
      const T* const a = x + row * stride;
      const T *const b = a + stride, *const c = b + stride, *const d = c + stride;
      GRADUS_INDEPENDENT
      for (Index i = 0; i < columns; ++i) {
        const T with_b = Join::join(Join::join(to[i], a[i]), b[i]);
        to[i] = Join::join(Join::join(with_b, c[i]), d[i]);
      }
    }
    for (; row < rows; ++row) {
      GRADUS_INDEPENDENT
      for (Index i = 0; i < columns; ++i) to[i] = Join::join(to[i], x[row * stride + i]);
    }
  }
};

/// `reduce_block` reduces contiguous elements to one, Join joins two partial results, `empty` is
/// the result of nothing.
template <class Join, class T, class Reduce>
void reduce(View<const T> x, unsigned mask, View<T> y, T empty, const Reduce& reduce_block) {
  const Index total = x.elements();
  const Index results = y.elements();
  if (results == 0) return;
  if (total == 0) {
    std::fill_n(y.data, results, empty);
    return;
  }
  const ReduceNest nest(*x.shape, mask);
  if (nest.inner_reduced) {
    const double cost = cost_per_element * static_cast<double>(total / nest.kept.count);
    parallel_for(nest.kept.count, cost, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i) {
        const T* from = x.data + nest.kept.offset(i);
        T result = reduce_block(from, nest.inner);
        for (Index r = 1; r < nest.reduced.count; ++r) {
          result = Join::join(result, reduce_block(from + nest.reduced.offset(r), nest.inner));
        }
        y.data[i] = result;
      }
    });
    return;
  }
  // The innermost axis is kept: whole rows are joined, so that memory is read in order. Threads
  // take columns, since there may be a single kept row (the gradient of a bias).
  const auto join_rows = Targets<Columns<Join>, const T*, Index, Index, Index, T*, bool>::in_use();
  const Index rows = nest.reduced.innermost();
  const Index stride = nest.reduced.innermost_stride();
  parallel_for(nest.inner, cost_per_element * static_cast<double>(total / nest.inner),
               [&](Index first, Index last) {
                 for (Index i = 0; i < nest.kept.count; ++i) {
                   const T* from = x.data + nest.kept.offset(i) + first;
                   T* to = y.data + i * nest.inner + first;
                   for (Index r = 0; r < nest.reduced.count; r += rows) {
                     join_rows(from + nest.reduced.offset(r), rows, stride, last - first, to,
                               r == 0);
                   }
                 }
               });
}

}  // namespace

template <Real T>
void sum(View<const T> x, unsigned mask, View<T> y) {
  reduce<Plus>(x, mask, y, T{0}, [block_sum = block<BlockSum, T>()](const T* from, Index n) {
    return pairwise_sum(block_sum, from, n);
  });
}

template <Real T>
void max(View<const T> x, unsigned mask, View<T> y) {
  reduce<Larger>(x, mask, y, -std::numeric_limits<T>::infinity(),
                 [block_max = block<BlockMax, T>()](const T* from, Index n) {
                   T top;
                   block_max(from, n, &top);
                   return top;
                 });
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
  const Block<T> block_max = block<BlockMax, T>();
  along(x, axis, 1, y.data, 1, [&](const T* from, T* to, Index n, Index stride) {
    Index best = 0;
    if (stride == 1 && n >= 64) {
      T top;
      block_max(from, n, &top);
      while (from[best] != top && !std::isnan(from[best])) ++best;
    } else {
      for (Index i = 1; i < n; ++i) {
        const T candidate = from[i * stride];
        const T champion = from[best * stride];
        if (candidate > champion || (std::isnan(candidate) && !std::isnan(champion))) best = i;
      }
    }
    *to = static_cast<T>(best);
  });
}

#define GRADUS_INSTANTIATE(T)                             \
  template void sum<T>(View<const T>, unsigned, View<T>); \
  template void max<T>(View<const T>, unsigned, View<T>); \
  template void argmax<T>(View<const T>, int, View<T>);
GRADUS_INSTANTIATE(float)
GRADUS_INSTANTIATE(double)
#undef GRADUS_INSTANTIATE

}  // namespace gradus::kernels
