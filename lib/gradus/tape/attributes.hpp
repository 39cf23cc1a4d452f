/// What an op needs to know besides its operands: axes, a target shape, a slope.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gradus/base/shape.hpp"

namespace gradus {

class Op;

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

/// Pointwise ops that run as one, on operands that are broadcast to one shape. Operands of a step
/// are operands of the chain (k >= 0) or results of earlier steps (~step). The last step gives the
/// result.
struct Chain {
  static constexpr std::size_t most_steps = 16;
  static constexpr std::size_t most_operands = 16;

  struct Step {
    const Op* op;
    double number = 0;  ///< of ops that have one
    std::array<std::int32_t, 3> x{};
    bool operator==(const Step&) const = default;
  };
  std::vector<Step> steps;
  bool operator==(const Chain&) const = default;
};

/// The chain of an op that is nothing else. Shared, as attributes are copied.
struct Fused {
  std::shared_ptr<const Chain> chain;
  bool operator==(const Fused& other) const { return *chain == *other.chain; }
};

/// A number, times the value of an operand unless that is -1.
struct Factor {
  double number = 1;
  std::int32_t operand = -1;
  bool operator==(const Factor&) const = default;
};

/// What is computed from a matrix product of the first two operands while it is in the cache.
struct Product {
  Transposes transposes;
  /// Leave out what is multiplied by zeros of the left matrix.
  bool skip_zeros = false;
  /// Operand 0 of the chain is the product, operand k > 0 is operand k + 1 of the op. No steps if
  /// the product is the result.
  std::shared_ptr<const Chain> chain;
  /// If the chain computes product * `factor` + operand `to` * `keep`: the result may be written
  /// over that operand.
  struct Accumulation {
    int to;
    Factor factor, keep;
    bool operator==(const Accumulation&) const = default;
  };
  std::optional<Accumulation> accumulation;
  bool operator==(const Product& other) const {
    return transposes == other.transposes && skip_zeros == other.skip_zeros &&
           *chain == *other.chain && accumulation == other.accumulation;
  }
};

using Attributes = std::variant<std::monostate, Axes, Axis, Transposes, Target, Permutation, Slices,
                                Number, Count, Fused, Product>;

/// "axis=(0, 1), keepdims", "shape=(2, 3)", "" for none: as graphs and errors show them.
std::string to_string(const Attributes& attributes);

}  // namespace gradus
