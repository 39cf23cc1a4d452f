/// Small sets that are made, not collected: points in the plane, whose classes people can see, and
/// sequences.
#pragma once

#include <cstdint>
#include <vector>

#include "gradus/tensor/tensor.hpp"

namespace gradus::data {

/// Points and their classes, which come in turn: 0, 1, ..., 0, 1, ...
struct ToySet {
  Tensor<double> features;           ///< (count, 2)
  std::vector<std::uint8_t> labels;  ///< (count,)
  Index classes = 0;
};

// Each set is a function of its arguments alone. `noise` is the standard deviation of the normal
// noise, in the unit of the coordinates unless it says otherwise; 0 gives the bare curves. They
// throw InputError for fewer points than classes, and for noise that is negative or not finite.

/// The corners of the unit square: class 1 where just one coordinate is 1. Without noise, the first
/// four points are the truth table.
ToySet xor_corners(Index count, double noise, std::uint64_t seed);

/// Two half circles that reach into each other: (cos t, sin t) and (1 - cos t, 1/2 - sin t) for t
/// in [0, pi]. After scikit-learn's make_moons.
ToySet two_moons(Index count, double noise, std::uint64_t seed);

/// Class 0 on the circle of radius 1, class 1 on that of radius `factor`, 0 < factor < 1. After
/// scikit-learn's make_circles, whose factor is 0.8; a half is easier to see.
ToySet circles(Index count, double noise, std::uint64_t seed, double factor = 0.5);

/// `classes` (2 to 256) arms that turn out of the origin: r (sin t, cos t) with r in [0, 1] and
/// t = 4 r + 2 pi class / classes + noise, in radians. After the case study of Stanford's CS231n,
/// https://cs231n.github.io/neural-networks-case-study/ (3 arms, noise 0.2, 4 radians apart).
ToySet spirals(Index count, Index classes, double noise, std::uint64_t seed);

/// Sequences of pairs of numbers, with a number to be told after the last step.
struct ToySequences {
  Tensor<double> x;       ///< (steps, count, 2)
  Tensor<double> target;  ///< (count, 1)
};

/// The adding problem: in each step a value from U(0, 1) and a marker, which is 1 in one step of
/// the first half and one of the second, and else 0. The target is the sum of the two values that
/// are marked. Who always says 1 has a mean squared error of 1/6. After Hochreiter and Schmidhuber,
/// "Long short-term memory", 1997, experiment 4, where both marks come early and values may be
/// negative; in this form Arjovsky, Shah and Bengio, "Unitary evolution recurrent neural networks",
/// 2016. Throws InputError for fewer than 2
/// steps or 1 sequence.
ToySequences adding_problem(Index count, Index steps, std::uint64_t seed);

}  // namespace gradus::data
