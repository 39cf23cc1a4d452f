// The micro-kernel.

/// The tile of C that the micro-kernel computes has TILE_VECTORS registers of columns, where C is
/// wide, and as many rows as keep all sums in registers: of a narrow C it takes more rows, because
/// the sums must be many enough that none waits for its last multiply-add. With 32 registers, four
/// of columns and 6 rows are 2% faster than three and 8, if A need not be packed, in MR rows.
constexpr bool many_registers = vector_bytes == 64;
constexpr int max_vectors = many_registers ? 4 : GRADUS_TILE_VECTORS;
constexpr int rows_of(int vectors) {
  const int rows = GRADUS_TILE_ROWS * GRADUS_TILE_VECTORS / vectors;
  return rows < 16 ? rows : 16;
}
constexpr int MR = GRADUS_TILE_ROWS;
template <class T>
constexpr int NR = GRADUS_TILE_VECTORS* lanes<T>;

/// With few columns the loads of A, one for each multiply-add, are what takes the time. Then a
/// register of B can hold several terms p of a sum: as many as 16 bytes hold, of lanes / Terms
/// columns, the terms of a column side by side. One load brings the same terms of A, 16 bytes that
/// are repeated all over a register, and serves all registers of B. At the end, the lanes of a
/// column are added. Registers of less than 64 bytes are neither wide nor many enough for that.
template <class T>
constexpr int grouped_terms = 16 / static_cast<int>(sizeof(T));
constexpr int most_groups = 4, least_groups = 3;  // registers of B
template <class T>
constexpr int grouped_columns = most_groups* lanes<T> / grouped_terms<T>;

/// Where the micro-kernel finds its operands: element (i, p) of A is a[i * a_row + p * a_step], row
/// p of B starts at b + p * b_step. Packed panels and matrices used in place differ only in these.
/// Where terms are grouped, a_step is 1, and b_step the distance from one group to the next.
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

/// Updates a tile whose columns are contiguous in memory: C^T is row-major. The sums are transposed
/// in registers, so that each register holds whole columns of the tile.
template <class T, int Rows, int Vectors>
void update_columns(Vec<T> (&acc)[Rows][Vectors], const Tile<T>& out) {
  constexpr int L = lanes<T>, R = power_of_two_from(Rows);
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
        if (out.beta == 0) {
          update<T, W, false>(out.beta, c, sums, Rows - r);
        } else {
          update<T, W, true>(out.beta, c, sums, Rows - r);
        }
      }
    }
  }
}

/// Updates a tile whose rows are contiguous. Of the last register of each, `edge` lanes are live.
template <class T, bool Add, int Rows, int Vectors>
void update_rows(Vec<T> (&acc)[Rows][Vectors], const Tile<T>& out, int edge) {
  constexpr int L = lanes<T>;
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < Vectors - 1; ++j) {
      update<T, L, Add>(out.beta, out.c + i * out.row + j * L, acc[i][j]);
    }
    update<T, L, Add>(out.beta, out.c + i * out.row + (Vectors - 1) * L, acc[i][Vectors - 1], edge);
  }
}

/// The elements from p on that one register of B is multiplied by: one, or a group of `Terms`, of
/// which `few` are there, again and again.
template <class T, int Terms>
auto spread(const T* p, int few) {
  if constexpr (Terms == 1) {
    return *p;
  } else {
    using Group = typename Simd<T, Terms>::Vector;
    return repeat<T>(few == 0 ? load<Group>(p) : load_few<T, Terms>(p, few));
  }
}

/// Adds the lanes of each column, of which a register holds `Terms` side by side: afterwards the
/// columns stand in the first registers.
template <class T, int Terms, int Vectors>
void add_groups(Vec<T> (&sums)[Vectors]) {
  constexpr std::make_integer_sequence<int, lanes<T>> all{};
  int registers = Vectors;
#pragma GCC unroll 4
  for (int terms = Terms; terms > 1; terms /= 2) {
#pragma GCC unroll 4
    for (int j = 0; j < registers; j += 2) {
      const Vec<T> next = j + 1 < registers ? sums[j + 1] : Vec<T>{};
      sums[j / 2] = every_second<0>(sums[j], next, all) + every_second<1>(sums[j], next, all);
    }
    registers = (registers + 1) / 2;
  }
}

