/// Matrix products.
#pragma once

#include "gradus/ops/structural_op.hpp"

namespace gradus {

/// The derivatives are products again: for Y = A B, dA = dY Bᵀ and dB = Aᵀ dY; transposed operands
/// swap the roles. Nothing is ever transposed in memory.
struct Matmul : Structural<Matmul, 2> {
  static constexpr OpDoc doc_{"matmul", "Y = A B", "dA = dY Bᵀ, dB = Aᵀ dY"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
  Index flops(std::span<const Shape> x, const Shape& y, const Attributes&) const final;
};

}  // namespace gradus
