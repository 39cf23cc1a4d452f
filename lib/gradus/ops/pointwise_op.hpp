/// What makes an op of a struct that says `doc`, `forward` and its derivatives.
#pragma once

#include <array>
#include <type_traits>
#include <utility>

#include "gradus/kernels/strip.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus {

/// An op whose elements are computed one by one, by a loop that can be put into a chain with others
/// (kernels/pointwise.hpp). All ops of the catalogue that are pointwise() are PointwiseOps; those
/// of custom_op are not.
class PointwiseOp : public Op {
 public:
  using Op::Op;

  /// The loop over a strip of elements, in the precision of the argument and for the architecture
  /// in use.
  virtual kernels::Strip<float> strip(float) const = 0;
  virtual kernels::Strip<double> strip(double) const = 0;
  /// Rough nanoseconds an element in float, on one thread; twice that in double.
  virtual double cost_per_element() const = 0;

 protected:
  /// A chain of this one step.
  template <Real T>
  void run(const Forward<T>& args) const;
};

/// The base of pointwise ops. A derived struct has
///
///   static constexpr OpDoc doc_;
///       What people read.
///   template <class T> static T forward(T...);
///       One element. The last argument is the op's number if `has_number` is true.
///   static Var da(Var dy, Var a, Var b, Var y);
///       A rule for each smooth operand: dx for one operand, da and db for two, da, db, dc for
///       three.
///
/// and optionally `domain_`, `flow_`, `cost` (see cost_per_element). A missing part does
/// not compile.
template <class Derived, int Arity>
struct Pointwise : PointwiseOp {
  static constexpr bool has_number = false;
  static constexpr std::array<Flow, 3> flow_{};
  static constexpr Domain domain_{};
  static constexpr double cost = 0.15;

  Pointwise()
      : PointwiseOp({Arity, true, Derived::flow_, detail::position_or_none<Derived>(AllOps{})}) {}

  const OpDoc& doc() const final { return Derived::doc_; }
  Domain domain() const final { return Derived::domain_; }

  Shape shape(std::span<const Shape> x, const Attributes&) const final { return broadcast(x); }
  kernels::Strip<float> strip(float) const final {
    return kernels::strip_of<Derived, Arity, float>();
  }
  kernels::Strip<double> strip(double) const final {
    return kernels::strip_of<Derived, Arity, double>();
  }
  double cost_per_element() const final { return Derived::cost; }
  void forward(const Forward<float>& args) const final { run(args); }
  void forward(const Forward<double>& args) const final { run(args); }

  Var vjp(const Vjp& v) const final {
    constexpr auto smooth = [](std::size_t i) { return Derived::flow_[i] == Flow::smooth; };
    if constexpr (Arity == 1 && smooth(0)) {
      if constexpr (Derived::has_number) {
        return Derived::dx(v.dy, v.x[0], v.y, std::get<Number>(v.attributes).value);
      } else {
        return Derived::dx(v.dy, v.x[0], v.y);
      }
    }
    if constexpr (Arity == 2) {
      if constexpr (smooth(0)) {
        if (v.operand == 0) return Derived::da(v.dy, v.x[0], v.x[1], v.y);
      }
      if constexpr (smooth(1)) {
        if (v.operand == 1) return Derived::db(v.dy, v.x[0], v.x[1], v.y);
      }
    }
    if constexpr (Arity == 3) {
      if constexpr (smooth(1)) {
        if (v.operand == 1) return Derived::db(v.dy, v.x[0], v.x[1], v.x[2], v.y);
      }
      if constexpr (smooth(2)) {
        if (v.operand == 2) return Derived::dc(v.dy, v.x[0], v.x[1], v.x[2], v.y);
      }
    }
    throw Error("this operand has no derivative");
  }
};

}  // namespace gradus
