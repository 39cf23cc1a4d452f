// Packing: copying a block of a matrix into the order in which the micro-kernel reads it. A panel
// holds `width` rows of op(A), or columns of op(B): first their first elements, then their second
// ones, and so on, so that panel[p * step + i] is element p of row i.

/// The same 16 bytes' worth of elements of the rows row[0], row[W], row[2 W] ..., side by side.
template <class T, int L>
typename Simd<T, L>::Vector pieces(const T* const* row, std::int64_t p) {
  using V = typename Simd<T, L>::Vector;
  if constexpr (L * sizeof(T) == 16) {
    return load<V>(row[0] + p);
  } else {
    return join<V>(pieces<T, L / 2>(row, p), pieces<T, L / 2>(row + L / 2, p),
                   std::make_integer_sequence<int, L>{});
  }
}

/// Packs rows that lie in memory along p, as pack_along() does, if they are shorter than a
/// register. Pieces of 16 bytes are transposed, four floats of four rows or two doubles of two, in
/// each part of a register by itself.
template <class T, int R>
void pack_short(T* panel, std::int64_t step, int width, std::int64_t kc, const T* from,
                std::int64_t row_step) {
  constexpr int W = 16 / static_cast<int>(sizeof(T)), L = static_cast<int>(smaller(R, lanes<T>));
  const T* row[R];
  for (int i = 0; i < R; ++i) row[i] = from + smaller(i, width - 1) * row_step;
  if (kc < W) {
    for (std::int64_t p = 0; p < kc; ++p) {
      for (int i = 0; i < R; ++i) panel[p * step + i] = row[i][p];
    }
    return;
  }
  for (std::int64_t p = 0; p < kc; p += W) {
    const std::int64_t at = smaller(p, kc - W);  // the last piece may overlap the one before
#pragma GCC unroll 4
    for (int first = 0; first < R; first += L) {
      typename Simd<T, L>::Vector piece[W];
#pragma GCC unroll 4
      for (int i = 0; i < W; ++i) piece[i] = pieces<T, L>(row + first + i, at);
      transpose<W, L, W>(piece);
#pragma GCC unroll 4
      for (int i = 0; i < W; ++i) store(panel + (at + i) * step + first, piece[i]);
    }
  }
}

/// Packs rows that lie in memory along p, by transposing blocks of R rows and L elements. There are
/// `width` <= R rows, `row_step` apart. Dead rows up to R repeat the last: nobody sees what comes
/// of them. L <= R or R == step.
template <class T, int R, int L>
void pack_along(T* panel, std::int64_t step, int width, std::int64_t kc, const T* from,
                std::int64_t row_step) {
  using V = typename Simd<T, L>::Vector;
  static_assert(L > 1);
  if (kc < L) return pack_short<T, R>(panel, step, width, kc, from, row_step);
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
