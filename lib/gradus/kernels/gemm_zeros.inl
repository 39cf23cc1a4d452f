// Leaving out what is multiplied by zeros alone. A batch of images has pixels that are zero in all
// of them: columns of A as it is stored. Not transposed, they are terms of every sum; transposed,
// as in the gradient of the weights, they are rows of C.
//
// Terms are left out inside the blocks of k in which they are, so that every sum is cut into the
// same blocks as without, and rounded alike: adding a zero changes no bit.

template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// The bits of each column of a matrix that are set in any row, all but the sign: none if the
/// column is zero. `seen` takes them, for the columns [first, last). The rows are read one after
/// the other, as they lie in memory, since the first product of a step is the first to read its
/// data. If less than an eighth of the columns are zero, going around them does not pay; that shows
/// soon in most matrices, and the reading ends. Returns whether it pays.
template <class T>
bool see_columns(Range columns, std::int64_t rows, const T* matrix, std::int64_t row_step,
                 Bits<T>* seen) {
  using V = typename Simd<Bits<T>, lanes<T>>::Vector;
  constexpr int L = lanes<T>;
  const std::int64_t width = columns.last - columns.first, whole = width / L * L;
  const int few = static_cast<int>(width - whole);
  for (std::int64_t j = 0; j < width; j += L) store(seen + j, V{});
  for (std::int64_t i = 0, look = 1; i < rows; ++i) {
    const T* const row = matrix + i * row_step + columns.first;
    for (std::int64_t j = 0; j < whole; j += L)
      store(seen + j, load<V>(seen + j) | load<V>(row + j) << 1);
    if (few > 0) {
      const Vec<T> last = load_few<T, L>(row + whole, few);
      store(seen + whole, load<V>(seen + whole) | load<V>(&last) << 1);
    }
    if (i + 1 != look && i + 1 != rows) continue;
    look *= 8;
    std::int64_t dead = 0;
    for (std::int64_t j = 0; j < width; ++j) dead += seen[j] == 0;
    if (8 * dead < width) return false;
  }
  return true;
}

/// Marks which of the columns [first, last) of a matrix have an element that is not zero, or all of
/// them if it does not pay to go around the others.
template <class T>
void find_live(Range columns, std::int64_t rows, const T* matrix, std::int64_t row_step,
               std::uint8_t* live) {
  constexpr std::int64_t most = 1024;  // columns that are seen at once: on the stack
  alignas(vector_bytes) Bits<T> seen[most];
  for (Range some = columns; some.first < columns.last; some.first = some.last) {
    some.last = smaller(columns.last, some.first + most);
    const bool worth = see_columns(some, rows, matrix, row_step, seen);
    for (std::int64_t j = some.first; j < some.last; ++j)
      live[j] = !worth || seen[j - some.first] != 0;
  }
}
/// Threads share the columns in pieces of this many: 512 bytes, that none writes near another's.
template <class T>
constexpr std::int64_t zeros_columns = 512 / sizeof(T);

/// Lists the marked ones of n, and returns their number.
std::int64_t list_live(std::int64_t n, const std::uint8_t* live, std::int32_t* list) {
  std::int64_t count = 0;
  for (std::int32_t p = 0; p < n; ++p) {
    list[count] = p;
    count += live[p];
  }
  return count;
}
