#include "gradus/optim/random_search.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/base/error.hpp"

namespace gradus::optim {
namespace {

void check_range(const std::string& name, double low, double high) {
  if (!(low < high) || !std::isfinite(low) || !std::isfinite(high)) {
    throw InputError(
        fmt::format("{} cannot be drawn from {} to {}: the first must be less", name, low, high));
  }
}

}  // namespace

Hyperparameter uniform(std::string name, double low, double high) {
  check_range(name, low, high);
  return {std::move(name), [=](Random& random) { return random.uniform(low, high); }};
}

Hyperparameter log_uniform(std::string name, double low, double high) {
  check_range(name, low, high);
  if (!(low > 0)) {
    throw InputError(
        fmt::format("{} cannot be drawn from {} on: only positive numbers have a "
                    "logarithm",
                    name, low));
  }
  return {std::move(name), [first = std::log(low), last = std::log(high)](Random& random) {
            return std::exp(random.uniform(first, last));
          }};
}

Hyperparameter choice(std::string name, std::vector<double> values) {
  if (values.empty()) throw InputError(fmt::format("there is nothing to choose {} from", name));
  return {std::move(name), [values = std::move(values)](Random& random) {
            const Index which = random.below(static_cast<Index>(values.size()));
            return values[static_cast<std::size_t>(which)];
          }};
}

double Trial::operator[](std::string_view name) const {
  std::vector<std::string_view> names;
  for (const auto& [known, value] : values) {
    if (known == name) return value;
    names.push_back(known);
  }
  throw InputError(unknown_name("hyperparameter", name, names));
}

std::vector<Trial> random_search(const std::vector<Hyperparameter>& space, Index count,
                                 std::uint64_t seed,
                                 const std::function<double(const Trial&)>& score) {
  if (count < 1) throw InputError(fmt::format("a search of {} trials: at least 1", count));
  if (space.empty()) throw InputError("a search needs hyperparameters");
  for (std::size_t i = 0; i < space.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (space[i].name == space[k].name) {
        throw InputError(fmt::format("two hyperparameters are called {}", space[i].name));
      }
    }
  }
  Random random(seed);
  std::vector<Trial> trials;
  for (Index i = 0; i < count; ++i) {
    Trial trial;
    for (const Hyperparameter& h : space) trial.values.emplace_back(h.name, h.draw(random));
    trial.score = score(trial);
    trials.push_back(std::move(trial));
  }
  return trials;
}

const Trial& best(const std::vector<Trial>& trials) {
  if (trials.empty()) throw Error("there is no best of no trials");
  return *std::min_element(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) {
    if (std::isnan(a.score) || std::isnan(b.score)) return !std::isnan(a.score);
    return a.score < b.score;
  });
}

}  // namespace gradus::optim
