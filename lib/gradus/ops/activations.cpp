#include "gradus/ops/activations.hpp"

#include "gradus/ops/list.hpp"

// A file of its own, because the loops of these ops, for each architecture, take long to compile.
namespace gradus::detail {

std::array<const Op*, ActivationOps::size> activation_ops() { return make_ops(ActivationOps()); }

}  // namespace gradus::detail
