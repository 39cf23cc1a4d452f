/// Splitting a loop over threads so that the bits of its results stay the same.
#pragma once

#include <algorithm>

#include "gradus/base/shape.hpp"
#include "gradus/kernels/threads.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif

namespace gradus::kernels {

/// Work, in rough nanoseconds, that is worth waking a thread for: an OpenMP region costs about 1 us
/// to open, so that below some 20 us a second thread wins little or loses.
inline constexpr double worth_a_thread = 20e3;

/// Calls body(first, last) on disjoint ranges that cover [0, count), on one or several threads.
/// Each element must be written by exactly one call and must not depend on where the ranges are
/// cut; then neither do the results. `cost` is the time of one element in rough nanoseconds.
template <class Body>
void parallel_for(Index count, double cost, const Body& body) {
#ifdef _OPENMP
  const double wanted = static_cast<double>(count) * cost / worth_a_thread;
  const int team = static_cast<int>(
      std::min({static_cast<double>(threads()), wanted, static_cast<double>(count)}));
  if (team > 1 && !omp_in_parallel()) {
#pragma omp parallel num_threads(team)
    {
      const Index workers = omp_get_num_threads();
      const Index me = omp_get_thread_num();
      const Index first = count * me / workers;
      const Index last = count * (me + 1) / workers;
      if (first < last) body(first, last);
    }
    return;
  }
#else
  static_cast<void>(cost);
#endif
  if (count > 0) body(Index{0}, count);
}

}  // namespace gradus::kernels
