// Random search: what is drawn, from where, and which trial is the best.
#include "gradus/optim/random_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::optim;

namespace {

const std::vector<Hyperparameter> space{log_uniform("rate", 1e-4, 1), uniform("momentum", 0.5, 1),
                                        choice("hidden", {16, 32, 64})};

double nothing(const Trial&) { return 0; }

}  // namespace

TEST_CASE("values are of their ranges, and spread over them evenly", "[optim]") {
  const auto trials = random_search(space, 3000, 5, nothing);
  REQUIRE(trials.size() == 3000);
  std::map<double, int> decades, halves, widths;
  for (const Trial& trial : trials) {
    CHECK(trial["rate"] >= 1e-4);
    CHECK(trial["rate"] < 1);
    ++decades[std::floor(std::log10(trial["rate"]))];
    ++halves[std::floor((trial["momentum"] - 0.5) * 4)];
    ++widths[trial["hidden"]];
  }
  // Within five standard deviations of a share: sqrt(n p (1 - p)) is 24, 27 and 26.
  CHECK(decades.size() == 4);
  for (const auto& [decade, count] : decades) CHECK(std::abs(count - 750) < 120);
  CHECK(halves.size() == 2);
  for (const auto& [half, count] : halves) CHECK(std::abs(count - 1500) < 135);
  CHECK(widths.size() == 3);
  for (const double width : {16, 32, 64}) CHECK(std::abs(widths[width] - 1000) < 130);
}

TEST_CASE("a seed gives the same trials, and more trials go on from fewer", "[optim]") {
  const auto few = random_search(space, 5, 7, nothing);
  const auto many = random_search(space, 50, 7, nothing);
  for (std::size_t i = 0; i < few.size(); ++i) CHECK(few[i].values == many[i].values);
  CHECK(random_search(space, 1, 8, nothing)[0].values != few[0].values);
  // What is scored does not change what is drawn.
  int calls = 0;
  const auto scored = random_search(space, 5, 7, [&](const Trial& trial) {
    CHECK(trial.values == few[static_cast<std::size_t>(calls)].values);
    return ++calls;
  });
  CHECK(calls == 5);
  CHECK(scored[4].score == 5);
}

TEST_CASE("the best trial has the least score, and one that diverged never is", "[optim]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto best_of = [](const std::vector<double>& scores) {
    std::size_t i = 0;
    const auto trials = random_search(space, static_cast<Index>(scores.size()), 1,
                                      [&](const Trial&) { return scores[i++]; });
    return &best(trials) - trials.data();
  };
  CHECK(best_of({3, 1, 2}) == 1);
  CHECK(best_of({nan, 2, nan, 1}) == 3);
  CHECK(best_of({2, nan, HUGE_VAL}) == 0);
  CHECK(best_of({nan, nan, HUGE_VAL}) == 2);
  CHECK(best_of({1, 1}) == 0);
  CHECK(best_of({nan}) == 0);
  CHECK_THROWS_AS(best({}), Error);
}

TEST_CASE("a search finds what lies in its space", "[optim]") {
  const auto bowl = [](const Trial& trial) {
    return std::pow(std::log10(trial["rate"]) + 2, 2) + std::pow(trial["momentum"] - 0.9, 2) +
           std::abs(trial["hidden"] - 32);
  };
  const auto trials = random_search(space, 400, 3, bowl);
  const Trial& found = best(trials);
  CHECK(found["hidden"] == 32);
  CHECK(std::abs(std::log10(found["rate"]) + 2) < 0.2);
  CHECK(std::abs(found["momentum"] - 0.9) < 0.1);
  CHECK(found.score == bowl(found));
}

TEST_CASE("a search that cannot be is refused", "[optim]") {
  const auto refused = [](auto&& make, std::initializer_list<std::string> words) {
    scratch::check_says(scratch::error_of(make), words);
  };
  for (const double high : {1.0, 0.5, std::nan(""), HUGE_VAL}) {
    refused([&] { uniform("x", 1, high); }, {"x cannot be drawn from 1 to "});
    refused([&] { log_uniform("x", 1, high); }, {"x cannot be drawn from 1 to "});
  }
  for (const double low : {0.0, -1.0}) {
    refused([&] { log_uniform("x", low, 1); }, {"only positive numbers have a logarithm"});
  }
  refused([] { choice("x", {}); }, {"there is nothing to choose x from"});
  refused([] { random_search(space, 0, 1, nothing); }, {"a search of 0 trials"});
  refused([] { random_search({}, 1, 1, nothing); }, {"a search needs hyperparameters"});
  refused(
      [] {
        random_search({uniform("x", 0, 1), choice("x", {1})}, 1, 1, nothing);
      },
      {"two hyperparameters are called x"});
  const auto trials = random_search(space, 1, 1, nothing);
  refused([&] { trials[0]["rat"]; }, {"did you mean 'rate'?", "rate, momentum, hidden"});
}
