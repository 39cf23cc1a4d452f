#include "gradus/ops/pointwise_op.hpp"

namespace gradus {

template <Real T>
void PointwiseOp::run(const Forward<T>& args) const {
  const Number* const number = std::get_if<Number>(&args.attributes);
  kernels::ChainStep<T> step{strip(T{}), number != nullptr ? static_cast<T>(number->value) : T{0}};
  // Operands that the op does not have stay 0: there is nothing to look at behind the last one.
  for (std::size_t k = 0; k < args.x.size(); ++k) step.x[k] = static_cast<std::int32_t>(k);
  const double cost = cost_per_element() * sizeof(T) / sizeof(float);
  kernels::chain<T>({&step, 1}, args.x, args.y, cost);
}

template void PointwiseOp::run(const Forward<float>&) const;
template void PointwiseOp::run(const Forward<double>&) const;

}  // namespace gradus
