#include "gradus/data/toy.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::data;
using Catch::Matchers::WithinAbs;
using scratch::check_says;
using scratch::error_of;

namespace {

using Make = std::function<ToySet(Index count, double noise, std::uint64_t seed)>;

const std::vector<std::pair<std::string, Make>> all_sets{
    {"xor_corners", xor_corners},
    {"two_moons", two_moons},
    {"circles", [](Index n, double noise, std::uint64_t seed) { return circles(n, noise, seed); }},
    {"spirals",
     [](Index n, double noise, std::uint64_t seed) { return spirals(n, 3, noise, seed); }}};

}  // namespace

TEST_CASE("every toy set is balanced, and a function of its seed", "[data]") {
  for (const auto& [name, make] : all_sets) {
    CAPTURE(name);
    const ToySet set = make(101, 0.1, 5);
    CHECK(set.features.shape() == Shape{101, 2});
    CHECK(set.labels.size() == 101);
    for (Index label = 0; label < set.classes; ++label) {
      const Index members = std::count(set.labels.begin(), set.labels.end(), label);
      CHECK(std::abs(members - 101 / set.classes) <= 1);
    }
    CHECK(make(101, 0.1, 5).features == set.features);
    CHECK_FALSE(make(101, 0.1, 6).features == set.features);
    CHECK(make(101, 0, 5).features == make(101, 0, 6).features);
  }
}

TEST_CASE("noise moves every toy set by about its size", "[data]") {
  for (const auto& [name, make] : all_sets) {
    CAPTURE(name);
    const Index n = 2000;
    const ToySet bare = make(n, 0, 5);
    const ToySet noisy = make(n, 0.1, 5);
    double squares = 0;
    for (Index i = 0; i < 2 * n; ++i) {
      squares += std::pow(noisy.features[i] - bare.features[i], 2);
    }
    const double deviation = std::sqrt(squares / static_cast<double>(2 * n));
    // On the spirals the noise is an angle, and r its lever: 0.1 sqrt(E[r^2] / 2) = 0.0408.
    CHECK_THAT(deviation, WithinAbs(name == "spirals" ? 0.0408 : 0.1, 0.004));
  }
}

TEST_CASE("xor_corners without noise is the truth table", "[data]") {
  const ToySet set = xor_corners(4, 0, 0);
  CHECK(set.features == Tensor<double>(Shape{4, 2}, {0, 0, 0, 1, 1, 1, 1, 0}));
  CHECK(set.labels == std::vector<std::uint8_t>{0, 1, 0, 1});
}

TEST_CASE("two_moons are half circles around (0, 0) and (1, 1/2)", "[data]") {
  const ToySet set = two_moons(50, 0, 0);
  for (Index i = 0; i < 50; ++i) {
    const bool second = set.labels[static_cast<std::size_t>(i)] == 1;
    const double x = set.features[2 * i] - (second ? 1 : 0);
    const double y = set.features[2 * i + 1] - (second ? 0.5 : 0);
    CHECK_THAT(std::hypot(x, y), WithinAbs(1, 1e-15));
    CHECK((second ? -y : y) > -1e-15);
  }
  CHECK_THAT(set.features[0], WithinAbs(1, 1e-15));    // t = 0
  CHECK_THAT(set.features[96], WithinAbs(-1, 1e-15));  // t = pi
}

TEST_CASE("circles have the radii 1 and factor, and no point twice", "[data]") {
  const ToySet set = circles(8, 0, 0, 0.25);
  for (Index i = 0; i < 8; ++i) {
    const double r = std::hypot(set.features[2 * i], set.features[2 * i + 1]);
    CHECK_THAT(r, WithinAbs(i % 2 == 0 ? 1 : 0.25, 1e-15));
  }
  CHECK_THAT(set.features[5], WithinAbs(1, 1e-15));    // a quarter turn: (0, 1)
  CHECK_THAT(set.features[13], WithinAbs(-1, 1e-15));  // three quarters: (0, -1)
}

