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
/// rows come faster from memory. Long sums have two blocks at least, which two threads can share.
template <class T>
std::int64_t narrow_depth(std::int64_t k) {
  constexpr int G = grouped_terms<T>;
  const std::int64_t parts = blocks(k, 4 * KC<T>);
  return blocks(blocks(k, parts == 1 && k >= 512 ? 2 : parts), G) * G;
}

/// Whether threads share the terms, and not the rows: where there are two blocks, and C is smaller
/// than B. So a thread of two has the same columns of A, and rows of B, as in the gradient of B,
/// which is cut by them, too; and neither has to come from the other one's cache, which takes
/// longer than to multiply with it.
template <class T>
bool shares_terms(const GemmCall<T>& g) {
  return blocks(g.k, narrow_depth<T>(g.k)) == 2 && g.m <= g.k;
}

/// The elements of scratch memory: of a packed block for each thread, and of the second terms'
/// sums.
template <class T>
std::int64_t narrow_block(const GemmCall<T>& g) {
  return narrow_depth<T>(g.k) * grouped_columns<T>;
}
template <class T>
std::int64_t narrow_workspace(const GemmCall<T>& g, int threads) {
  return threads * narrow_block(g) +
         (threads > 1 && shares_terms(g) ? g.m * grouped_columns<T> : 0);
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

/// C(rows, :) = alpha * A(rows, terms) B(terms, :) + beta * C(rows, :), with a C that may be
/// another one. The block of B is packed into `panel`.
template <class T>
void multiply_narrow(const GemmCall<T>& g, Range rows, Range terms, T beta, T* c, std::int64_t ldc,
                     T* panel) {
  constexpr int L = lanes<T>;
  const int needed = static_cast<int>(blocks(g.n * grouped_terms<T>, L));
  const int vectors = needed < least_groups ? least_groups : needed;
  const std::int64_t kc = terms.last - terms.first, height = rows.last - rows.first;
  const std::int64_t tiles = blocks(height, rows_of(vectors));
  pack_groups(g, vectors, kc, g.b + terms.first * (g.transpose_b ? 1 : g.ldb), panel);
  for (std::int64_t t = 0; t < tiles; ++t) {
    const std::int64_t first = rows.first + cut(height, tiles, t);
    const std::int64_t last = rows.first + cut(height, tiles, t + 1);
    const Operands<T> in{g.a + first * g.lda + terms.first, g.lda, 1, panel, vectors * L, nullptr};
    const Tile<T> out{g.alpha, beta, c + first * ldc, ldc, 1, static_cast<int>(g.n)};
    grouped_micro_kernels<T>.at(vectors, static_cast<int>(last - first))(kc, in, out);
  }
}

/// Does this thread's share of the rows.
template <class T>
void run_narrow_rows(const GemmCall<T>& g, T* panel, Team team) {
  const std::int64_t depth = narrow_depth<T>(g.k);
  const Range mine = share(g.m, MR, team);
  for (std::int64_t first = mine.first; first < mine.last; first += narrow_rows) {
    const Range rows{first, smaller(first + narrow_rows, mine.last)};
    for (std::int64_t pc = 0; pc < g.k; pc += depth) {
      multiply_narrow(g, rows, {pc, smaller(pc + depth, g.k)}, pc == 0 ? g.beta : T{1}, g.c, g.ldc,
                      panel);
    }
    finish(g, rows, {0, g.n});
  }
}

/// Does this thread's share of the terms: half of the threads have those of the first block, the
/// others those of the second one, whose sums are added when both are there. Of an odd number of
/// threads the last one only adds.
template <class T>
void run_narrow_terms(const GemmCall<T>& g, T* panel, T* second, Team team) {
  constexpr int L = lanes<T>;
  constexpr std::int64_t step = grouped_columns<T>;
  const std::int64_t depth = narrow_depth<T>(g.k);
  const int workers = team.size / 2;
  const Range rows = share(g.m, MR, Team{team.rank % workers, workers, nullptr});
  if (team.rank < workers) {
    multiply_narrow(g, rows, {0, depth}, g.beta, g.c, g.ldc, panel);
  } else if (team.rank < 2 * workers) {
    multiply_narrow(g, rows, {depth, g.k}, T{0}, second, step, panel);
  }
  team.wait();
  const Range mine = share(g.m, MR, team);
  for (std::int64_t i = mine.first; i < mine.last; ++i) {
    for (std::int64_t j = 0; j < g.n; j += L) {
      update<T, L, true>(T{1}, g.c + i * g.ldc + j, load<Vec<T>>(second + i * step + j),
                         static_cast<int>(smaller(L, g.n - j)));
    }
  }
  finish(g, mine, {0, g.n});
}

template <class T>
void run_narrow(const GemmCall<T>& g, T* workspace, Team team) {
  T* const panel = workspace + team.rank * narrow_block(g);
  if (team.size > 1 && shares_terms(g)) {
    run_narrow_terms(g, panel, workspace + team.size * narrow_block(g), team);
  } else {
    run_narrow_rows(g, panel, team);
  }
}
