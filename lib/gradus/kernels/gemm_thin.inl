// Products in which little is used twice: a matrix times a vector, a rank-one update, and a few
// rows times a transposed matrix. Their speed is that of memory, or of bringing the operands into
// the micro-kernel's order; here all is read where it is, once, in the order in which it lies.

template <class T>
T blend(T sum, T beta, T old) {
  return beta == T{0} ? sum : sum + beta * old;
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
      v[i] = interleave<0>(v[i], v[i + half], all) + interleave<L / 2>(v[i], v[i + half], all);
    }
  }
  return fold<T, L, N>(v[0]);
}

/// How many rows dot_rows() takes at once: each element of x is loaded once for all of them, and
/// no sum waits for its last multiply-add.
template <class T>
constexpr int dot_block = static_cast<int>(smaller(lanes<T>, 8));

/// y[i] = alpha * (row i of the matrix . x) + beta * y[i], for one range of rows. x is contiguous.
/// In the last block, rows that are not there repeat the last one, and are forgotten.
template <class T>
void dot_rows(Range rows, std::int64_t k, T alpha, const T* matrix, std::int64_t row_step,
              const T* x, T beta, T* y, std::int64_t y_step) {
  using V = Vec<T>;
  constexpr int L = lanes<T>, N = dot_block<T>;
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

/// combine_rows() sums this many columns at a time: 2 KiB of sums, a small part of the L1 cache,
/// and row pieces long enough to be fetched ahead. Threads share whole strips: where the compiler
/// fuses alpha * sum + beta * y may depend on an element's place in its strip.
template <class T>
constexpr std::int64_t strip = 2048 / sizeof(T);

/// y[j] = alpha * sum over p of x[p] * matrix[p][j] + beta * y[j], for one range of n columns.
template <class T>
void combine_rows(Range columns, std::int64_t n, std::int64_t k, T alpha, const T* matrix,
                  std::int64_t row_step, const T* x, std::int64_t x_step, T beta, T* y,
                  std::int64_t y_step) {
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  constexpr int U = 8;  // rows at once: an eighth of the traffic to the sums
  for (std::int64_t begin = columns.first; begin < columns.last; begin += strip<T>) {
    const std::int64_t width = smaller(strip<T>, columns.last - begin);
    alignas(64) T sums[strip<T>];
    for (std::int64_t j = 0; j < width + L - 1 && j < strip<T>; ++j) sums[j] = 0;
    std::int64_t p = 0;
    for (; p + U <= k; p += U) {
      const T* rows = matrix + p * row_step + begin;
      T xp[U];
      for (int u = 0; u < U; ++u) xp[u] = alpha * x[(p + u) * x_step];
      const auto add = [&](std::int64_t j, auto read) {
        V even = load<V>(sums + j), odd{};
#pragma GCC unroll 4
        for (int u = 0; u < U; u += 2) {
          even += xp[u] * read(rows + u * row_step + j);
          odd += xp[u + 1] * read(rows + (u + 1) * row_step + j);
        }
        store(sums + j, even + odd);
      };
      std::int64_t j = 0;
      for (; j + L <= width; j += L) add(j, [](const T* from) { return load<V>(from); });
      const int few = static_cast<int>(width - j);
      // In a matrix without gaps, what follows a row is the next one: it may be read, and
      // forgotten.
      if (few > 0 && row_step == n && (p + U - 1) * row_step + begin + j + L <= k * row_step) {
        add(j, [](const T* from) { return load<V>(from); });
      } else if (few > 0) {
        add(j, [few](const T* from) { return load_few<T, L>(from, few); });
      }
    }
    for (; p < k; ++p) {
      const T* row = matrix + p * row_step + begin;
      const T xp = alpha * x[p * x_step];
      for (std::int64_t j = 0; j < width; ++j) sums[j] += xp * row[j];
    }
    for (std::int64_t j = 0; j < width; ++j) {
      T* const to = y + (begin + j) * y_step;
      *to = blend(sums[j], beta, *to);
    }
  }
}

/// The rank-one update of some rows: C(i, :) = alpha * a[i] * b + beta * C(i, :).
template <class T>
void outer(Range rows, std::int64_t n, T alpha, const T* a, std::int64_t a_step, const T* b, T beta,
           T* c, std::int64_t ldc) {
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  const std::int64_t whole = n / L * L;
  const int few = static_cast<int>(n - whole);
  const V last = load_few<T, L>(b + whole, few);
  for (std::int64_t i = rows.first; i < rows.last; ++i) {
    const T x = alpha * a[i * a_step];
    T* row = c + i * ldc;
    for (std::int64_t j = 0; j < whole; j += L) update<T, L>(beta, row + j, x * load<V>(b + j), L);
    if (few == 0) continue;
    // In a C without gaps, what is written behind a row is overwritten by the next one.
    if (beta == 0 && ldc == n && i * n + whole + L <= rows.last * n) {
      store(row + whole, x * last);
    } else {
      update<T, L>(beta, row + whole, x * last, few);
    }
  }
}

/// Does this thread's share of a call that is one of those above. Returns false, and does nothing,
/// when it is none of them.
template <class T>
bool run_thin(const GemmCall<T>& g, Team team) {
  const bool a_along = !g.transpose_a || g.lda == 1;  // x = op(A) of one row is contiguous
  const bool b_along = g.transpose_b || g.ldb == 1;   // x = op(B) of one column is
  if (g.k == 1 && (!g.transpose_b || g.ldb == 1)) {
    outer(share(g.m, 1, team), g.n, g.alpha, g.a, g.transpose_a ? std::int64_t{1} : g.lda, g.b,
          g.beta, g.c, g.ldc);
  } else if (g.n == 1 && !g.transpose_a && b_along) {  // y = A x
    dot_rows(share(g.m, dot_block<T>, team), g.k, g.alpha, g.a, g.lda, g.b, g.beta, g.c, g.ldc);
  } else if (g.m == 1 && g.transpose_b && a_along) {  // y = B x
    dot_rows(share(g.n, dot_block<T>, team), g.k, g.alpha, g.b, g.ldb, g.a, g.beta, g.c,
             std::int64_t{1});
  } else if (g.m == 1 && !g.transpose_b) {  // y = B^T x
    combine_rows(share(g.n, strip<T>, team), g.n, g.k, g.alpha, g.b, g.ldb, g.a,
                 g.transpose_a ? g.lda : 1, g.beta, g.c, std::int64_t{1});
  } else if (g.n == 1 && g.transpose_a) {  // y = A^T x
    combine_rows(share(g.m, strip<T>, team), g.m, g.k, g.alpha, g.a, g.lda, g.b,
                 g.transpose_b ? 1 : g.ldb, g.beta, g.c, g.ldc);
  } else {
    return false;
  }
  return true;
}
