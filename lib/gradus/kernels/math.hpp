/// Elementary functions that a compiler can turn into vector code: no branches, no tables, no
/// calls.
///
/// They are right for NaN, infinities, zeros and subnormal numbers, and use no fused multiply-add,
/// so that every architecture gives the same bits. Beside each stands its largest error in units in
/// the last place, as tests/kernels/kernel_math_test.cpp measures it.
///
/// Reduction by ln 2 in two parts: Cody and Waite, "Software manual for the elementary functions",
/// 1980. log by s = f / (2 + f): the series of artanh, arranged as in Sun's fdlibm. The polynomials
/// are Chebyshev fits of the functions named beside them (mpmath.chebyfit with 40 digits) over the
/// interval that the reduction leaves.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace gradus::kernels::math {

namespace detail {

template <class T>
struct Format;

template <>
struct Format<float> {
  using Bits = std::uint32_t;
  static constexpr int mantissa = 23;
  static constexpr float log2_e = 1.44269504f;
  static constexpr float ln2_high = 0.693145752f;  // 15 bits: n of up to 9 bits times it is exact
  static constexpr float ln2_low = 1.42860677e-6f;
  static constexpr Bits root_half = 0x3f3504f3;  // of sqrt(1/2)
  // (exp r - 1 - r) / r^2 for |r| <= ln(2) / 2, from the constant up
  static constexpr float exp_terms[] = {0.5f, 0.166665770f, 0.0416665546f, 0.00836317905f,
                                        0.00139261836f};
  // (2 artanh s - 2 s) / s^3 in z = s^2 for s <= (sqrt(2) - 1) / (sqrt(2) + 1)
  static constexpr float log_terms[] = {0.666666850f, 0.399887783f, 0.295800530f};
};

template <>
struct Format<double> {
  using Bits = std::uint64_t;
  static constexpr int mantissa = 52;
  static constexpr double log2_e = 1.442695040888963407;
  static constexpr double ln2_high = 0.693147180485539138;  // 33 bits
  static constexpr double ln2_low = 7.44061711001239672e-11;
  static constexpr Bits root_half = 0x3fe6a09e667f3bcd;
  static constexpr double exp_terms[] = {
      0.5,
      0.16666666666666671,
      0.0416666666666666698,
      0.00833333333332613513,
      0.00138888888888837483,
      0.000198412698748206253,
      0.0000248015873255477412,
      2.75572554002064244e-6,
      2.75572736431102953e-7,
      2.51052170047207452e-8,
      2.09146869680868772e-9,
  };
  static constexpr double log_terms[] = {
      0.666666666666666969, 0.399999999998994432, 0.285714286260032687, 0.22222211130259877,
      0.18182889455674946,  0.153317106182107716, 0.14616585424888622,
  };
};

/// A number so large that the whole numbers around it are neighbours: adding it rounds, and leaves
/// the rounded number in the low bits.
template <class T>
inline constexpr T shifter = T(1.5) / std::numeric_limits<T>::epsilon();

template <class T>
[[gnu::always_inline]] inline T rounded(T x) {
  const T large = x + shifter<T>;
  return large - shifter<T>;
}

/// Doubles are for checking gradients: some more operations keep the error near a half.
template <class T>
inline constexpr bool exact = sizeof(T) == 8;

template <class T>
inline constexpr int bias = std::numeric_limits<T>::max_exponent - 1;

/// terms[0] + terms[1] x + ...
template <class T, std::size_t N>
[[gnu::always_inline]] inline T polynomial(const T (&terms)[N], T x) {
  T y = terms[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) y = y * x + terms[i];
  return y;
}

/// 2^(n + up) for whole n and up, if that is normal.
template <class T>
[[gnu::always_inline]] inline T power_of_two(T n, T up = 0) {
  using Bits = typename Format<T>::Bits;
  return std::bit_cast<T>(std::bit_cast<Bits>(n + (shifter<T> + T(bias<T>) + up))
                          << Format<T>::mantissa);
}

/// x = n ln 2 + r with a whole n and |r| <= ln(2) / 2, and exp(r) = 1 + r + rest.
template <class T>
struct Reduced {
  T n, r, rest;
};

template <class T>
[[gnu::always_inline]] inline Reduced<T> reduce(T x) {
  using F = Format<T>;
  const T n = rounded(x * F::log2_e);
  const T high = x - n * F::ln2_high;  // exact
  const T low = n * F::ln2_low;
  const T r = high - low;
  T rest = r * r * polynomial(F::exp_terms, r);
  if constexpr (exact<T>) rest += (high - r) - low;  // what rounding r has lost
  return {n, r, rest};
}

/// 1 + r + rest.
template <class T>
[[gnu::always_inline]] inline T one_plus(const Reduced<T>& e) {
  if constexpr (exact<T>) {
    const T y = 1 + e.r;
    const T lost = e.r - (y - 1);
    return y + (lost + e.rest);
  } else {
    return 1 + (e.r + e.rest);
  }
}

/// Below this exp(x) is 0. A comparison with NaN is false, so that NaN passes.
template <class T>
[[gnu::always_inline]] inline T not_too_small(T x) {
  constexpr T bottom = sizeof(T) == 4 ? T(-104) : T(-746);
  return x < bottom ? bottom : x;
}

/// log(w) + c for a positive, finite w and a c that is tiny beside w.
template <class T>
[[gnu::always_inline]] inline T log_plus(T w, T c) {
  using F = Format<T>;
  using Bits = typename F::Bits;
  using Limits = std::numeric_limits<T>;
  constexpr Bits one = std::bit_cast<Bits>(T{1});
  // w = 2^k m with m in [sqrt(1/2), sqrt(2)); a subnormal w is made normal first.
  const bool small = w < Limits::min();
  const T normal = small ? w * (2 / Limits::epsilon()) : w;
  const Bits bits = std::bit_cast<Bits>(normal) + (one - F::root_half);
  const T m = std::bit_cast<T>((bits & ((Bits{1} << F::mantissa) - 1)) + F::root_half);
  // The exponent becomes a number as the low bits of 2^mantissa.
  constexpr T base = 1 / Limits::epsilon();
  const T exponent = std::bit_cast<T>((bits >> F::mantissa) | std::bit_cast<Bits>(base));
  const T k = exponent - (small ? base + T(bias<T> + Limits::digits) : base + T(bias<T>));

  const T f = m - 1;
  const T s = f / (2 + f);
  const T z = s * s;
  const T half_square = T(0.5) * f * f;
  const T rest = s * (half_square + z * polynomial(F::log_terms, z));
  return k * F::ln2_high - ((half_square - (rest + (k * F::ln2_low + c))) - f);
}

}  // namespace detail

