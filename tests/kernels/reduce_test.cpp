#include "gradus/kernels/reduce.hpp"

#include <cmath>

#include "catch.hpp"
#include "gradus/base/random.hpp"
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
