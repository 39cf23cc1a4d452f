// SIMD registers, and what moves elements between them and memory. The matrix kernels are included
// by gemm_loops.inl inside a namespace of the architecture and an anonymous one.

constexpr int vector_bytes = GRADUS_VECTOR_BYTES;

/// One SIMD register of T, in the vector extension that GCC and Clang share: + and * work lane by
/// lane. Plain loops over T acc[MR][NR] would be plainer still, but GCC 12 keeps them in registers
/// only at some tile sizes and only at -O3; these stay there at -O2 too.
template <class T, int Lanes>
struct Simd {
  typedef T Vector __attribute__((vector_size(Lanes * sizeof(T))));
};
template <class T>
struct Simd<T, 1> {
  typedef T Vector;
};

template <class T>
constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));
template <class T>
using Vec = typename Simd<T, lanes<T>>::Vector;

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

/// Lanes `From` and on, as many as `I` has.
template <class T, int From, class V, int... I>
auto part(V v, std::integer_sequence<int, I...>) {
  if constexpr (sizeof...(I) == 1) {
    return v[From];
  } else {
    return static_cast<typename Simd<T, sizeof...(I)>::Vector>(
        __builtin_shufflevector(v, v, (From + I)...));
  }
}

#ifdef __AVX512VL__

/// Instructions can be told which lanes to leave alone: part of a register is as fast as all of it.
constexpr bool has_masks = true;

/// What store_few() and load_few() do for registers of 16, 32 or 64 bytes.
template <class T, int L, class V>
void store_masked(T* to, V v, int count) {
  const unsigned live = (1u << count) - 1;
  if constexpr (sizeof(T) == 4) {
    if constexpr (L == 16) _mm512_mask_storeu_ps(to, static_cast<__mmask16>(live), v);
    if constexpr (L == 8) _mm256_mask_storeu_ps(to, static_cast<__mmask8>(live), v);
    if constexpr (L == 4) _mm_mask_storeu_ps(to, static_cast<__mmask8>(live), v);
  } else {
    if constexpr (L == 8) _mm512_mask_storeu_pd(to, static_cast<__mmask8>(live), v);
    if constexpr (L == 4) _mm256_mask_storeu_pd(to, static_cast<__mmask8>(live), v);
    if constexpr (L == 2) _mm_mask_storeu_pd(to, static_cast<__mmask8>(live), v);
  }
}
template <class T, int L>
auto load_masked(const T* p, int count) {
  const unsigned live = (1u << count) - 1;
  if constexpr (sizeof(T) == 4) {
    if constexpr (L == 16) return _mm512_maskz_loadu_ps(static_cast<__mmask16>(live), p);
    if constexpr (L == 8) return _mm256_maskz_loadu_ps(static_cast<__mmask8>(live), p);
    if constexpr (L == 4) return _mm_maskz_loadu_ps(static_cast<__mmask8>(live), p);
  } else {
    if constexpr (L == 8) return _mm512_maskz_loadu_pd(static_cast<__mmask8>(live), p);
    if constexpr (L == 4) return _mm256_maskz_loadu_pd(static_cast<__mmask8>(live), p);
    if constexpr (L == 2) return _mm_maskz_loadu_pd(static_cast<__mmask8>(live), p);
  }
}

/// A register of copies of these 16 bytes. (With a mask, which costs nothing, as GCC 12 warns of
/// the register that the plain function leaves uninitialised on purpose.)
template <class T, class Group>
Vec<T> repeat(Group group) {
  if constexpr (sizeof(T) == 4) {
    return _mm512_maskz_broadcast_f32x4(static_cast<__mmask16>(-1), group);
  } else {
    return _mm512_maskz_broadcast_f64x2(static_cast<__mmask8>(-1), group);
  }
}

#else

constexpr bool has_masks = false;
template <class T, int L, class V>
void store_masked(T* to, V v, int count);
template <class T, int L>
typename Simd<T, L>::Vector load_masked(const T* p, int count);