TEST_CASE("spirals turn by 4 radians, their arms evenly apart", "[data]") {
  const ToySet set = spirals(30, 3, 0, 0);
  for (Index i = 0; i < 30; ++i) {
    const double r = static_cast<double>(i / 3) / 9;
    const double t = 4 * r + 2 * std::numbers::pi * static_cast<double>(i % 3) / 3;
    CHECK_THAT(set.features[2 * i], WithinAbs(r * std::sin(t), 1e-15));
    CHECK_THAT(set.features[2 * i + 1], WithinAbs(r * std::cos(t), 1e-15));
  }
  CHECK(spirals(256, 256, 0, 0).labels.back() == 255);
}

TEST_CASE("toy sets refuse impossible wishes", "[data]") {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [name, make] : all_sets) {
    CAPTURE(name);
    check_says(error_of([&, &f = make] { f(1, 0, 0); }), {"1 points are too few"});
    check_says(error_of([&, &f = make] { f(-7, 0, 0); }), {"-7 points"});
    check_says(error_of([&, &f = make] { f(10, -0.1, 0); }), {"noise", "-0.1"});
    check_says(error_of([&, &f = make] { f(10, infinity, 0); }), {"noise", "inf"});
    check_says(error_of([&, &f = make] { f(10, std::nan(""), 0); }), {"noise", "nan"});
  }
  check_says(error_of([] { spirals(10, 1, 0, 0); }), {"2 to 256 classes, not 1"});
  check_says(error_of([] { spirals(1000, 257, 0, 0); }), {"not 257"});
  check_says(error_of([] { circles(10, 0, 0, 1); }), {"radius", "1"});
  check_says(error_of([] { circles(10, 0, 0, 0); }), {"radius", "0"});
}

TEST_CASE("the adding problem's target is the sum of the two marked values", "[data]") {
  for (const Index steps : {2, 3, 50}) {
    constexpr Index count = 400;
    const ToySequences set = adding_problem(count, steps, 9);
    REQUIRE(set.x.shape() == Shape{steps, count, 2});
    REQUIRE(set.target.shape() == Shape{count, 1});
    double error_of_one = 0;
    std::vector<int> marked(static_cast<std::size_t>(steps));
    for (Index i = 0; i < count; ++i) {
      double sum = 0;
      Index first_half = 0, second_half = 0;
      for (Index step = 0; step < steps; ++step) {
        const double value = set.x[2 * (step * count + i)];
        const double marker = set.x[2 * (step * count + i) + 1];
        CHECK((value >= 0 && value < 1));
        CHECK((marker == 0 || marker == 1));
        if (marker == 0) continue;
        sum += value;
        ++(step < steps / 2 ? first_half : second_half);
        ++marked[static_cast<std::size_t>(step)];
      }
      CHECK(first_half == 1);
      CHECK(second_half == 1);
      CHECK(set.target[i] == sum);
      error_of_one += (sum - 1) * (sum - 1) / count;
    }
    CHECK(std::all_of(marked.begin(), marked.end(), [](int times) { return times > 0; }));
    // (v + w - 1)^2 has the mean 1/6 and the variance 7/180: five standard errors.
    CHECK_THAT(error_of_one, WithinAbs(1.0 / 6, 5 * std::sqrt(7.0 / 180 / count)));
  }
  CHECK(adding_problem(3, 4, 1).x == adding_problem(3, 4, 1).x);
  CHECK_FALSE(adding_problem(3, 4, 1).x == adding_problem(3, 4, 2).x);
  for (const auto& [count, steps] : {std::pair<Index, Index>{0, 5}, {3, 1}, {3, -1}}) {
    check_says(error_of([&, count = count, steps = steps] { adding_problem(count, steps, 1); }),
               {"the adding problem needs 2 steps and 1 sequence"});
  }
}
