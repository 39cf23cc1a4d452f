/// Functions of single elements made into loops over strips, for each architecture from one source.
#pragma once

#include <utility>

#include "gradus/kernels/architecture.hpp"
#include "gradus/kernels/pointwise.hpp"

// The loops are function templates with the instructions they may use as an attribute, in ordinary
// source files. What they call is inlined into them (`flatten`), and so compiled for these
// instructions; should a compiler leave a call, it calls what runs on every processor. Files with
// flags of their own could not promise that.
//
// Only the library itself compiles them for more than the baseline: its flags keep a*b + c from
// becoming one instruction, so that every architecture gives the same bits.
#if defined(GRADUS_BUILDS_ARCHITECTURES) && defined(__x86_64__)
#define GRADUS_TARGET_AVX2 target("avx2")
#ifdef __clang__
#define GRADUS_TARGET_AVX512 target("avx512f,avx512vl,avx512dq,avx512bw")
#else
#define GRADUS_TARGET_AVX512 target("avx512f,avx512vl,avx512dq,avx512bw,prefer-vector-width=512")
#endif
#endif

namespace gradus::kernels {

namespace detail {

template <class F, class T, std::size_t... K>
[[gnu::always_inline]] inline void strip_loop(Index n, T* y, const T* const* x, T number,
                                              std::index_sequence<K...>) {
  const T* const from[] = {x[K]...};
  // y may be an operand's buffer, but only element by element.
#ifdef __clang__
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep
#endif
  for (Index i = 0; i < n; ++i) {
    if constexpr (F::has_number) {
      y[i] = F::forward(from[K][i]..., number);
    } else {
      y[i] = F::forward(from[K][i]...);
    }
  }
  static_cast<void>(number);
}

template <class F, class T, class Operands>
__attribute__((flatten)) void strip_baseline(Index n, T* y, const T* const* x, T number) {
  strip_loop<F>(n, y, x, number, Operands());
}

#ifdef GRADUS_TARGET_AVX2
template <class F, class T, class Operands>
__attribute__((flatten, GRADUS_TARGET_AVX2)) void strip_avx2(Index n, T* y, const T* const* x,
                                                             T number) {
  strip_loop<F>(n, y, x, number, Operands());
}

template <class F, class T, class Operands>
__attribute__((flatten, GRADUS_TARGET_AVX512)) void strip_avx512(Index n, T* y, const T* const* x,
                                                                 T number) {
  strip_loop<F>(n, y, x, number, Operands());
}
#endif

}  // namespace detail

/// The loop y[i] = F::forward(x[0][i], ..., number) for the architecture in use. The number is
/// passed if F::has_number.
template <class F, int Arity, Real T>
Strip<T> strip_of() {
  using Operands = std::make_index_sequence<Arity>;
#ifdef GRADUS_TARGET_AVX2
  switch (architecture()) {
    case Architecture::avx512:
      return detail::strip_avx512<F, T, Operands>;
    case Architecture::avx2:
      return detail::strip_avx2<F, T, Operands>;
    case Architecture::baseline:
      break;
  }
#endif
  return detail::strip_baseline<F, T, Operands>;
}

}  // namespace gradus::kernels
