// Packing: copying a block of a matrix into the order in which the micro-kernel reads it. A panel
// holds `width` rows of op(A), or columns of op(B): first their first elements, then their second
// ones, and so on, so that panel[p * step + i] is element p of row i.

/// Packs rows that lie in memory along p, by transposing blocks of R rows and L elements. There are
/// `width` <= R rows, `row_step` apart. Dead rows up to R repeat the last: nobody sees what comes
/// of them. L <= R or R == step.
template <class T, int R, int L>
void pack_along(T* panel, std::int64_t step, int width, std::int64_t kc, const T* from,
                std::int64_t row_step) {
  using V = typename Simd<T, L>::Vector;
  static_assert(L > 1);
  if (kc < L) {
    if constexpr (L > 2) {
      pack_along<T, R, L / 2>(panel, step, width, kc, from, row_step);
    } else {
      for (int i = 0; i < R; ++i) panel[i] = from[smaller(i, width - 1) * row_step];
    }
    return;
  }
  const T* source[R];
  for (int i = 0; i < R; ++i) source[i] = from + smaller(i, width - 1) * row_step;
  for (std::int64_t p = 0; p < kc; p += L) {
    const std::int64_t at = smaller(p, kc - L);  // the last block may overlap the one before
    V rows[R];
#pragma GCC unroll 16
    for (int i = 0; i < R; ++i) rows[i] = load<V>(source[i] + at);
    transpose<R, L>(rows);
    T* to = panel + at * step;
#pragma GCC unroll 16
    for (int i = 0; i < R; ++i) store(to + i * L / R * step + i * L % R, rows[i]);
  }
}

/// Packs rows that lie in memory across p: element p of all of them stands together, `p_step` after
/// element p - 1. They go in registers of W elements; zeros fill the last one.
template <class T, int W>
void pack_across(T* panel, std::int64_t step, int width, std::int64_t kc, const T* from,
                 std::int64_t p_step) {
  using V = typename Simd<T, W>::Vector;
  const int whole = width / W * W, few = width % W;
  for (std::int64_t p = 0; p < kc; ++p, panel += step, from += p_step) {
    for (int i = 0; i < whole; i += W) store(panel + i, load<V>(from + i));
    if (few > 0) store(panel + whole, load_few<T, W>(from + whole, few));
  }
}