/// A Rows x (Vectors * lanes / Terms) tile of C is the sum of kc rank-one updates, one column of A
/// times one row of B: the first kc, or those that are live. The sums stay in registers until the
/// end. Every element adds its terms in one order, whatever the size of the tile it is in.
template <class T, int Rows, int Vectors, int Terms>
void micro_kernel(std::int64_t kc, const Operands<T>& in, const Tile<T>& tile) {
  const Tile<T> out =
      tile;  // its own: a store to C might change the caller's, for all that is known
  using V = Vec<T>;
  constexpr int L = lanes<T>, registers = (Vectors + Terms - 1) / Terms;  // of a row of the tile
  V acc[Rows][Vectors] = {};
  // Three rows of A from each pointer: more of them, or more distances, would not fit in registers.
  constexpr int bases = (Rows + 2) / 3;
  const std::int64_t a_row = in.a_row, a_step = Terms == 1 ? in.a_step : Terms, b_step = in.b_step;
  const T* a[bases];
#pragma GCC unroll 8
  for (int i = 0; i < bases; ++i) a[i] = in.a + 3 * i * a_row;
  const T *const first_b = in.b, *b = first_b;
  const std::int32_t* const live = in.live;
  std::int64_t at = 0;                              // in A
  const int edge = out.cols - (registers - 1) * L;  // live lanes of the last register of each row
  const auto multiply = [&](const auto& element) __attribute__((always_inline)) {
    constexpr bool masked = Terms == 1 && has_masks;
    V row[Vectors];
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j) {
      row[j] = masked && j == Vectors - 1 ? load_few<T, L>(b + j * L, edge) : load<V>(b + j * L);
    }
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const auto x = element(i);
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j) acc[i][j] += x * row[j];
    }
    b += b_step;
  };
  const auto step = [&](int few = 0) __attribute__((always_inline)) {
    multiply([&](int i) __attribute__((always_inline)) {
      return spread<T, Terms>(a[i / 3] + i % 3 * a_row + at, few);
    });
    at += a_step;
  };
  const std::int64_t steps = kc / Terms;
  std::int64_t p = 0;
  if (Terms == 1 && live != nullptr) {
    for (; p < steps; ++p) {
      at = live[p] * a_step;
      b = first_b + live[p] * b_step;
      step();
    }
  } else if (Vectors == 1 && a_row == 1) {
    // Each load of A serves one multiply-add. With a distance that is known they are one operation
    // of the processor, else two.
    const T* column = in.a;
    for (; p < steps; ++p, column += a_step) {
      multiply([&](int i) __attribute__((always_inline)) { return column[i]; });
    }
  } else if (out.col == 1 && kc >= 32) {
    // The rows of C are asked for one by one, to be here when the sums are ready: all at once, they
    // would keep A and B waiting. Short sums are ready before that: those of 10 terms took a fifth
    // longer.
    const T* c = out.c;
    for (; p < smaller(Rows, steps); ++p, c += out.row) {
#pragma GCC unroll 8
      for (int j = 0; j < registers; ++j) __builtin_prefetch(c + j * L, 1);
      step();
    }
  }
  if constexpr (Terms == 1) {
    for (; p < steps; ++p) step();
  } else {
    // A may come from memory, and its rows are too short pieces to be fetched ahead by themselves.
    // Those of the next tile are asked for: each cache line once in four steps.
    const T* const next = in.a + Rows * a_row;
    for (; p < steps; ++p) {
      const T* const row = next + (p & 3) * a_row + at;
#pragma GCC unroll 8
      for (int i = 0; i < Rows; i += 4) __builtin_prefetch(row + i * a_row);
      step();
    }
    if (const int few = static_cast<int>(kc % Terms); few > 0) step(few);
  }

  V sums[Rows][registers];
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
    add_groups<T, Terms>(acc[i]);
#pragma GCC unroll 8
    for (int j = 0; j < registers; ++j) sums[i][j] = acc[i][j];
  }
  if (out.alpha != 1) {
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < registers; ++j) sums[i][j] *= out.alpha;
    }
  }
  // What is transposed is cut into tiles of MR x NR at most: see make_plan().
  if constexpr (Terms == 1 && Rows <= MR && Vectors <= GRADUS_TILE_VECTORS) {
    if (out.col != 1) return update_columns<T>(sums, out);
  }
  if (out.beta == 0) {
    update_rows<T, false>(sums, out, edge);
  } else {
    update_rows<T, true>(sums, out, edge);
  }
}

/// One micro-kernel for each number of rows and of registers of columns, so that the edges of C
/// cost only what they must.
template <class T, int Terms, int Least, int Most>
struct MicroKernels {
  void (*table[Most - Least + 1][rows_of(Least)])(std::int64_t, const Operands<T>&, const Tile<T>&);

  template <int Rows, int Vectors>
  constexpr void fill() {
    table[Vectors - Least][Rows - 1] = micro_kernel<T, Rows, Vectors, Terms>;
    if constexpr (Rows > 1) {
      fill<Rows - 1, Vectors>();
    } else if constexpr (Vectors > Least) {
      fill<rows_of(Vectors - 1), Vectors - 1>();
    }
  }
  constexpr MicroKernels() : table{} { fill<rows_of(Most), Most>(); }
  constexpr auto at(std::int64_t vectors, int rows) const {
    return table[vectors - Least][rows - 1];
  }
};
template <class T>
constexpr MicroKernels<T, 1, 1, max_vectors> micro_kernels{};
template <class T>
constexpr MicroKernels<T, grouped_terms<T>, least_groups, most_groups> grouped_micro_kernels{};
