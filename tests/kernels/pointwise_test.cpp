#include "gradus/kernels/pointwise.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <random>

#include "catch.hpp"
#include "gradus/base/error.hpp"
#include "gradus/kernels/architecture.hpp"
#include "gradus/kernels/parallel.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/ops/pointwise_op.hpp"
#include "gradus/tensor/tensor.hpp"

using namespace gradus;
using kernels::ChainStep;

namespace {

/// p + 3 q - r, in an order that tells the operands apart.
template <class T>
void mix(Index n, T* y, const T* const* x, T number) {
  for (Index i = 0; i < n; ++i) y[i] = x[0][i] + number * x[1][i] - x[2][i];
}

template <class T>
void twice(Index n, T* y, const T* const* x, T) {
  for (Index i = 0; i < n; ++i) y[i] = 2 * x[0][i];
}

template <class T>
Tensor<T> numbers(const Shape& shape, int start) {
  Tensor<T> x(shape);
  for (Index i = 0; i < x.elements(); ++i) x[i] = static_cast<T>((start + 7 * i) % 1009);
  return x;
}

/// x broadcast to `shape`, by definition.
template <class T>
std::vector<T> spread(const Tensor<T>& x, const Shape& shape) {
  const auto stride = broadcast_strides(x.shape(), shape);
  std::vector<T> y(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < y.size(); ++i) {
    auto rest = static_cast<Index>(i);
    Index from = 0;
    for (int axis = shape.rank(); axis-- > 0;) {
      from += rest % shape[axis] * stride[static_cast<std::size_t>(axis)];
      rest /= shape[axis];
    }
    y[i] = x[from];
  }
  return y;
}

struct Threads {
  explicit Threads(int n) : before(kernels::threads()) { kernels::set_threads(n); }
  ~Threads() { kernels::set_threads(before); }
  int before;
};

struct Case {
  Shape y, a, b, c;
};

const std::vector<Case> cases{
    {{}, {}, {}, {}},
    {{1, 1}, {1}, {}, {1, 1}},
    {{7}, {7}, {}, {1}},
    {{32, 10}, {32, 10}, {10}, {32, 1}},
    {{131, 10}, {10}, {131, 1}, {}},
    {{3, 784}, {784}, {3, 784}, {3, 1}},
    {{2, 1300}, {2, 1}, {1300}, {2, 1300}},
    {{123, 1, 457}, {123, 1, 457}, {457}, {123, 1, 1}},
    {{4, 3, 5, 6}, {3, 1, 6}, {4, 1, 5, 1}, {5, 6}},
    {{4, 3, 5, 6}, {4, 3, 1, 1}, {1, 3, 5, 6}, {4, 1, 1, 6}},
    {{5, 400, 3}, {400, 1}, {5, 1, 3}, {3}},
    {{600, 1}, {600, 1}, {1, 1}, {600, 1}},
    {{2, 3, 1}, {3, 1}, {2, 1, 1}, {2, 3, 1}},
    {{0, 5}, {5}, {0, 1}, {}},
};

/// y = 2 * mix(a, b, 2c) in three steps; `expected` by definition.
template <class T>
struct Trial {
  explicit Trial(const Case& shapes)
      : a(numbers<T>(shapes.a, 1)),
        b(numbers<T>(shapes.b, 2)),
        c(numbers<T>(shapes.c, 3)),
        y(shapes.y),
        x{View<const T>{a.data(), &a.shape()}, View<const T>{b.data(), &b.shape()},
          View<const T>{c.data(), &c.shape()}} {
    const auto p = spread(a, shapes.y), q = spread(b, shapes.y), r = spread(c, shapes.y);
    for (std::size_t i = 0; i < p.size(); ++i) expected.push_back(2 * (p[i] + 3 * q[i] - 2 * r[i]));
    std::fill(y.begin(), y.end(), std::numeric_limits<T>::quiet_NaN());
  }
  View<T> result() { return {y.data(), &y.shape()}; }

  Tensor<T> a, b, c, y;
  std::array<View<const T>, 3> x;
  std::array<ChainStep<T>, 3> steps{ChainStep<T>{twice<T>, 0, {2}},
                                    ChainStep<T>{mix<T>, 3, {0, 1, ~0}},
                                    ChainStep<T>{twice<T>, 0, {~1}}};
  std::vector<T> expected;
};

}  // namespace

TEMPLATE_TEST_CASE("chains broadcast their operands", "[kernels]", float, double) {
  for (const int threads : {1, 4}) {
    const Threads guard(threads);
    for (const Case& shapes : cases) {
      INFO(to_string(shapes.y) << " with " << to_string(shapes.a) << ", " << to_string(shapes.b)
                               << ", " << to_string(shapes.c) << " and " << threads << " threads");
      Trial<TestType> t(shapes);
      kernels::chain<TestType>(t.steps, t.x, t.result(), 1e4);
      CHECK(std::vector<TestType>(t.y.begin(), t.y.end()) == t.expected);
    }
  }
}

TEMPLATE_TEST_CASE("a chain may write over its operands", "[kernels]", float, double) {
  for (const Case& shapes : cases) {
    for (const int over : {0, 1, 2}) {
      Trial<TestType> t(shapes);
      const View<const TestType> x = t.x[static_cast<std::size_t>(over)];
      if (*x.shape != shapes.y) continue;
      INFO(to_string(shapes.y) << " over operand " << over);
      kernels::chain<TestType>(t.steps, t.x, {const_cast<TestType*>(x.data), x.shape}, 1);
      CHECK(std::vector<TestType>(x.data, x.data + x.elements()) == t.expected);
    }
  }
}

