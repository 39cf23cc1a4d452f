#include "gradus/data/split.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/base/error.hpp"

namespace gradus::data {

Index validation_count(Index count, double part) {
  if (!(part > 0 && part < 1)) {
    throw InputError(
        fmt::format("a validation part of {}: it must be over 0 and less than 1", part));
  }
  const Index held =
      std::max(Index{1}, static_cast<Index>(std::llround(part * static_cast<double>(count))));
  if (held >= count) {
    throw InputError(
        fmt::format("{} of {} examples for validation leave none to train on", held, count));
  }
  return held;
}

Split split(Index count, double part, Random& random) {
  const Index held = validation_count(count, part);
  std::vector<Index> order = random.permutation(count);
  const auto middle = order.begin() + held;
  std::sort(order.begin(), middle);
  std::sort(middle, order.end());
  return {{middle, order.end()}, {order.begin(), middle}};
}

}  // namespace gradus::data
