#include "timing.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>

namespace benchmark {

namespace {

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Processor seconds of this process.
double own_seconds() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

/// Processor seconds of all processes, without those that only waited. 0 where the system does not
/// tell.
double all_seconds() {
  std::ifstream file("/proc/stat");
  std::string cpu;
  double user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0, soft = 0;
  file >> cpu >> user >> nice >> system >> idle >> waiting >> interrupts >> soft;
  return (user + nice + system + interrupts + soft) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

double now() { return seconds_of(CLOCK_MONOTONIC); }

double thread_now() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

void let_threads_sleep() {
  for (int i = 0; i < 200; ++i) {
    const double used = own_seconds();
    usleep(5000);
    if (own_seconds() - used < 0.5e-3) return;
  }
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return (x[(x.size() - 1) / 2] + x[x.size() / 2]) / 2;
}

Timing measure(const std::function<void(long)>& f, double seconds, int repetitions, int threads) {
  const auto clock = threads == 1 ? thread_now : now;
  f(1);
  long calls = 1;
  double took = 0;
  while (took < 0.4 * seconds) {
    const double start = clock();
    f(calls);
    took = clock() - start;
    if (took < 0.4 * seconds) calls *= 2;
  }
  calls = std::max(1L, std::lround(static_cast<double>(calls) * seconds / took));

  Timing best;
  int tries = 0;
  do {
    const double own = own_seconds(), all = all_seconds(), began = now();
    std::vector<double> times;
    for (int r = 0; r < repetitions; ++r) {
      const double start = clock();
      f(calls);
      times.push_back((clock() - start) / static_cast<double>(calls));
    }
    Timing t;
    t.median = median(times);
    t.least = *std::min_element(times.begin(), times.end());
    t.most = *std::max_element(times.begin(), times.end());
    t.spread = (t.most - t.least) / t.median;
    t.repetitions = repetitions;
    t.calls = calls;
    const double others = (all_seconds() - all) - (own_seconds() - own);
    t.others = std::max(0.0, others / (now() - began));
    if (tries == 0 || t.spread < best.spread) best = t;
    best.tries = ++tries;
  } while (best.spread > 0.2 && tries < 4);
  return best;
}

std::string text(const Timing& t, const std::string& name, double scale) {
  char line[200];
  std::snprintf(line, sizeof line, "=%.6g %s_min=%.6g %s_max=%.6g", t.median * scale, name.c_str(),
                t.least * scale, name.c_str(), t.most * scale);
  return name + line;
}

std::string noise_text(const Timing& t) {
  char line[120];
  std::snprintf(line, sizeof line, "spread=%.3f reps=%d iters=%ld tries=%d other=%.2f", t.spread,
                t.repetitions, t.calls, t.tries, t.others);
  return line;
}

double most_resident_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1048576;
}

}  // namespace benchmark
