#include "gradus/kernels/gemm_arch.hpp"

#if !defined(__AVX512F__) || !defined(__AVX512VL__) || !defined(__AVX512DQ__) || !defined(__FMA__)
#error "compile this file with -mavx512f -mavx512vl -mavx512dq -mfma"
#endif

// 32 registers: 8 x 3 or 6 x 4 accumulators, 3 or 4 vectors of B, one element of A. Two
// multiply-adds a cycle that take four cycles each want at least 8 independent sums; 24 also keep
// the loads (3 + 8 or 4 + 6 for 24 multiply-adds) well below the two a cycle that the CPU can do.
#define GRADUS_ARCH_NAME avx512
#define GRADUS_VECTOR_BYTES 64
#define GRADUS_TILE_ROWS 8
#define GRADUS_TILE_VECTORS 3
#include "gradus/kernels/gemm_loops.inl"

namespace gradus::kernels::detail {
const GemmArchitecture* gemm_avx512() { return &avx512::architecture; }
}  // namespace gradus::kernels::detail
