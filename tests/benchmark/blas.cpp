#include "blas.hpp"

#include <dlfcn.h>
#include <omp.h>

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <type_traits>

namespace benchmark {

namespace {

/// The function `name` of the library; null if it has none.
template <class Function>
Function find(void* library, const char* name) {
  return reinterpret_cast<Function>(dlsym(library, name));
}

/// The file behind a short name, as Debian and Ubuntu call it.
std::string file_of(const std::string& name) {
  static const std::map<std::string, std::string> files{
      {"openblas", "libopenblas.so.0"},
      {"blis", "libblis.so.4"},
      {"onednn", "libdnnl.so.2"},
      {"eigen", BENCHMARK_EIGEN},
  };
  const auto file = files.find(name);
  return file == files.end() ? name : file->second;
}

}  // namespace

std::optional<Blas> Blas::open(const std::string& name, int threads) {
  omp_set_num_threads(threads);  // heeded by oneDNN and Eigen
  // BLIS reads its number of threads when it is opened.
  setenv("BLIS_NUM_THREADS", std::to_string(threads).c_str(), 1);
  void* const library = dlopen(file_of(name).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;

  Blas blas;
  blas.name_ = name.substr(name.rfind('/') + 1);
  blas.kernel_ = "unnamed";
  blas.onednn_ = find<Onednn>(library, "dnnl_sgemm");
  blas.cblas_f32_ = find<Cblas<float>>(library, "cblas_sgemm");
  blas.cblas_f64_ = find<Cblas<double>>(library, "cblas_dgemm");
  if (!blas.can(float()) && !blas.can(double())) {
    throw std::invalid_argument(name + " has no cblas_sgemm, cblas_dgemm or dnnl_sgemm");
  }

  if (const auto set = find<void (*)(int)>(library, "openblas_set_num_threads")) set(threads);
  if (const auto core = find<const char* (*)()>(library, "openblas_get_corename")) {
    blas.kernel_ = core();
  }
  const auto arch = find<int (*)()>(library, "bli_arch_query_id");
  if (const auto text = find<const char* (*)(int)>(library, "bli_arch_string"); text && arch) {
    blas.kernel_ = text(arch());
  }
  if (const auto isa = find<int (*)()>(library, "dnnl_get_effective_cpu_isa")) {
    blas.kernel_ = "isa" + std::to_string(isa());
  }
  return blas;
}

namespace {

// A row-major product by a cblas function: 101 is row-major, 111 plain, 112 transposed.
template <class T, class Function>
void call_cblas(Function* function, bool transpose_a, bool transpose_b, std::int64_t m,
                std::int64_t n, std::int64_t k, T alpha, const T* a, std::int64_t lda, const T* b,
                std::int64_t ldb, T beta, T* c, std::int64_t ldc) {
  const auto narrow = [](std::int64_t x) { return static_cast<int>(x); };
  function(101, transpose_a ? 112 : 111, transpose_b ? 112 : 111, narrow(m), narrow(n), narrow(k),
           alpha, a, narrow(lda), b, narrow(ldb), beta, c, narrow(ldc));
}

}  // namespace

void Blas::gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
                float alpha, const float* a, std::int64_t lda, const float* b, std::int64_t ldb,
                float beta, float* c, std::int64_t ldc) const {
  if (onednn_ != nullptr) {
    onednn_(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta,
            c, ldc);
    return;
  }
  call_cblas(cblas_f32_, transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void Blas::gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
                double alpha, const double* a, std::int64_t lda, const double* b, std::int64_t ldb,
                double beta, double* c, std::int64_t ldc) const {
  call_cblas(cblas_f64_, transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

}  // namespace benchmark
