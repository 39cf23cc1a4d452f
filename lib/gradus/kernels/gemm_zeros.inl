// Leaving out what is multiplied by zeros alone. A batch of images has pixels that are zero in all
// of them: columns of A as it is stored. Not transposed, they are terms of every sum; transposed,
// as in the gradient of the weights, they are rows of C.
//
// Terms are left out inside the blocks of k in which they are, so that every sum is cut into the
// same blocks as without, and rounded alike: adding a zero changes no bit.

/// Marks which of `width` columns of a matrix, N registers, have an element that is not zero. If
/// less than an eighth are zero, going around them does not pay, and all are marked: a matrix
/// without zeros is hardly read.
template <class T, int N>
void find_live(int width, std::int64_t rows, const T* matrix, std::int64_t row_step,
               std::uint8_t* live) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  using V = typename Simd<Bits, lanes<T>>::Vector;
  constexpr int L = lanes<T>;
  const int few = width - (N - 1) * L;
  V seen[N] = {};  // all bits but the sign that are set in any row; none: all are zero
  bool worth = true;
  for (std::int64_t i = 0, look = 1; i < rows && worth; ++i) {
    const T* const row = matrix + i * row_step;
#pragma GCC unroll 8
    for (int j = 0; j < N - 1; ++j) seen[j] |= load<V>(row + j * L) << 1;
    const T* const end = row + (N - 1) * L;
    if (few == L) {
      seen[N - 1] |= load<V>(end) << 1;
    } else {
      const Vec<T> last = load_few<T, L>(end, few);
      seen[N - 1] |= load<V>(&last) << 1;
    }
    if (i + 1 != look && i + 1 != rows) continue;
    look *= 8;
    V counts{};
#pragma GCC unroll 8
    for (int j = 0; j < N; ++j) counts += static_cast<V>(seen[j] == 0) & 1;
    int dead = few - L;  // lanes without a column do not count
    for (int lane = 0; lane < L; ++lane) dead += static_cast<int>(counts[lane]);
    worth = 8 * dead >= width;
  }
  for (int j = 0; j < width; ++j) live[j] = !worth || seen[j / L][j % L] != 0;
}

/// The same for any number of columns, some at a time.
constexpr int zeros_registers = 8;
template <class T>
constexpr std::int64_t zeros_columns = zeros_registers* lanes<T>;
template <class T>
void find_live(Range columns, std::int64_t rows, const T* matrix, std::int64_t row_step,
               std::uint8_t* live) {
  constexpr int L = lanes<T>;
  std::int64_t at = columns.first;
  for (; at + zeros_columns<T> <= columns.last; at += zeros_columns<T>) {
    find_live<T, zeros_registers>(zeros_columns<T>, rows, matrix + at, row_step, live + at);
  }
  for (; at < columns.last; at += L) {
    const int width = static_cast<int>(smaller(L, columns.last - at));
    find_live<T, 1>(width, rows, matrix + at, row_step, live + at);
  }
}

/// Lists the marked ones of n, and returns their number.
std::int64_t list_live(std::int64_t n, const std::uint8_t* live, std::int32_t* list) {
  std::int64_t count = 0;
  for (std::int32_t p = 0; p < n; ++p) {
    list[count] = p;
    count += live[p];
  }
  return count;
}
