/// Functions of single elements made into loops over strips.
#pragma once

#include <utility>

#include "gradus/kernels/pointwise.hpp"
#include "gradus/kernels/targets.hpp"

namespace gradus::kernels {

namespace detail {

template <class F, class Operands>
struct StripLoop;

template <class F, std::size_t... K>
struct StripLoop<F, std::index_sequence<K...>> {
  template <class T>
  [[gnu::always_inline]] static void run(Index n, T* y, const T* const* x,
                                         [[maybe_unused]] T number) {
    const T* const from[] = {x[K]...};
    GRADUS_INDEPENDENT
    for (Index i = 0; i < n; ++i) {
      if constexpr (F::has_number) {
        y[i] = F::forward(from[K][i]..., number);
      } else {
        y[i] = F::forward(from[K][i]...);
      }
    }
  }
};

}  // namespace detail

/// The loop y[i] = F::forward(x[0][i], ..., number) for the architecture in use. The number is
/// passed if F::has_number.
template <class F, int Arity, Real T>
Strip<T> strip_of() {
  using Loop = detail::StripLoop<F, std::make_index_sequence<Arity>>;
  return Targets<Loop, Index, T*, const T* const*, T>::in_use();
}

}  // namespace gradus::kernels
