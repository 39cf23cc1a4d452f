// From three loops to the micro-kernel: one product, C = A B, written in five ways. Without an
// argument the program compares their results; `matmul time` also measures them.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include "gradus/kernels/gemm.hpp"
#include "gradus/kernels/threads.hpp"

namespace {

// Square matrices, row after row. 960 is a multiple of every block below, which keeps them short.
constexpr int n = 960;

// [three-loops]
/// Each element of C is a row of A times a column of B.
void three_loops(const float* a, const float* b, float* c) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      float sum = 0;
      for (int p = 0; p < n; ++p) sum += a[i * n + p] * b[p * n + j];
      c[i * n + j] = sum;
    }
  }
}
// [row-order]
/// The same loops in another order: rows of B are added up in a row of C.
void row_order(const float* a, const float* b, float* c) {
  std::fill(c, c + n * n, 0.0f);
  for (int i = 0; i < n; ++i) {
    for (int p = 0; p < n; ++p) {
      const float x = a[i * n + p];
      for (int j = 0; j < n; ++j) c[i * n + j] += x * b[p * n + j];
    }
  }
}
// [registers]
constexpr int rows = 4, cols = 8;  // a tile of C

/// One tile of C, kept in registers while all of A's and B's elements pass by.
void tile(const float* a, int a_row, int a_step, const float* b, int b_step, int depth, float* c) {
  using Vector [[gnu::vector_size(16)]] = float;  // four lanes: what every x86-64 has
  constexpr int vectors = cols / 4;
  Vector sum[rows][vectors] = {};
  for (int p = 0; p < depth; ++p) {
    Vector row[vectors];
    std::memcpy(row, b + p * b_step, sizeof row);
#pragma GCC unroll 4
    for (int i = 0; i < rows; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < vectors; ++j) sum[i][j] += a[i * a_row + p * a_step] * row[j];
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < rows; ++i) {
    Vector old[vectors];
    std::memcpy(old, c + i * n, sizeof old);
#pragma GCC unroll 4
    for (int j = 0; j < vectors; ++j) old[j] += sum[i][j];
    std::memcpy(c + i * n, old, sizeof old);
  }
}

void registers(const float* a, const float* b, float* c) {
  std::fill(c, c + n * n, 0.0f);
  for (int j = 0; j < n; j += cols) {
    for (int i = 0; i < n; i += rows) tile(a + i * n, n, 1, b + j, n, n, c + i * n + j);
  }
}
// [packing]
constexpr int depth = 240;  // a block of k: what is packed of it stays in the caches

/// The same tiles, reading copies of A and B that lie in the order in which they are read.
void packing(const float* a, const float* b, float* c) {
  std::fill(c, c + n * n, 0.0f);
  std::vector<float> packed_a(n * depth), panel(depth * cols);
  for (int p = 0; p < n; p += depth) {
    for (int i = 0; i < n; ++i) {
      for (int q = 0; q < depth; ++q) {
        const int place = (i / rows * depth + q) * rows + i % rows;
        packed_a[static_cast<std::size_t>(place)] = a[i * n + p + q];
      }
    }
    for (int j = 0; j < n; j += cols) {
      for (int q = 0; q < depth; ++q) {
        std::copy_n(b + (p + q) * n + j, cols, panel.data() + q * cols);
      }
      for (int i = 0; i < n; i += rows) {
        tile(packed_a.data() + i * depth, 1, rows, panel.data(), cols, depth, c + i * n + j);
      }
    }
  }
}
// [gradus]
/// The kernel in use: wide registers and fused multiply-adds where the processor has them.
void gradus_gemm(const float* a, const float* b, float* c) {
  gradus::kernels::gemm<float>(false, false, n, n, n, 1, a, n, b, n, 0, c, n);
}
// [end]

struct Step {
  const char* name;
  void (*multiply)(const float*, const float*, float*);
};
constexpr Step steps[] = {{"three loops", three_loops},
                          {"row order", row_order},
                          {"registers", registers},
                          {"packing", packing},
                          {"gradus", gradus_gemm}};

/// The best of several turns, in 10^9 operations a second.
double gflops(const Step& step, const float* a, const float* b, float* c) {
  double best = 0;
  for (int turn = 0; turn < 5; ++turn) {
    const auto start = std::chrono::steady_clock::now();
    step.multiply(a, b, c);
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    best = std::max(best, 2e-9 * n * n * n / time.count());
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const bool timed = argc > 1 && std::string_view(argv[1]) == "time";
  gradus::kernels::set_threads(1);
  // Small whole numbers, so that no sum is rounded: the five must agree to the last bit.
  std::vector<float> a(n * n), b(n * n), first(n * n), c(n * n);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<float>(i * 7 % 11) - 5;
    b[i] = static_cast<float>(i * 5 % 13) - 6;
  }
  three_loops(a.data(), b.data(), first.data());
  for (const Step& step : steps) {
    std::fill(c.begin(), c.end(), 1e30f);
    step.multiply(a.data(), b.data(), c.data());
    std::printf("%-11s %s", step.name, c == first ? "agrees" : "DIFFERS");
    if (timed) std::printf("  %6.2f GFLOP/s", gflops(step, a.data(), b.data(), c.data()));
    std::printf("\n");
  }
}
