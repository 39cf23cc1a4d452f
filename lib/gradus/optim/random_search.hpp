/// Random search for hyperparameters.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gradus/base/random.hpp"

namespace gradus::optim {

/// A number that is chosen before training, and what it is drawn from. The functions below make
/// one.
struct Hyperparameter {
  std::string name;
  std::function<double(Random&)> draw;
};

/// Uniform in [low, high). Throws InputError unless low < high, both finite.
Hyperparameter uniform(std::string name, double low, double high);
/// Its logarithm is uniform, so that each factor of ten has the same share: for rates. Throws
/// InputError unless 0 < low < high, both finite.
Hyperparameter log_uniform(std::string name, double low, double high);
/// One of these, all equally likely; choose among words by their position. Throws InputError if
/// there are none.
Hyperparameter choice(std::string name, std::vector<double> values);

/// One choice of all hyperparameters.
struct Trial {
  std::vector<std::pair<std::string, double>> values;  ///< in the order of the search's list
  double score = 0;                                    ///< what training with them came to
  /// The value with this name. Throws InputError that lists those that exist.
  double operator[](std::string_view name) const;
};

/// Draws `count` trials, each value independent of all others, and scores each with `score`, where
/// less is better: a loss on a validation part. All draws depend on the seed alone, and the first
/// ones are the same however many follow. Bergstra and Bengio, "Random search for hyper-parameter
/// optimization", 2012. Throws InputError for a count below 1, no hyperparameters, or two with the
/// same name.
///
///   const auto trials = optim::random_search(
///       {optim::log_uniform("rate", 1e-4, 1), optim::choice("hidden", {16, 32, 64})}, 20, 1,
///       [&](const optim::Trial& trial) { return train(trial["rate"], trial["hidden"]); });
///   std::cout << optim::best(trials)["rate"];
std::vector<Trial> random_search(const std::vector<Hyperparameter>& space, Index count,
                                 std::uint64_t seed,
                                 const std::function<double(const Trial&)>& score);

/// The trial with the least score, the first of equal ones. A NaN, as of a training that diverged,
/// is worse than any number. Throws Error if there are none.
const Trial& best(const std::vector<Trial>& trials);

}  // namespace gradus::optim
