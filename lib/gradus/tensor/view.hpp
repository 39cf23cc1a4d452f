/// A look at a tensor's elements that owns nothing.
#pragma once

#include "gradus/tensor/tensor.hpp"

namespace gradus {

/// Row-major elements somewhere else, and their shape. Whoever makes a view keeps both alive.
/// `View<const T>` is read-only.
template <class T>
struct View {
  T* data;
  const Shape* shape;

  Index elements() const { return shape->elements(); }
  T& operator[](Index position) const { return data[position]; }
  std::span<T> span() const { return {data, static_cast<std::size_t>(elements())}; }
};

}  // namespace gradus
