/// Shapes of rank 0 to 4, and NumPy's rule for broadcasting them.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace gradus {

/// Counts of elements and indices. Signed, so that differences and negative axes are plain.
using Index = std::int64_t;

/// The extents of a tensor, outermost first: `Shape{32, 784}` is 32 rows of 784. `Shape{}` is a
/// scalar. An extent may be 0.
class Shape {
 public:
  static constexpr int max_rank = 4;
  /// More elements than this are refused: sizes in bytes must stay well inside 64 bits.
  static constexpr Index max_elements = Index{1} << 40;

  Shape() = default;
  /// Throws ShapeError for rank over 4, a negative extent, or more than `max_elements` elements.
  Shape(std::initializer_list<Index> extents);
  explicit Shape(std::span<const Index> extents);

  int rank() const { return rank_; }
  /// Number of elements: the product of the extents, 1 for a scalar.
  Index elements() const {
    Index count = 1;
    for (int axis = 0; axis < rank_; ++axis) count *= (*this)[axis];
    return count;
  }
  Index operator[](int axis) const { return extents_[static_cast<std::size_t>(axis)]; }
  std::span<const Index> extents() const {
    return {extents_.data(), static_cast<std::size_t>(rank_)};
  }
  const Index* begin() const { return extents_.data(); }
  const Index* end() const { return extents_.data() + rank_; }

  /// `axis`, counted from the end when negative: -1 is the last. Throws ShapeError if out of range.
  int axis(int axis) const;

  bool operator==(const Shape&) const = default;

 private:
  std::array<Index, max_rank> extents_{};
  int rank_ = 0;
};

/// "(32, 784)", "(5,)" and "()", as NumPy writes them.
std::string to_string(const Shape& shape);

/// The shape of `a op b` under NumPy's rule: align on the right; extents are equal or one is 1.
/// Throws ShapeError that names the extents which do not meet.
Shape broadcast(const Shape& a, const Shape& b);
/// The same for one or more.
Shape broadcast(std::span<const Shape> shapes);

/// Whether `from` can be broadcast to exactly `to`.
bool broadcasts_to(const Shape& from, const Shape& to);

/// Row-major strides in elements.
std::array<Index, Shape::max_rank> strides(const Shape& shape);

/// Strides that walk `from` as if it had shape `to`: 0 along every axis that is broadcast.
/// Requires broadcasts_to(from, to). Aligned to `to`'s axes.
std::array<Index, Shape::max_rank> broadcast_strides(const Shape& from, const Shape& to);

/// A set of axes as bits, after normalising; no axes means all of them. Throws ShapeError for an
/// axis that is out of range or named twice.
unsigned axes_mask(const Shape& shape, std::span<const int> axes);

/// The shape after reducing the axes in `mask`, which stay as 1 if `keepdims`, or go.
Shape reduced(const Shape& shape, unsigned mask, bool keepdims);

}  // namespace gradus