TEMPLATE_TEST_CASE("blocks of a chain make the whole", "[kernels]", float, double) {
  for (const Case& shapes : cases) {
    if (shapes.y.elements() == 0) continue;
    const Index width = shapes.y.rank() == 0 ? 1 : shapes.y[shapes.y.rank() - 1];
    const Index height = shapes.y.elements() / width;
    for (const Index high : {Index{1}, Index{3}, height}) {
      for (const Index wide : {Index{4}, Index{600}, width}) {
        INFO(to_string(shapes.y) << " in blocks of " << high << " x " << wide);
        Trial<TestType> t(shapes);
        for (Index row = 0; row < height; row += high) {
          for (Index column = 0; column < width; column += wide) {
            kernels::chain_block<TestType>(t.steps, t.x, t.result(), row,
                                           std::min(high, height - row), column,
                                           std::min(wide, width - column));
          }
        }
        CHECK(std::vector<TestType>(t.y.begin(), t.y.end()) == t.expected);
      }
    }
  }
}

TEST_CASE("a chain keeps results that later steps need", "[kernels]") {
  // Step i adds 3 x - step i/2 to step i-1: many results live at the same time.
  constexpr int n = static_cast<int>(kernels::max_chain_steps);
  const Tensor<double> x = numbers<double>({1111}, 5);
  Tensor<double> y({1111});
  std::vector<ChainStep<double>> steps{{twice<double>, 0, {0}}};
  for (std::int32_t i = 1; i < n; ++i) steps.push_back({mix<double>, 3, {~(i - 1), 0, ~(i / 2)}});
  const View<const double> operand{x.data(), &x.shape()};
  kernels::chain<double>(steps, {&operand, 1}, {y.data(), &y.shape()}, 1);
  Index wrong = 0;
  for (Index k = 0; k < x.elements(); ++k) {
    std::vector<double> r{2 * x[k]};
    for (std::size_t i = 1; i < n; ++i) r.push_back(r[i - 1] + 3 * x[k] - r[i / 2]);
    wrong += y[k] != r.back();
  }
  CHECK(wrong == 0);

  steps.push_back(steps.back());
  CHECK_THROWS_AS(kernels::chain<double>(steps, {&operand, 1}, {y.data(), &y.shape()}, 1), Error);
  CHECK_THROWS_AS(kernels::chain<double>({}, {&operand, 1}, {y.data(), &y.shape()}, 1), Error);
}

namespace {

template <class T>
std::vector<T> hard_numbers() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> x{0,
                   T(-0.0),
                   1,
                   -1,
                   T(0.5),
                   Limits::infinity(),
                   -Limits::infinity(),
                   Limits::quiet_NaN(),
                   Limits::min(),
                   -Limits::min(),
                   Limits::denorm_min(),
                   Limits::max(),
                   Limits::lowest(),
                   Limits::epsilon()};
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  while (x.size() < 2049) x.push_back(static_cast<T>(normal(random) * std::exp(normal(random))));
  return x;
}

template <class T>
std::vector<T> all_at_once(const PointwiseOp& op, const std::vector<T>& x, Index piece) {
  std::vector<T> y(x.size());
  for (Index first = 0; first < static_cast<Index>(x.size()); first += piece) {
    const auto last = std::min(first + piece, static_cast<Index>(x.size()));
    // The other operands go round in steps of their own, so that each piece sees the same.
    std::vector<T> b, c;
    for (Index i = first; i < last; ++i) {
      b.push_back(x[static_cast<std::size_t>((i * 5 + 1) % 1000)]);
      c.push_back(x[static_cast<std::size_t>((i * 7 + 2) % 1000)]);
    }
    const T* const operands[] = {x.data() + first, b.data(), c.data()};
    op.strip(T{})(last - first, y.data() + first, operands, T(0.3));
  }
  return y;
}

/// The same bits; any NaN is like any other.
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (std::memcmp(&a[i], &b[i], sizeof(T)) != 0) return false;
  }
  return a.size() == b.size();
}

}  // namespace

TEMPLATE_TEST_CASE("every op has the same bits on every architecture, wherever strips are cut",
                   "[kernels][ops]", float, double) {
  const std::string before(kernels::name(kernels::architecture()));
  const std::vector<TestType> x = hard_numbers<TestType>();
  for (const Op* op : all_ops()) {
    const auto* pointwise = dynamic_cast<const PointwiseOp*>(op);
    CHECK((pointwise != nullptr) == op->pointwise());
    if (pointwise == nullptr) continue;
    REQUIRE(kernels::set_architecture("baseline"));
    const std::vector<TestType> expected = all_at_once(*pointwise, x, 1);
    for (const char* architecture : {"baseline", "avx2", "avx512"}) {
      if (!kernels::set_architecture(architecture)) continue;
      for (const Index piece : {1, 7, 33, 512, 5000}) {
        INFO(op->name() << " on " << architecture << " in pieces of " << piece);
        CHECK(same(all_at_once(*pointwise, x, piece), expected));
      }
    }
  }
  kernels::set_architecture(before);
}

TEST_CASE("parallel_for covers every index once", "[kernels]") {
  const Threads guard(5);
  for (const Index count : {0, 1, 2, 4, 5, 6, 1001}) {
    std::vector<int> seen(static_cast<std::size_t>(count));
    kernels::parallel_for(count, 1e6, [&](Index first, Index last) {
      for (Index i = first; i < last; ++i) ++seen[static_cast<std::size_t>(i)];
    });
    CHECK(seen == std::vector<int>(static_cast<std::size_t>(count), 1));
  }
}
