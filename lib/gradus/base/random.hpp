/// Random numbers that are the same on every platform, and whose state can be saved.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gradus/base/shape.hpp"

namespace gradus {

/// A Mersenne twister (Boost.Random's mt19937_64) with the draws that Gradus needs. The C++
/// standard leaves std::normal_distribution to the implementation; Boost's gives equal numbers
/// everywhere. Every draw is made from the engine alone, so `state()` is the whole state.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  Random(const Random&);
  Random& operator=(const Random&);
  ~Random();

  /// Uniform in [low, high).
  double uniform(double low = 0.0, double high = 1.0);
  /// Normal with the given mean and standard deviation.
  double normal(double mean = 0.0, double stddev = 1.0);
  /// Uniform in {0, ..., count - 1}; count must be at least 1.
  Index below(Index count);
  /// The numbers 0 ... count - 1 in random order (Fisher and Yates).
  std::vector<Index> permutation(Index count);

  /// The engine's state as text, for checkpoints.
  std::string state() const;
  /// Continues from a state that `state()` gave. Throws InputError on any other text.
  void set_state(const std::string& state);

 private:
  struct Engine;  // keeps Boost's headers out of every file that draws a number
  std::unique_ptr<Engine> engine_;
};

}  // namespace gradus
