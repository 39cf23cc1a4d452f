#pragma once

#include <cstdint>
#include <string_view>

namespace gradus::kernels {

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
          std::int64_t ldc);

extern template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, float, const float*,
                          std::int64_t, const float*, std::int64_t, float, float*, std::int64_t);
extern template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, double,
                          const double*, std::int64_t, const double*, std::int64_t, double, double*,
                          std::int64_t);

/// Which micro-kernel gemm() uses: "avx512", "avx2" or "baseline". Without a choice, the best that
/// the CPU can run; the environment variable GRADUS_ARCH names another one.
std::string_view gemm_architecture();

/// Makes gemm() use another micro-kernel, for tests and benchmarks. Returns false, and changes
/// nothing, if the name is unknown, the CPU cannot run it, or this build does not have it.
bool set_gemm_architecture(std::string_view name);

}  // namespace gradus::kernels
