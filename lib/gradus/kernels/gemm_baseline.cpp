// For every CPU: no compiler flags of its own. On x86-64 this is SSE2, on 64-bit ARM it is NEON.
#include "gradus/kernels/gemm_arch.hpp"

// 16 registers of 4 floats: 4 x 2 accumulators, 2 vectors of B, and room for an element of A and
// the products, because SSE2 has no fused multiply-add.
#define GRADUS_ARCH_NAME baseline
#define GRADUS_VECTOR_BYTES 16
#define GRADUS_TILE_ROWS 4
#define GRADUS_TILE_VECTORS 2
#include "gradus/kernels/gemm_loops.inl"

namespace gradus::kernels::detail {
const GemmArchitecture* gemm_baseline() { return &baseline::architecture; }
}  // namespace gradus::kernels::detail
