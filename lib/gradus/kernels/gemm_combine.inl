// A row vector times a matrix that lies in rows: rows of the matrix are combined, each times an
// element of the vector.

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
/// has `live` lanes. All parts take turns, so that no sum waits for its last multiply-add. Part i
/// has the rows [begin[i], begin[i + 1]).
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
