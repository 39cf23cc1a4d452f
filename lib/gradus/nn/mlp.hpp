/// A multilayer perceptron.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "gradus/nn/activation.hpp"
#include "gradus/nn/linear.hpp"

namespace gradus::nn {

/// What a network is made like.
struct MlpOptions {
  std::vector<Index> layers = {784, 128, 10};  ///< inputs, hidden widths, outputs
  std::string_view activation = "relu";        ///< after every layer but the last
  std::string_view init = "he-normal";         ///< of the weights; biases start at 0
  bool bias = true;
};

/// Linear layers with an activation between each two: (examples, inputs) -> (examples, outputs).
/// The last layer's sums come as they are; the loss applies its softmax or sigmoid.
class Mlp {
 public:
  /// Records the parameters, first layer first, named W1, b1, W2, ... in scopes layer1, layer2, ...
  /// Throws InputError for fewer than two sizes, a size under 1, or an unknown name.
  Mlp(Tape& tape, const MlpOptions& options, Random& random);

  /// Records the network; may be called again, for another batch size, with the same parameters.
  /// Hidden layers' results are named h1, h2, ..., the last one's z.
  Var operator()(Var x) const;

  std::span<const Linear> layers() const { return layers_; }
  /// Weight and bias of each layer in turn.
  std::vector<Var> parameters() const;
  /// The number of trained numbers: 13,002 for 784-16-16-10.
  Index parameter_count() const;

 private:
  std::vector<Linear> layers_;
  const Activation* activation_;
};

}  // namespace gradus::nn
