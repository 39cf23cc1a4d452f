// 784-16-16-10 with sigmoids and the quadratic cost, against plain loops in the manner of the first
// chapter of Nielsen's "Neural Networks and Deep Learning".
#include <cmath>
#include <vector>

#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/nn/loss.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"

using namespace gradus;

namespace {

using Vector = std::vector<double>;

/// A layer of neurons: neuron j has the weights w[j] and the bias b[j].
struct Layer {
  std::vector<Vector> w;
  Vector b;
};

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

/// One step of gradient descent on a batch, example by example. Returns the cost before it.
double step(std::vector<Layer>& layers, const std::vector<Vector>& inputs,
            const std::vector<Vector>& targets, double rate) {
  std::vector<Layer> sums = layers;  // the gradients of all examples
  for (Layer& layer : sums) {
    for (Vector& row : layer.w) row.assign(row.size(), 0);
    layer.b.assign(layer.b.size(), 0);
  }
  double cost = 0;
  for (std::size_t e = 0; e < inputs.size(); ++e) {
    std::vector<Vector> a{inputs[e]};  // the activations, layer by layer
    for (const Layer& layer : layers) {
      Vector next = layer.b;
      for (std::size_t j = 0; j < next.size(); ++j) {
        for (std::size_t k = 0; k < a.back().size(); ++k) next[j] += layer.w[j][k] * a.back()[k];
        next[j] = sigmoid_of(next[j]);
      }
      a.push_back(next);
    }
    Vector delta(a.back().size());  // the derivative of the cost by a layer's sums
    for (std::size_t j = 0; j < delta.size(); ++j) {
      const double off = a.back()[j] - targets[e][j];
      cost += off * off / 2;
      delta[j] = off * a.back()[j] * (1 - a.back()[j]);
    }
    for (std::size_t l = layers.size(); l-- > 0;) {
      Vector below(a[l].size(), 0.0);
      for (std::size_t j = 0; j < delta.size(); ++j) {
        sums[l].b[j] += delta[j];
        for (std::size_t k = 0; k < below.size(); ++k) {
          sums[l].w[j][k] += delta[j] * a[l][k];
          below[k] += delta[j] * layers[l].w[j][k] * a[l][k] * (1 - a[l][k]);
        }
      }
      delta = below;
    }
  }
  const auto n = static_cast<double>(inputs.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    for (std::size_t j = 0; j < layers[l].b.size(); ++j) {
      layers[l].b[j] -= rate / n * sums[l].b[j];
      for (std::size_t k = 0; k < layers[l].w[j].size(); ++k) {
        layers[l].w[j][k] -= rate / n * sums[l].w[j][k];
      }
    }
  }
  return cost / n;
}

std::vector<Vector> rows(const Tensor<double>& x) {
  std::vector<Vector> result;
  const Index width = x.shape()[1];
  for (Index i = 0; i < x.shape()[0]; ++i) {
    result.emplace_back(x.begin() + i * width, x.begin() + (i + 1) * width);
  }
  return result;
}

}  // namespace

TEST_CASE("784-16-16-10 trains as plain loops do, step by step", "[optim]") {
  Tape tape;
  Random random(3);
  const nn::Mlp mlp(tape,
                    {.layers = {784, 16, 16, 10}, .activation = "sigmoid", .init = "xavier-normal"},
                    random);
  std::vector<Layer> layers;
  for (const nn::Linear& layer : mlp.layers()) {
    const Tensor<double> bias = nn::normal(layer.bias()->shape(), random);
    tape.set(*layer.bias(), bias);
    const std::vector<Vector> w = rows(value(layer.weight()));  // (inputs, outputs)
    Layer turned{std::vector<Vector>(w[0].size(), Vector(w.size())),
                 Vector(bias.begin(), bias.end())};
    for (std::size_t k = 0; k < w.size(); ++k) {
      for (std::size_t j = 0; j < w[k].size(); ++j) turned.w[j][k] = w[k][j];
    }
    layers.push_back(turned);
  }

  const Tensor<double> images = nn::uniform({10, 784}, random, 0, 1);
  Tensor<double> targets({10, 10});
  for (Index i = 0; i < 10; ++i) targets[i * 10 + random.below(10)] = 1;
  const Var loss =
      nn::find_loss("quadratic").apply(mlp(tape.input(images, "X")), tape.input(targets, "T"));
  const optim::Optimizer sgd(optim::find_rule("sgd"), mlp.parameters(), 3.0);
  Executor<double> run(Program(std::span(&loss, 1), sgd.updates(gradient(loss, mlp.parameters()))));

  for (int i = 0; i < 5; ++i) {
    const double cost = step(layers, rows(images), rows(targets), 3.0);
    run.run();
    CHECK_THAT(run.item(0), Catch::Matchers::WithinRel(cost, 1e-12));
  }
  double largest = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto w = run.leaf(mlp.layers()[l].weight());
    const auto b = run.leaf(*mlp.layers()[l].bias());
    const std::size_t outputs = layers[l].b.size();
    for (std::size_t j = 0; j < outputs; ++j) {
      largest = std::max(largest, std::abs(b[j] - layers[l].b[j]));
      for (std::size_t k = 0; k < layers[l].w[j].size(); ++k) {
        largest = std::max(largest, std::abs(w[k * outputs + j] - layers[l].w[j][k]));
      }
    }
  }
  CHECK(largest < 1e-13);
}
