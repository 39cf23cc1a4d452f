#include "gradus/optim/schedule.hpp"

#include <fmt/format.h>

#include <cmath>

#include "gradus/base/error.hpp"

namespace gradus::optim {

Schedule step_decay(double rate, double factor, Index every) {
  if (every < 1)
    throw InputError(fmt::format("a decay every {} epochs: it must be at least 1", every));
  if (!(factor > 0 && factor <= 1)) {
    throw InputError(fmt::format("a decay by {}: it must be over 0 and at most 1", factor));
  }
  return [=](Index epoch) { return rate * std::pow(factor, static_cast<double>(epoch / every)); };
}

}  // namespace gradus::optim
