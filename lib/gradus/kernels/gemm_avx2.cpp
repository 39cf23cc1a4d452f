#include "gradus/kernels/gemm_arch.hpp"

#if !defined(__AVX2__) || !defined(__FMA__)
#error "compile this file with -mavx2 -mfma"
#endif

// 16 registers: 4 x 3 accumulators, 3 vectors of B, one element of A. Two multiply-adds a cycle
// that take four or five cycles each want 8 to 10 independent sums; there are 12.
#define GRADUS_ARCH_NAME avx2
#define GRADUS_VECTOR_BYTES 32
#define GRADUS_TILE_ROWS 4
#define GRADUS_TILE_VECTORS 3
#include "gradus/kernels/gemm_loops.inl"

namespace gradus::kernels::detail {
const GemmArchitecture* gemm_avx2() { return &avx2::architecture; }
}  // namespace gradus::kernels::detail
