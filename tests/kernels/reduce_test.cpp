#include "gradus/kernels/reduce.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "gradus/base/random.hpp"
#include "gradus/kernels/architecture.hpp"
#include "gradus/kernels/threads.hpp"
#include "ops/reference.hpp"

using namespace gradus;

namespace {

Tensor<float> uniform(const Shape& shape) {
  Random random(9);
  Tensor<float> x(shape);
  for (float& v : x) v = static_cast<float>(random.uniform());
  return x;
}

Tensor<float> sum(const Tensor<float>& x, unsigned mask) {
  const Shape shape = reduced(x.shape(), mask, false);
  Tensor<float> y(shape, 7.0f);
  kernels::sum<float>({x.data(), &x.shape()}, mask, {y.data(), &shape});
  return y;
}

}  // namespace

TEST_CASE("long sums lose little, and have one order", "[kernels]") {
  const int threads = kernels::threads();
  for (const Shape& shape :
       {Shape{1'000'003}, Shape{3, 70'001}, Shape{501, 7, 33}, Shape{20, 3, 5, 701}}) {
    const Tensor<float> x = uniform(shape);
    const reference::Array exact(x);
    for (unsigned mask = 1; mask < 1u << shape.rank(); ++mask) {
      INFO(to_string(shape) << " mask " << mask);
      kernels::set_threads(1);
      const Tensor<float> y = sum(x, mask);
      const auto wanted = reference::sum(exact, mask, false);
      for (Index i = 0; i < y.elements(); ++i) {
        // Pairwise: log2(n / 16) + 64 additions at most, of which few round the same way. One long
        // running sum of a million numbers would be off by 1e-4 and more.
        const auto want = static_cast<double>(wanted.elements[static_cast<std::size_t>(i)]);
        CHECK_THAT(y[i], Catch::Matchers::WithinRel(want, 4e-6));
      }
      for (const int n : {2, 3, 8}) {
        kernels::set_threads(n);
        CHECK(sum(x, mask) == y);
      }
    }
  }
  kernels::set_threads(threads);
}

namespace {

using Reduction = std::function<void(View<const float>, Tensor<float>&)>;

Reduction over(void (*kernel)(View<const float>, unsigned, View<float>), unsigned mask) {
  return [=](View<const float> x, Tensor<float>& y) {
    y = Tensor<float>(reduced(*x.shape, mask, false));
    kernel(x, mask, {y.data(), &y.shape()});
  };
}

Reduction along(void (*kernel)(View<const float>, int, View<float>), int axis, bool reduces) {
  return [=](View<const float> x, Tensor<float>& y) {
    y = Tensor<float>(reduces ? reduced(*x.shape, 1u << axis, false) : *x.shape);
    kernel(x, axis, {y.data(), &y.shape()});
  };
}

const std::vector<std::pair<std::string, Reduction>> reductions{
    {"sum of rows", over(kernels::sum<float>, 2)},
    {"sum of columns", over(kernels::sum<float>, 1)},
    {"sum", over(kernels::sum<float>, 3)},
    {"max of rows", over(kernels::max<float>, 2)},
    {"max of columns", over(kernels::max<float>, 1)},
    {"max", over(kernels::max<float>, 3)},
    {"argmax", along(kernels::argmax<float>, 1, true)},
    {"argmax of columns", along(kernels::argmax<float>, 0, true)},
    {"softmax", along(kernels::softmax<float>, 1, false)},
    {"softmax of columns", along(kernels::softmax<float>, 0, false)},
    {"log_softmax", along(kernels::log_softmax<float>, 1, false)},
    {"log_softmax of columns", along(kernels::log_softmax<float>, 0, false)},
};

}  // namespace

TEST_CASE("reductions have the same bits on every architecture, with any number of threads",
          "[kernels]") {
  const std::string before(kernels::name(kernels::architecture()));
  const int threads = kernels::threads();
  for (const Shape& shape : {Shape{128, 10}, Shape{3, 1000}, Shape{130, 401}, Shape{700, 3}}) {
    const Tensor<float> x = uniform(shape);
    for (const auto& [name, reduction] : reductions) {
      REQUIRE(kernels::set_architecture("baseline"));
      kernels::set_threads(1);
      Tensor<float> expected, seen;
      reduction({x.data(), &shape}, expected);
      for (const char* architecture : {"baseline", "avx2", "avx512"}) {
        if (!kernels::set_architecture(architecture)) continue;
        for (const int n : {1, 2, 5}) {
          INFO(name << " of " << to_string(shape) << " on " << architecture << ", threads " << n);
          kernels::set_threads(n);
          reduction({x.data(), &shape}, seen);
          CHECK(seen == expected);
        }
      }
    }
  }
  kernels::set_threads(threads);
  kernels::set_architecture(before);
}

TEST_CASE("the largest of a long row is found wherever it is, and so is a NaN", "[kernels]") {
  const Shape shape{1, 203}, row{1};
  const Tensor<float> numbers = uniform(shape);
  for (Index at = 0; at < shape[1]; ++at) {
    for (const float value : {2.0f, std::numeric_limits<float>::quiet_NaN()}) {
      INFO(value << " at " << at);
      Tensor<float> x = numbers;
      x[at] = value;
      if (at + 30 < shape[1]) x[at + 30] = 2;  // the first of two, or behind a NaN
      Tensor<float> top(row), place(row), y(shape);
      kernels::max<float>({x.data(), &shape}, 2, {top.data(), &row});
      kernels::argmax<float>({x.data(), &shape}, 1, {place.data(), &row});
      CHECK(place[0] == static_cast<float>(at));
      CHECK((std::isnan(value) ? std::isnan(top[0]) : top[0] == value));
      kernels::softmax<float>({x.data(), &shape}, 1, {y.data(), &shape});
      CHECK(std::isnan(y[0]) == std::isnan(value));
      CHECK(std::isnan(y[202]) == std::isnan(value));
    }
  }
}

TEST_CASE("softmax of rows of any length is right to the last digits", "[kernels]") {
  for (const Index n : {1, 2, 10, 63, 64, 100, 511, 512, 513, 2000}) {
    const Shape shape{37, n};
    Tensor<float> x = uniform(shape);
    for (float& v : x) v = 60 * (v - 0.5f);
    const reference::Array exact(x);
    Tensor<float> y(shape), log_y(shape);
    kernels::softmax<float>({x.data(), &shape}, 1, {y.data(), &shape});
    kernels::log_softmax<float>({x.data(), &shape}, 1, {log_y.data(), &shape});
    const auto wanted = reference::softmax(exact, 1, false);
    const auto log_wanted = reference::softmax(exact, 1, true);
    double worst = 0, log_worst = 0;
    for (Index i = 0; i < y.elements(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      const auto want = static_cast<double>(wanted.elements[k]);
      const auto log_want = static_cast<double>(log_wanted.elements[k]);
      worst = std::max(worst, std::abs(static_cast<double>(y[i]) / want - 1));
      log_worst = std::max(log_worst, std::abs(static_cast<double>(log_y[i]) - log_want));
    }
    INFO("rows of " << n);
    CHECK(worst < 5e-6);      // x - max is up to 60, with a rounding error of 2e-6
    CHECK(log_worst < 5e-6);  // of up to 60, too
  }
}
