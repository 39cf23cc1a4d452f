#include "gradus/nn/mlp.hpp"

#include <fmt/format.h>

#include "gradus/tape/tape.hpp"

namespace gradus::nn {

Mlp::Mlp(Tape& tape, const MlpOptions& options, Random& random)
    : activation_(&find_activation(options.activation)) {
  const Init& init = find_init(options.init);
  const std::vector<Index>& sizes = options.layers;
  if (sizes.size() < 2) {
    throw InputError("a network needs at least the numbers of its inputs and outputs: 784,128,10");
  }
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    layers_.emplace_back(tape, fmt::format("layer{}", i + 1), sizes[i], sizes[i + 1], init, random,
                         options.bias);
  }
}

Var Mlp::operator()(Var x) const {
  for (const Linear& layer : layers_) {
    x = layer(x);
    if (&layer != &layers_.back()) x = activation_->apply(x);
  }
  return x;
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
