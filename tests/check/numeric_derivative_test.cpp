#include "gradus/check/numeric_derivative.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"

using namespace gradus;

namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

Measured measure_at(double x, const LossAlong& f) {
  const double y = f(x);
  return measure(f, {x, y, 4 * eps * std::abs(y)}, 0);  // 0: the whole ladder
}

struct Case {
  const char* name;
  double x;
  LossAlong f;
  double derivative;
};

}  // namespace

TEST_CASE("measured derivatives are as near as their uncertainty says", "[check]") {
  const std::vector<Case> cases{
      {"exp", 1.0, [](double x) { return std::exp(x); }, std::exp(1.0)},
      {"sin far out", 1e4, [](double x) { return std::sin(x); }, std::cos(1e4)},
      {"fast sine", 0.3, [](double x) { return std::sin(100 * x); }, 100 * std::cos(30.0)},
      {"log near 0", 1e-5, [](double x) { return std::log(x); }, 1e5},
      {"log very near 0", 1e-12, [](double x) { return std::log(x); }, 1e12},
      {"sqrt near 0", 1e-9, [](double x) { return std::sqrt(x); }, 0.5 / std::sqrt(1e-9)},
      {"1/x near 0", 1e-8, [](double x) { return 1 / x; }, -1e16},
      {"1/x near 0, from the left", -1e-3, [](double x) { return 1 / x; }, -1e6},
      {"large x", 1e8, [](double x) { return x * x; }, 2e8},
      {"x^3 at 0", 0.0, [](double x) { return x * x * x; }, 0},
      {"x^2 at 0", 0.0, [](double x) { return x * x; }, 0},
      {"tiny beside 1", 0.5, [](double x) { return 1 + 1e-9 * x; }, 1e-9},
      {"relu beside its kink", 1e-6, [](double x) { return std::max(x, 0.0); }, 1},
      {"relu beside its kink, 0", -1e-6, [](double x) { return 1 + std::max(x, 0.0); }, 0},
  };
  for (const Case& c : cases) {
    const Measured measured = measure_at(c.x, c.f);
    INFO(c.name << " at " << c.x << ": " << measured.value << " +- " << measured.uncertainty);
    CHECK_FALSE(measured.kink);
    CHECK(std::abs(measured.value - c.derivative) <=
          measured.uncertainty + 4 * eps * std::abs(c.derivative));
    CHECK(measured.uncertainty <= 1e-3 * std::abs(c.derivative) + 1e-7);
  }
}

TEST_CASE("kinks are seen, with the derivatives of both sides", "[check]") {
  struct Kink {
    const char* name;
    LossAlong f;
    double left, right;
  };
  const std::vector<Kink> kinks{
      {"relu", [](double x) { return std::max(x, 0.0); }, 0, 1},
      {"abs", [](double x) { return std::abs(x); }, -1, 1},
      {"beside a large loss", [](double x) { return 100 + x + std::max(x, 0.0); }, 1, 2},
      {"bent", [](double x) { return std::max(std::sin(x), 3 * x) + std::exp(x); }, 2, 4},
      {"slight", [](double x) { return 1 + x + 1e-3 * std::abs(x); }, 0.999, 1.001},
  };
  for (const Kink& k : kinks) {
    const Measured measured = measure_at(0, k.f);
    INFO(k.name);
    CHECK(measured.kink);
    CHECK_THAT(measured.left, Catch::Matchers::WithinAbs(k.left, 1e-4));
    CHECK_THAT(measured.right, Catch::Matchers::WithinAbs(k.right, 1e-4));
  }
}

TEST_CASE("a function that is not finite on both sides has no measured derivative", "[check]") {
  CHECK(std::isnan(measure_at(0, [](double x) { return std::sqrt(x); }).value));
  CHECK(std::isnan(measure_at(-1, [](double x) { return std::log(x); }).value));
}

TEST_CASE("steps are exact", "[check]") {
  for (const double x : {0.1, -0.1, 1.0, -1.0, 0.9999999, -3.7e5, 1e-9, 0.0}) {
    double before = 0;
    double after = 0;
    const Slopes s = slopes(
        [&](double at) {
          (at < x ? before : after) = at;
          return at;
        },
        {x, x, 0}, central_step(x));
    INFO(x);
    CHECK(after - x == s.step);
    CHECK(x - before == s.step);
    CHECK(s.central() == 1.0);
  }
}

TEST_CASE("noise is measured where terms cancel", "[check]") {
  const auto noise_of = [](const LossAlong& f) {
    return evaluation_noise([&](double i) { return f(0.3 + i * noise_spacing(0.3)); });
  };
  const double small = noise_of([](double x) { return std::sin(x); });
  const double large = noise_of([](double x) { return (std::sin(x) + 1e6) - 1e6; });
  CHECK(small < 2 * eps);
  CHECK(large > 1e5 * eps);
  CHECK(large < 1e7 * eps);
  CHECK(noise_of([](double) { return 1.0; }) == 0);
  CHECK(noise_of([](double) { return std::nan(""); }) == 0);
}
