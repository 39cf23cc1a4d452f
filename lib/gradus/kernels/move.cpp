#include "gradus/kernels/move.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/kernels/parallel.hpp"

namespace gradus::kernels {
namespace {

/// `what` says of what there are `limit`: "row".
template <class T>
Index checked_index(T value, Index limit, const char* what) {
  if (!(value >= 0 && value < static_cast<T>(limit)) ||
      static_cast<T>(static_cast<Index>(value)) != value) {
    if (limit == 0)
      throw IndexError(fmt::format("{} {} is wanted, but there is none", what, value));
    throw IndexError(fmt::format("the index {} is not a whole number from 0 to {}, the last {}",
                                 value, limit - 1, what));
  }
  return static_cast<Index>(value);
}

}  // namespace

template <Real T>
void copy(const Shape& shape, Strided<const T> from, Strided<T> to) {
  const Index count = shape.elements();
  if (count == 0) return;
  if (shape.rank() == 0) {
    *to.data = *from.data;
    return;
  }
  const auto last = static_cast<std::size_t>(shape.rank() - 1);
  const Index n = shape[shape.rank() - 1];
  parallel_for(count / n, 0.5 * static_cast<double>(n), [&](Index first, Index end) {
    for (Index row = first; row < end; ++row) {
      const T* source = from.data;
      T* target = to.data;
      Index rest = row;
      for (std::size_t axis = last; axis-- > 0;) {
        const Index extent = shape[static_cast<int>(axis)];
        source += rest % extent * from.stride[axis];
        target += rest % extent * to.stride[axis];
        rest /= extent;
      }
      if (from.stride[last] == 1 && to.stride[last] == 1) {
        std::copy_n(source, n, target);
      } else {
        for (Index i = 0; i < n; ++i) target[i * to.stride[last]] = source[i * from.stride[last]];
      }
    }
  });
}

template <Real T>
void gather_rows(View<const T> x, View<const T> index, View<T> y) {
  const Index rows = (*x.shape)[0];
  const Index width = rows == 0 ? 0 : x.elements() / rows;
  for (Index i = 0; i < index.elements(); ++i) {
    const Index row = checked_index(index.data[i], rows, "row");
    std::copy_n(x.data + row * width, width, y.data + i * width);
  }
}

template <Real T>
void scatter_rows(View<const T> x, View<const T> index, View<T> y) {
  const Index rows = (*y.shape)[0];
  const Index width = rows == 0 ? 0 : y.elements() / rows;
  std::fill_n(y.data, y.elements(), T{0});
  for (Index i = 0; i < index.elements(); ++i) {
    T* to = y.data + checked_index(index.data[i], rows, "row") * width;
    const T* from = x.data + i * width;
    for (Index j = 0; j < width; ++j) to[j] += from[j];
  }
}

template <Real T>
void one_hot(View<const T> index, View<T> y) {
  const Index classes = (*y.shape)[y.shape->rank() - 1];
  std::fill_n(y.data, y.elements(), T{0});
  for (Index i = 0; i < index.elements(); ++i) {
    y.data[i * classes + checked_index(index.data[i], classes, "class")] = T{1};
  }
}

#define GRADUS_INSTANTIATE(T)                                           \
  template void copy<T>(const Shape&, Strided<const T>, Strided<T>);    \
  template void gather_rows<T>(View<const T>, View<const T>, View<T>);  \
  template void scatter_rows<T>(View<const T>, View<const T>, View<T>); \
  template void one_hot<T>(View<const T>, View<T>);
GRADUS_INSTANTIATE(float)
GRADUS_INSTANTIATE(double)
#undef GRADUS_INSTANTIATE

}  // namespace gradus::kernels
