// gradus_bench machine [--threads T]
//
// What the machine allows, so that other figures can be read against it: fused multiply-adds a
// second, bytes a second that are read from each level of memory, and how long a value takes from
// one core to another. Compiled for the processor that it is built on. The best of several tries,
// each of some ten milliseconds: a peak is a maximum.

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <vector>

#include "commands.hpp"
#include "gradus/tensor/tensor.hpp"
#include "options.hpp"
#include "timing.hpp"

namespace benchmark {

namespace {

/// Calls work(times) on each thread, `times` chosen so that it takes a while; the least seconds of
/// a call and time, of several tries. Of one thread its processor time is taken.
template <class Work>
double best_seconds(int threads, const Work& work) {
  const auto read_clock = threads == 1 ? thread_now : now;
  double best = 1e9;
  long times = 1;
  for (int tries = 0; tries < 12;) {
    const double start = read_clock();
#pragma omp parallel num_threads(threads)
    work(times);
    const double took = read_clock() - start;
    if (took < 0.01) {
      times *= 2;
      continue;
    }
    best = std::min(best, took / static_cast<double>(times));
    ++tries;
  }
  return best;
}

template <class T>
struct Register {
  typedef T Type __attribute__((vector_size(64)));
};

/// Twelve registers full of sums: more than the latency of an FMA needs on two units.
template <class T>
void multiply_add(long times) {
  constexpr int sums = 12;
  using Vector = typename Register<T>::Type;
  Vector sum[sums] = {};
  Vector a = Vector{} + T(0.999), b = Vector{} + T(0.001);
  asm volatile("" : "+m"(a), "+m"(b));  // unknown to the compiler
  for (long i = 0; i < times * 1000; ++i) {
    for (Vector& s : sum) s = s * a + b;
  }
  for (Vector& s : sum) asm volatile("" : : "m"(s));
}

/// Adds up all elements, a multiple of 128, in eight registers.
void read_all(const float* x, long count, long times) {
  using Vector = Register<float>::Type;
  for (long t = 0; t < times; ++t) {
    Vector sum[8] = {};
    for (long i = 0; i < count; i += 128) {
      for (int k = 0; k < 8; ++k) sum[k] += *reinterpret_cast<const Vector*>(x + i + 16 * k);
    }
    for (Vector& s : sum) asm volatile("" : : "m"(s) : "memory");
  }
}

/// Nanoseconds for a value to get to another thread and back.
double round_trip() {
  struct alignas(128) Flag {
    std::atomic<long> value{0};
  };
  constexpr long rounds = 2000;
  double best = 1e9;
  for (int tries = 0; tries < 5; ++tries) {
    Flag flag;
    double start = 0;
#pragma omp parallel num_threads(2)
    {
      const long me = omp_get_thread_num();
#pragma omp barrier
      if (me == 0) start = now();
      for (long i = 0; i < rounds; ++i) {
        while (flag.value.load(std::memory_order_acquire) != 2 * i + me) {
        }
        flag.value.store(2 * i + me + 1, std::memory_order_release);
      }
    }
    best = std::min(best, (now() - start) / static_cast<double>(rounds) * 1e9);
  }
  return best;
}

}  // namespace

void machine(const std::vector<std::string>& words) {
  const Options options(std::map<std::string, std::string>{{"threads", "1"}}, words);
  const int threads = options.threads();
  const auto gflops = [&](auto work, double width) {
    return threads * 1000 * 12 * 2 * width / best_seconds(threads, work) / 1e9;
  };
  std::printf("machine threads=%d fma_gflops_f32=%.1f fma_gflops_f64=%.1f", threads,
              gflops(multiply_add<float>, 16), gflops(multiply_add<double>, 8));
  struct Level {
    const char* name;
    long bytes;
  };
  for (const auto& [name, bytes] : {Level{"l1", 24 << 10}, Level{"l2", 512 << 10},
                                    Level{"l3", 6 << 20}, Level{"dram", 256 << 20}}) {
    const long count = bytes / static_cast<long>(sizeof(float));
    std::vector<gradus::AlignedVector<float>> memory(static_cast<std::size_t>(threads));
    for (auto& own : memory) own.resize(static_cast<std::size_t>(count), 1.0f);
    const double seconds = best_seconds(threads, [&](long times) {
      read_all(memory[static_cast<std::size_t>(omp_get_thread_num())].data(), count, times);
    });
    std::printf(" %s_gb_per_s=%.1f", name, threads * static_cast<double>(bytes) / seconds / 1e9);
  }
  if (omp_get_num_procs() > 1) std::printf(" round_trip_ns=%.0f", round_trip());
  std::printf("\n");
}

}  // namespace benchmark
