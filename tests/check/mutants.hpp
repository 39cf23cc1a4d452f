/// Deliberately wrong derivative rules, which every gradient checker must catch.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::test {

enum class Mutation {
  none,         ///< the real rule
  sign,         ///< -dx
  twice,        ///< 2 dx
  half,         ///< dx / 2
  percent,      ///< 1.01 dx
  zero,         ///< 0
  lost_dy,      ///< the chain is cut: dy is taken for 1
  transpose,    ///< dx transposed, where it is square
  lost_first,   ///< the first of several operands gets nothing: f(x, x) loses a use of x
  lost_last,    ///< the last one
  swapped,      ///< the first two operands get each other's
  first_row,    ///< what was broadcast is not summed: the first part is taken
  mean_not_sum  ///< what was broadcast is averaged
};

inline constexpr std::array all_mutations{
    Mutation::sign,      Mutation::twice,   Mutation::half,      Mutation::percent,
    Mutation::zero,      Mutation::lost_dy, Mutation::transpose, Mutation::lost_first,
    Mutation::lost_last, Mutation::swapped, Mutation::first_row, Mutation::mean_not_sum};

inline std::string_view to_string(Mutation mutation) {
  constexpr std::array<std::string_view, 13> names{
      "none",      "sign",       "twice",     "half",    "percent",   "zero",        "lost_dy",
      "transpose", "lost_first", "lost_last", "swapped", "first_row", "mean_not_sum"};
  return names[static_cast<std::size_t>(mutation)];
}

/// The first part of `x` along every axis that broadcasting `to` to x's shape had added or
/// stretched.
inline Var first_part(Var x, const Shape& to) {
  std::vector<Range> ranges;
  const int added = x.shape().rank() - to.rank();
  for (int axis = 0; axis < x.shape().rank(); ++axis) {
    const bool stretched = axis < added || to[axis - added] != x.shape()[axis];
    ranges.push_back(stretched ? Range{0, 1, 1} : Range{});
  }
  return reshape(slice(x, ranges), to);
}

/// An op like `real`, with its rule made wrong. A mutation that does not apply leaves it right.
class Mutant final : public Op {
 public:
  Mutant(const Op& real, Mutation mutation)
      : Op(traits_like(real)),
        real_(real),
        mutation_(mutation),
        name_(std::string(real.name()) + "_" + std::string(to_string(mutation))),
        doc_{name_, real.doc().formula, real.doc().derivative, real.doc().kinks} {}

  const OpDoc& doc() const override { return doc_; }
  Domain domain() const override { return real_.domain(); }
  Shape shape(std::span<const Shape> x, const Attributes& attributes) const override {
    return real_.shape(x, attributes);
  }
  void forward(const Forward<float>& args) const override { real_.forward(args); }
  void forward(const Forward<double>& args) const override { real_.forward(args); }

  Var vjp(const Vjp& v) const override {
    const Var x = v.x[static_cast<std::size_t>(v.operand)];
    const int last = static_cast<int>(v.x.size()) - 1;
    switch (mutation_) {
      case Mutation::none:
        return real_.vjp(v);
      case Mutation::sign:
        return -real_.vjp(v);
      case Mutation::twice:
        return 2 * real_.vjp(v);
      case Mutation::half:
        return 0.5 * real_.vjp(v);
      case Mutation::percent:
        return 1.01 * real_.vjp(v);
      case Mutation::zero:
        return 0 * real_.vjp(v);
      case Mutation::lost_dy: {
        const Var ones = v.dy.tape().constant(Tensor<double>(v.dy.shape(), 1.0));
        return real_.vjp({v.operand, ones, v.x, v.y, v.attributes});
      }
      case Mutation::transpose: {
        const Var dx = real_.vjp(v);
        const int rank = dx.shape().rank();
        const bool square = rank >= 2 && dx.shape()[rank - 1] == dx.shape()[rank - 2];
        return square ? gradus::transpose(dx) : dx;
      }
      case Mutation::lost_first:
        return last > 0 && v.operand == 0 ? 0 * real_.vjp(v) : real_.vjp(v);
      case Mutation::lost_last:
        return last > 0 && v.operand == last ? 0 * real_.vjp(v) : real_.vjp(v);
      case Mutation::swapped:
        if (last < 1 || v.operand > 1 || v.x[0].shape() != v.x[1].shape() ||
            real_.flow(1 - v.operand) != Flow::smooth) {
          return real_.vjp(v);
        }
        return real_.vjp({1 - v.operand, v.dy, v.x, v.y, v.attributes});
      case Mutation::first_row:
      case Mutation::mean_not_sum: {
        const Var dx = real_.vjp(v);
        if (dx.shape() == x.shape() || !broadcasts_to(x.shape(), dx.shape())) return dx;
        if (mutation_ == Mutation::first_row) return first_part(dx, x.shape());
        const auto parts =
            static_cast<double>(dx.shape().elements()) / static_cast<double>(x.shape().elements());
        return sum_to(dx, x.shape()) * (1 / parts);
      }
    }
    return real_.vjp(v);
  }

 private:
  static OpTraits traits_like(const Op& real) {
    OpTraits traits = real.traits();
    traits.position = -1;  // a mutant is not in the list
    return traits;
  }

  const Op& real_;
  Mutation mutation_;
  std::string name_;
  OpDoc doc_;  // looks into name_
};

/// A mutant that outlives every tape of the tests.
inline const Op& mutant(const Op& real, Mutation mutation) {
  static std::vector<std::unique_ptr<const Mutant>> all;
  all.push_back(std::make_unique<const Mutant>(real, mutation));
  return *all.back();
}

}  // namespace gradus::test
