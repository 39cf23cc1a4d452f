#include "gradus/kernels/parallel.hpp"

#include <algorithm>

#include "gradus/kernels/threads.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif

namespace gradus::kernels::detail {

int team_size(Index pieces, double nanoseconds) {
#ifdef _OPENMP
  // A region costs 1.1 microseconds to open where threads spin, as they do for some milliseconds
  // after the last one (in a training step, always), and 5 where they sleep (measured with g++ 12
  // on two cores). A share of 5 pays in the first case, and loses nothing in the second.
  constexpr double worth_a_thread = 5e3;
  if (nanoseconds < 2 * worth_a_thread || omp_in_parallel()) return 1;
  return static_cast<int>(std::min(
      {static_cast<double>(threads()), nanoseconds / worth_a_thread, static_cast<double>(pieces)}));
#else
  static_cast<void>(pieces);
  static_cast<void>(nanoseconds);
  return 1;
#endif
}

void run_team(int team, Index count, void (*body)(const void*, Index, Index),
              const void* argument) {
#ifdef _OPENMP
#pragma omp parallel num_threads(team)
  {
    // OpenMP may give fewer threads than asked for.
    const Index workers = omp_get_num_threads();
    const Index me = omp_get_thread_num();
    const Index first = count * me / workers;
    const Index last = count * (me + 1) / workers;
    if (first < last) body(argument, first, last);
  }
#else
  static_cast<void>(team);
  body(argument, 0, count);
#endif
}

}  // namespace gradus::kernels::detail
