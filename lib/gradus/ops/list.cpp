#include "gradus/ops/list.hpp"

#include "gradus/ops/activations.hpp"
#include "gradus/ops/arithmetic.hpp"
#include "gradus/ops/linear.hpp"
#include "gradus/ops/movement.hpp"
#include "gradus/ops/reductions.hpp"

namespace gradus {
namespace {

template <class... Ops>
std::array<const Op*, sizeof...(Ops)> make_all(OpList<Ops...>) {
  static const std::tuple<Ops...> objects;
  return {&std::get<Ops>(objects)...};
}

}  // namespace

const std::array<const Op*, AllOps::size>& all_ops() {
  static const auto ops = make_all(AllOps{});
  return ops;
}

const Op* find_op(std::string_view name) {
  for (const Op* candidate : all_ops()) {
    if (candidate->name() == name) return candidate;
  }
  return nullptr;
}

}  // namespace gradus
