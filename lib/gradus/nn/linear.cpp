#include "gradus/nn/linear.hpp"

#include <fmt/core.h>

#include "gradus/ops/ops.hpp"

namespace gradus::nn {

Linear::Linear(Tape& tape, std::string name, Index inputs, Index outputs, const Init& init,
               Random& random, bool bias)
    : name_(std::move(name)) {
  if (inputs < 1 || outputs < 1) {
    throw InputError(fmt::format("the layer {} has {} inputs and {} outputs: it needs at least one",
                                 name_, inputs, outputs));
  }
  const Tape::Scope scope = tape.scope(name_);
  weight_ = tape.parameter(init.draw({inputs, outputs}, random), "W");
  if (bias) bias_ = tape.parameter(zeros({outputs}), "b");
}

Var Linear::operator()(Var x) const {
  const Tape::Scope scope = x.tape().scope(name_);
  const Var product = matmul(x, weight_);  // (examples, inputs) x (inputs, outputs)
  return bias_ ? product + *bias_ : product;
}

}  // namespace gradus::nn
