/// Other people's matrix products, from shared libraries that are opened at run time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace benchmark {

/// A row-major product as in gradus::kernels::gemm, with alpha 1 and beta 0.
template <class T>
struct GemmCase {
  bool transpose_a, transpose_b;
  std::int64_t m, n, k;
  const T *a, *b;
  T* c;
  std::int64_t lda() const { return transpose_a ? m : k; }
  std::int64_t ldb() const { return transpose_b ? k : n; }
};

class Blas {
 public:
  /// Opens a library that has cblas_sgemm and cblas_dgemm, or oneDNN's dnnl_sgemm. `name` is
  /// openblas, blis, onednn, eigen, or a path. Nothing if it is not there; throws
  /// std::invalid_argument if it has no product.
  static std::optional<Blas> open(const std::string& name, int threads);

  const std::string& name() const { return name_; }
  const std::string& kernel() const { return kernel_; }  ///< what it chose for this processor
  bool can(float) const { return cblas_f32_ != nullptr || onednn_ != nullptr; }
  bool can(double) const { return cblas_f64_ != nullptr; }

  /// C = alpha * op(A) op(B) + beta * C, the arguments as of gradus::kernels::gemm. beta is 0 or 1.
  void gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
            float alpha, const float* a, std::int64_t lda, const float* b, std::int64_t ldb,
            float beta, float* c, std::int64_t ldc) const;
  void gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
            double alpha, const double* a, std::int64_t lda, const double* b, std::int64_t ldb,
            double beta, double* c, std::int64_t ldc) const;
  template <class T>
  void run(const GemmCase<T>& g) const {
    gemm(g.transpose_a, g.transpose_b, g.m, g.n, g.k, T(1), g.a, g.lda(), g.b, g.ldb(), T(0), g.c,
         g.n);
  }

 private:
  template <class T>
  using Cblas = void (*)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);
  using Onednn = int (*)(char, char, std::int64_t, std::int64_t, std::int64_t, float, const float*,
                         std::int64_t, const float*, std::int64_t, float, float*, std::int64_t);

  std::string name_, kernel_;
  Cblas<float> cblas_f32_ = nullptr;
  Cblas<double> cblas_f64_ = nullptr;
  Onednn onednn_ = nullptr;
};

}  // namespace benchmark
