// Products with few columns, in which the loads of A would take the time: their terms are grouped
// (see gemm_kernel.inl). A is read where it is, once; B is packed a block at a time, by each thread
// for itself, as that takes less time than waiting for another.

/// Rows whose sums are finished before the next ones are begun: part of the L2 cache, and enough of
/// them to pay for the packing.
constexpr std::int64_t narrow_rows = 512;

/// Whether a call is one of these: its columns reach the last register of a row of a tile, and its
/// sums are long enough to pay for adding the lanes of groups.
template <class T>
bool is_narrow(const GemmCall<T>& g) {
  constexpr std::int64_t before = (blocks(least_groups, grouped_terms<T>) - 1) * lanes<T>;
  return many_registers && !g.transpose_a && g.n > before && g.n <= grouped_columns<T> &&
         g.m >= MR && g.k >= 32;
}

/// The terms of a block: equal parts of k, in whole groups. They are more than elsewhere, as B is
/// narrow: 64 KiB are read from the L2 cache as fast as they are needed, and long pieces of A's
/// rows come faster from memory.
template <class T>
std::int64_t narrow_depth(std::int64_t k) {
  constexpr int G = grouped_terms<T>;
  return blocks(blocks(k, blocks(k, 4 * KC<T>)), G) * G;
}

/// The elements of scratch memory that each thread needs.
template <class T>
std::int64_t narrow_workspace(const GemmCall<T>& g) {
  return narrow_depth<T>(g.k) * grouped_columns<T>;
}

/// Packs kc rows of op(B) in groups: the terms of the first column, of the second one, and so on,
/// with zeros for those that are not there.
template <class T>
void pack_groups(const GemmCall<T>& g, int vectors, std::int64_t kc, const T* from, T* panel) {
  constexpr int L = lanes<T>, G = grouped_terms<T>;
  const int n = static_cast<int>(g.n);
  for (std::int64_t p = 0; p < kc; p += G, panel += vectors * L) {
    const int terms = static_cast<int>(smaller(G, kc - p));
    if (g.transpose_b) {
      using Group = typename Simd<T, G>::Vector;
      for (int j = 0; j < vectors * L / G; ++j) {
        const T* const column = from + j * g.ldb + p;
        store(panel + j * G, j >= n       ? Group{}
                             : terms == G ? load<Group>(column)
                                          : load_few<T, G>(column, terms));
      }
      continue;
    }
    for (int j = 0; j < vectors; j += G) {  // a register of a row of B makes G registers
      const int first = j * L / G, live = n <= first ? 0 : static_cast<int>(smaller(L, n - first));
      Vec<T> rows[G];
#pragma GCC unroll 4
      for (int i = 0; i < G; ++i) {
        rows[i] = load_few<T, L>(from + (p + i) * g.ldb + first, i < terms ? live : 0);
      }
      transpose<G, L>(rows);
#pragma GCC unroll 4
      for (int i = 0; i < G; ++i) {
        if (j + i < vectors) store(panel + (j + i) * L, rows[i]);
      }
    }
  }
}

/// Does this thread's share of the rows.
template <class T>
void run_narrow(const GemmCall<T>& g, T* workspace, Team team) {
  constexpr int L = lanes<T>, G = grouped_terms<T>;
  const int needed = static_cast<int>(blocks(g.n * G, L));
  const int vectors = needed < least_groups ? least_groups : needed, mr = rows_of(vectors);
  const std::int64_t depth = narrow_depth<T>(g.k);
  T* const panel = workspace + team.rank * narrow_workspace(g);
  const Range mine = share(g.m, mr, team);

  for (std::int64_t first = mine.first; first < mine.last; first += narrow_rows) {
    const std::int64_t rows = smaller(narrow_rows, mine.last - first), tiles = blocks(rows, mr);
    for (std::int64_t pc = 0; pc < g.k; pc += depth) {
      const std::int64_t kc = smaller(depth, g.k - pc);
      pack_groups(g, vectors, kc, g.b + pc * (g.transpose_b ? 1 : g.ldb), panel);
      for (std::int64_t t = 0; t < tiles; ++t) {
        const std::int64_t i = first + cut(rows, tiles, t);
        const auto height = static_cast<int>(first + cut(rows, tiles, t + 1) - i);
        const Operands<T> in{g.a + i * g.lda + pc, g.lda, 1, panel, vectors * L, nullptr};
        const Tile<T> out{g.alpha, pc == 0 ? g.beta : T{1}, g.c + i * g.ldc, g.ldc,
                          1,       static_cast<int>(g.n)};
        grouped_micro_kernels<T>.at(vectors, height)(kc, in, out);
      }
    }
    finish(g, {first, first + rows}, {0, g.n});
  }
}
