#include "gradus/kernels/gemm.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "gradus/base/error.hpp"
#include "gradus/kernels/threads.hpp"
#include "kernels/restore.hpp"

namespace {

using gradus::kernels::gemm;
using gradus::kernels::gemm_architecture;
using gradus::kernels::set_gemm_architecture;
using gradus::kernels::set_threads;
using gradus::kernels::threads;
using gradus::test::Restore;

std::vector<std::string> available_architectures() {
  const Restore restore;
  std::vector<std::string> names;
  for (const char* name : {"baseline", "avx2", "avx512"}) {
    if (set_gemm_architecture(name)) names.emplace_back(name);
  }
  return names;
}

/// A matrix inside a larger one: `gap` elements after each row and a margin before and after it
/// all, filled with a value that must be neither used nor changed.
template <class T>
struct Guarded {
  static constexpr std::int64_t margin = 64;
  std::int64_t rows, cols, step;
  T outside;
  std::vector<T> memory;

  Guarded(std::int64_t r, std::int64_t c, std::int64_t gap, T guard)
      : rows(r),
        cols(c),
        step(c + gap),
        outside(guard),
        memory(static_cast<std::size_t>(r * step + 2 * margin), guard) {}

  T* data() { return memory.data() + margin; }
  T& at(std::int64_t i, std::int64_t j) { return data()[i * step + j]; }
  bool guards_intact() const {
    for (std::int64_t at = 0; at < static_cast<std::int64_t>(memory.size()); ++at) {
      const std::int64_t inside = at - margin;
      if (inside >= 0 && inside < rows * step && inside % step < cols) continue;
      if (std::memcmp(&memory[static_cast<std::size_t>(at)], &outside, sizeof(T)) != 0)
        return false;
    }
    return true;
  }
};

/// A product to test and what it should be, from a triple loop in a wider type.
template <class T>
struct Product {
  using Wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;
  bool ta, tb;
  std::int64_t m, n, k;
  Guarded<T> a, b, c;
  std::vector<Wide> sum, magnitude;  // op(A) op(B), and |op(A)| |op(B)|

  Product(bool transpose_a, bool transpose_b, std::int64_t m_, std::int64_t n_, std::int64_t k_,
          std::int64_t gap = 3)
      : ta(transpose_a),
        tb(transpose_b),
        m(m_),
        n(n_),
        k(k_),
        // NaN in the gaps of A and B: one that is read shows up in C.
        a(ta ? k : m, ta ? m : k, gap, std::numeric_limits<T>::quiet_NaN()),
        b(tb ? n : k, tb ? k : n, gap + 2, std::numeric_limits<T>::quiet_NaN()),
        c(m, n, gap + 4, T(-77)) {
    std::minstd_rand random(static_cast<unsigned>(m * 31 + n * 17 + k + 1));
    const auto draw = [&](Guarded<T>& x) {
      for (std::int64_t i = 0; i < x.rows; ++i) {
        for (std::int64_t j = 0; j < x.cols; ++j)
          x.at(i, j) = static_cast<T>(random()) / T(2e9) - T(0.5);
      }
    };
    draw(a), draw(b), draw(c);
    multiply();
  }

  void multiply() {
    sum.assign(static_cast<std::size_t>(m * n), 0);
    magnitude = sum;
    for (std::int64_t i = 0; i < m; ++i) {
      for (std::int64_t p = 0; p < k; ++p) {
        const Wide x = ta ? a.at(p, i) : a.at(i, p);
        for (std::int64_t j = 0; j < n; ++j) {
          const Wide y = tb ? b.at(j, p) : b.at(p, j);
          sum[static_cast<std::size_t>(i * n + j)] += x * y;
          magnitude[static_cast<std::size_t>(i * n + j)] += std::abs(x * y);
        }
      }
    }
  }

  Guarded<T> run(T alpha, T beta) {
    Guarded<T> result = c;
    gemm<T>(ta, tb, m, n, k, alpha, a.data(), a.step, b.data(), b.step, beta, result.data(),
            result.step);
    return result;
  }

