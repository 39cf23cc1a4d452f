// Eigen's matrix product behind the names of a BLAS, so that gradus_bench can open it like the
// others. Compiled with -march=native: Eigen chooses its instructions when it is compiled.

#include <Eigen/Dense>

namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using View = Eigen::Map<T, Eigen::Unaligned, Eigen::OuterStride<>>;

template <class T>
void gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const T* a, int lda, const T* b,
          int ldb, T* c, int ldc) {
  const View<const Matrix<T>> x(a, transpose_a ? k : m, transpose_a ? m : k,
                                Eigen::OuterStride<>(lda));
  const View<const Matrix<T>> y(b, transpose_b ? n : k, transpose_b ? k : n,
                                Eigen::OuterStride<>(ldb));
  View<Matrix<T>> z(c, m, n, Eigen::OuterStride<>(ldc));
  if (transpose_a && transpose_b) {
    z.noalias() = x.transpose() * y.transpose();
  } else if (transpose_a) {
    z.noalias() = x.transpose() * y;
  } else if (transpose_b) {
    z.noalias() = x * y.transpose();
  } else {
    z.noalias() = x * y;
  }
}

}  // namespace

extern "C" {

// alpha is 1 and beta 0 in all that gradus_bench measures.
void cblas_sgemm(int, int ta, int tb, int m, int n, int k, float, const float* a, int lda,
                 const float* b, int ldb, float, float* c, int ldc) {
  gemm(ta == 112, tb == 112, m, n, k, a, lda, b, ldb, c, ldc);
}

void cblas_dgemm(int, int ta, int tb, int m, int n, int k, double, const double* a, int lda,
                 const double* b, int ldb, double, double* c, int ldc) {
  gemm(ta == 112, tb == 112, m, n, k, a, lda, b, ldb, c, ldc);
}

}  // extern "C"
