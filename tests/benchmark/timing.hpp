/// How long something takes, and how much to believe it.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace benchmark {

/// Seconds of a steady clock.
double now();
/// Processor seconds of the calling thread. One thread's work is timed by them: others that use the
/// same core do not count.
double thread_now();
/// Waits until no thread of this process runs but this one, which sleeps: after its last product a
/// library's threads spin in case there is more to do (OpenBLAS' for over 50 ms), on a core that
/// the next one needs. Gives up after a second.
void let_threads_sleep();
/// The middle of an odd number, the mean of the two middle ones of an even number.
double median(std::vector<double> x);

/// Seconds of one call, over several repetitions of many calls each.
struct Timing {
  double median = 0, least = 0, most = 0;
  double spread = 0;  ///< (most - least) / median
  int repetitions = 0;
  long calls = 0;     ///< in a repetition
  int tries = 0;      ///< sets of repetitions, until one's spread was at most 0.2
  double others = 0;  ///< cores that other processes kept busy meanwhile
};

/// Times f(n), which does the work n times: repetitions of about `seconds` each. A set whose spread
/// is over 0.2 is taken again, at most three times; the one of least spread counts. One thread is
/// timed by thread_now(), several by now().
Timing measure(const std::function<void(long n)>& f, double seconds, int repetitions, int threads);

/// `name`=median name_min= name_max=, in units of which a second has `scale`.
std::string text(const Timing& timing, const std::string& name, double scale);
/// spread= reps= iters= tries= other=
std::string noise_text(const Timing& timing);

/// The most memory that this process ever had, and that it has now, in MB of 2^20 bytes.
double most_resident_mb();
double resident_mb();

}  // namespace benchmark
