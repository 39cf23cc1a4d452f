#include "gradus/kernels/gemm.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <new>
#include <string>

#include "gradus/base/error.hpp"
#include "gradus/kernels/architecture.hpp"
#include "gradus/kernels/gemm_arch.hpp"
#include "gradus/kernels/threads.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif

namespace gradus::kernels {

namespace {

using detail::GemmArchitecture;
using detail::GemmCall;
using detail::GemmKernel;
using detail::Team;

const GemmArchitecture& gemm_for(Architecture architecture) {
  switch (architecture) {
#ifdef __x86_64__
    case Architecture::avx512:
      return *detail::gemm_avx512();
    case Architecture::avx2:
      return *detail::gemm_avx2();
#endif
    default:
      return *detail::gemm_baseline();
  }
}

template <class T>
const GemmKernel<T>& kernel_of(const GemmArchitecture& arch) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return arch.f32;
  } else {
    return arch.f64;
  }
}

/// Memory for packed blocks, kept between calls so that training allocates nothing after its first
/// step. One for each thread that calls gemm().
template <class T>
T* pack_buffer(std::int64_t size) {
  struct Free {
    void operator()(T* p) const { ::operator delete (p, std::align_val_t{64}); }
  };
  thread_local std::unique_ptr<T, Free> buffer;
  thread_local std::int64_t capacity = 0;
  if (size > capacity) {
    capacity = 0;
    buffer.reset();
    const std::size_t bytes = static_cast<std::size_t>(size) * sizeof(T);
    buffer.reset(static_cast<T*>(::operator new (bytes, std::align_val_t{64})));
    capacity = size;
  }
  return buffer.get();
}

/// How many threads are worth waking: one for each quarter of a million multiply-adds, where an
/// element read or written counts as two, because a matrix-vector product waits for memory. That
/// is 5 us at 100 GFLOP/s; it takes 1 us to open and close a parallel region whose threads spin.
template <class T>
int threads_for(const GemmCall<T>& g) {
  const int most = threads();
  if (most == 1) return 1;
  const double m = static_cast<double>(g.m), n = static_cast<double>(g.n);
  double k = static_cast<double>(g.k), rows = m;
  // One image: what is skipped is no work. (A row of A, or a column, that lies without gaps.)
  if (g.skip_zeros && m == 1 && (!g.transpose_a || g.lda == 1)) {
    k -= static_cast<double>(std::count(g.a, g.a + g.k, T{0}));
  } else if (g.skip_zeros && k == 1 && g.beta == 1 && (g.transpose_a || g.lda == 1)) {
    rows -= static_cast<double>(std::count(g.a, g.a + g.m, T{0}));
  }
  const double work = rows * n * k + 2 * (rows * k + k * n + rows * n);
  constexpr double work_per_thread = 1 << 18;
  return static_cast<int>(std::clamp(work / work_per_thread, 1.0, static_cast<double>(most)));
}

template <class T>
void scale(std::int64_t m, std::int64_t n, T beta, T* c, std::int64_t ldc) {
  for (std::int64_t i = 0; i < m; ++i) {
    T* row = c + i * ldc;
    if (beta == T{0}) {
      std::fill(row, row + n, T{0});
    } else {
      for (std::int64_t j = 0; j < n; ++j) row[j] *= beta;
    }
  }
}

void check(const char* name, const char* what, std::int64_t value, std::int64_t least) {
  if (value < least) {
    throw InputError("[gemm] " + std::string(name) + " is " + std::to_string(value) + ", but " +
                     what + " is at least " + std::to_string(least) + ".");
  }
}

}  // namespace

void detail::Team::wait() const {
#ifdef _OPENMP
  if (size > 1) {
#pragma omp barrier
  }
#endif
}

bool detail::Team::last() const {
  return size == 1 || ++*static_cast<std::atomic<int>*>(arrivals) == size;
}

template <class T>
void gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
          T alpha, const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
          std::int64_t ldc, const GemmExtras<T>& extras) {
  check("m", "a number of rows", m, 0);
  check("n", "a number of columns", n, 0);
  check("k", "the inner size", k, 0);
  check("lda", "the row distance of A as stored", lda, transpose_a ? m : k);
  check("ldb", "the row distance of B as stored", ldb, transpose_b ? k : n);
  check("ldc", "the row distance of C", ldc, n);
  if (m == 0 || n == 0) return;
  if (k == 0 || alpha == T{0}) {
    scale(m, n, beta, c, ldc);
    if (extras.finish != nullptr) extras.finish(extras.context, 0, m, 0, n);
    return;
  }

  const GemmCall<T> call{
      transpose_a,    transpose_b,      m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, extras.finish,
      extras.context, extras.skip_zeros};
  const GemmKernel<T>& kernel = kernel_of<T>(gemm_for(architecture()));
  const int team = threads_for(call);
  // Allocated here, because an exception must not leave a parallel region.
  T* const buffer = pack_buffer<T>(kernel.workspace(call, team));
#ifdef _OPENMP
  if (team > 1) {
    std::atomic<int> arrivals{0};
#pragma omp parallel num_threads(team)
    // OpenMP may give fewer threads than asked for.
    kernel.run(call, buffer, Team{omp_get_thread_num(), omp_get_num_threads(), &arrivals});
    return;
  }
#endif
  kernel.run(call, buffer, Team{0, 1, nullptr});
}

template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, float, const float*,
                   std::int64_t, const float*, std::int64_t, float, float*, std::int64_t,
                   const GemmExtras<float>&);
template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, double, const double*,
                   std::int64_t, const double*, std::int64_t, double, double*, std::int64_t,
                   const GemmExtras<double>&);

std::string_view gemm_architecture() { return name(architecture()); }

bool set_gemm_architecture(std::string_view name) { return set_architecture(name); }

}  // namespace gradus::kernels
