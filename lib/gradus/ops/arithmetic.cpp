#include "gradus/ops/arithmetic.hpp"

#include "gradus/ops/list.hpp"

// A file of its own, because the loops of these ops, for each architecture, take long to compile.
namespace gradus::detail {

std::array<const Op*, ArithmeticOps::size> arithmetic_ops() { return make_ops(ArithmeticOps()); }

}  // namespace gradus::detail
