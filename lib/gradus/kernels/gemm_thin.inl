// Products in which little is used twice: a matrix times a vector, a rank-one update, and a few
// rows times a transposed matrix. Their speed is that of memory, or of bringing the operands into
// the micro-kernel's order; here all is read where it is, once, in the order in which it lies.

template <class T>
T blend(T sum, T beta, T old) {
  return beta == T{0} ? sum : sum + beta * old;
}

/// y[i * y_step] = sums[i] + beta * y[i * y_step], for i < live.
template <class T, class V>
void put(V sums, int live, T beta, T* y, std::int64_t y_step) {
  constexpr int L = lanes<T>;
  if (y_step != 1) {
    for (int i = 0; i < live; ++i) y[i * y_step] = blend(sums[i], beta, y[i * y_step]);
  } else if (beta == 0) {
    update<T, L, false>(beta, y, sums, live);
  } else {
    update<T, L, true>(beta, y, sums, live);
  }
}

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

/// combine_rows() takes this many rows at once: an eighth of the traffic to the sums.
constexpr int rows_at_once = 8;

/// The rows of the matrix are cut into this many parts, whatever the number of threads, and what
/// the parts come to is added up in their order. So threads can share the rows, each reading memory
/// from one end to the other, and the bits are the same. Short sums are not cut.
constexpr int max_parts = 8;
constexpr int parts_of(std::int64_t k) { return k < 16 * max_parts ? 1 : max_parts; }
constexpr std::int64_t part_begin(std::int64_t k, int parts, std::int64_t part) {
  return part == parts ? k : cut(k, parts, part) / rows_at_once * rows_at_once;
}

/// The columns of the matrix that combine_rows() takes together: 2 KiB of sums, a small part of the
/// L1 cache, and row pieces long enough to be fetched ahead.
template <class T>
constexpr std::int64_t strip = 2048 / sizeof(T);

/// The elements from one part's sums to the next one's: they begin at a cache line.
template <class T>
constexpr std::int64_t sums_step(std::int64_t n) {
  return blocks(n * static_cast<std::int64_t>(sizeof(T)), 64) * 64 / static_cast<int>(sizeof(T));
}

/// What combine_rows() multiplies: x, of k elements, and a k x n matrix.
template <class T>
struct Combination {
  std::int64_t n, k;
  T alpha;
  const T *matrix, *x;
  std::int64_t row_step, x_step;
  bool skip_zeros;
};

/// sums[j] += x[p] * matrix[p][j], for the rows p[0], p[1], ... p[Rows - 1] in their order.
template <class T, int Rows>
void add_rows(const Combination<T>& g, const std::int64_t (&p)[Rows], Range columns, T* sums) {
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  T x[Rows];
  const T* row[Rows];
  for (int u = 0; u < Rows; ++u) {
    x[u] = g.x[p[u] * g.x_step];
    row[u] = g.matrix + p[u] * g.row_step;
  }
  const auto add = [&](std::int64_t j, auto read) {
    V sum = load<V>(sums + j);
#pragma GCC unroll 8
    for (int u = 0; u < Rows; ++u) sum += x[u] * read(row[u] + j);
    store(sums + j, sum);
  };
  std::int64_t j = columns.first;
  for (; j + L <= columns.last; j += L) add(j, [](const T* from) { return load<V>(from); });
  const int few = static_cast<int>(columns.last - j);
  // In a matrix without gaps, what follows a row is the next one: it may be read, and forgotten.
  if (few > 0 && g.row_step == g.n && p[Rows - 1] * g.n + j + L <= g.k * g.n) {
    add(j, [](const T* from) { return load<V>(from); });
  } else if (few > 0) {
    add(j, [few](const T* from) { return load_few<T, L>(from, few); });
  }
}

/// sums[j] = sum over p of x[p] * matrix[p][j], for some rows p and columns j.
template <class T>
void combine_rows(const Combination<T>& g, Range rows, Range columns, T* sums) {
  constexpr int U = rows_at_once;
  const std::int64_t end = sums_step<T>(columns.last);
  for (std::int64_t j = columns.first; j < end; ++j) sums[j] = 0;
  std::int64_t live[U];
  int found = 0;
  for (std::int64_t p = rows.first; p < rows.last; ++p) {
    live[found] = p;
    found += !g.skip_zeros || g.x[p * g.x_step] != 0;
    if (found < U) continue;
    add_rows<T, U>(g, live, columns, sums);
    found = 0;
  }
  for (int u = 0; u < found; ++u) add_rows<T, 1>(g, {live[u]}, columns, sums);
}

/// The same for all rows and one or two registers of columns, from column j on, of which the last
/// has `live` lanes. All parts take turns, so that no sum waits for its last multiply-add. part p
/// has the rows [begin[p], begin[p + 1]).
template <class T, int Vectors>
void combine_registers(const Combination<T>& g, const std::int64_t (&begin)[max_parts + 1],
                       std::int64_t j, int live, T* sums) {
  using V = Vec<T>;
  constexpr int L = lanes<T>, N = max_parts;
  const auto add = [live](V(&acc)[Vectors], T x, const T* row, bool all) {
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) {
      const bool whole = v + 1 < Vectors || (!has_masks && (all || live == L));
      acc[v] += x * (whole ? load<V>(row + v * L) : load_few<T, L>(row + v * L, live));
    }
  };
  std::int64_t together = g.k;  // rows that every part has
  for (int i = 0; i < N; ++i) together = smaller(together, begin[i + 1] - begin[i]);
  // What follows a row in a matrix without gaps may be read, and forgotten; of the last rows
  // nothing may follow.
  if (!has_masks && live < L) together = g.row_step == g.n ? together - L : 0;

  V acc[N][Vectors] = {};
  const T *x[N], *row[N];
  for (int i = 0; i < N; ++i) {
    x[i] = g.x + begin[i] * g.x_step;
    row[i] = g.matrix + begin[i] * g.row_step + j;
  }
  for (std::int64_t p = 0; p < together; ++p) {
#pragma GCC unroll 8
    for (int i = 0; i < N; ++i) {
      add(acc[i], x[i][p * g.x_step], row[i] + p * g.row_step, true);
    }
  }
  for (int i = 0; i < N; ++i) {
    for (std::int64_t p = together > 0 ? together : 0; p < begin[i + 1] - begin[i]; ++p) {
      add(acc[i], x[i][p * g.x_step], row[i] + p * g.row_step, false);
    }
    for (int v = 0; v < Vectors; ++v) {
      store(sums + i * sums_step<T>(g.n) + j + v * L, acc[i][v]);
    }
  }
}