  /// What is wrong with gemm's answer; empty when all is well.
  ///
  /// The bound: a sum of k products, in any order, fused or not, is off by at most k u / (1 - k u)
  /// times the sum of magnitudes (Higham, Accuracy and Stability of Numerical Algorithms,
  /// section 3.1), u = epsilon / 2. Cutting k into blocks adds one rounding a block, alpha and beta
  /// three. With epsilon for u, (k + 8) epsilon covers them.
  std::string verdict(T alpha, T beta) {
    Guarded<T> result = run(alpha, beta);
    if (!result.guards_intact()) return "wrote outside C";
    for (std::int64_t i = 0; i < m; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        const auto at = static_cast<std::size_t>(i * n + j);
        const Wide old = beta == 0 ? Wide(0) : Wide(beta) * Wide(c.at(i, j));
        const Wide product = alpha == 0 ? Wide(0) : Wide(alpha) * sum[at];
        const Wide expected = product + old, got = result.at(i, j);
        const Wide bound = static_cast<Wide>(k + 8) * std::numeric_limits<T>::epsilon() *
                           (std::abs(alpha) * magnitude[at] + std::abs(old));
        const bool right = std::isnan(expected)   ? std::isnan(got)
                           : std::isinf(expected) ? got == expected
                                                  : std::abs(got - expected) <= bound;
        if (!right) {
          return std::to_string(got) + " for " + std::to_string(expected) + " at " +
                 std::to_string(i) + ", " + std::to_string(j);
        }
      }
    }
    return {};
  }
};

