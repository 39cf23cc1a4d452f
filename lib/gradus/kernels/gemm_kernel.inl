// The micro-kernel and the packing that feeds it. Included by gemm_loops.inl inside a namespace of
// the architecture and an anonymous one.

constexpr int vector_bytes = GRADUS_VECTOR_BYTES;

/// One SIMD register of T, in the vector extension that GCC and Clang share: + and * work lane by
/// lane. Plain loops over T acc[MR][NR] would be plainer still, but GCC 12 keeps them in registers
/// only at some tile sizes and only at -O3; these stay there at -O2 too.
template <class T, int Lanes>
struct Simd {
  typedef T Vector __attribute__((vector_size(Lanes * sizeof(T))));
};

template <class T>
constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));
template <class T>
using Vec = typename Simd<T, lanes<T>>::Vector;

/// The tile of C that the micro-kernel computes is MR x NR.
constexpr int MR = GRADUS_TILE_ROWS;
template <class T>
constexpr int NR = GRADUS_TILE_VECTORS* lanes<T>;

template <class V, class T>
V load(const T* p) {  // from any address
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
template <class V, class T>
void store(T* p, V v) {
  __builtin_memcpy(p, &v, sizeof v);
}

/// Copies count < Max elements (Max a power of two) as the powers of two that make up count: 10 is
/// 8 + 2.
template <int Max, class T>
void copy_few(const T* from, T* to, int count) {
  if constexpr (Max > 1) {
    constexpr int half = Max / 2;
    const int done = count & half;
    if (done != 0) __builtin_memcpy(to, from, half * sizeof(T));
    copy_few<half>(from + done, to + done, count - done);
  }
}

/// Copies count elements: whole vectors, then the last few.
template <class T>
void copy(const T* from, T* to, int count) {
  constexpr int L = lanes<T>;
  for (; count >= L; count -= L, from += L, to += L) store(to, load<Vec<T>>(from));
  copy_few<L>(from, to, count);
}

/// Where the micro-kernel finds its operands: element (i, p) of A is a[i * a_row + p * a_step], row
/// p of B starts at b + p * b_step. Packed panels and matrices used in place differ only in these.
template <class T>
struct Operands {
  const T* a;
  std::int64_t a_row, a_step;
  const T* b;
  std::int64_t b_step;
};

/// The tile of C to update: C = alpha * AB + beta * C. Only the first `cols` columns are live.
template <class T>
struct Tile {
  T alpha, beta;
  T* c;
  std::int64_t ldc;
  int cols;
};

/// The micro-kernel: a Rows x (Vectors * lanes) tile of C is the sum of kc rank-one updates, one
/// column of A times one row of B. The sums stay in registers until the end. Every element adds its
/// terms in the order of p, whatever the size of the tile it is in.
template <class T, int Rows, int Vectors>
void micro_kernel(std::int64_t kc, Operands<T> in, Tile<T> out) {
  using V = Vec<T>;
  constexpr int L = lanes<T>;
  V acc[Rows][Vectors] = {};

  for (std::int64_t p = 0; p < kc; ++p) {
    V b[Vectors];
#pragma GCC unroll 8
    for (int j = 0; j < Vectors; ++j) b[j] = load<V>(in.b + j * L);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const T a = in.a[i * in.a_row];
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j) acc[i][j] += a * b[j];
    }
    in.a += in.a_step;
    in.b += in.b_step;
  }

  const int edge = out.cols - (Vectors - 1) * L;  // live lanes of the last vector of each row
  if (edge == L) {
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j) {
        T* c = out.c + i * out.ldc + j * L;
        V sum = out.alpha * acc[i][j];
        if (out.beta != 0) sum += out.beta * load<V>(c);
        store(c, sum);
      }
    }
  } else {  // the right edge of C: the same on a copy of the tile, so that its dead columns stay
            // here
    T tile[Rows][Vectors * L] = {};
    for (int i = 0; i < Rows && out.beta != 0; ++i) copy(out.c + i * out.ldc, tile[i], out.cols);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < Vectors; ++j) {
        V sum = out.alpha * acc[i][j];
        if (out.beta != 0) sum += out.beta * load<V>(&tile[i][j * L]);
        store(&tile[i][j * L], sum);
      }
    }
    for (int i = 0; i < Rows; ++i) copy(tile[i], out.c + i * out.ldc, out.cols);
  }
}

