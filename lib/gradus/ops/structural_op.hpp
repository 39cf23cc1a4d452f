/// What makes an op of a struct whose elements do not map one to one.
#pragma once

#include <array>

#include "gradus/ops/ops.hpp"

namespace gradus {

/// The base of ops that look along axes or move elements. A derived struct has `doc_`, `shape_of`,
/// `run` for both precisions, and `vjp_of` unless every operand's flow is cut. A missing part does
/// not compile.
template <class Derived, int Arity>
struct Structural : Op {
  static constexpr std::array<Flow, 2> flow_{};

  Structural() : Op({Arity, false, {Derived::flow_[0], Derived::flow_[1], Derived::flow_[1]}}) {}

  const OpDoc& doc() const final { return Derived::doc_; }
  Shape shape(std::span<const Shape> x, const Attributes& attributes) const final {
    return Derived::shape_of(x, attributes);
  }
  void forward(const Forward<float>& args) const final { Derived::run(args); }
  void forward(const Forward<double>& args) const final { Derived::run(args); }
  Var vjp(const Vjp& v) const final {
    if constexpr (Derived::flow_[0] == Flow::smooth) {
      return Derived::vjp_of(v);
    } else {
      throw Error("this operand has no derivative");
    }
  }
};

/// The base of ops that compute nothing.
template <class Derived, int Arity>
struct Movement : Structural<Derived, Arity> {
  Index flops(std::span<const Shape>, const Shape&, const Attributes&) const final { return 0; }
};

}  // namespace gradus
