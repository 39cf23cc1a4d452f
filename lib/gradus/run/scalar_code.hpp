/// Programs of single numbers as compact code, which a tight loop runs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gradus/run/program.hpp"

namespace gradus {

/// One step: y = op(a, b), each a position in the executor's array of numbers. A third operand
/// stands as the next step's `a`.
struct ScalarStep {
  std::uint32_t op;  ///< of scalar_code.cpp
  std::uint32_t y;
  std::uint32_t a;
  std::uint32_t b;
};
static_assert(sizeof(ScalarStep) == 16);

/// The code of a program, in one precision. Instructions whose operands and results are single
/// numbers become steps; others become steps that say which instruction to run. Leaves that are
/// single numbers are fetched into the array when a run starts, so that a position in it is all
/// that a step needs.
class ScalarCode {
 public:
  explicit ScalarCode(const Program& program);

  std::span<const ScalarStep> steps() const { return {steps_.data(), steps_.size()}; }
  /// The numbers of the array: the program's buffer, then room for leaves and ops' numbers.
  std::size_t elements() const { return elements_; }

  /// A fixed number of an op, such as a leaky ReLU's slope, and its position in the array.
  struct Number {
    std::uint32_t position;
    double value;
  };
  std::span<const Number> numbers() const { return numbers_; }

  /// Runs from `step` on, up to the next one that is not of single numbers, and returns that.
  template <Real T>
  static const ScalarStep* run(const ScalarStep* step, T* values, T* const* leaves);

  /// The instruction that a step which `run` returned is for, or `end`.
  static constexpr std::uint32_t end = ~std::uint32_t{0};

 private:
  friend class ScalarTranslator;
  GrowingArray<ScalarStep> steps_;
  std::vector<Number> numbers_;
  std::size_t elements_ = 0;
};

}  // namespace gradus