/// One micro-kernel for each number of rows and of vectors of columns, so that the edges of C cost
/// only what they must: micro_kernels<T>.at[rows - 1][vectors - 1].
template <class T>
struct MicroKernels {
  void (*at[MR][GRADUS_TILE_VECTORS])(std::int64_t, Operands<T>, Tile<T>);

  template <int Rows, int Vectors>
  constexpr void fill() {
    at[Rows - 1][Vectors - 1] = micro_kernel<T, Rows, Vectors>;
    if constexpr (Vectors > 1) {
      fill<Rows, Vectors - 1>();
    } else if constexpr (Rows > 1) {
      fill<Rows - 1, GRADUS_TILE_VECTORS>();
    }
  }
  constexpr MicroKernels() : at{} { fill<MR, GRADUS_TILE_VECTORS>(); }
};
template <class T>
constexpr MicroKernels<T> micro_kernels{};

/// The lanes of a and b in turn: a0 b0 a1 b1 ..., starting from lane `From`.
template <int From, class V, int... I>
V interleave(V a, V b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, (From + I / 2 + I % 2 * int{sizeof...(I)})...);
}

/// Transposes a W x W block: to[j * to_step + i] = from[i * from_step + j].
///
/// Shuffling two halves of a deck card by card moves the card at binary position xyz to yzx. Rows
/// and lanes together are 2 log2(W) bits of position, so log2(W) such shuffles swap rows and lanes.
template <class T, int W>
void transpose_block(const T* from, std::int64_t from_step, T* to, std::int64_t to_step) {
  using V = typename Simd<T, W>::Vector;
  constexpr std::make_integer_sequence<int, W> all_lanes{};
  V rows[W];
#pragma GCC unroll 16
  for (int i = 0; i < W; ++i) rows[i] = load<V>(from + i * from_step);
#pragma GCC unroll 4
  for (int round = 1; round < W; round *= 2) {
    V shuffled[W];
#pragma GCC unroll 8
    for (int i = 0; i < W / 2; ++i) {
      shuffled[2 * i] = interleave<0>(rows[i], rows[i + W / 2], all_lanes);
      shuffled[2 * i + 1] = interleave<W / 2>(rows[i], rows[i + W / 2], all_lanes);
    }
#pragma GCC unroll 16
    for (int i = 0; i < W; ++i) rows[i] = shuffled[i];
  }
#pragma GCC unroll 16
  for (int i = 0; i < W; ++i) store(to + i * to_step, rows[i]);
}

/// Packs `width` (at most `padded`) vectors of kc elements into a panel that lists their first
/// elements, then their second ones, and so on: panel[p * padded + i] is element p of vector i, and
/// zero for i >= width. A panel of A holds rows of op(A), a panel of B holds columns of op(B).
///
/// W divides padded. Zeros only meet the dead rows and columns of a tile: a zero times an infinity
/// is a NaN that nobody sees.
template <class T, int W>
void pack_panel(T* panel, int padded, int width, std::int64_t kc, const T* from,
                std::int64_t vector_step, std::int64_t element_step) {
  using V = typename Simd<T, W>::Vector;
  for (int i = 0; i < padded; i += W) {
    const T* source = from + i * vector_step;
    const bool whole = i + W <= width;
    const int live = whole ? W : width > i ? width - i : 0;
    std::int64_t p = 0;
    if (vector_step == 1) {  // already in the panel's order
      for (; p < kc; ++p) {
        T* to = panel + p * padded + i;
        store(to, whole ? load<V>(source + p * element_step) : V{});
        if (!whole) copy_few<W>(source + p * element_step, to, live);
      }
    } else if (whole && element_step == 1) {
      for (; p + W <= kc; p += W) {
        transpose_block<T, W>(source + p, vector_step, panel + p * padded + i, padded);
      }
    }
    for (; p < kc; ++p) {
      T* to = panel + p * padded + i;
      for (int lane = 0; lane < live; ++lane) {
        to[lane] = source[lane * vector_step + p * element_step];
      }
      for (int lane = live; lane < W; ++lane) to[lane] = 0;
    }
  }
}
