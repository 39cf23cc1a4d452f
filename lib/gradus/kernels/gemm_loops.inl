// The five loops around the micro-kernel, named as in BLISlab (Huang and van de Geijn, "BLISlab: A
// Sandbox for Optimizing GEMM", 2016). From the outside in:
//
//   loop 5   jc   NC columns of B and C
//   loop 4   pc   KC columns of A, rows of B       pack B: KC x NC, each thread some of it
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
//   GRADUS_TILE_VECTORS   NR, counted in registers, where A is packed: see rows_of()
//
// Everything is in an anonymous namespace, and of the standard library it uses types only: see
// gemm_arch.hpp for why.

#include <cstdint>
#include <type_traits>  // std::conditional: a type
#include <utility>      // std::integer_sequence: a type

#ifdef __AVX512VL__
#include <immintrin.h>  // its functions are always inlined: none is emitted
#endif

namespace gradus::kernels::GRADUS_ARCH_NAME {
namespace {

#include "gradus/kernels/gemm_simd.inl"

using detail::GemmCall;
using detail::Team;

struct Range {
  std::int64_t first, last;
};

constexpr std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
/// How many blocks of `size` n takes. (Small products feel each division.)
constexpr std::int64_t blocks(std::int64_t n, std::int64_t size) {
  return n > 0 && n <= size ? 1 : size == 1 ? n : (n + size - 1) / size;
}

/// One thread's share of 0 .. n, in whole units except at the end.
Range share(std::int64_t n, std::int64_t unit, Team team) {
  if (team.size == 1) return {0, n};
  const std::int64_t units = blocks(n, unit);
  const std::int64_t each = units / team.size, more = units % team.size;
  const std::int64_t first = each * team.rank + smaller(team.rank, more);
  const std::int64_t last = first + each + (team.rank < more ? 1 : 0);
  return {smaller(first * unit, n), smaller(last * unit, n)};
}

/// Where part `i` of n equal parts of `total` begins.
constexpr std::int64_t cut(std::int64_t total, std::int64_t n, std::int64_t i) {
  return i == 0 ? 0 : i == n ? total : total * i / n;
}

/// Tells the caller that a block of C is done.
template <class T>
void finish(const GemmCall<T>& g, Range rows, Range columns) {
  if (g.finish == nullptr || rows.first >= rows.last || columns.first >= columns.last) return;
  g.finish(g.context, rows.first, rows.last - rows.first, columns.first,
           columns.last - columns.first);
}

#include "gradus/kernels/gemm_kernel.inl"
#include "gradus/kernels/gemm_pack.inl"

// These use what stands in those.
#include "gradus/kernels/gemm_combine.inl"
#include "gradus/kernels/gemm_thin.inl"
#include "gradus/kernels/gemm_zeros.inl"

// The block sizes. None of them depends on the number of threads, and only KC affects the bits:
// where a sum over k is cut into blocks, it is rounded. Measured in turns in one process, with
// AVX-512 and 2 MiB of L2 cache, at 128 x 784 x 400, its gradients, and squares of 256 to 1024:
//
// KC: with 256 floats a panel of B (KC x NR) is 48 KiB, about an L1 cache (64 KiB of four
//     registers), and one of A 8 KiB. 128, 256 and 512 floats were within 3% of each other; fewer
//     read and write C more often.
template <class T>
constexpr std::int64_t KC = 1024 / sizeof(T);
// Of long sums, whose C is large as a rule, twice as many terms, so that C comes from memory half
// as often: squares of 2048 are 6 to 10% faster, those of 512 would be slower.
template <class T>
constexpr std::int64_t deepest = 2 * KC<T>;
// MC: a block of A (MC x KC) is 96 KiB, part of a small L2 cache (256 KiB). 144 rows cost 3% at 512
//     and 1024, and gained nothing. A multiple of every number of rows of a tile.
constexpr std::int64_t MC = 96;
// NC: a block of B (KC x NC) is 3 MiB, in the L3 cache. A multiple of every NR.
constexpr std::int64_t NC = 3072;
// A block of C that is handed to the caller's finish(): columns enough that its rows are long, but
// part of the L2 cache.
template <class T>
constexpr std::int64_t finish_block = (256 << 10) / sizeof(T);

#include "gradus/kernels/gemm_narrow.inl"

/// How a call will be done, as far as it depends on the shape only.
template <class T>
struct Plan {
  // Element (i, p) of op(A) is a[i * a_row + p * a_step], (p, j) of op(B) is b[p * b_step + j *
  // b_col], and (i, j) of C is c[i * c_row + j * c_col].
  std::int64_t m, n;
  const T *a, *b;
  std::int64_t a_row, a_step, b_step, b_col, c_row, c_col;
  bool transposed;  // C^T = op(B)^T op(A)^T is what is computed
  bool pack_a, pack_b, skip_terms, skip_rows;
  int mr, nr;                         // rows and columns of a tile
  std::int64_t kc, a_block, b_block;  // the depth of a block, and the elements of the packed blocks
};

template <class T>
Plan<T> make_plan(const GemmCall<T>& g) {
  constexpr int L = lanes<T>;
  Plan<T> plan{g.m,
               g.n,
               g.a,
               g.b,
               g.transpose_a ? 1 : g.lda,
               g.transpose_a ? g.lda : 1,
               g.transpose_b ? 1 : g.ldb,
               g.transpose_b ? g.ldb : 1,
               g.ldc,
               1,
               false,
               false,
               false,
               false,
               false,
               MR,
               NR<T>,
               0,
               0,
               0};
  // With ten columns, six of sixteen lanes would idle, and with one register of them each load of A
  // serves one multiply-add. If A is stored transposed, its columns fill registers as they are: C^T
  // = op(B)^T op(A)^T, and each tile is transposed when it is stored.
  const std::int64_t vectors = blocks(g.n, L);
  const bool idle = vectors <= 2 && 4 * g.n <= 3 * vectors * L && g.m > g.n;
  if (g.transpose_a && (idle || (vectors == 1 && g.m >= NR<T>))) {
    plan = {g.n,  g.m,   g.b,   g.a,   plan.b_col, plan.b_step, plan.a_step, plan.a_row, 1, g.ldc,
            true, false, false, false, false,      MR,          NR<T>,       0,          0, 0};
  }
  // k is cut into equal parts, so that no part is too short to pay for updating C.
  plan.kc = blocks(g.k, blocks(g.k, g.k < 8 * KC<T> ? KC<T> : deepest<T>));
  // A packed panel of A is used for each panel of B, and the other way round. With few uses packing
  // does not pay, and the micro-kernel reads the matrix where it is. It needs contiguous rows of B.
  // Short rows of A lie close to each other as they are.
  plan.pack_a = plan.n > 8 * NR<T> && (plan.a_row == 1 || plan.kc >= 64);
  if (!plan.transposed && !plan.pack_a) {
    // As many rows as the widest panel leaves registers for.
    plan.nr = max_vectors * L;
    plan.mr = rows_of(static_cast<int>(blocks(vectors, blocks(vectors, max_vectors))));
  }
  plan.pack_b = plan.b_col != 1 || plan.m > 16 * MR;
  const std::int64_t mc = smaller(MC, blocks(plan.m, MR) * MR);
  const std::int64_t nc = smaller(NC, blocks(plan.n, L) * L);
  plan.a_block = plan.pack_a ? mc * plan.kc : 0;
  plan.b_block = (plan.pack_b ? nc : plan.nr) * plan.kc;
  // To look for zeros costs a reading of A, which few columns of B do not make up for.
  plan.skip_terms = g.skip_zeros && !g.transpose_a && vectors > 2;
  plan.skip_rows = g.skip_zeros && g.transpose_a && g.beta == 1 && !plan.transposed;
  if (plan.skip_rows) plan.a_block *= 2;  // its tiles are shorter: see Tiles::add_live()
  return plan;
}

template <class T>
std::int64_t workspace(const GemmCall<T>& g, int threads) {
  if (thin_kind(g) != Thin::none) return thin_workspace(g);
  if (is_narrow(g)) return narrow_workspace(g, threads);
  const Plan<T> plan = make_plan(g);
  const std::int64_t marks = plan.skip_terms ? g.k : plan.skip_rows ? g.m : 0;
  return plan.b_block + threads * plan.a_block + blocks(marks, sizeof(T));
}

/// Some columns of a block of B and C: a whole number of registers, but for the last of all.
struct Columns {
  std::int64_t first, last;
  bool packed;
};

/// Panel q of the nc columns of a block. The panels are as equal as can be: 2 + 2 registers, and
/// not 3 + 1, whose last few sums would wait for each other.
template <class T>
Columns columns_of_panel(const Plan<T>& plan, std::int64_t nc, std::int64_t panels,
                         std::int64_t q) {
  const std::int64_t registers = blocks(nc, lanes<T>);
  const std::int64_t first = cut(registers, panels, q) * lanes<T>;
  const std::int64_t last = cut(registers, panels, q + 1) * lanes<T>;
  // Used in place, B may still need its last columns packed if they do not fill a register.
  return {first, smaller(last, nc), plan.pack_b || (!has_masks && last > nc)};
}

/// Where a packed panel lies, in the block of B.
template <class T>
std::int64_t panel_start(const Plan<T>& plan, Columns columns) {
  return plan.pack_b ? columns.first * plan.kc : 0;
}

template <class T>
void pack_b_panel(const Plan<T>& plan, Columns columns, std::int64_t kc, const T* block, T* panel) {
  constexpr int L = lanes<T>;
  const std::int64_t width = columns.last - columns.first, step = blocks(width, L) * L;
  const T* const from = block + columns.first * plan.b_col;
  if (plan.b_col == 1) {
    pack_across<T, L>(panel, step, static_cast<int>(width), kc, from, plan.b_step);
    return;
  }
  for (std::int64_t j = 0; j < width; j += L) {
    pack_along<T, L, L>(panel + j, step, static_cast<int>(smaller(L, width - j)), kc,
                        from + j * plan.b_col, plan.b_col);
  }
}

/// The rows of a block of A and C, cut into tiles.
struct Tiles {
  int count = 0;
  int first[MC], rows[MC];

