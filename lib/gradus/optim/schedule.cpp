#include "gradus/optim/schedule.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gradus/base/error.hpp"

namespace gradus::optim {
namespace {

void check_rate(double rate) {
  if (!(rate > 0) || !std::isfinite(rate)) {
    throw InputError(fmt::format("the learning rate is {}: it must be a positive number", rate));
  }
}

void check_decay(double rate, double factor, Index every) {
  check_rate(rate);
  if (every < 1)
    throw InputError(fmt::format("a decay every {} steps: it must be at least 1", every));
  if (!(factor > 0 && factor <= 1)) {
    throw InputError(fmt::format("a decay by {}: it must be over 0 and at most 1", factor));
  }
}

}  // namespace

Schedule constant_rate(double rate) {
  check_rate(rate);
  return [=](Index) { return rate; };
}

Schedule step_decay(double rate, double factor, Index every) {
  check_decay(rate, factor, every);
  return [=](Index step) { return rate * std::pow(factor, static_cast<double>(step / every)); };
}

Schedule exponential_decay(double rate, double factor, Index every) {
  check_decay(rate, factor, every);
  return [=](Index step) {
    return rate * std::pow(factor, static_cast<double>(step) / static_cast<double>(every));
  };
}

Schedule cosine_decay(double rate, Index steps, double least) {
  check_rate(rate);
  if (steps < 1) throw InputError(fmt::format("a cosine over {} steps: at least 1", steps));
  if (!(least >= 0 && least <= rate)) {
    throw InputError(fmt::format(
        "a cosine from {} down to {}: the least rate must be from 0 to the first", rate, least));
  }
  return [=](Index step) {
    const double share = static_cast<double>(std::min(step, steps)) / static_cast<double>(steps);
    return least + (rate - least) * (1 + std::cos(std::numbers::pi * share)) / 2;
  };
}

Schedule warm_up(Schedule schedule, Index steps) {
  if (steps < 1) throw InputError(fmt::format("a warm-up over {} steps: at least 1", steps));
  return [schedule = std::move(schedule), steps](Index step) {
    const double share = static_cast<double>(step + 1) / static_cast<double>(steps);
    return schedule(step) * std::min(1.0, share);
  };
}

}  // namespace gradus::optim
