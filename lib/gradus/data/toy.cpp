#include "gradus/data/toy.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <numbers>

#include "gradus/base/error.hpp"
#include "gradus/base/random.hpp"

namespace gradus::data {
namespace {

using Point = std::array<double, 2>;

void check(Index count, Index classes, double noise) {
  if (count < classes) {
    throw InputError(fmt::format("{} points are too few for {} classes", count, classes));
  }
  if (!(noise >= 0) || !std::isfinite(noise)) {
    throw InputError(fmt::format("noise must be a finite number of at least 0, not {}", noise));
  }
}

/// `place(label, s)` gives the points of a class for s = 0 ... 1 in even steps; a class of one
/// point has s = 0. With `closed`, s ends one step before 1.
template <class Place>
ToySet make(Index count, Index classes, bool closed, Place&& place) {
  ToySet set{Tensor<double>(Shape{count, 2}), {}, classes};
  set.labels.reserve(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) {
    const Index label = i % classes;
    const Index of_class = (count - label + classes - 1) / classes;
    const Index steps = closed ? of_class : of_class - 1;
    const double s =
        steps == 0 ? 0.0 : static_cast<double>(i / classes) / static_cast<double>(steps);
    const Point point = place(label, s);
    set.features[2 * i] = point[0];
    set.features[2 * i + 1] = point[1];
    set.labels.push_back(static_cast<std::uint8_t>(label));
  }
  return set;
}

void blur(ToySet& set, double noise, std::uint64_t seed) {
  Random random(seed);
  for (double& x : set.features) x += random.normal(0.0, noise);
}

}  // namespace

ToySet xor_corners(Index count, double noise, std::uint64_t seed) {
  check(count, 2, noise);
  constexpr std::array<Point, 4> corners{{{0, 0}, {0, 1}, {1, 1}, {1, 0}}};
  Index i = 0;
  ToySet set = make(count, 2, false,
                    [&](Index, double) { return corners[static_cast<std::size_t>(i++ % 4)]; });
  blur(set, noise, seed);
  return set;
}

ToySet two_moons(Index count, double noise, std::uint64_t seed) {
  check(count, 2, noise);
  ToySet set = make(count, 2, false, [](Index label, double s) {
    const double t = std::numbers::pi * s;
    return label == 0 ? Point{std::cos(t), std::sin(t)} : Point{1 - std::cos(t), 0.5 - std::sin(t)};
  });
  blur(set, noise, seed);
  return set;
}

ToySet circles(Index count, double noise, std::uint64_t seed, double factor) {
  check(count, 2, noise);
  if (!(factor > 0 && factor < 1)) {
    throw InputError(
        fmt::format("the inner circle's radius must lie between 0 and 1, not {}", factor));
  }
  ToySet set = make(count, 2, true, [&](Index label, double s) {
    const double t = 2 * std::numbers::pi * s;
    const double r = label == 0 ? 1.0 : factor;
    return Point{r * std::cos(t), r * std::sin(t)};
  });
  blur(set, noise, seed);
  return set;
}

ToySet spirals(Index count, Index classes, double noise, std::uint64_t seed) {
  if (classes < 2 || classes > 256) {
    throw InputError(fmt::format("spirals need 2 to 256 classes, not {}", classes));
  }
  check(count, classes, noise);
  Random random(seed);
  return make(count, classes, false, [&](Index label, double r) {
    const double turn =
        2 * std::numbers::pi * static_cast<double>(label) / static_cast<double>(classes);
    const double t = 4 * r + turn + random.normal(0.0, noise);
    return Point{r * std::sin(t), r * std::cos(t)};
  });
}

ToySequences adding_problem(Index count, Index steps, std::uint64_t seed) {
  if (count < 1 || steps < 2) {
    throw InputError(fmt::format("the adding problem needs 2 steps and 1 sequence, not {} and {}",
                                 steps, count));
  }
  Random random(seed);
  ToySequences set{Tensor<double>(Shape{steps, count, 2}), Tensor<double>(Shape{count, 1})};
  for (Index i = 0; i < count; ++i) {
    const auto at = [&](Index step) { return 2 * (step * count + i); };
    for (Index step = 0; step < steps; ++step) set.x[at(step)] = random.uniform();
    const Index half = steps / 2;
    const Index first = random.below(half);
    const Index second = half + random.below(steps - half);
    for (const Index step : {first, second}) {
      set.x[at(step) + 1] = 1;
      set.target[i] += set.x[at(step)];
    }
  }
  return set;
}

}  // namespace gradus::data