  /// Adds the rows [from, to), in tiles as equal as can be.
  void add(int from, int to, int mr) {
    if (to - from <= mr) {
      first[count] = from;
      rows[count++] = to - from;
      return;
    }
    const int tiles = (to - from + mr - 1) / mr;
    const int least = (to - from) / tiles, more = (to - from) % tiles;
    for (int t = 0; t < tiles; ++t) {
      first[count] = from;
      rows[count] = least + (t < more ? 1 : 0);
      from += rows[count++];
    }
  }

  /// Adds those of mc rows that are live. A few dead ones between them are taken along: tiles of
  /// one or two rows would take as long. So each tile but the last stands for more than half of MR
  /// rows, and the panels of all of them fit into twice the room for rows without gaps.
  void add_live(const std::uint8_t* live, int mc, int mr) {
    for (int from = 0; from < mc;) {
      if (!live[from]) {
        ++from;
        continue;
      }
      int to = from + 1;
      for (int i = to; i < mc && i - to < MR / 2; ++i) {
        if (live[i]) to = i + 1;
      }
      add(from, to, mr);
      from = to;
    }
  }
};

/// Packs the rows of one block of A, a panel for each tile.
template <class T>
void pack_a_block(const Plan<T>& plan, const Tiles& tiles, std::int64_t kc, const T* block,
                  T* packed) {
  for (int t = 0; t < tiles.count; ++t) {
    const T* const from = block + tiles.first[t] * plan.a_row;
    T* const panel = packed + t * MR * kc;
    if (plan.a_row == 1) {
      pack_across<T, static_cast<int>(smaller(MR, lanes<T>))>(panel, MR, tiles.rows[t], kc, from,
                                                              plan.a_step);
    } else {
      pack_along<T, MR, lanes<T>>(panel, MR, tiles.rows[t], kc, from, plan.a_row);
    }
  }
}

/// Whether threads share the rows of C; otherwise they share its columns.
template <class T>
bool shares_rows(const Plan<T>& plan, int threads) {
  const std::int64_t row_panels = plan.m / plan.mr, column_panels = plan.n / plan.nr;
  // By rows, each thread reads what the others packed of B, out of their caches: 100 x 300 floats
  // took longer on two threads than on one. By columns, each reads all of A, and packs it if that
  // is done, for which its columns must be many; and they meet in every row of C.
  const std::int64_t enough = (plan.pack_a ? 4 : 1) * threads;
  if (plan.pack_b && plan.m <= plan.n && column_panels >= enough) return false;
  return row_panels >= smaller(4 * threads, column_panels);
}

template <class T>
void run(const GemmCall<T>& g, T* workspace, Team team) {
  if (run_thin(g, workspace, team)) return;
  if constexpr (many_registers) {
    if (is_narrow(g)) return run_narrow(g, workspace, team);
  }

  const Plan<T> plan = make_plan(g);
  T* const packed_b = workspace;
  T* const packed_a = workspace + plan.b_block + team.rank * plan.a_block;
  const bool by_rows = team.size == 1 || shares_rows(plan, team.size);
  const Range my_rows = by_rows ? share(plan.m, plan.mr, team) : Range{0, plan.m};

  std::uint8_t* const live =
      reinterpret_cast<std::uint8_t*>(workspace + plan.b_block + team.size * plan.a_block);
  if (plan.skip_terms || plan.skip_rows) {
    const std::int64_t columns = plan.skip_terms ? g.k : g.m, rows = plan.skip_terms ? g.m : g.k;
    find_live(share(columns, zeros_columns<T>, team), rows, g.a, g.lda, live);
  }
  bool wait_for_marks = plan.skip_terms || plan.skip_rows;

  for (std::int64_t jc = 0; jc < plan.n; jc += NC) {  // loop 5
    const std::int64_t nc = smaller(NC, plan.n - jc);
    std::int64_t panels = blocks(nc, plan.nr);
    if (!by_rows) {  // as many for each
      panels = smaller(blocks(panels, team.size) * team.size, blocks(nc, lanes<T>));
    }
    const Range my_share = share(panels, 1, team);
    const Range my_panels = by_rows ? Range{0, panels} : my_share;
    const bool packs_b = plan.pack_b || (!has_masks && nc % lanes<T> != 0);

    for (std::int64_t pc = 0; pc < g.k; pc += plan.kc) {  // loop 4
      const std::int64_t kc = smaller(plan.kc, g.k - pc);
      const bool last_k = pc + plan.kc >= g.k;
      const T* const b_block = plan.b + pc * plan.b_step + jc * plan.b_col;
      for (std::int64_t q = my_share.first; q < my_share.last; ++q) {
        const Columns columns = columns_of_panel(plan, nc, panels, q);
        if (!columns.packed) continue;
        pack_b_panel(plan, columns, kc, b_block, packed_b + panel_start(plan, columns));
      }
      // By columns, each reads what it packed itself.
      if ((packs_b && by_rows) || wait_for_marks) team.wait();
      wait_for_marks = false;

      std::int32_t list[deepest<T>];
      const std::int64_t terms = plan.skip_terms ? list_live(kc, live + pc, list) : kc;
      const std::int32_t* const live_terms = terms < kc ? list : nullptr;

      for (std::int64_t ic = my_rows.first; ic < my_rows.last; ic += MC) {  // loop 3
        const std::int64_t mc = smaller(MC, my_rows.last - ic);
        Tiles tiles;
        if (plan.skip_rows) {
          tiles.add_live(live + ic, static_cast<int>(mc), plan.mr);
        } else {
          tiles.add(0, static_cast<int>(mc), plan.mr);
        }
        const T* const a_block = plan.a + ic * plan.a_row + pc * plan.a_step;
        if (plan.pack_a) pack_a_block(plan, tiles, kc, a_block, packed_a);
        std::int64_t done = my_panels.first < my_panels.last
                                ? columns_of_panel(plan, nc, panels, my_panels.first).first
                                : 0;

        for (std::int64_t q = my_panels.first; q < my_panels.last; ++q) {  // loop 2
          const Columns columns = columns_of_panel(plan, nc, panels, q);
          const std::int64_t width = columns.last - columns.first;
          const std::int64_t registers = blocks(width, lanes<T>);
          const T* const b = columns.packed ? packed_b + panel_start(plan, columns)
                                            : b_block + columns.first * plan.b_col;

          for (int t = 0; t < tiles.count; ++t) {  // loop 1
            const std::int64_t i = tiles.first[t];
            const Operands<T> in{plan.pack_a ? packed_a + t * MR * kc : a_block + i * plan.a_row,
                                 plan.pack_a ? 1 : plan.a_row,
                                 plan.pack_a ? MR : plan.a_step,
                                 b,
                                 columns.packed ? registers * lanes<T> : plan.b_step,
                                 live_terms};
            // The first block of k applies beta, the others add to what is there.
            const Tile<T> out{g.alpha,
                              pc == 0 ? g.beta : T{1},
                              g.c + (ic + i) * plan.c_row + (jc + columns.first) * plan.c_col,
                              plan.c_row,
                              plan.c_col,
                              static_cast<int>(width)};
            micro_kernels<T>.at(registers, tiles.rows[t])(terms, in, out);
          }

          if (last_k && g.finish != nullptr &&
              (q + 1 == my_panels.last || mc * (columns.last - done) >= finish_block<T>)) {
            const Range rows{ic, ic + mc}, made{jc + done, jc + columns.last};
            finish(g, plan.transposed ? made : rows, plan.transposed ? rows : made);
            done = columns.last;
          }
        }
      }
      // Nobody packs the next block of B before all have used this one. By columns, a thread packs
      // over its own panels until those of the next jc lie elsewhere.
      const bool last_block = jc + NC >= plan.n && last_k;
      if (packs_b && !last_block && (by_rows || last_k)) team.wait();
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
