#pragma once

#include <cstdint>
#include <string_view>

namespace gradus::kernels {

/// What a product may do besides.
template <class T>
struct GemmExtras {
  /// Called once for each block of C, by the thread that made it, when its sums are complete and it
  /// is still in the cache: rows [row, row + rows), columns [column, column + columns) of C. The
  /// blocks cover C; none overlap. What is done with an element must not depend on how C is cut.
  /// Must neither throw nor call gemm().
  void (*finish)(const void* context, std::int64_t row, std::int64_t rows, std::int64_t column,
                 std::int64_t columns) = nullptr;
  const void* context = nullptr;

  /// For an A that is mostly zeros: leaves out what is multiplied by zeros alone, where it lies so
  /// that leaving it out saves time. Those are terms p of all sums, where column p of op(A) is
  /// zero, and, if beta == 1, rows of op(A) that are zero: their rows of C stay as they are. The
  /// results are the same (a zero's sign aside), unless B has an infinity or a NaN there, which
  /// times zero would have made a NaN.
  bool skip_zeros = false;
};

/// C = alpha * op(A) op(B) + beta * C, all matrices row-major.
///
/// op(X) is X, or its transpose when transpose_x is set. op(A) is m x k, op(B) is k x n, C is m x
/// n. lda, ldb and ldc are the distances, in elements, between the rows of the matrices as stored:
/// a transposed A is stored k x m, so its lda is at least m. C must overlap neither A nor B.
///
/// As in every BLAS, beta == 0 overwrites C (a NaN in it does not survive), and when alpha == 0 or
/// k == 0, A and B are not read and C = beta * C.
///
/// The same call gives the same bits for any number of threads (see threads.hpp), but not across
/// architectures: they group the terms of a sum differently, and the baseline has no fused
/// multiply-add.
///
/// Throws InputError for a negative size or a row distance shorter than the row.
/// Instantiated for float and double.
template <class T>
void gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
          T alpha, const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
          std::int64_t ldc, const GemmExtras<T>& extras = {});

extern template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, float, const float*,
                          std::int64_t, const float*, std::int64_t, float, float*, std::int64_t,
                          const GemmExtras<float>&);
extern template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, double,
                          const double*, std::int64_t, const double*, std::int64_t, double, double*,
                          std::int64_t, const GemmExtras<double>&);

/// Which micro-kernel gemm() uses: "avx512", "avx2" or "baseline". Without a choice, the best that
/// the CPU can run; the environment variable GRADUS_ARCH names another one.
std::string_view gemm_architecture();

/// Makes gemm() use another micro-kernel, for tests and benchmarks. Returns false, and changes
/// nothing, if the name is unknown, the CPU cannot run it, or this build does not have it.
bool set_gemm_architecture(std::string_view name);

}  // namespace gradus::kernels
