#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "catch.hpp"
#include "gradus/kernels/gemm.hpp"
#include "gradus/kernels/threads.hpp"
#include "kernels/restore.hpp"

namespace {

using gradus::kernels::gemm;
using gradus::kernels::gemm_architecture;
using gradus::kernels::GemmExtras;
using gradus::kernels::set_gemm_architecture;
using gradus::kernels::set_threads;
using gradus::test::Restore;

template <class T>
struct Case {
  bool ta, tb;
  std::int64_t m, n, k;
  std::vector<T> a, b, c;

  Case(bool transpose_a, bool transpose_b, std::int64_t m_, std::int64_t n_, std::int64_t k_)
      : ta(transpose_a), tb(transpose_b), m(m_), n(n_), k(k_) {
    std::minstd_rand random(static_cast<unsigned>(m * 31 + n * 17 + k + 1));
    for (auto [x, size] : {std::pair{&a, m * k}, {&b, k * n}, {&c, m * n}}) {
      x->resize(static_cast<std::size_t>(size));
      for (T& element : *x) element = static_cast<T>(random()) / T(2e9) - T(0.5);
    }
  }
  T& a_at(std::int64_t i, std::int64_t p) {
    return a[static_cast<std::size_t>(ta ? p * m + i : i * k + p)];
  }
  T& b_at(std::int64_t p, std::int64_t j) {
    return b[static_cast<std::size_t>(tb ? j * k + p : p * n + j)];
  }
  void run(T alpha, T beta, std::vector<T>& result, const GemmExtras<T>& extras = {}) const {
    gemm<T>(ta, tb, m, n, k, alpha, a.data(), ta ? m : k, b.data(), tb ? k : n, beta, result.data(),
            n, extras);
  }
  std::vector<T> product(T alpha, T beta, bool skip_zeros) const {
    std::vector<T> result = c;
    GemmExtras<T> extras;
    extras.skip_zeros = skip_zeros;
    run(alpha, beta, result, extras);
    return result;
  }
};

/// Calls check(product) for all forms, architectures and 1, 2, 3 and 8 threads.
template <class T, class Check>
void for_each_way(std::int64_t m, std::int64_t n, std::int64_t k, const Check& check) {
  const Restore restore;
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      for (const char* architecture : {"baseline", "avx2", "avx512"}) {
        if (!set_gemm_architecture(architecture)) continue;
        for (const int threads : {1, 2, 3, 8}) {
          set_threads(threads);
          INFO(architecture << (ta ? " T" : " N") << (tb ? "T " : "N ") << m << "x" << n << "x" << k
                            << " on " << threads << " threads");
          Case<T> product(ta, tb, m, n, k);
          check(product);
        }
      }
    }
  }
}

template <class T>
bool same_bits(const std::vector<T>& x, const std::vector<T>& y) {
  return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(T)) == 0;
}

using Sizes = std::tuple<std::int64_t, std::int64_t, std::int64_t>;  // m, n, k

/// Thin ones, C^T, a k in several blocks, columns in several blocks, shared rows, columns and
/// terms.
const std::vector<Sizes> shapes{{1, 1, 1},       {1, 400, 784}, {400, 1, 784},  {784, 400, 1},
                                {1, 784, 10},    {32, 10, 400}, {400, 10, 5},   {784, 16, 40},
                                {211, 197, 300}, {5, 3100, 7},  {130, 3079, 9}, {13, 1601, 270},
                                {100, 16, 784},  {17, 600, 301}};

}  // namespace

TEMPLATE_TEST_CASE("finish sees every element of C once, when it is done", "[kernels][gemm]", float,
                   double) {
  using T = TestType;
  struct Seen {
    std::int64_t m, n;
    std::vector<T>* c;
    std::vector<std::atomic<int>> times;
    std::atomic<bool> inside{true};
  };
  const auto check = [](const Case<T>& product) {
    for (const auto& [alpha, beta] : {std::pair<T, T>{1, 0}, {T(0.7), 1}, {0, 2}}) {
      std::vector<T> expected = product.product(alpha, beta, false);
      std::vector<T> got = product.c;
      Seen seen{product.m, product.n, &got, std::vector<std::atomic<int>>(got.size())};
      GemmExtras<T> extras;
      extras.context = &seen;
      extras.finish = [](const void* context, std::int64_t row, std::int64_t rows,
                         std::int64_t column, std::int64_t columns) {
        auto& s = *static_cast<Seen*>(const_cast<void*>(context));
        if (row < 0 || column < 0 || rows < 1 || columns < 1 || row + rows > s.m ||
            column + columns > s.n) {
          s.inside = false;
          return;
        }
        for (std::int64_t i = row; i < row + rows; ++i) {
          for (std::int64_t j = column; j < column + columns; ++j) {
            const auto at = static_cast<std::size_t>(i * s.n + j);
            ++s.times[at];
            (*s.c)[at] = T(3) - (*s.c)[at];  // what is added afterwards would show
          }
        }
      };
      product.run(alpha, beta, got, extras);
      CHECK(seen.inside);
      CHECK(
          std::all_of(seen.times.begin(), seen.times.end(), [](int times) { return times == 1; }));
      for (T& x : expected) x = T(3) - x;
      CHECK(same_bits(got, expected));
    }
  };
  for (const auto& [m, n, k] : shapes) for_each_way<T>(m, n, k, check);
}

