/// What an op needs to know besides its operands: axes, a target shape, a slope.
#pragma once

#include <array>
#include <string>
#include <variant>

#include "gradus/base/shape.hpp"

namespace gradus {

/// Axes that are reduced, as bits, and whether they stay with extent 1.
struct Axes {
  unsigned mask = 0;
  bool keepdims = false;
  bool operator==(const Axes&) const = default;
};

/// One axis, counted from the front.
struct Axis {
  int axis = 0;
  bool operator==(const Axis&) const = default;
};

/// Which operands of a matrix product are read transposed (in their last two axes).
struct Transposes {
  bool a = false;
  bool b = false;
  bool operator==(const Transposes&) const = default;
};

/// A target shape.
struct Target {
  Shape shape;
  bool operator==(const Target&) const = default;
};

/// Axis i of the result is axis `axes[i]` of the operand.
struct Permutation {
  std::array<int, Shape::max_rank> axes{};
  int rank = 0;
  bool operator==(const Permutation&) const = default;
};

/// Along each axis the elements start, start + step, ... (`count` of them), and the full shape that
/// they are taken from (or put into, for unslice).
struct Slices {
  std::array<Index, Shape::max_rank> start{};
  std::array<Index, Shape::max_rank> step{};
  std::array<Index, Shape::max_rank> count{};
  Shape full;
  bool operator==(const Slices&) const = default;
};

/// A fixed real number, such as a leaky ReLU's slope.
struct Number {
  double value = 0;
  bool operator==(const Number&) const = default;
};

/// A count of classes or rows.
struct Count {
  Index count = 0;
  bool operator==(const Count&) const = default;
};

using Attributes = std::variant<std::monostate, Axes, Axis, Transposes, Target, Permutation, Slices,
                                Number, Count>;

/// "axis=(0, 1), keepdims", "shape=(2, 3)", "" for none: as graphs and errors show them.
std::string to_string(const Attributes& attributes);

}  // namespace gradus