#endif

/// Stores the first `count` lanes, at most L with masks, else fewer: as the powers of two that make
/// up count, 10 as 8 + 2.
template <class T, int L, class V>
void store_few(T* to, V v, int count) {
  if constexpr (has_masks && L * sizeof(T) >= 16) {
    store_masked<T, L>(to, v, count);
  } else if constexpr (L > 1) {
    constexpr int half = L / 2;
    constexpr std::make_integer_sequence<int, half> some{};
    if ((count & half) != 0) {
      store(to, part<T, 0>(v, some));
      store_few<T, half>(to + half, part<T, half>(v, some), count - half);
    } else {
      store_few<T, half>(to, part<T, 0>(v, some), count);
    }
  }
}

template <class V, class Half, int... I>
V join(Half low, Half high, std::integer_sequence<int, I...>) {
  if constexpr (sizeof...(I) == 2) {
    return V{low, high};
  } else {
    return __builtin_shufflevector(low, high, I...);
  }
}

/// The `count` elements from p on, and zeros: likewise.
template <class T, int L>
typename Simd<T, L>::Vector load_few(const T* p, int count) {
  if constexpr (has_masks && L * sizeof(T) >= 16) {
    return load_masked<T, L>(p, count);
  } else if constexpr (L == 1) {
    return T{0};
  } else {
    using Half = typename Simd<T, L / 2>::Vector;
    Half low{}, high{};
    if ((count & L / 2) != 0) {
      low = load<Half>(p);
      high = load_few<T, L / 2>(p + L / 2, count - L / 2);
    } else {
      low = load_few<T, L / 2>(p, count);
    }
    return join<typename Simd<T, L>::Vector>(low, high, std::make_integer_sequence<int, L>{});
  }
}

/// The lanes of a and b in turn: a0 b0 a1 b1 ..., starting from lane `From`; in each part of W
/// lanes by itself.
template <int From, int W, class V, int... I>
V interleave(V a, V b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b,
                                 (I / W * W + From + I % W / 2 + I % 2 * int{sizeof...(I)})...);
}

/// Every second lane of a and then of b, from lane `From` on.
template <int From, class V, int... I>
V every_second(V a, V b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, (2 * I + From)...);
}

/// Transposes R rows of L lanes: afterwards the registers hold, one behind the other, the R
/// elements of lane 0, those of lane 1, and so on. R and L are powers of two.
///
/// Shuffling two halves of a deck card by card moves the card at binary position xyz to yzx. Row
/// and lane together are a position of log2(R) + log2(L) bits, so log2(R) such shuffles swap them.
/// With W < L each part of W lanes is transposed by itself.
template <int R, int L, int W = L, class V>
void transpose(V (&rows)[R]) {
  constexpr std::make_integer_sequence<int, L> all{};
#pragma GCC unroll 4
  for (int round = 1; round < R; round *= 2) {
    V shuffled[R];
#pragma GCC unroll 8
    for (int i = 0; i < R / 2; ++i) {
      shuffled[2 * i] = interleave<0, W>(rows[i], rows[i + R / 2], all);
      shuffled[2 * i + 1] = interleave<W / 2, W>(rows[i], rows[i + R / 2], all);
    }
#pragma GCC unroll 16
    for (int i = 0; i < R; ++i) rows[i] = shuffled[i];
  }
}

constexpr int power_of_two_from(int n) { return n <= 1 ? 1 : 2 * power_of_two_from((n + 1) / 2); }

/// Adds the parts of N lanes that make up a register.
template <class T, int L, int N, class V>
auto fold(V v) {
  if constexpr (L == N) {
    return v;
  } else {
    constexpr std::make_integer_sequence<int, L / 2> half{};
    return fold<T, L / 2, N>(part<T, 0>(v, half) + part<T, L / 2>(v, half));
  }
}
