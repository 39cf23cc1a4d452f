/// A fully connected layer.
#pragma once

#include <optional>
#include <string>

#include "gradus/nn/init.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus::nn {

/// y = x W + b: (examples, inputs) -> (examples, outputs). W is (inputs, outputs), drawn by a rule;
/// b is (outputs), and starts at 0.
class Linear {
 public:
  /// Records the parameters W and b in a scope of this name. Throws InputError unless both sizes
  /// are at least 1.
  Linear(Tape& tape, std::string name, Index inputs, Index outputs, const Init& init,
         Random& random, bool bias = true);

  /// Records the layer in a scope of its name.
  Var operator()(Var x) const;

  const std::string& name() const { return name_; }
  Var weight() const { return weight_; }
  std::optional<Var> bias() const { return bias_; }

 private:
  std::string name_;
  Var weight_;
  std::optional<Var> bias_;
};

}  // namespace gradus::nn
