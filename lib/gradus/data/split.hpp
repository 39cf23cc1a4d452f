/// A part of the examples that nothing is trained on.
#pragma once

#include <vector>

#include "gradus/base/random.hpp"

namespace gradus::data {

/// Which examples are for training and which for validation: both in their old order.
struct Split {
  std::vector<Index> training;
  std::vector<Index> validation;
};

/// How many of `count` examples are for validation: round(part * count), at least one. Throws
/// InputError unless 0 < part < 1 and at least one example is left for training.
Index validation_count(Index count, double part);

/// Draws validation_count(count, part) of the examples 0 ... count - 1 for validation. What is
/// drawn depends on the state of `random` alone.
Split split(Index count, double part, Random& random);

}  // namespace gradus::data
