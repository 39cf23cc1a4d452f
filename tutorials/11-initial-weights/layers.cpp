// The variance of the sums in each of 20 layers, measured against predicted.
#include <fmt/core.h>
#include <fmt/os.h>

#include <cmath>
#include <string_view>
#include <vector>

#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

constexpr int depth = 20;
constexpr Index width = 500, examples = 50;

// [prediction]
/// The mean of f(z)^2 over a normal z of this variance: a sum of narrow strips under the bell.
double mean_square(double (*f)(double), double variance) {
  double total = 0, mass = 0;
  for (double s = -8; s <= 8; s += 0.01) {  // z in units of its standard deviation
    const double bell = std::exp(-s * s / 2), y = f(s * std::sqrt(variance));
    total += bell * y * y;
    mass += bell;
  }
  return total / mass;
}

/// A way to start, and an activation.
struct Start {
  std::string_view name;
  double weight_variance;
  Var (*activation)(Var);
  double (*function)(double);  // the same, of a plain number
};
// [end]

double same(double z) { return z; }
double positive(double z) { return z > 0 ? z : 0; }

// [layers]
struct Layer {
  double predicted, measured;
};

/// The variance of the sums z of each layer of a network that starts like this.
std::vector<Layer> variances(const Start& start) {
  Tape tape;
  Random random(11);
  Var x = tape.input(nn::normal({examples, width}, random), "x");
  double square = 1;  // the mean square of the layer's inputs, predicted
  std::vector<Layer> layers;
  for (int layer = 0; layer < depth; ++layer) {
    const double stddev = std::sqrt(start.weight_variance);
    const Var w = tape.parameter(nn::normal({width, width}, random, 0, stddev), "W");
    const Var z = matmul(x, w);  // (50, 500) x (500, 500)
    const double predicted = width * start.weight_variance * square;
    layers.push_back({predicted, item(variance(z))});
    x = start.activation(z);
    square = mean_square(start.function, predicted);
  }
  return layers;
}
// [end]

}  // namespace

int main() {
  // [starts]
  const auto identity = [](Var z) { return z; };
  const auto tanh_of = [](Var z) { return tanh(z); };
  const auto relu_of = [](Var z) { return relu(z); };
  const double n = width;
  const std::vector<Start> starts{
      {"no activation, variance 1", 1, identity, same},
      {"no activation, variance 0.0001", 0.0001, identity, same},
      {"no activation, variance 1/n", 1 / n, identity, same},
      {"tanh, variance 1", 1, tanh_of, std::tanh},
      {"tanh, variance 1/n (Xavier)", 1 / n, tanh_of, std::tanh},
      {"ReLU, variance 1/n", 1 / n, relu_of, positive},
      {"ReLU, variance 2/n (He)", 2 / n, relu_of, positive},
  };
  // [end]
  fmt::print("{:30}  {:>10} {:>10} {:>10} {:>10}\n", "the variance of z in layer", 1, 2, 10, 20);
  auto data = fmt::output_file("layers.dat");
  for (const Start& start : starts) {
    const std::vector<Layer> layers = variances(start);
    fmt::print("{}\n{:>30}", start.name, "predicted");
    for (const std::size_t i : {0u, 1u, 9u, 19u}) fmt::print("  {:9.3g}", layers[i].predicted);
    fmt::print("\n{:>30}", "measured");
    for (const std::size_t i : {0u, 1u, 9u, 19u}) fmt::print("  {:9.3g}", layers[i].measured);
    fmt::print("\n");
    data.print("# {}: layer, predicted, measured\n", start.name);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      data.print("{} {:.4e} {:.4e}\n", i + 1, layers[i].predicted, layers[i].measured);
    }
    data.print("\n\n");
  }
}
