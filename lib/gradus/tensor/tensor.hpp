/// A shape and a buffer of its elements.
#pragma once

#include <algorithm>
#include <boost/align/aligned_allocator.hpp>
#include <concepts>
#include <span>
#include <string>
#include <vector>

#include "gradus/base/error.hpp"
#include "gradus/base/shape.hpp"

namespace gradus {

/// An element type that programs run in.
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

/// The alignment of every buffer, in bytes: a cache line, and the widest vector register.
inline constexpr std::size_t alignment = 64;

/// A vector whose elements start on a cache line.
template <class T>
using AlignedVector = std::vector<T, boost::alignment::aligned_allocator<T, alignment>>;

/// A dense row-major tensor of rank 0 to 4 that owns its elements. A value: copies copy.
template <Real T>
class Tensor {
 public:
  /// A scalar 0.
  Tensor() : data_(1) {}
  /// A tensor filled with `fill`.
  explicit Tensor(const Shape& shape, T fill = T{0})
      : shape_(shape), data_(static_cast<std::size_t>(shape.elements()), fill) {}
  /// Takes the elements in row-major order. Throws ShapeError unless there are as many as the shape
  /// has.
  Tensor(const Shape& shape, std::span<const T> elements)
      : Tensor(shape, elements.begin(), elements.end()) {}
  Tensor(const Shape& shape, std::initializer_list<T> elements)
      : Tensor(shape, elements.begin(), elements.end()) {}

  const Shape& shape() const { return shape_; }
  Index elements() const { return static_cast<Index>(data_.size()); }
  T* data() { return data_.data(); }
  const T* data() const { return data_.data(); }
  std::span<T> span() { return data_; }
  std::span<const T> span() const { return data_; }
  auto begin() const { return data_.begin(); }
  auto end() const { return data_.end(); }
  auto begin() { return data_.begin(); }
  auto end() { return data_.end(); }

  /// The element at a row-major position.
  T operator[](Index position) const { return data_[static_cast<std::size_t>(position)]; }
  T& operator[](Index position) { return data_[static_cast<std::size_t>(position)]; }

  /// The only element. Throws ShapeError unless there is exactly one.
  T item() const {
    if (data_.size() != 1) {
      throw ShapeError("a tensor of shape " + to_string(shape_) + " is not a single number");
    }
    return data_[0];
  }

  /// The same elements in another precision.
  template <Real U>
  Tensor<U> as() const {
    Tensor<U> result(shape_);
    std::transform(begin(), end(), result.begin(), [](T x) { return static_cast<U>(x); });
    return result;
  }

  bool operator==(const Tensor&) const = default;

 private:
  template <class Iterator>
  Tensor(const Shape& shape, Iterator first, Iterator last) : shape_(shape), data_(first, last) {
    if (static_cast<Index>(data_.size()) != shape.elements()) {
      throw ShapeError("shape " + to_string(shape) + " has " + std::to_string(shape.elements()) +
                       " elements, but " + std::to_string(data_.size()) + " are given");
    }
  }

  Shape shape_;
  AlignedVector<T> data_;
};

/// Nested lists in a row of text, `[[1, 2], [3, 4]]`, each number with up to `digits` significant
/// digits.
std::string to_string(const Tensor<double>& tensor, int digits = 6);

}  // namespace gradus