/// The same for all rows and a few columns.
template <class T>
void combine_narrow(const Combination<T>& g, T* sums) {
  constexpr int L = lanes<T>;
  std::int64_t begin[max_parts + 1];
  for (int i = 0; i <= max_parts; ++i) begin[i] = part_begin(g.k, max_parts, i);
  for (std::int64_t j = 0; j < g.n;) {
    const std::int64_t left = g.n - j;
    if (left <= L) {
      combine_registers<T, 1>(g, begin, j, static_cast<int>(left), sums);
    } else {
      combine_registers<T, 2>(g, begin, j, static_cast<int>(smaller(L, left - L)), sums);
    }
    j += left <= L ? L : 2 * L;
  }
}

/// Adds up what the parts came to, n sums each: neighbours first, then pairs of them, and so on, so
/// that a thread that has made several parts can add up most of them without another's. Does the
/// additions for which here(first part, behind the last) holds.
template <class T, class Here>
void add_parts(std::int64_t n, T* sums, int parts, const Here& here) {
  using V = Vec<T>;
  const std::int64_t step = sums_step<T>(n);
  for (int size = 1; size < parts; size *= 2) {
    for (int part = 0; part < parts; part += 2 * size) {
      if (!here(part, part + 2 * size)) continue;
      T* const to = sums + part * step;
      const T* const from = to + size * step;
      for (std::int64_t j = 0; j < n; j += lanes<T>) {
        store(to + j, load<V>(to + j) + load<V>(from + j));
      }
    }
  }
}

/// y[j] = alpha * sum over p of x[p] * matrix[p][j] + beta * y[j]: this thread's share. The parts'
/// sums are kept in `sums`. The last thread finishes y, and returns true.
template <class T>
bool combine(const Combination<T>& g, T beta, T* y, std::int64_t y_step, T* sums, Team team) {
  constexpr int L = lanes<T>;
  const int parts = parts_of(g.k);
  const std::int64_t strips = blocks(g.n, strip<T>);
  if (parts == max_parts && g.n <= 4 * L && !g.skip_zeros) {
    if (team.rank != 0) return false;
    combine_narrow(g, sums);
    add_parts(g.n, sums, parts, [](int, int) { return true; });
  } else {
    const Range mine = share(parts * strips, 1, team);
    for (std::int64_t at = mine.first; at < mine.last; ++at) {
      const std::int64_t part = at / strips, first = at % strips * strip<T>;
      combine_rows(g, {part_begin(g.k, parts, part), part_begin(g.k, parts, part + 1)},
                   {first, smaller(first + strip<T>, g.n)}, sums + part * sums_step<T>(g.n));
    }
    const auto made_by = [&](int rank, int from, int to) {
      const Range all = share(parts * strips, 1, Team{rank, team.size, nullptr});
      return all.first <= from * strips && to * strips <= all.last;
    };
    add_parts(g.n, sums, parts, [&](int from, int to) { return made_by(team.rank, from, to); });
    if (!team.last()) return false;
    add_parts(g.n, sums, parts, [&](int from, int to) {
      for (int rank = 0; rank < team.size; ++rank) {
        if (made_by(rank, from, to)) return false;
      }
      return true;
    });
  }
  for (std::int64_t j = 0; j < g.n; j += L) {
    put(g.alpha * load<Vec<T>>(sums + j), static_cast<int>(smaller(L, g.n - j)), beta,
        y + j * y_step, y_step);
  }
  return true;
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
  const bool skip = g.skip_zeros && Add && beta == 1;
  // Such a part is stored without a mask: 10 doubles, 8 + 2, take three quarters of the time.
  const bool quarter = few == L / 4;
  V b[Vectors];
  if constexpr (Vectors > 1) b[0] = load<V>(g.b);
  b[Vectors - 1] = load_few<T, L>(g.b + whole, few);
  for (std::int64_t i = rows.first; i < rows.last; ++i) {
    const T x = a[i * a_step] * alpha;
    if (skip && x == 0) continue;
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
template <class T, bool Add>
auto outer_for(const GemmCall<T>& g) {
  if constexpr (has_masks) {
    if (g.n <= lanes<T>) return outer_few<T, Add, 1>;
    if (g.n <= 2 * lanes<T>) return outer_few<T, Add, 2>;
  }
  return outer<T, Add>;
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
      const Range mine = share(g.m, 1, team);
      const std::int64_t at_once = g.finish == nullptr ? g.m : blocks((16 << 10) / sizeof(T), g.n);
      for (std::int64_t i = mine.first; i < mine.last; i += at_once) {
        const Range rows{i, smaller(i + at_once, mine.last)};
        if (g.beta == 0) {
          outer_for<T, false>(g)(g, rows);
        } else {
          outer_for<T, true>(g)(g, rows);
        }
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