TEMPLATE_TEST_CASE("finish is called where there is no product", "[kernels][gemm]", float, double) {
  using T = TestType;
  int calls = 0;
  GemmExtras<T> extras;
  extras.context = &calls;
  extras.finish = [](const void* context, std::int64_t, std::int64_t rows, std::int64_t,
                     std::int64_t columns) {
    ++*static_cast<int*>(const_cast<void*>(context));
    CHECK(rows == 2);
    CHECK(columns == 3);
  };
  std::vector<T> c(6, T(5));
  gemm<T>(false, false, 2, 3, 0, 1, nullptr, 0, nullptr, 3, 0, c.data(), 3, extras);
  CHECK(calls == 1);
  CHECK(c == std::vector<T>(6, T(0)));
  gemm<T>(false, false, 0, 3, 4, 1, nullptr, 4, c.data(), 3, 0, c.data(), 3, extras);
  gemm<T>(false, false, 2, 0, 4, 1, c.data(), 4, nullptr, 0, 0, c.data(), 0, extras);
  CHECK(calls == 1);
}

TEMPLATE_TEST_CASE("skipping zeros changes no result", "[kernels][gemm]", float, double) {
  using T = TestType;
  // How much of the stored A's columns stays, and in what pieces.
  struct Pattern {
    std::int64_t period, live;
  };
  for (const auto& [period, live] : {Pattern{1, 1}, Pattern{1, 0}, Pattern{28, 20}, Pattern{5, 1},
                                     Pattern{2, 1}, Pattern{90, 3}, Pattern{30, 29}}) {
    const auto check = [period = period, live = live](Case<T>& product) {
      for (std::int64_t i = 0; i < product.m; ++i) {
        for (std::int64_t p = 0; p < product.k; ++p) {
          if ((product.ta ? i : p) % period < live) continue;
          product.a_at(i, p) = p % 2 == 0 ? T(0) : -T(0);
        }
      }
      INFO("of " << period << " columns, " << live << " are not zero");
      for (const auto& [alpha, beta] : {std::pair<T, T>{1, 0}, {T(-0.3), 1}, {1, T(0.5)}}) {
        const std::vector<T> expected = product.product(alpha, beta, false);
        const std::vector<T> got = product.product(alpha, beta, true);
        CHECK(got == expected);
        if (period == live) CHECK(same_bits(got, expected));
      }
    };
    for (const auto& [m, n, k] :
         {Sizes{1, 40, 270}, Sizes{1, 7, 300}, Sizes{260, 33, 1}, Sizes{9, 20, 560},
          Sizes{280, 400, 6}, Sizes{131, 49, 35}, Sizes{97, 10, 300}}) {
      for_each_way<T>(m, n, k, check);
    }
  }
}

TEMPLATE_TEST_CASE("what is multiplied by zeros alone is not read", "[kernels][gemm]", float,
                   double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const auto count_nan = [](const std::vector<T>& x) {
    return std::count_if(x.begin(), x.end(), [](T y) { return y != y; });
  };
  SECTION("terms") {
    const auto check = [&](Case<T>& product) {
      if (product.ta) return;
      for (std::int64_t p = 0; p < product.k; ++p) {
        if (p % 4 == 1) continue;
        for (std::int64_t i = 0; i < product.m; ++i) product.a_at(i, p) = 0;
        for (std::int64_t j = 0; j < product.n; ++j) product.b_at(p, j) = nan;
      }
      CHECK(count_nan(product.product(1, 0, false)) == product.m * product.n);
      if (product.m > 1 || !product.tb) CHECK(count_nan(product.product(1, 0, true)) == 0);
    };
    // Of few columns, with more than one row, all is read: to look for zeros would take longer.
    for (const auto& [m, n, k] : {Sizes{1, 400, 200}, Sizes{1, 10, 30}, Sizes{32, 50, 300},
                                  Sizes{130, 450, 270}, Sizes{16, 70, 100}}) {
      for_each_way<T>(m, n, k, check);
    }
  }
  // (A transposed A with few columns is computed as C^T, which skips no rows.)
  SECTION("rows, where C is added to") {
    const auto check = [&](Case<T>& product) {
      if (!product.ta) return;
      for (std::int64_t i = product.m / 2; i < product.m; ++i) {
        for (std::int64_t p = 0; p < product.k; ++p) product.a_at(i, p) = 0;
      }
      std::fill(product.b.begin(), product.b.end(), nan);
      CHECK(count_nan(product.product(1, 1, true)) == product.m / 2 * product.n);
      CHECK(count_nan(product.product(1, T(0.5), true)) == product.m * product.n);
    };
    for (const auto& [m, n, k] :
         {Sizes{784, 40, 1}, Sizes{256, 400, 32}, Sizes{768, 36, 20}, Sizes{128, 60, 270}}) {
      for_each_way<T>(m, n, k, check);
    }
  }
}
