// Schedules at steps whose rates are known.
#include "gradus/optim/schedule.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::optim;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a step decay multiplies the rate after every so many steps", "[optim]") {
  const Schedule halves = step_decay(0.8, 0.5, 3);
  const double wanted[] = {0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1};
  for (Index step = 0; step < 10; ++step) {
    CHECK_THAT(halves(step), WithinRel(wanted[step], 1e-15));
    CHECK(step_decay(0.3, 1, 1)(step) == 0.3);
    CHECK(constant_rate(0.3)(step) == 0.3);
  }
}

TEST_CASE("an exponential decay meets the step decay where that steps", "[optim]") {
  const Schedule smooth = exponential_decay(0.8, 0.5, 3);
  for (Index step = 0; step < 30; ++step) {
    const double steps = step_decay(0.8, 0.5, 3)(step);
    CHECK((smooth(step) == steps) == (step % 3 == 0));
    CHECK(smooth(step) <= steps);
    CHECK_THAT(smooth(step + 1) / smooth(step), WithinRel(std::cbrt(0.5), 1e-12));
  }
  CHECK_THAT(exponential_decay(2, 0.9)(10), WithinRel(2 * 0.3486784401, 1e-12));  // 0.9^10
}

TEST_CASE("a cosine goes down half a wave and stays", "[optim]") {
  const Schedule down = cosine_decay(1, 6);
  const double wanted[] = {1,    0.5 + std::sqrt(3) / 4, 0.75, 0.5,
                           0.25, 0.5 - std::sqrt(3) / 4, 0,    0};
  for (Index step = 0; step < 8; ++step) CHECK_THAT(down(step), WithinAbs(wanted[step], 1e-15));
  CHECK(down(1'000'000) == 0);
  const Schedule partly = cosine_decay(0.5, 4, 0.1);
  CHECK(partly(0) == 0.5);
  CHECK_THAT(partly(2), WithinRel(0.3, 1e-15));
  CHECK_THAT(partly(4), WithinRel(0.1, 1e-15));
  CHECK(partly(400) == partly(4));
}

TEST_CASE("a warm-up goes up in a line to any schedule", "[optim]") {
  for (const Schedule& schedule :
       {constant_rate(0.4), step_decay(0.4, 0.5, 2), cosine_decay(0.4, 20)}) {
    const Schedule warm = warm_up(schedule, 4);
    const double shares[] = {0.25, 0.5, 0.75, 1, 1, 1};
    for (Index step = 0; step < 6; ++step) CHECK(warm(step) == shares[step] * schedule(step));
    CHECK(warm(19) == schedule(19));
    CHECK(warm_up(schedule, 1)(0) == schedule(0));
  }
}

TEST_CASE("schedules refuse what cannot be", "[optim]") {
  const auto refused = [](auto&& make, std::initializer_list<std::string> words) {
    scratch::check_says(scratch::error_of(make), words);
  };
  for (const double factor : {0.0, -1.0, 1.5, not_a_number, infinity}) {
    refused([&] { step_decay(0.1, factor, 1); }, {"a decay by ", "over 0 and at most 1"});
    refused([&] { exponential_decay(0.1, factor); }, {"a decay by ", "over 0 and at most 1"});
  }
  for (const Index every : {0, -1}) {
    refused([&] { step_decay(0.1, 0.5, every); }, {"it must be at least 1"});
    refused([&] { exponential_decay(0.1, 0.5, every); }, {"it must be at least 1"});
    refused([&] { cosine_decay(0.1, every); }, {"a cosine over "});
    refused([&] { warm_up(constant_rate(1), every); }, {"a warm-up over "});
  }
  for (const double rate : {0.0, -1.0, not_a_number, infinity}) {
    refused([&] { constant_rate(rate); }, {"the learning rate is "});
    refused([&] { step_decay(rate, 0.5, 1); }, {"the learning rate is "});
    refused([&] { exponential_decay(rate, 0.5); }, {"the learning rate is "});
    refused([&] { cosine_decay(rate, 5); }, {"the learning rate is "});
  }
  for (const double least : {-0.1, 0.2, not_a_number}) {
    refused([&] { cosine_decay(0.1, 5, least); }, {"the least rate must be"});
  }
}
