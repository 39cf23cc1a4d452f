#include "gradus/kernels/threads.hpp"

#include <atomic>
#include <string>

#include "gradus/base/error.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif

namespace gradus::kernels {

namespace {
std::atomic<int> chosen_threads{0};  // 0: nobody chose
}  // namespace

void set_threads(int n) {
  if (n < 1) {
    throw InputError("[set_threads] needs at least 1 thread, not " + std::to_string(n) + ".");
  }
  chosen_threads = n;
}

int threads() {
#ifdef _OPENMP
  const int chosen = chosen_threads;
  return chosen > 0 ? chosen : omp_get_max_threads();
#else
  return 1;
#endif
}

}  // namespace gradus::kernels