template <class T, class Check>
void for_each_form_and_architecture(std::int64_t m, std::int64_t n, std::int64_t k,
                                    const Check& check, std::int64_t gap = 3) {
  const Restore restore;
  static const std::vector<std::string> architectures = available_architectures();
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      Product<T> product(ta, tb, m, n, k, gap);
      for (const std::string& architecture : architectures) {
        REQUIRE(set_gemm_architecture(architecture));
        INFO(architecture << (ta ? " T" : " N") << (tb ? "T " : "N ") << m << "x" << n << "x" << k);
        check(product);
      }
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("gemm agrees with a triple loop", "[kernels][gemm]", float, double) {
  using T = TestType;
  const auto check = [](Product<T>& product) {
    using Factors = std::pair<T, T>;
    for (const auto& [alpha, beta] : {Factors{1, 0}, Factors{1, 1}, Factors{T(-0.5), 0},
                                      Factors{T(0.7), T(-0.5)}, Factors{0, 0}, Factors{0, 2}}) {
      INFO("alpha " << alpha << " beta " << beta);
      CHECK(product.verdict(alpha, beta) == "");
    }
  };
  SECTION("around the tile, MR x NR, of each architecture") {
    for (const std::int64_t m : {0, 1, 3, 4, 5, 8, 13}) {
      for (const std::int64_t n : {0, 1, 2, 7, 12, 16, 25, 48, 49}) {
        for (const std::int64_t k : {0, 1, 5, 17}) {
          for_each_form_and_architecture<T>(m, n, k, check);
        }
      }
    }
  }
  SECTION("around the block sizes, and where packing starts") {
    using Sizes = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
    for (const auto& [m, n, k] :
         {Sizes{67, 101, 31}, Sizes{131, 17, 5}, Sizes{259, 11, 3}, Sizes{3, 5, 257},
          Sizes{9, 53, 521}, Sizes{2, 3079, 3}, Sizes{70, 3079, 2}, Sizes{129, 197, 7},
          Sizes{33, 20, 1025}, Sizes{72, 192, 16}, Sizes{32, 10, 128}, Sizes{128, 10, 32},
          Sizes{1, 1, 1000}, Sizes{1, 1100, 6}, Sizes{1100, 1, 6}, Sizes{1, 37, 300},
          Sizes{37, 1, 300}, Sizes{97, 89, 1}}) {
      for_each_form_and_architecture<T>(m, n, k, check);
    }
  }
  SECTION("few columns, whose terms are grouped") {
    for (const std::int64_t m : {8, 13, 31}) {
      for (const std::int64_t n : {2, 8, 9, 12, 13, 16, 17}) {
        for (const std::int64_t k : {31, 32, 33, 34, 35}) {
          for_each_form_and_architecture<T>(m, n, k, check);
        }
      }
    }
    for_each_form_and_architecture<T>(530, 16, 37, check);
    for_each_form_and_architecture<T>(11, 10, 1203, check);
    for_each_form_and_architecture<T>(65, 64, 33, check);
    for_each_form_and_architecture<T>(65, 32, 33, check);
  }
  SECTION("one row, or one term, and few columns") {
    for (const std::int64_t n : {2, 4, 8, 10, 16, 18, 20, 32, 33}) {
      for_each_form_and_architecture<T>(1, n, 131, check);
      for_each_form_and_architecture<T>(1, n, 131, check, 0);
      for_each_form_and_architecture<T>(9, n, 1, check);
      for_each_form_and_architecture<T>(9, n, 1, check, 0);
    }
  }
  SECTION("rows without gaps") {
    for (const std::int64_t m : {1, 8, 29}) {
      for (const std::int64_t n : {1, 48, 61}) {
        for_each_form_and_architecture<T>(m, n, 40, check, 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("gemm gives the same bits for any number of threads", "[kernels][gemm]", float,
                   double) {
  using T = TestType;
  const auto check = [](Product<T>& product) {
    set_threads(1);
    const std::vector<T> expected = product.run(T(0.7), T(-0.3)).memory;
    for (const int count : {2, 3, 8}) {
      set_threads(count);
      const std::vector<T> got = product.run(T(0.7), T(-0.3)).memory;
      INFO(count << " threads");
      CHECK(std::memcmp(got.data(), expected.data(), expected.size() * sizeof(T)) == 0);
    }
  };
  for_each_form_and_architecture<T>(211, 197, 300, check);  // rows are shared
  for_each_form_and_architecture<T>(13, 3201, 270, check);  // columns are shared
  for_each_form_and_architecture<T>(96, 600, 301, check);   // where B is packed, too
  for_each_form_and_architecture<T>(1300, 16, 300, check);  // few of them
  for_each_form_and_architecture<T>(300, 10, 1300, check);
  for_each_form_and_architecture<T>(100, 16, 784, check);  // the terms are shared
  for_each_form_and_architecture<T>(41, 13, 515, check);
  for_each_form_and_architecture<T>(1, 3001, 301, check);  // matrix-vector
  for_each_form_and_architecture<T>(3001, 1, 301, check);
}

TEMPLATE_TEST_CASE("gemm and values that are not finite", "[kernels][gemm]", float, double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  for (const std::int64_t m : {1, 5, 9}) {
    for (const std::int64_t n : {1, 11, 50}) {
      const auto overwrite = [&](Product<T>& product) {
        product.c.at(0, 0) = nan;
        product.c.at(m - 1, n - 1) = nan;
        CHECK(product.verdict(T(1), T(0)) == "");
        CHECK(product.verdict(T(0), T(0)) == "");
        CHECK(product.verdict(T(1), T(1)) == "");
      };
      for_each_form_and_architecture<T>(m, n, 6, overwrite);
      // An infinity or a NaN spoils its row or column of C, and nothing that padding brought near
      // it.
      const auto spread = [&](Product<T>& product) {
        const auto set = [](Guarded<T>& x, bool last, T value) {
          x.at(last ? x.rows - 1 : 0, last ? x.cols - 1 : 0) = value;
        };
        for (const T value : {inf, -inf, nan}) {
          for (const bool last : {false, true}) {
            Product<T> copy = product;
            set(copy.a, last, value);
            copy.multiply();
            CHECK(copy.verdict(T(1), T(1)) == "");
            copy = product;
            set(copy.b, last, value);
            copy.multiply();
            CHECK(copy.verdict(T(1), T(0)) == "");
          }
        }
      };
      for_each_form_and_architecture<T>(m, n, 19, spread);
    }
  }
}

TEST_CASE("gemm refuses sizes that cannot be", "[kernels][gemm]") {
  float x[6] = {};
  CHECK_THROWS_AS(gemm<float>(false, false, -1, 2, 2, 1, x, 2, x, 2, 0, x, 2), gradus::InputError);
  CHECK_THROWS_AS(gemm<float>(false, false, 2, 2, 3, 1, x, 2, x, 2, 0, x, 2), gradus::InputError);
  CHECK_THROWS_AS(gemm<float>(true, false, 3, 2, 2, 1, x, 2, x, 2, 0, x, 2), gradus::InputError);
  CHECK_THROWS_AS(gemm<float>(false, true, 2, 2, 3, 1, x, 3, x, 2, 0, x, 2), gradus::InputError);
  CHECK_THROWS_AS(gemm<float>(false, false, 2, 3, 2, 1, x, 2, x, 3, 0, x, 2), gradus::InputError);
}

TEST_CASE("architectures and threads can be chosen", "[kernels][gemm]") {
  const Restore restore;
  CHECK(set_gemm_architecture("baseline"));
  CHECK(gemm_architecture() == "baseline");
  CHECK_FALSE(set_gemm_architecture("abacus"));
  CHECK(gemm_architecture() == "baseline");
  set_threads(3);
#ifdef _OPENMP
  CHECK(threads() == 3);
#else
  CHECK(threads() == 1);
#endif
  CHECK_THROWS_AS(set_threads(0), gradus::InputError);
  CHECK_THROWS_AS(set_threads(-2), gradus::InputError);
}
