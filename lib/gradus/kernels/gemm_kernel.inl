// The micro-kernel.

/// The tile of C that the micro-kernel computes has at most TILE_VECTORS registers of columns, and
/// as many rows as keep all sums in registers: of a narrow C it takes more rows, because the sums
/// must be many enough that none waits for its last multiply-add.
constexpr int max_vectors = GRADUS_TILE_VECTORS;
constexpr int rows_of(int vectors) {
  const int rows = GRADUS_TILE_ROWS * GRADUS_TILE_VECTORS / vectors;
  return rows < 16 ? rows : 16;
}
constexpr int MR = GRADUS_TILE_ROWS;
template <class T>
constexpr int NR = GRADUS_TILE_VECTORS* lanes<T>;

/// Where the micro-kernel finds its operands: element (i, p) of A is a[i * a_row + p * a_step], row
/// p of B starts at b + p * b_step. Packed panels and matrices used in place differ only in these.
template <class T>
struct Operands {
  const T* a;
  std::int64_t a_row, a_step;
  const T* b;
  std::int64_t b_step;
  const std::int32_t* live;  // the p that count, in order; null: all of them
};

/// The tile of C to update: C = alpha * AB + beta * C. Element (i, j) is c[i * row + j * col], of
/// which row or col is 1. Only the first `cols` columns are live.
template <class T>
struct Tile {
  T alpha, beta;
  T* c;
  std::int64_t row, col;
  int cols;
};

/// One register of C, or the `live` elements of its last one: c = sum + beta * c, where Add is
/// whether beta counts.
template <class T, int L, bool Add, class V>
void update(T beta, T* c, V sum, int live) {
  if (live >= L && !(has_masks && L == lanes<T>)) {
    if constexpr (Add) sum += beta * load<V>(c);
    store(c, sum);
  } else {
    if constexpr (Add) sum += beta * load_few<T, L>(c, live);
    store_few<T, L>(c, sum, live);
  }
}
template <class T, int L, bool Add, class V>
void update(T beta, T* c, V sum) {
  if constexpr (Add) sum += beta * load<V>(c);
  store(c, sum);
}

/// Updates a tile whose columns are contiguous in memory: C^T is row-major. The sums are transposed
/// in registers, so that each register holds whole columns of the tile.
template <class T, bool Add, int Rows, int Vectors>
void update_columns(Vec<T> (&acc)[Rows][Vectors], const Tile<T>& out) {
  constexpr int L = lanes<T>, R = power_of_two_from(Rows);
  if constexpr (Rows <= MR) {
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j) {
      Vec<T> rows[R] = {};
#pragma GCC unroll 16
      for (int i = 0; i < Rows; ++i) rows[i] = acc[i][j];
      transpose<R, L>(rows);
      alignas(vector_bytes) T columns[L * R];
#pragma GCC unroll 16
      for (int i = 0; i < R; ++i) store(columns + i * L, rows[i]);
      const int live = out.cols - j * L < L ? out.cols - j * L : L;
      for (int i = 0; i < live; ++i) {
        constexpr int W = R < L ? R : L;
        for (int r = 0; r < Rows; r += W) {
          const auto sums = load<typename Simd<T, W>::Vector>(columns + i * R + r);
          T* const c = out.c + (j * L + i) * out.col + r;
          if (r + W <= Rows) {
            update<T, W, Add>(out.beta, c, sums);
          } else {
            update<T, W, Add>(out.beta, c, sums, Rows - r);
          }
        }
      }
    }
  }
}

/// Updates any tile. Of the last register of each row, `edge` lanes are live.
template <class T, bool Add, int Rows, int Vectors>
void update_tile(Vec<T> (&acc)[Rows][Vectors], const Tile<T>& out, int edge) {
  constexpr int L = lanes<T>;
  if (out.col != 1) return update_columns<T, Add, Rows, Vectors>(acc, out);
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < Vectors - 1; ++j) {
      update<T, L, Add>(out.beta, out.c + i * out.row + j * L, acc[i][j]);
    }
    update<T, L, Add>(out.beta, out.c + i * out.row + (Vectors - 1) * L, acc[i][Vectors - 1], edge);
  }
}

/// A Rows x (Vectors * lanes) tile of C is the sum of kc rank-one updates, one column of A times
/// one row of B: the first kc, or those that are live. The sums stay in registers until the end.
/// Every element adds its terms in the order of p, whatever the size of the tile it is in.
template <class T, int Rows, int Vectors>
void micro_kernel(std::int64_t kc, const Operands<T>& in, const Tile<T>& tile) {
  const Tile<T> out =
      tile;  // its own: a store to C might change the caller's, for all that is known
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  V acc[Rows][Vectors] = {};
  // Three rows of A from each pointer: more of them, or more distances, would not fit in registers.
  constexpr int bases = (Rows + 2) / 3;
  const std::int64_t a_row = in.a_row, a_step = in.a_step, b_step = in.b_step;
  const T* a[bases];
#pragma GCC unroll 8
  for (int i = 0; i < bases; ++i) a[i] = in.a + 3 * i * a_row;
  const T *const first_b = in.b, *b = first_b;
  const std::int32_t* const live = in.live;
  std::int64_t at = 0;                            // in A
  const int edge = out.cols - (Vectors - 1) * L;  // live lanes of the last register of each row
  const auto step = [&]() __attribute__((always_inline)) {
    V row[Vectors];
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j) {
      row[j] = has_masks && j == Vectors - 1 ? load_few<T, L>(b + j * L, edge) : load<V>(b + j * L);
    }
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const T x = a[i / 3][i % 3 * a_row + at];
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j) acc[i][j] += x * row[j];
    }
    at += a_step;
    b += b_step;
  };
  std::int64_t p = 0;
  if (live != nullptr) {
    for (; p < kc; ++p) {
      at = live[p] * a_step;
      b = first_b + live[p] * b_step;
      step();
    }
  } else if (out.col == 1) {
    // The rows of C are asked for one by one, to be here when the sums are ready: all at once, they
    // would keep A and B waiting.
    const T* c = out.c;
    for (; p < smaller(Rows, kc); ++p, c += out.row) {
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j) __builtin_prefetch(c + j * L, 1);
      step();
    }
  }
  for (; p < kc; ++p) step();

  if (out.alpha != 1) {
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j) acc[i][j] *= out.alpha;
    }
  }
  if (out.beta == 0) {
    update_tile<T, false>(acc, out, edge);
  } else {
    update_tile<T, true>(acc, out, edge);
  }
}

/// One micro-kernel for each number of rows and of registers of columns, so that the edges of C
/// cost only what they must: micro_kernels<T>.at[vectors - 1][rows - 1].
template <class T>
struct MicroKernels {
  void (*at[max_vectors][rows_of(1)])(std::int64_t, const Operands<T>&, const Tile<T>&);

  template <int Rows, int Vectors>
  constexpr void fill() {
    at[Vectors - 1][Rows - 1] = micro_kernel<T, Rows, Vectors>;
    if constexpr (Rows > 1) {
      fill<Rows - 1, Vectors>();
    } else if constexpr (Vectors > 1) {
      fill<rows_of(Vectors - 1), Vectors - 1>();
    }
  }
  constexpr MicroKernels() : at{} { fill<rows_of(max_vectors), max_vectors>(); }
};
template <class T>
constexpr MicroKernels<T> micro_kernels{};
