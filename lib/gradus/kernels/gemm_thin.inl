// Products in which nothing of a matrix is used twice: a matrix times a vector, and a rank-one
// update. Their speed is that of memory; here all is read where it is, once, in the order in which
// it lies. (A row vector times a matrix is in gemm_combine.inl.)

/// The sums of the lanes of N registers, N a power of two: lane i of the answer is that of v[i],
/// for i < N. Each round interleaves halves of two registers and adds them, so that one holds both.
template <class T, int N>
auto lane_sums(Vec<T> (&v)[N]) {
  constexpr int L = lanes<T>;
  constexpr std::make_integer_sequence<int, L> all{};
#pragma GCC unroll 4
  for (int half = N / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
    for (int i = 0; i < half; ++i) {
      v[i] =
          interleave<0, L>(v[i], v[i + half], all) + interleave<L / 2, L>(v[i], v[i + half], all);
    }
  }
  return fold<T, L, N>(v[0]);
}

/// How many rows dot_rows() takes at once: each element of x is loaded once for all of them, and
/// no sum waits for its last multiply-add.
template <class T>
constexpr int dot_block = static_cast<int>(smaller(lanes<T>, 8));

/// dot_rows() for rows that are shorter than a register: they are transposed.
template <class T>
void dot_short_rows(Range rows, std::int64_t k, T alpha, const T* matrix, std::int64_t row_step,
                    const T* x, T beta, T* y, std::int64_t y_step) {
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  for (std::int64_t first = rows.first; first < rows.last; first += L) {
    const int live = static_cast<int>(smaller(L, rows.last - first));
    alignas(64) T columns[L * L];
    pack_short<T, L>(columns, L, live, k, matrix + first * row_step, row_step);
    V sum{};
    for (std::int64_t p = 0; p < k; ++p) sum += alpha * x[p] * load<V>(columns + p * L);
    put(sum, live, beta, y + first * y_step, y_step);
  }
}

/// y[i] = alpha * (row i of the matrix . x) + beta * y[i], for one range of rows. x is contiguous.
/// In the last block, rows that are not there repeat the last one, and are forgotten.
template <class T>
void dot_rows(Range rows, std::int64_t k, T alpha, const T* matrix, std::int64_t row_step,
              const T* x, T beta, T* y, std::int64_t y_step) {
  using V = Vec<T>;
  constexpr int L = lanes<T>, N = dot_block<T>;
  if (k < L) return dot_short_rows(rows, k, alpha, matrix, row_step, x, beta, y, y_step);
  for (std::int64_t first = rows.first; first < rows.last; first += N) {
    const int live = static_cast<int>(smaller(N, rows.last - first));
    const T* row[N];
    for (int i = 0; i < N; ++i) row[i] = matrix + (first + smaller(i, live - 1)) * row_step;
    V acc[N] = {};
    std::int64_t p = 0;
    for (; p + L <= k; p += L) {
      const V xp = load<V>(x + p);
#pragma GCC unroll 8
      for (int i = 0; i < N; ++i) acc[i] += load<V>(row[i] + p) * xp;
    }
    if (const int few = static_cast<int>(k - p); few > 0) {
      const V xp = load_few<T, L>(x + p, few);
#pragma GCC unroll 8
      for (int i = 0; i < N; ++i) acc[i] += load_few<T, L>(row[i] + p, few) * xp;
    }
    T sums[N];
    store(sums, alpha * lane_sums<T, N>(acc));
    T* const to = y + first * y_step;
    for (int i = 0; i < live; ++i) to[i * y_step] = blend(sums[i], beta, to[i * y_step]);
  }
}

/// The rank-one update of some rows: C(i, :) = alpha * a[i] * b + beta * C(i, :), where Add is
/// whether beta counts.
template <class T, bool Add>
void outer(const GemmCall<T>& g, Range rows) {
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  const std::int64_t whole = g.n / L * L, a_step = g.transpose_a ? 1 : g.lda;
  const int few = static_cast<int>(g.n - whole);
  const V last = load_few<T, L>(g.b + whole, few);
  const bool skip = g.skip_zeros && g.beta == 1;
  for (std::int64_t i = rows.first; i < rows.last; ++i) {
    if (skip && g.a[i * a_step] == 0) continue;
    const T x = g.alpha * g.a[i * a_step];
    T* row = g.c + i * g.ldc;
    for (std::int64_t j = 0; j < whole; j += L) {
      update<T, L, Add>(g.beta, row + j, x * load<V>(g.b + j));
    }
    if (few == 0) continue;
    // In a C without gaps, what is written behind a row is overwritten by the next one.
    if (!Add && !has_masks && g.ldc == g.n && i * g.n + whole + L <= rows.last * g.n) {
      store(row + whole, x * last);
    } else {
      update<T, L, Add>(g.beta, row + whole, x * last, few);
    }
  }
}