/// Error at most: float 1.1, double 0.8; both 1.1 where the result is subnormal.
template <class T>
[[gnu::always_inline]] inline T exp(T x) {
  constexpr T top = sizeof(T) == 4 ? T(89) : T(710);  // exp(x) is infinite
  const auto e = detail::reduce(detail::not_too_small(x > top ? top : x));
  // 2^n in two factors, since it may be subnormal or infinite where the result is not.
  const T half = detail::rounded(T(0.5) * e.n);
  return detail::one_plus(e) * detail::power_of_two(half) * detail::power_of_two(e.n - half);
}

/// exp(x) for x <= 0, in fewer operations, with the same error. NaN for NaN.
template <class T>
[[gnu::always_inline]] inline T exp_nonpositive(T x) {
  const auto e = detail::reduce(detail::not_too_small(x));
  constexpr T up = sizeof(T) == 4 ? T(64) : T(512);  // then 2^(n + up) is normal
  constexpr T down = sizeof(T) == 4 ? T(0x1p-64) : T(0x1p-512);
  return detail::one_plus(e) * detail::power_of_two(e.n, up) * down;
}

/// exp(x) - 1 for x <= 0; NaN for NaN, no matter what for x > 0. Error at most: float 1.4,
/// double 1.2.
template <class T>
[[gnu::always_inline]] inline T expm1_nonpositive(T x) {
  const auto e = detail::reduce(x < -40 ? T{-40} : x);  // -1 is all that is left below
  // (2^n - 1) + 2^n r + 2^n rest; the first sum is at least as large as the second.
  const T power = detail::power_of_two(e.n);
  const T whole = power - 1;
  const T part = power * e.r;
  const T y = whole + part;
  const T lost = part - (y - whole);
  const T result = y + (lost + power * e.rest);
  return x == 0 ? x : result;  // -0
}

/// Error at most: float 0.9, double 0.9.
template <class T>
[[gnu::always_inline]] inline T log(T x) {
  using Limits = std::numeric_limits<T>;
  const T y = detail::log_plus(x, T{0});
  const T finite = x > Limits::max() ? x : y;
  const T outside = x == 0 ? -Limits::infinity() : Limits::quiet_NaN();
  return x > 0 ? finite : outside;
}

/// log(1 + x) for x in [0, 1]; NaN for NaN. Error at most: float 0.9, double 0.9.
template <class T>
[[gnu::always_inline]] inline T log1p(T x) {
  const T w = 1 + x;
  const T y = detail::log_plus(w, (x - (w - 1)) / w);
  return x >= 0 ? y : std::numeric_limits<T>::quiet_NaN();
}

/// Error at most: float 2.6, double 2.6.
template <class T>
[[gnu::always_inline]] inline T tanh(T x) {
  const T e = expm1_nonpositive(-2 * std::abs(x));
  return std::copysign(e / (2 + e), x);
}

}  // namespace gradus::kernels::math
