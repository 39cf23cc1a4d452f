/// Ops that look along axes.
#pragma once

#include "gradus/ops/structural_op.hpp"

namespace gradus {

struct Sum : Structural<Sum, 1> {
  static constexpr OpDoc doc_{"sum", "y = sum of x over axes", "dx = dy, broadcast to x's shape"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
  Index flops(std::span<const Shape> x, const Shape&, const Attributes&) const final {
    return x[0].elements();
  }
};

struct Max : Structural<Max, 1> {
  static constexpr OpDoc doc_{"max", "y = largest of x over axes",
                              "dx = dy where x = y, shared equally by ties",
                              "where the largest is not the only one"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
  Index flops(std::span<const Shape> x, const Shape&, const Attributes&) const final {
    return x[0].elements();
  }
};

struct Argmax : Structural<Argmax, 1> {
  static constexpr OpDoc doc_{"argmax", "y = position of the first largest x along an axis", ""};
  static constexpr std::array<Flow, 2> flow_{Flow::cut, Flow::cut};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  Index flops(std::span<const Shape> x, const Shape&, const Attributes&) const final {
    return x[0].elements();
  }
};

/// Stable for any finite x: the largest is taken off first.
struct Softmax : Structural<Softmax, 1> {
  static constexpr OpDoc doc_{"softmax", "y = exp(x) / sum exp(x) along an axis",
                              "dx = y * (dy - sum(dy * y))"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
  Index flops(std::span<const Shape>, const Shape& y, const Attributes&) const final {
    return 4 * y.elements();
  }
};

struct LogSoftmax : Structural<LogSoftmax, 1> {
  static constexpr OpDoc doc_{"log_softmax", "y = x - log sum exp(x) along an axis",
                              "dx = dy - exp(y) * sum(dy)"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
  Index flops(std::span<const Shape>, const Shape& y, const Attributes&) const final {
    return 4 * y.elements();
  }
};

}  // namespace gradus
