// Matrix times vector: each element of the matrix is used once, so the speed is that of memory, and
// all that matters is to read the rows of the matrix in order. Included by gemm_loops.inl.

/// y = alpha * sum + beta * y, for one element.
template <class T>
void update(T alpha, T sum, T beta, T* y) {
  *y = beta == T{0} ? alpha * sum : alpha * sum + beta * *y;
}

/// y[i] = alpha * (row i of the matrix . x) + beta * y[i] for the rows first <= i < last. x is
/// contiguous.
template <class T>
void dot_rows(std::int64_t first, std::int64_t last, std::int64_t k, T alpha, const T* matrix,
              std::int64_t row_step, const T* x, T beta, T* y, std::int64_t y_step) {
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  constexpr int U = 4;  // independent sums: a multiply-add must not wait for the one before it
  for (std::int64_t i = first; i < last; ++i) {
    const T* row = matrix + i * row_step;
    V acc[U] = {};
    std::int64_t p = 0;
    for (; p + U * L <= k; p += U * L) {
#pragma GCC unroll 4
      for (int u = 0; u < U; ++u) acc[u] += load<V>(row + p + u * L) * load<V>(x + p + u * L);
    }
    for (; p + L <= k; p += L) acc[0] += load<V>(row + p) * load<V>(x + p);
    const V total = (acc[0] + acc[1]) + (acc[2] + acc[3]);
    T sum = 0;
    for (int lane = 0; lane < L; ++lane) sum += total[lane];
    for (; p < k; ++p) sum += row[p] * x[p];
    update(alpha, sum, beta, y + i * y_step);
  }
}

/// combine_rows() sums this many columns at a time: 2 KiB of sums, a small part of the L1 cache,
/// and row pieces long enough to be fetched ahead. Threads share whole strips: where the compiler
/// fuses alpha * sum + beta * y may depend on an element's place in its strip.
template <class T>
constexpr std::int64_t strip = 2048 / sizeof(T);

/// y[j] = alpha * sum over p of x[p] * matrix[p][j] + beta * y[j] for the columns first <= j <
/// last.
template <class T>
void combine_rows(std::int64_t first, std::int64_t last, std::int64_t k, T alpha, const T* matrix,
                  std::int64_t row_step, const T* x, std::int64_t x_step, T beta, T* y,
                  std::int64_t y_step) {
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  constexpr int U = 8;  // rows at once: an eighth of the traffic to the sums
  for (std::int64_t begin = first; begin < last; begin += strip<T>) {
    const std::int64_t width = smaller(strip<T>, last - begin);
    alignas(64) T sums[strip<T>];
    for (std::int64_t j = 0; j < width; ++j) sums[j] = 0;
    std::int64_t p = 0;
    for (; p + U <= k; p += U) {
      const T* rows = matrix + p * row_step + begin;
      T xp[U];
      for (int u = 0; u < U; ++u) xp[u] = x[(p + u) * x_step];
      std::int64_t j = 0;
      for (; j + L <= width; j += L) {
        V sum = load<V>(sums + j);
#pragma GCC unroll 8
        for (int u = 0; u < U; ++u) sum += xp[u] * load<V>(rows + u * row_step + j);
        store(sums + j, sum);
      }
      for (; j < width; ++j) {
        for (int u = 0; u < U; ++u) sums[j] += xp[u] * rows[u * row_step + j];
      }
    }
    for (; p < k; ++p) {
      const T* row = matrix + p * row_step + begin;
      const T xp = x[p * x_step];
      for (std::int64_t j = 0; j < width; ++j) sums[j] += xp * row[j];
    }
    for (std::int64_t j = 0; j < width; ++j) {
      update(alpha, sums[j], beta, y + (begin + j) * y_step);
    }
  }
}

/// Does this thread's share of a call whose C is one row or one column. Returns false, and does
/// nothing, when C is neither, or when x is strided and would be walked once for each row.
template <class T>
bool run_vector(const GemmCall<T>& g, Team team) {
  const Range columns = share(g.m * g.n, strip<T>, team), rows = share(g.m * g.n, 1, team);
  const std::int64_t y_step = g.n == 1 ? g.ldc : 1;
  if (g.n == 1 && !g.transpose_a && (g.transpose_b || g.ldb == 1)) {  // y = A x
    dot_rows(rows.first, rows.last, g.k, g.alpha, g.a, g.lda, g.b, g.beta, g.c, y_step);
  } else if (g.m == 1 && g.transpose_b && (!g.transpose_a || g.lda == 1)) {  // y = B x
    dot_rows(rows.first, rows.last, g.k, g.alpha, g.b, g.ldb, g.a, g.beta, g.c, y_step);
  } else if (g.m == 1 && !g.transpose_b) {  // y = B^T x
    combine_rows(columns.first, columns.last, g.k, g.alpha, g.b, g.ldb, g.a,
                 g.transpose_a ? g.lda : 1, g.beta, g.c, y_step);
  } else if (g.n == 1 && g.transpose_a) {  // y = A^T x
    combine_rows(columns.first, columns.last, g.k, g.alpha, g.a, g.lda, g.b,
                 g.transpose_b ? 1 : g.ldb, g.beta, g.c, y_step);
  } else {
    return false;
  }
  return true;
}
