#include "gradus/kernels/pointwise.hpp"

#include "catch.hpp"
#include "gradus/kernels/parallel.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/tensor/tensor.hpp"
#include "ops/reference.hpp"

using namespace gradus;

TEST_CASE("loops merge the axes that operands walk as one", "[kernels]") {
  const Shape y{2, 3, 1, 4}, row{4}, column{3, 1, 1};
  using Nest = kernels::LoopNest<2>;
  CHECK(Nest(y, {&y, &y}).rank == 1);
  CHECK(Nest(y, {&y, &y}).extent[0] == 24);
  CHECK(Nest(y, {&y, &row}).rank == 2);
  CHECK(Nest(y, {&y, &column}).rank == 3);
  const Shape scalar;
  CHECK(Nest(y, {&scalar, &y}).rank == 1);
}

TEST_CASE("large broadcasts are right with threads and in place", "[kernels]") {
  const Shape shape{123, 1, 457}, row{457}, column{123, 1, 1};
  Tensor<double> y(shape), a(row), b(column);
  for (Index i = 0; i < a.elements(); ++i) a[i] = static_cast<double>(i);
  for (Index i = 0; i < b.elements(); ++i) b[i] = 1000.0 * static_cast<double>(i);
  const int threads = kernels::threads();
  kernels::set_threads(4);
  const auto f = [](double p, double q, double r) { return p + q + r; };
  for (int turn = 1; turn <= 2; ++turn) {  // y is operand and result
    kernels::pointwise<double>(
        f, View<double>{y.data(), &shape},
        std::array<View<const double>, 3>{View<const double>{y.data(), &shape},
                                          View<const double>{a.data(), &row},
                                          View<const double>{b.data(), &column}},
        100);
  }
  kernels::set_threads(threads);
  Index wrong = 0;
  for (Index i = 0; i < y.elements(); ++i) wrong += y[i] != 2 * (a[i % 457] + b[i / 457]);
  CHECK(wrong == 0);
}

TEST_CASE("parallel_for covers every index once", "[kernels]") {
  const int threads = kernels::threads();
  kernels::set_threads(5);
  for (const Index count : {0, 1, 2, 4, 5, 6, 1001}) {
    std::vector<int> seen(static_cast<std::size_t>(count));
    kernels::parallel_for(count, 1e6, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i) ++seen[static_cast<std::size_t>(i)];
    });
    CHECK(seen == std::vector<int>(static_cast<std::size_t>(count), 1));
  }
  kernels::set_threads(threads);
}
