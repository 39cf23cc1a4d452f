// What gemm.cpp and the files compiled once per architecture know of each other. Internal.
//
// Those files are compiled with instructions that the running CPU may lack. If one of them emitted
// an inline function that others emit too, the linker could keep its copy for the whole program. So
// nothing here, and nothing they include, has a function with a body.
#pragma once

#include <cstdint>

namespace gradus::kernels::detail {

/// The arguments of gemm(), checked: m, n, k > 0. The last three are its GemmExtras.
template <class T>
struct GemmCall {
  bool transpose_a, transpose_b;
  std::int64_t m, n, k;
  T alpha;
  const T* a;
  std::int64_t lda;
  const T* b;
  std::int64_t ldb;
  T beta;
  T* c;
  std::int64_t ldc;
  void (*finish)(const void*, std::int64_t, std::int64_t, std::int64_t, std::int64_t);
  const void* context;
  bool skip_zeros;
};

/// Which of the threads that work on one call this one is.
struct Team {
  int rank, size;
  void* arrivals;     ///< of last()
  void wait() const;  ///< until every thread of the team is here
  /// Whether all others have been here: true for one thread. Once in a call.
  bool last() const;
};

template <class T>
struct GemmKernel {
  /// The number of elements of scratch memory that run() needs.
  std::int64_t (*workspace)(const GemmCall<T>& call, int threads);
  /// Does one thread's share of the call. The workspace is shared by the team, aligned to 64 bytes.
  void (*run)(const GemmCall<T>& call, T* workspace, Team team);
};

struct GemmArchitecture {
  const char* name;
  GemmKernel<float> f32;
  GemmKernel<double> f64;
};

/// Each from its own file, gemm_NAME.cpp. The first two exist on x86-64 only.
const GemmArchitecture* gemm_avx512();
const GemmArchitecture* gemm_avx2();
const GemmArchitecture* gemm_baseline();

}  // namespace gradus::kernels::detail
