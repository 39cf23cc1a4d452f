/// Arithmetic, elementary functions and comparisons, element by element. `dy` is the adjoint of the
/// result; a rule gives the adjoint of an operand, in ops.
#pragma once

#include <cmath>
#include <numbers>

#include "gradus/kernels/math.hpp"
#include "gradus/ops/pointwise_op.hpp"

namespace gradus {

struct Add : Pointwise<Add, 2> {
  static constexpr OpDoc doc_{"add", "y = a + b", "da = dy, db = dy"};
  template <class T>
  static T forward(T a, T b) {
    return a + b;
  }
  static Var da(Var dy, Var, Var, Var) { return dy; }
  static Var db(Var dy, Var, Var, Var) { return dy; }
};

struct Mul : Pointwise<Mul, 2> {
  static constexpr OpDoc doc_{"mul", "y = a * b", "da = dy * b, db = dy * a"};
  template <class T>
  static T forward(T a, T b) {
    return a * b;
  }
  static Var da(Var dy, Var, Var b, Var) { return dy * b; }
  static Var db(Var dy, Var a, Var, Var) { return dy * a; }
};

struct Div : Pointwise<Div, 2> {
  static constexpr OpDoc doc_{"div", "y = a / b", "da = dy / b, db = -dy * y / b", "",
                              "b != 0; infinite or NaN there"};
  static constexpr Domain domain_{0.5, 2.5};
  template <class T>
  static T forward(T a, T b) {
    return a / b;
  }
  static Var da(Var dy, Var, Var b, Var) { return dy / b; }
  static Var db(Var dy, Var, Var b, Var y) { return -(dy * y / b); }
};

/// As std::pow: 0 to a negative power is infinite, a negative base needs a whole exponent. Where
/// the base is not positive, the derivative in the exponent is taken as 0, as for y = 0. A plain
/// number as the exponent stays one, so that any derivative of x^2 is right at 0, too.
struct Pow : Pointwise<Pow, 2> {
  static constexpr OpDoc doc_{
      "pow", "y = a^b", "da = dy * b * a^(b-1), db = dy * y * log(a)",
      "in the exponent only for a > 0; 0 is taken elsewhere",
      "a > 0; a = 0 if b >= 0, else infinite; a < 0 if b is whole, else NaN"};
  static constexpr Domain domain_{0.5, 2.5};
  static constexpr double cost = 10;
  template <class T>
  static T forward(T a, T b) {
    return std::pow(a, b);
  }
  static Var da(Var dy, Var a, Var b, Var) {
    if (!is_constant(b.tape().op(b.id())) || b.shape().rank() > 0) {
      return dy * (b * pow(a, b - 1));
    }
    const double n = *b.tape().leaf_value(b.id());
    // a^0 is 1 everywhere, but 0 * a^-1 would be NaN at 0.
    return n == 0 ? b.tape().constant(0.0) : dy * (n * pow(a, n - 1));
  }
  static Var db(Var dy, Var a, Var, Var y) {
    const Var positive = greater(a, 0);
    const Var power = where(positive, y, 0);  // y may be infinite: 0^-1
    const Var base = where(positive, a, 1);
    return dy * (power * log(base));
  }
};

/// NaN if an operand is.
struct Maximum : Pointwise<Maximum, 2> {
  static constexpr OpDoc doc_{"maximum", "y = a if a >= b, else b",
                              "da = dy * (a >= b), db = dy * (a < b)", "at a = b all goes to a"};
  template <class T>
  static T forward(T a, T b) {
    return a >= b || std::isnan(a) ? a : b;
  }
  static Var da(Var dy, Var a, Var b, Var) { return dy * greater_equal(a, b); }
  static Var db(Var dy, Var a, Var b, Var) { return dy * less(a, b); }
};

/// NaN if an operand is.
struct Minimum : Pointwise<Minimum, 2> {
  static constexpr OpDoc doc_{"minimum", "y = a if a <= b, else b",
                              "da = dy * (a <= b), db = dy * (a > b)", "at a = b all goes to a"};
  template <class T>
  static T forward(T a, T b) {
    return a <= b || std::isnan(a) ? a : b;
  }
  static Var da(Var dy, Var a, Var b, Var) { return dy * less_equal(a, b); }
  static Var db(Var dy, Var a, Var b, Var) { return dy * greater(a, b); }
};

struct Neg : Pointwise<Neg, 1> {
  static constexpr OpDoc doc_{"neg", "y = -x", "dx = -dy"};
  template <class T>
  static T forward(T x) {
    return -x;
  }
  static Var dx(Var dy, Var, Var) { return -dy; }
};

struct Exp : Pointwise<Exp, 1> {
  static constexpr OpDoc doc_{"exp", "y = exp(x)", "dx = dy * y"};
  static constexpr double cost = 0.5;
  template <class T>
  static T forward(T x) {
    return kernels::math::exp(x);
  }
  static Var dx(Var dy, Var, Var y) { return dy * y; }
};

struct Log : Pointwise<Log, 1> {
  static constexpr OpDoc doc_{"log", "y = log(x), natural", "dx = dy / x", "",
                              "x > 0; -infinite at 0, NaN below"};
  static constexpr Domain domain_{0.5, 3};
  static constexpr double cost = 0.6;
  template <class T>
  static T forward(T x) {
    return kernels::math::log(x);
  }
  static Var dx(Var dy, Var x, Var) { return dy / x; }
};

struct Sqrt : Pointwise<Sqrt, 1> {
  static constexpr OpDoc doc_{"sqrt", "y = sqrt(x)", "dx = dy / (2 y)", "infinite at 0",
                              "x >= 0; NaN below"};
  static constexpr Domain domain_{0.5, 3};
  template <class T>
  static T forward(T x) {
    return std::sqrt(x);
  }
  static Var dx(Var dy, Var, Var y) { return 0.5 * dy / y; }
};

struct Sin : Pointwise<Sin, 1> {
  static constexpr OpDoc doc_{"sin", "y = sin(x)", "dx = dy * cos(x)"};
  static constexpr double cost = 8;
  template <class T>
  static T forward(T x) {
    return std::sin(x);
  }
  static Var dx(Var dy, Var x, Var) { return dy * cos(x); }
};

struct Cos : Pointwise<Cos, 1> {
  static constexpr OpDoc doc_{"cos", "y = cos(x)", "dx = -dy * sin(x)"};
  static constexpr double cost = 8;
  template <class T>
  static T forward(T x) {
    return std::cos(x);
  }
  static Var dx(Var dy, Var x, Var) { return -(dy * sin(x)); }
};

struct Abs : Pointwise<Abs, 1> {
  static constexpr OpDoc doc_{"abs", "y = |x|", "dx = dy * sign(x)", "at 0; 0 is taken"};
  template <class T>
  static T forward(T x) {
    return std::abs(x);
  }
  static Var dx(Var dy, Var x, Var) { return dy * sign(x); }
};

/// The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.
struct Erf : Pointwise<Erf, 1> {
  static constexpr OpDoc doc_{"erf", "y = erf(x)", "dx = dy * 2/sqrt(pi) * exp(-x^2)"};
  static constexpr double cost = 10;
  template <class T>
  static T forward(T x) {
    return std::erf(x);
  }
  static Var dx(Var dy, Var x, Var) {
    return dy * (2 * std::numbers::inv_sqrtpi * exp(-square(x)));
  }
};

/// The base of ops that are constant wherever they have a derivative.
template <class Derived, int Arity>
struct Flat : Pointwise<Derived, Arity> {
  static constexpr std::array<Flow, 3> flow_{Flow::flat, Flow::flat, Flow::flat};
};

struct Sign : Flat<Sign, 1> {
  static constexpr OpDoc doc_{"sign", "y = -1, 0 or 1", "dx = 0", "at 0"};
  template <class T>
  static T forward(T x) {
    return x > 0 ? T{1} : x < 0 ? T{-1} : x;
  }
};

struct Step : Flat<Step, 1> {
  static constexpr OpDoc doc_{"step", "y = 1 if x > 0, else 0", "dx = 0", "at 0"};
  template <class T>
  static T forward(T x) {
    return x > 0 ? T{1} : T{0};
  }
};

struct Less : Flat<Less, 2> {
  static constexpr OpDoc doc_{"less", "y = 1 if a < b, else 0", "da = 0, db = 0", "at a = b"};
  template <class T>
  static T forward(T a, T b) {
    return a < b ? T{1} : T{0};
  }
};

struct LessEqual : Flat<LessEqual, 2> {
  static constexpr OpDoc doc_{"less_equal", "y = 1 if a <= b, else 0", "da = 0, db = 0",
                              "at a = b"};
  template <class T>
  static T forward(T a, T b) {
    return a <= b ? T{1} : T{0};
  }
};

struct Equal : Flat<Equal, 2> {
  static constexpr OpDoc doc_{"equal", "y = 1 if a = b, else 0", "da = 0, db = 0", "at a = b"};
  template <class T>
  static T forward(T a, T b) {
    return a == b ? T{1} : T{0};
  }
};

/// Nothing of the branch that was not taken reaches the result or the gradient, not even a NaN.
struct Where : Pointwise<Where, 3> {
  static constexpr OpDoc doc_{"where", "y = a if c is not 0, else b",
                              "da = dy where c, db = dy where not c", "at c = 0"};
  static constexpr std::array<Flow, 3> flow_{Flow::flat, Flow::smooth, Flow::smooth};
  template <class T>
  static T forward(T c, T a, T b) {
    return c != 0 ? a : b;
  }
  static Var db(Var dy, Var c, Var, Var, Var) { return where(c, dy, 0); }
  static Var dc(Var dy, Var c, Var, Var, Var) { return where(c, 0, dy); }
};

}  // namespace gradus
