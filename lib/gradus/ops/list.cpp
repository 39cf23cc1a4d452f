#include "gradus/ops/list.hpp"

#include <algorithm>

#include "gradus/ops/linear.hpp"
#include "gradus/ops/movement.hpp"
#include "gradus/ops/reductions.hpp"

namespace gradus {

const std::array<const Op*, AllOps::size>& all_ops() {
  static const auto ops = [] {
    std::array<const Op*, AllOps::size> all;
    auto end = all.begin();
    const auto append = [&end](const auto& some) {
      end = std::copy(some.begin(), some.end(), end);
    };
    append(detail::arithmetic_ops());
    append(detail::activation_ops());
    append(detail::make_ops(StructuralOps()));
    return all;
  }();
  return ops;
}

const Op* find_op(std::string_view name) {
  for (const Op* candidate : all_ops()) {
    if (candidate->name() == name) return candidate;
  }
  return nullptr;
}

}  // namespace gradus
