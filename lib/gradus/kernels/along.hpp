/// Walking the lines of a tensor along one axis. Internal.
#pragma once

#include "gradus/kernels/parallel.hpp"
#include "gradus/tensor/view.hpp"

namespace gradus::kernels {

/// Calls body(from, to, n, stride) for every line of x along `axis`; n is its extent. `cost` as in
/// parallel_for, of an element.
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

}  // namespace gradus::kernels
