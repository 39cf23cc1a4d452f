// The five loops around the micro-kernel, named as in BLISlab (Huang and van de Geijn, "BLISlab: A
// Sandbox for Optimizing GEMM", 2016). From the outside in:
//
//   loop 5   jc   NC columns of B and C
//   loop 4   pc   KC columns of A, rows of B       pack B: KC x NC, shared by all threads
//   loop 3   ic   MC rows of A and C               pack A: MC x KC, one for each thread
//   loop 2   jr   NR columns: one panel of B, in the L1 cache
//   loop 1   ir   MR rows: one panel of A, out of the L2 cache
//            micro-kernel: an MR x NR tile of C, in registers
//
// This file is compiled once per architecture, with the including file's compiler flags and its
//
//   GRADUS_ARCH_NAME      the namespace and the name
//   GRADUS_VECTOR_BYTES   of one SIMD register
//   GRADUS_TILE_ROWS      MR: a power of two
//   GRADUS_TILE_VECTORS   NR, counted in registers
//
// Everything is in an anonymous namespace, and of the standard library it uses types only: see
// gemm_arch.hpp for why.

#include <cstdint>
#include <utility>  // std::integer_sequence: a type

namespace gradus::kernels::GRADUS_ARCH_NAME {
namespace {

using detail::GemmCall;
using detail::Team;

struct Range {
  std::int64_t first, last;
};

constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
constexpr std::int64_t blocks(std::int64_t n, std::int64_t size) { return (n + size - 1) / size; }

/// One thread's share of 0 .. n, in whole units except at the end.
Range share(std::int64_t n, std::int64_t unit, Team team) {
  const std::int64_t units = blocks(n, unit);
  const std::int64_t each = units / team.size, more = units % team.size;
  const std::int64_t first = each * team.rank + smaller(team.rank, more);
  const std::int64_t last = first + each + (team.rank < more ? 1 : 0);
  return {smaller(first * unit, n), smaller(last * unit, n)};
}

#include "gradus/kernels/gemm_kernel.inl"
#include "gradus/kernels/gemm_vector.inl"

// The block sizes. None of them depends on the number of threads, and only KC affects the bits:
// where a sum over k is cut into blocks, it is rounded. For AVX-512, in bytes:
//
// KC: a panel of A (MR x KC) is 16 KiB, a third to a half of an L1 cache. A panel of B (KC x NR) is
//     96 KiB and streams past it from the L2 cache, at 16 bytes a cycle. A smaller KC lets B fit
//     into L1 instead, but each block of k reads and writes all of C again. Of 128, 172, 256, 384
//     and 512 floats, none stood out at 512 x 512 x 512; at m = 10000, n = 128, k = 784 each was
//     faster than the one before, and 128 a third slower than 512.
template <class T>
constexpr std::int64_t KC = 2048 / sizeof(T);
// MC: a block of A (MC x KC) is 64 KiB, a quarter of a small L2 cache (256 KiB), beside a panel of
//     B. Of 32, 64 and 128 rows 32 was fastest at 512 x 512 x 512: 128 took 5% longer in float and
//     20% in double.
constexpr std::int64_t MC = 32;
// NC: a block of B (KC x NC) is 6 MiB, in the L3 cache. A multiple of every NR.
constexpr std::int64_t NC = 3072;

/// How a call will be done, as far as it depends on the shape only.
template <class T>
struct Plan {
  bool pack_a, pack_b;
  std::int64_t kc, a_block, b_block;  // the depth of a block, and the elements of the packed blocks
};

template <class T>
Plan<T> make_plan(const GemmCall<T>& g) {
  // k is cut into equal parts, so that no part is too short to pay for updating C.
  const std::int64_t kc = blocks(g.k, blocks(g.k, KC<T>));
  // A packed panel of A is used for each panel of B, and the other way round. With few uses packing
  // does not pay, and the micro-kernel reads the matrix where it is. It needs contiguous rows of B.
  const bool pack_a = g.n > 4 * NR<T>;
  const bool pack_b = g.transpose_b || g.m > 8 * MR;
  const std::int64_t mc = smaller(MC, blocks(g.m, MR) * MR);
  const std::int64_t nc = smaller(NC, blocks(g.n, NR<T>) * NR<T>);
  return {pack_a, pack_b, kc, pack_a ? mc * kc : 0, (pack_b ? nc : NR<T>)*kc};
}

template <class T>
std::int64_t workspace(const GemmCall<T>& g, int threads) {
  const Plan<T> plan = make_plan(g);
  return plan.b_block + threads * plan.a_block;
}

template <class T>
void run(const GemmCall<T>& g, T* workspace, Team team) {
  if (run_vector(g, team)) return;

  constexpr int L = lanes<T>;
  const Plan<T> plan = make_plan(g);
  T* const packed_b = workspace;
  T* const packed_a = workspace + plan.b_block + team.rank * plan.a_block;
  // Element (i, p) of op(A) is a[i * a_row + p * a_step]; element (p, j) of op(B) likewise.
  const std::int64_t a_row = g.transpose_a ? 1 : g.lda, a_step = g.transpose_a ? g.lda : 1;
  const std::int64_t b_step = g.transpose_b ? 1 : g.ldb, b_col = g.transpose_b ? g.ldb : 1;
  // Threads share the rows of C if these make enough panels to go round, otherwise the columns.
  const bool by_rows = g.m / MR >= smaller(4 * team.size, g.n / NR<T>);
  const Range my_rows = by_rows ? share(g.m, MR, team) : Range{0, g.m};

  for (std::int64_t jc = 0; jc < g.n; jc += NC) {  // loop 5
    const std::int64_t nc = smaller(NC, g.n - jc);
    const Range my_cols = by_rows ? Range{0, nc} : share(nc, NR<T>, team);
    // Used in place, B still needs its last columns packed if they do not fill a vector.
    const std::int64_t first_packed = plan.pack_b ? 0 : nc % L == 0 ? nc : nc / NR<T> * NR<T>;

    for (std::int64_t pc = 0; pc < g.k; pc += plan.kc) {  // loop 4
      const std::int64_t kc = smaller(plan.kc, g.k - pc);
      const T* const b_block = g.b + pc * b_step + jc * b_col;
      if (first_packed < nc) {
        const Range mine = share(nc - first_packed, NR<T>, team);
        for (std::int64_t j = first_packed + mine.first; j < first_packed + mine.last; j += NR<T>) {
          const int cols = static_cast<int>(smaller(NR<T>, nc - j));
          pack_panel<T, L>(packed_b + (j - first_packed) * kc,
                           static_cast<int>(blocks(cols, L)) * L, cols, kc, b_block + j * b_col,
                           b_col, b_step);
        }
        team.wait();
      }

      for (std::int64_t ic = my_rows.first; ic < my_rows.last; ic += MC) {  // loop 3
        const std::int64_t mc = smaller(MC, my_rows.last - ic);
        const T* const a_block = g.a + ic * a_row + pc * a_step;
        if (plan.pack_a) {
          for (std::int64_t i = 0; i < mc; i += MR) {
            pack_panel<T, smaller(MR, L)>(packed_a + i * kc, MR,
                                          static_cast<int>(smaller(MR, mc - i)), kc,
                                          a_block + i * a_row, a_row, a_step);
          }
        }

        for (std::int64_t jr = my_cols.first; jr < my_cols.last; jr += NR<T>) {  // loop 2
          const int cols = static_cast<int>(smaller(NR<T>, nc - jr));
          const int vectors = static_cast<int>(blocks(cols, L));
          const bool packed = jr >= first_packed;
          const T* const b = packed ? packed_b + (jr - first_packed) * kc : b_block + jr * b_col;

          for (std::int64_t ir = 0; ir < mc; ir += MR) {  // loop 1
            const std::int64_t rows = smaller(MR, mc - ir);
            const Operands<T> in{plan.pack_a ? packed_a + ir * kc : a_block + ir * a_row,
                                 plan.pack_a ? 1 : a_row, plan.pack_a ? MR : a_step, b,
                                 packed ? vectors * L : b_step};
            // The first block of k applies beta, the others add to what is there.
            const Tile<T> out{g.alpha, pc == 0 ? g.beta : T{1}, g.c + (ic + ir) * g.ldc + jc + jr,
                              g.ldc, cols};
            micro_kernels<T>.at[rows - 1][vectors - 1](kc, in, out);
          }
        }
      }
      // Nobody packs the next block of B before all have used this one.
      const bool last_block = jc + NC >= g.n && pc + plan.kc >= g.k;
      if (first_packed < nc && !last_block) team.wait();
    }
  }
}

#define GRADUS_TEXT_(x) #x
#define GRADUS_TEXT(x) GRADUS_TEXT_(x)
constexpr detail::GemmArchitecture architecture{GRADUS_TEXT(GRADUS_ARCH_NAME),
                                                {workspace<float>, run<float>},
                                                {workspace<double>, run<double>}};
#undef GRADUS_TEXT
#undef GRADUS_TEXT_

}  // namespace
}  // namespace gradus::kernels::GRADUS_ARCH_NAME
