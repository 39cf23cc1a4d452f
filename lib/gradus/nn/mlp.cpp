#include "gradus/nn/mlp.hpp"

#include <fmt/core.h>

#include "gradus/tape/tape.hpp"

namespace gradus::nn {

Mlp::Mlp(Tape& tape, const MlpOptions& options, Random& random)
    : activation_(&find_activation(options.activation)) {
  const Init& init = find_init(options.init);
  const std::vector<Index>& sizes = options.layers;
  if (sizes.size() < 2) {
    throw InputError("a network needs at least the numbers of its inputs and outputs: 784,128,10");
  }
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const Linear& layer = layers_.emplace_back(tape, fmt::format("layer{}", i), sizes[i - 1],
                                               sizes[i], init, random, options.bias);
    layer.weight().named(fmt::format("W{}", i));
    if (layer.bias()) layer.bias()->named(fmt::format("b{}", i));
  }
}

Var Mlp::operator()(Var x) const {
  for (std::size_t i = 1; i < layers_.size(); ++i) {
    const Linear& layer = layers_[i - 1];
    const Var z = layer(x);
    const Tape::Scope scope = x.tape().scope(layer.name());
    x = activation_->apply(z).named(fmt::format("h{}", i));
  }
  return layers_.back()(x).named("z");
}

std::vector<Var> Mlp::parameters() const {
  std::vector<Var> all;
  for (const Linear& layer : layers_) {
    all.push_back(layer.weight());
    if (layer.bias()) all.push_back(*layer.bias());
  }
  return all;
}

Index Mlp::parameter_count() const {
  Index count = 0;
  for (const Var p : parameters()) count += p.shape().elements();
  return count;
}

}  // namespace gradus::nn
