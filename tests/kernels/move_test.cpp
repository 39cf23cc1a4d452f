#include "gradus/kernels/move.hpp"

#include "catch.hpp"
#include "gradus/kernels/threads.hpp"

using namespace gradus;

TEST_CASE("copies by strides: transposed, repeated, backwards", "[kernels]") {
  const int threads = kernels::threads();
  kernels::set_threads(3);
  const Shape shape{301, 203};
  Tensor<double> x(shape), y(Shape{203, 301});
  for (Index i = 0; i < x.elements(); ++i) x[i] = static_cast<double>(i);
  kernels::copy<double>(y.shape(), {x.data(), {1, 203}}, {y.data(), {301, 1}});
  Index wrong = 0;
  for (Index i = 0; i < 203; ++i) {
    for (Index j = 0; j < 301; ++j) wrong += y[i * 301 + j] != x[j * 203 + i];
  }
  CHECK(wrong == 0);
  kernels::set_threads(threads);

  const Tensor<float> few(Shape{3}, {1.f, 2.f, 3.f});
  Tensor<float> out(Shape{2, 3});
  kernels::copy<float>(out.shape(), {few.data(), {0, 1}}, {out.data(), {3, 1}});
  CHECK(out == Tensor<float>(Shape{2, 3}, {1.f, 2.f, 3.f, 1.f, 2.f, 3.f}));
  kernels::copy<float>(Shape{3}, {few.data() + 2, {-1}}, {out.data(), {2}});
  CHECK(out == Tensor<float>(Shape{2, 3}, {3.f, 2.f, 2.f, 1.f, 1.f, 3.f}));
  kernels::copy<float>(Shape{}, {few.data() + 1, {}}, {out.data(), {}});
  CHECK(out[0] == 2);
  kernels::copy<float>(Shape{0, 3}, {nullptr, {}}, {nullptr, {}});
}
