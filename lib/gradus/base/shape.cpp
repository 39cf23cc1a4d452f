#include "gradus/base/shape.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/base/error.hpp"
#include "gradus/base/join.hpp"

namespace gradus {

Shape::Shape(std::initializer_list<Index> extents)
    : Shape(std::span<const Index>(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const Index> extents) {
  if (extents.size() > max_rank) {
    throw ShapeError(fmt::format("a shape of rank {} is given; Gradus has ranks 0 to {}",
                                 extents.size(), max_rank));
  }
  Index count = 1;  // of the extents that are not 0, so that a 0 does not hide an overflow
  for (const Index extent : extents) {
    if (extent < 0) throw ShapeError(fmt::format("a shape has the negative extent {}", extent));
    if (extent > 0 && count > max_elements / extent) {
      throw ShapeError(
          fmt::format("a shape ({}) has more than 2^40 elements", join(extents, ", ")));
    }
    if (extent > 0) count *= extent;
    extents_[static_cast<std::size_t>(rank_++)] = extent;
  }
}

int Shape::axis(int axis) const {
  const int from_front = axis < 0 ? axis + rank_ : axis;
  if (from_front < 0 || from_front >= rank_) {
    throw ShapeError(fmt::format("axis {} is out of range for shape {}, which has {} {}", axis,
                                 to_string(*this), rank_, rank_ == 1 ? "axis" : "axes"));
  }
  return from_front;
}

std::string to_string(const Shape& shape) {
  return fmt::format("({}{})", join(shape.extents(), ", "), shape.rank() == 1 ? "," : "");
}

Shape broadcast(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::array<Index, Shape::max_rank> extents{};
  for (int i = 1; i <= rank; ++i) {  // from the last axis to the first
    const Index x = i <= a.rank() ? a[a.rank() - i] : 1;
    const Index y = i <= b.rank() ? b[b.rank() - i] : 1;
    if (x != y && x != 1 && y != 1) {
      throw ShapeError(
          fmt::format("{} and {} do not broadcast: counted from the right, axis {} has {} against "
                      "{}; they must "
                      "be equal, or one of them 1",
                      to_string(a), to_string(b), i, x, y));
    }
    extents[static_cast<std::size_t>(rank - i)] = x == 1 ? y : x;
  }
  return Shape(std::span<const Index>(extents.data(), static_cast<std::size_t>(rank)));
}

Shape broadcast(std::span<const Shape> shapes) {
  Shape all = shapes[0];
  for (const Shape& shape : shapes.subspan(1)) all = broadcast(all, shape);
  return all;
}

bool broadcasts_to(const Shape& from, const Shape& to) {
  if (from.rank() > to.rank()) return false;
  for (int i = 1; i <= from.rank(); ++i) {
    const Index extent = from[from.rank() - i];
    if (extent != 1 && extent != to[to.rank() - i]) return false;
  }
  return true;
}

std::array<Index, Shape::max_rank> strides(const Shape& shape) {
  std::array<Index, Shape::max_rank> result{};
  Index stride = 1;
  for (int i = shape.rank() - 1; i >= 0; --i) {
    result[static_cast<std::size_t>(i)] = stride;
    stride *= shape[i];
  }
  return result;
}

std::array<Index, Shape::max_rank> broadcast_strides(const Shape& from, const Shape& to) {
  const auto own = strides(from);
  std::array<Index, Shape::max_rank> result{};
  const int shift = to.rank() - from.rank();
  for (int i = 0; i < from.rank(); ++i) {
    if (from[i] != 1)
      result[static_cast<std::size_t>(i + shift)] = own[static_cast<std::size_t>(i)];
  }
  return result;
}

unsigned axes_mask(const Shape& shape, std::span<const int> axes) {
  if (axes.empty()) return (1u << shape.rank()) - 1u;
  unsigned mask = 0;
  for (const int axis : axes) {
    const unsigned bit = 1u << shape.axis(axis);
    if (mask & bit) {
      throw ShapeError(fmt::format("axis {} is named twice for shape {}", axis, to_string(shape)));
    }
    mask |= bit;
  }
  return mask;
}

Shape reduced(const Shape& shape, unsigned mask, bool keepdims) {
  std::array<Index, Shape::max_rank> extents{};
  std::size_t rank = 0;
  for (int i = 0; i < shape.rank(); ++i) {
    const bool gone = mask & (1u << i);
    if (!gone || keepdims) extents[rank++] = gone ? 1 : shape[i];
  }
  return Shape(std::span<const Index>(extents.data(), rank));
}

}  // namespace gradus
