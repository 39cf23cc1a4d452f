/// A training step of a network with Gradus, written as its users write one.
#pragma once

#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/nn/loss.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
#include "network.hpp"

namespace benchmark {

/// Loss, gradients and new parameters as one program.
template <class T>
class TrainingStep {
 public:
  explicit TrainingStep(const Network& network, gradus::Passes passes = gradus::Passes::all())
      : random_(1),
        mlp_(tape_, {network.layers, network.activation, "zeros"}, random_),
        x_(tape_.input(Shape{network.batch, network.layers.front()}, "x")),
        target_(tape_.input(Shape{network.batch, network.layers.back()}, "target")),
        executor_(compile(network, passes)) {
    for (std::size_t layer = 1; layer <= network.depth(); ++layer) {
      const auto weights = executor_.leaf(mlp_.layers()[layer - 1].weight());
      for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] = static_cast<T>(first_weight(network, layer, static_cast<Index>(i)));
      }
    }
  }

  /// Trains on rows that stay where they are meanwhile.
  void run(std::span<const T> x, std::span<const T> target) {
    bind(x, target);
    executor_.run();
  }
  void bind(std::span<const T> x, std::span<const T> target) {
    executor_.bind(x_, x);
    executor_.bind(target_, target);
  }
  /// Of the last batch, before the parameters changed.
  double loss() const { return static_cast<double>(executor_.item(0)); }
  gradus::Executor<T>& executor() { return executor_; }
  const gradus::Program& program() const { return executor_.program(); }

 private:
  gradus::Program compile(const Network& network, gradus::Passes passes) {
    const auto& loss_function =
        gradus::nn::find_loss(network.squares ? "sum-of-squares" : "cross-entropy");
    const gradus::Var loss = loss_function.apply(mlp_(x_), target_);
    const auto parameters = mlp_.parameters();
    const gradus::optim::Optimizer sgd(gradus::optim::find_rule("sgd"), parameters, network.rate);
    return gradus::Program({loss}, sgd.updates(gradient(loss, parameters)), passes);
  }

  gradus::Tape tape_;
  gradus::Random random_;
  gradus::nn::Mlp mlp_;
  gradus::Var x_, target_;
  gradus::Executor<T> executor_;
};

}  // namespace benchmark
