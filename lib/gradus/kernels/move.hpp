/// Kernels that compute nothing: they put elements elsewhere.
#pragma once

#include <array>

#include "gradus/tensor/view.hpp"

namespace gradus::kernels {

using Strides = std::array<Index, Shape::max_rank>;

/// A block of elements inside a buffer: where its first stands, and the step along each axis (any
/// sign; 0 repeats).
template <class T>
struct Strided {
  T* data;
  Strides stride;
};

/// to[i...] = from[i...] for every index of `shape`.
template <Real T>
void copy(const Shape& shape, Strided<const T> from, Strided<T> to);

/// y = rows of x by index: y[i...] = x[index[i...]]. Throws IndexError for an index that is not a
/// whole number in [0, rows).
template <Real T>
void gather_rows(View<const T> x, View<const T> index, View<T> y);

/// y = 0, then y[index[i...]] += x[i...], in order of i. Throws IndexError as above.
template <Real T>
void scatter_rows(View<const T> x, View<const T> index, View<T> y);

/// y[i..., k] = 1 where k == index[i...], else 0. Throws IndexError as above.
template <Real T>
void one_hot(View<const T> index, View<T> y);

}  // namespace gradus::kernels
