/// Ops that put elements elsewhere and compute nothing (but for the sums of scatter_rows).
#pragma once

#include "gradus/ops/structural_op.hpp"

namespace gradus {

struct Reshape : Movement<Reshape, 1> {
  static constexpr OpDoc doc_{"reshape", "y = x in another shape", "dx = dy in x's shape"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
};

struct Permute : Movement<Permute, 1> {
  static constexpr OpDoc doc_{"permute", "y = x with its axes in another order",
                              "dx = dy with its axes in the old order"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
};

struct BroadcastTo : Movement<BroadcastTo, 1> {
  static constexpr OpDoc doc_{"broadcast_to", "y = x, repeated along axes",
                              "dx = sum of dy over them"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
};

struct Slice : Movement<Slice, 1> {
  static constexpr OpDoc doc_{"slice", "y = x[start:stop:step, ...]", "dx = dy there, 0 elsewhere"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
};

struct Unslice : Movement<Unslice, 1> {
  static constexpr OpDoc doc_{"unslice", "y = 0, y[start:stop:step, ...] = x", "dx = dy there"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
};

struct Concat : Movement<Concat, -1> {
  static constexpr OpDoc doc_{"concat", "y = x1, x2, ... end to end along an axis",
                              "dxi = its part of dy"};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
};

struct Gather : Movement<Gather, 2> {
  static constexpr OpDoc doc_{"gather", "y = rows of x by index",
                              "dx = dy added into the rows it came from", "",
                              "indices: whole, 0 to rows - 1; else an error"};
  static constexpr std::array<Flow, 2> flow_{Flow::smooth, Flow::cut};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
};

struct ScatterRows : Structural<ScatterRows, 2> {
  static constexpr OpDoc doc_{"scatter_rows", "y = 0, y[index] += rows of x",
                              "dx = rows of dy by index", "",
                              "indices: whole, 0 to rows - 1; else an error"};
  static constexpr std::array<Flow, 2> flow_{Flow::smooth, Flow::cut};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
  static Var vjp_of(const Vjp& v);
  Index flops(std::span<const Shape> x, const Shape&, const Attributes&) const final {
    return x[0].elements();
  }
};

struct OneHot : Movement<OneHot, 1> {
  static constexpr OpDoc doc_{"one_hot", "y = 1 at the class, 0 elsewhere", "", "",
                              "indices: whole, 0 to classes - 1; else an error"};
  static constexpr std::array<Flow, 2> flow_{Flow::cut, Flow::cut};
  static Shape shape_of(std::span<const Shape> x, const Attributes& attributes);
  template <class T>
  static void run(const Forward<T>& args);
};

struct StopGradient : Movement<StopGradient, 1> {
  static constexpr OpDoc doc_{"stop_gradient", "y = x", ""};
  static constexpr std::array<Flow, 2> flow_{Flow::cut, Flow::cut};
  static Shape shape_of(std::span<const Shape> x, const Attributes&) { return x[0]; }
  template <class T>
  static void run(const Forward<T>& args);
};

}  // namespace gradus
