// The validation part: every example is in one part, and the part is as large as was asked for.
#include "gradus/data/split.hpp"

#include <algorithm>
#include <numeric>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::data;

TEST_CASE("every example is either trained on or validated with", "[data]") {
  for (const Index count : {2, 3, 10, 999}) {
    for (const double part : {0.001, 0.1, 0.25, 0.499}) {
      Random random(3);
      const Split parts = split(count, part, random);
      const auto held = static_cast<Index>(parts.validation.size());
      CHECK(held == std::max(1L, std::lround(part * static_cast<double>(count))));
      CHECK(validation_count(count, part) == held);
      CHECK(std::is_sorted(parts.training.begin(), parts.training.end()));
      CHECK(std::is_sorted(parts.validation.begin(), parts.validation.end()));
      std::vector<Index> all = parts.training, wanted(static_cast<std::size_t>(count));
      all.insert(all.end(), parts.validation.begin(), parts.validation.end());
      std::sort(all.begin(), all.end());
      std::iota(wanted.begin(), wanted.end(), Index{0});
      CHECK(all == wanted);
    }
  }
}

TEST_CASE("a split depends on the seed alone, and takes each example as often as any", "[data]") {
  std::vector<int> often(20);
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random one(seed), two(seed);
    const Split parts = split(20, 0.25, one);
    CHECK(parts.validation == split(20, 0.25, two).validation);
    for (const Index i : parts.validation) ++often[static_cast<std::size_t>(i)];
  }
  // 500 each; five standard deviations, sqrt(2000 / 4 * 3 / 4), are 97.
  for (const int count : often) CHECK(std::abs(count - 500) < 97);
}

TEST_CASE("a split that leaves a part empty is refused", "[data]") {
  Random random(1);
  for (const double part : {0.0, 1.0, -0.1, 1.5, std::nan("")}) {
    scratch::check_says(scratch::error_of([&] { split(10, part, random); }),
                        {"a validation part of ", "over 0 and less than 1"});
  }
  scratch::check_says(scratch::error_of([&] { split(10, 0.96, random); }),
                      {"10 of 10 examples for validation leave none to train on"});
  scratch::check_says(scratch::error_of([&] { split(1, 0.5, random); }), {"leave none"});
  scratch::check_says(scratch::error_of([&] { split(0, 0.5, random); }), {"leave none"});
}
