/// Activations of neurons, element by element. (softmax is in reductions.hpp.)
#pragma once

#include <cmath>
#include <numbers>

#include "gradus/kernels/math.hpp"
#include "gradus/ops/pointwise_op.hpp"

namespace gradus {

/// Saturates: for |x| > 3 almost no gradient passes.
struct Tanh : Pointwise<Tanh, 1> {
  static constexpr OpDoc doc_{"tanh", "y = tanh(x)", "dx = dy * (1 - y^2)"};
  static constexpr double cost = 0.7;
  template <class T>
  static T forward(T x) {
    return kernels::math::tanh(x);
  }
  static Var dx(Var dy, Var, Var y) { return dy * (1 - y * y); }
};

/// Saturates: at most a quarter of a gradient passes, and for |x| > 6 almost none. exp(-|x|) cannot
/// overflow, so that no x gives NaN.
struct Sigmoid : Pointwise<Sigmoid, 1> {
  static constexpr OpDoc doc_{"sigmoid", "y = 1 / (1 + exp(-x))", "dx = dy * y * (1 - y)"};
  static constexpr double cost = 0.5;
  template <class T>
  static T forward(T x) {
    const T e = kernels::math::exp_nonpositive(-std::abs(x));
    return (x < 0 ? e : T{1}) / (1 + e);
  }
  static Var dx(Var dy, Var, Var y) { return dy * (y * (1 - y)); }
};

/// NaN stays NaN.
struct Relu : Pointwise<Relu, 1> {
  static constexpr OpDoc doc_{"relu", "y = max(x, 0)", "dx = dy * (x > 0)", "at 0; 0 is taken"};
  template <class T>
  static T forward(T x) {
    return x <= 0 ? T{0} : x;
  }
  static Var dx(Var dy, Var x, Var) { return dy * step(x); }
};

struct LeakyRelu : Pointwise<LeakyRelu, 1> {
  static constexpr OpDoc doc_{"leaky_relu", "y = x if x > 0, else slope * x",
                              "dx = dy * (1 if x > 0, else slope)", "at 0; the slope is taken"};
  static constexpr bool has_number = true;
  template <class T>
  static T forward(T x, T slope) {
    const T left = slope * x;
    return x > 0 ? x : left;
  }
  static Var dx(Var dy, Var x, Var, double slope) { return dy * where(step(x), 1, slope); }
};

/// Clevert et al., "Fast and accurate deep network learning by exponential linear units", 2015.
struct Elu : Pointwise<Elu, 1> {
  static constexpr OpDoc doc_{"elu", "y = x if x > 0, else alpha * (exp(x) - 1)",
                              "dx = dy * (1 if x > 0, else y + alpha)",
                              "at 0 unless alpha = 1; the left side is taken"};
  static constexpr bool has_number = true;
  static constexpr double cost = 0.5;
  template <class T>
  static T forward(T x, T alpha) {
    const T left = alpha * kernels::math::expm1_nonpositive(x);
    return x > 0 ? x : left;
  }
  static Var dx(Var dy, Var x, Var y, double alpha) {
    const Var left = y + alpha;
    return dy * where(step(x), 1, left);
  }
};

/// max(x, 0) + log(1 + exp(-|x|)), which neither overflows nor loses small values.
struct Softplus : Pointwise<Softplus, 1> {
  static constexpr OpDoc doc_{"softplus", "y = log(1 + exp(x))", "dx = dy * sigmoid(x)"};
  static constexpr double cost = 1.3;
  template <class T>
  static T forward(T x) {
    const T e = kernels::math::exp_nonpositive(-std::abs(x));
    return (x <= 0 ? T{0} : x) + kernels::math::log1p(e);
  }
  static Var dx(Var dy, Var x, Var) { return dy * sigmoid(x); }
};

/// x times the normal distribution function P(x); exact, not by tanh. erfc keeps the left tail. P
/// falls faster than any x grows, so that where P is 0 the product is, even for -infinity.
/// Hendrycks and Gimpel, "Gaussian error linear units", 2016.
struct Gelu : Pointwise<Gelu, 1> {
  static constexpr OpDoc doc_{"gelu", "y = x * P(x), P(x) = (1 + erf(x/sqrt(2))) / 2",
                              "dx = dy * (P(x) + x * exp(-x^2/2)/sqrt(2 pi))"};
  static constexpr double cost = 15;
  template <class T>
  static T forward(T x) {
    const T normal_cdf = T(0.5) * std::erfc(-x / std::numbers::sqrt2_v<T>);
    return normal_cdf == 0 ? T{0} : x * normal_cdf;
  }
  static Var dx(Var dy, Var x, Var) {
    const double root_half = 1 / std::numbers::sqrt2;
    const Var normal_cdf = 0.5 * (1 + erf(root_half * x));
    const Var normal_pdf = root_half * std::numbers::inv_sqrtpi * exp(-0.5 * square(x));
    return dy * (normal_cdf + x * normal_pdf);
  }
};

}  // namespace gradus