/// The same for one or two registers of columns, which stay in registers.
template <class T, bool Add, int Vectors>
void outer_few(const GemmCall<T>& g, Range rows) {
  using V = Vec<T>;
  constexpr int L = lanes<T>, whole = (Vectors - 1) * L;
  const std::int64_t a_step = g.transpose_a ? 1 : g.lda, c_step = g.ldc;
  const int few = static_cast<int>(g.n) - whole;
  const T alpha = g.alpha, beta = g.beta, *const a = g.a;
  const bool skip = g.skip_zeros && beta == 1;
  // Such a part is stored without a mask: 10 doubles, 8 + 2, take three quarters of the time.
  const bool quarter = few == L / 4;
  V b[Vectors];
  if constexpr (Vectors > 1) b[0] = load<V>(g.b);
  b[Vectors - 1] = load_few<T, L>(g.b + whole, few);
  for (std::int64_t i = rows.first; i < rows.last; ++i) {
    if (skip && a[i * a_step] == 0) continue;
    const T x = alpha * a[i * a_step];
    T* const row = g.c + i * c_step;
    if constexpr (Vectors > 1) update<T, L, Add>(beta, row, x * b[0]);
    if (!Add && quarter) {
      store(row + whole, part<T, 0>(x * b[Vectors - 1], std::make_integer_sequence<int, L / 4>{}));
    } else {
      update<T, L, Add>(beta, row + whole, x * b[Vectors - 1], few);
    }
  }
}

/// Which of these a call needs. Without masks, `outer` is as fast for few columns.
template <class T>
auto outer_for(const GemmCall<T>& g) {
  if constexpr (has_masks) {
    if (g.n <= lanes<T>) return g.beta == 0 ? outer_few<T, false, 1> : outer_few<T, true, 1>;
    if (g.n <= 2 * lanes<T>) return g.beta == 0 ? outer_few<T, false, 2> : outer_few<T, true, 2>;
  }
  return g.beta == 0 ? outer<T, false> : outer<T, true>;
}

/// Which of these a call is.
enum class Thin { none, outer, dot_a, dot_b, combine_a, combine_b };

template <class T>
Thin thin_kind(const GemmCall<T>& g) {
  const bool a_along = !g.transpose_a || g.lda == 1;  // x = op(A) of one row is contiguous
  const bool b_along = g.transpose_b || g.ldb == 1;   // x = op(B) of one column is
  if (g.k == 1 && (!g.transpose_b || g.ldb == 1)) return Thin::outer;
  if (g.n == 1 && !g.transpose_a && b_along) return Thin::dot_a;  // y = A x
  if (g.m == 1 && g.transpose_b && a_along) return Thin::dot_b;   // y = B x
  if (g.m == 1 && !g.transpose_b) return Thin::combine_b;         // y = B^T x
  if (g.n == 1 && g.transpose_a) return Thin::combine_a;          // y = A^T x
  return Thin::none;
}

/// The elements of scratch memory that run_thin() needs.
template <class T>
std::int64_t thin_workspace(const GemmCall<T>& g) {
  const Thin kind = thin_kind(g);
  if (kind != Thin::combine_a && kind != Thin::combine_b) return 0;
  return parts_of(g.k) * sums_step<T>(kind == Thin::combine_a ? g.m : g.n);
}

/// Does this thread's share of a call that is one of those above. Returns false, and does nothing,
/// when it is none of them.
template <class T>
bool run_thin(const GemmCall<T>& g, T* workspace, Team team) {
  const Range one{0, 1};
  switch (thin_kind(g)) {
    case Thin::none:
      return false;
    case Thin::outer: {
      // By blocks of rows that are still in the L1 cache when they are finished.
      const auto make = outer_for(g);
      const Range mine = share(g.m, 1, team);
      const std::int64_t at_once = g.finish == nullptr ? g.m : blocks((16 << 10) / sizeof(T), g.n);
      for (std::int64_t i = mine.first; i < mine.last; i += at_once) {
        const Range rows{i, smaller(i + at_once, mine.last)};
        make(g, rows);
        finish(g, rows, {0, g.n});
      }
      return true;
    }
    case Thin::dot_a: {
      const Range mine = share(g.m, lanes<T>, team);
      dot_rows(mine, g.k, g.alpha, g.a, g.lda, g.b, g.beta, g.c, g.ldc);
      finish(g, mine, one);
      return true;
    }
    case Thin::dot_b: {
      const Range mine = share(g.n, lanes<T>, team);
      dot_rows(mine, g.k, g.alpha, g.b, g.ldb, g.a, g.beta, g.c, std::int64_t{1});
      finish(g, one, mine);
      return true;
    }
    case Thin::combine_a: {
      const Combination<T> x{g.m, g.k, g.alpha, g.a, g.b, g.lda, g.transpose_b ? 1 : g.ldb, false};
      if (combine(x, g.beta, g.c, g.ldc, workspace, team)) finish(g, {0, g.m}, one);
      return true;
    }
    case Thin::combine_b: {
      const Combination<T> x{g.n,         g.k, g.alpha, g.b, g.a, g.ldb, g.transpose_a ? g.lda : 1,
                             g.skip_zeros};
      if (combine(x, g.beta, g.c, std::int64_t{1}, workspace, team)) finish(g, one, {0, g.n});
      return true;
    }
  }
  return false;
}
