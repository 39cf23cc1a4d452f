#include "gradus/kernels/math.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "catch.hpp"

namespace math = gradus::kernels::math;

namespace {

/// How far y is from the exact value, in units in the last place of a T there.
template <class T>
double error(T y, long double exact) {
  using Limits = std::numeric_limits<T>;
  if (std::isnan(exact)) return std::isnan(y) ? 0 : 1e9;
  if (y == static_cast<T>(exact)) {
    if (std::isinf(y) || y == 0) return 0;
  } else if (!std::isfinite(y)) {
    return 1e9;
  }
  const int unit = std::max(std::ilogb(exact) + 1, Limits::min_exponent) - Limits::digits;
  return static_cast<double>(std::abs(static_cast<long double>(y) - exact) /
                             std::ldexp(1.0L, unit));
}

/// The largest error over numbers in [low, high]: evenly, and crowded towards each end and 0.
template <class T, class F, class Exact>
double largest_error(F f, Exact exact, double low, double high) {
  double worst = 0;
  const auto look = [&](double at) {
    const auto x = static_cast<T>(at);
    if (at < low || at > high) return;
    worst = std::max(worst, error(f(x), exact(static_cast<long double>(x))));
  };
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> even(low, high), power(-60, 0), sign(-1, 1);
  const double size = std::max(-low, high);
  for (int i = 0; i < 200'000; ++i) {
    look(even(random));
    look(std::copysign(size * std::exp2(power(random)), sign(random)));
  }
  for (const double end : {low, high}) {
    auto up = static_cast<T>(end), down = up;
    for (int i = 0; i < 1000; ++i) {
      look(static_cast<double>(up));
      look(static_cast<double>(down));
      up = std::nextafter(up, std::numeric_limits<T>::max());
      down = std::nextafter(down, std::numeric_limits<T>::lowest());
    }
  }
  return worst;
}

template <class T>
constexpr bool is_float = sizeof(T) == 4;

}  // namespace

TEMPLATE_TEST_CASE("elementary functions are as exact as they say", "[kernels]", float, double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  const auto exp_exact = [](long double x) { return std::exp(x); };
  const auto log_exact = [](long double x) { return std::log(x); };
  const double smallest = is_float<T> ? -110 : -750, largest = is_float<T> ? 88.72 : 709.78;
  const auto exp = [](T x) { return math::exp(x); };
  const double normal = is_float<T> ? -87.3 : -708.3;
  CHECK(largest_error<T>(exp, exp_exact, smallest, normal) < 1.1);
  CHECK(largest_error<T>(exp, exp_exact, normal, largest) < (is_float<T> ? 1.1 : 0.8));
  CHECK(largest_error<T>(exp, exp_exact, -2, 2) < (is_float<T> ? 1.1 : 0.8));

  const auto nonpositive = [](T x) { return math::exp_nonpositive(x); };
  CHECK(largest_error<T>(nonpositive, exp_exact, smallest, normal) < 1.1);
  CHECK(largest_error<T>(nonpositive, exp_exact, normal, 0) < (is_float<T> ? 1.1 : 0.8));
  CHECK(largest_error<T>(nonpositive, exp_exact, -2, 0) < (is_float<T> ? 1.1 : 0.8));

  const auto expm1 = [](T x) { return math::expm1_nonpositive(x); };
  const auto expm1_exact = [](long double x) { return std::expm1(x); };
  CHECK(largest_error<T>(expm1, expm1_exact, -50, 0) < (is_float<T> ? 1.4 : 1.2));
  CHECK(largest_error<T>(expm1, expm1_exact, -1.5, 0) < (is_float<T> ? 1.4 : 1.2));

  const auto log = [](T x) { return math::log(x); };
  CHECK(largest_error<T>(log, log_exact, 0, static_cast<double>(Limits::max())) < 0.9);
  CHECK(largest_error<T>(log, log_exact, 0, static_cast<double>(Limits::min())) < 0.9);
  CHECK(largest_error<T>(log, log_exact, 0.5, 2) < 0.9);

  const auto log1p = [](T x) { return math::log1p(x); };
  CHECK(largest_error<T>(
            log1p, [](long double x) { return std::log1p(x); }, 0, 1) < 0.9);

  const auto tanh = [](T x) { return math::tanh(x); };
  const auto tanh_exact = [](long double x) { return std::tanh(x); };
  CHECK(largest_error<T>(tanh, tanh_exact, -25, 25) < 2.6);
  CHECK(largest_error<T>(tanh, tanh_exact, -1, 1) < 2.6);
}

TEMPLATE_TEST_CASE("elementary functions are right at the ends of the numbers", "[kernels]", float,
                   double) {
  using T = TestType;
  using Limits = std::numeric_limits<T>;
  const T inf = Limits::infinity(), nan = Limits::quiet_NaN(), tiny = Limits::denorm_min(),
          huge = Limits::max();
  CHECK(math::exp(inf) == inf);
  CHECK(math::exp(huge) == inf);
  CHECK(math::exp(T(is_float<T> ? 88.73 : 709.79)) == inf);
  CHECK(math::exp(-inf) == 0);
  CHECK(math::exp(-huge) == 0);
  CHECK(math::exp(T(0)) == 1);
  CHECK(math::exp(T(-0.0)) == 1);
  CHECK(math::exp(tiny) == 1);
  CHECK(std::isnan(math::exp(nan)));

  CHECK(math::exp_nonpositive(-inf) == 0);
  CHECK(math::exp_nonpositive(T(0)) == 1);
  CHECK(std::isnan(math::exp_nonpositive(nan)));

  CHECK(math::expm1_nonpositive(-inf) == -1);
  CHECK(math::expm1_nonpositive(-tiny) == -tiny);
  CHECK(math::expm1_nonpositive(-Limits::min()) == -Limits::min());
  CHECK(std::signbit(math::expm1_nonpositive(T(-0.0))));
  CHECK(std::isnan(math::expm1_nonpositive(nan)));

  CHECK(math::log(T(0)) == -inf);
  CHECK(math::log(T(-0.0)) == -inf);
  CHECK(math::log(inf) == inf);
  CHECK(math::log(T(1)) == 0);
  CHECK(std::isnan(math::log(T(-1))));
  CHECK(std::isnan(math::log(-tiny)));
  CHECK(std::isnan(math::log(-inf)));
  CHECK(std::isnan(math::log(nan)));

  CHECK(math::log1p(tiny) == tiny);
  CHECK(math::log1p(T(0)) == 0);
  CHECK(std::isnan(math::log1p(nan)));

  for (const T sign : {T(1), T(-1)}) {
    CHECK(math::tanh(sign * inf) == sign);
    CHECK(math::tanh(sign * huge) == sign);
    CHECK(math::tanh(sign * tiny) == sign * tiny);
    CHECK(std::signbit(math::tanh(sign * T(0))) == (sign < 0));
  }
  CHECK(std::isnan(math::tanh(nan)));
}
