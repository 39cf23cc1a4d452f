// What each layer of a deep network gets of the gradient, and by how much it passes it on.
#include <fmt/core.h>
#include <fmt/os.h>

#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

constexpr Index width = 100, examples = 50;

// [entry]
/// What the backward pass leaves at a layer h' = f(h W).
struct Entry {
  double weight_norm;  // of dL/dW
  double gain;  // norm of dL/dh divided by the norm of dL/dh': above 1 it grows on its way back
};

double norm(Var v) { return std::sqrt(item(sum(square(v)))); }
// [end]

struct Activation {
  std::string_view name;
  Var (*apply)(Var);
  Tensor<double> (*draw)(const Shape&, Random&);
};

// [ledger]
/// The entries of a network of so many layers, the first layer first.
std::vector<Entry> ledger(const Activation& activation, int depth) {
  Tape tape;
  Random random(12);
  std::vector<Var> h{tape.parameter(nn::normal({examples, width}, random), "x")};
  std::vector<Var> w;
  for (int layer = 0; layer < depth; ++layer) {
    w.push_back(tape.parameter(activation.draw({width, width}, random), "W"));
    h.push_back(activation.apply(matmul(h.back(), w.back())));  // (50, 100) x (100, 100)
  }
  const Var loss = mse(h.back(), tape.input(nn::normal({examples, width}, random), "t"));
  const std::vector<Var> dw = gradient(loss, w), dh = gradient(loss, h);
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < w.size(); ++i) {
    entries.push_back({norm(dw[i]), norm(dh[i]) / norm(dh[i + 1])});
  }
  return entries;
}
// [end]

}  // namespace

int main() {
  const std::array activations{
      Activation{"sigmoid", [](Var z) { return sigmoid(z); }, nn::xavier_normal},
      Activation{"tanh", [](Var z) { return tanh(z); }, nn::xavier_normal},
      Activation{"ReLU", [](Var z) { return relu(z); }, nn::he_normal},
  };

  fmt::print("// [ten]\n");
  std::vector<std::vector<Entry>> ten;
  fmt::print("layer");
  for (const Activation& a : activations) {
    ten.push_back(ledger(a, 10));
    fmt::print("   {:>10} dL/dW    gain", a.name);
  }
  fmt::print("\n");
  for (std::size_t layer = 10; layer-- > 0;) {
    fmt::print("{:5}", layer + 1);
    for (const auto& entries : ten) {
      fmt::print("   {:16.3e}  {:6.3f}", entries[layer].weight_norm, entries[layer].gain);
    }
    fmt::print("\n");
  }

  fmt::print("// [depths]\n");
  fmt::print("         first dL/dW / last dL/dW          mean gain of a layer\n");
  fmt::print("depth    sigmoid       tanh       ReLU     sigmoid    tanh    ReLU\n");
  for (const int depth : {2, 5, 10, 20, 50}) {
    std::array<double, 3> ratio{}, gain{};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::vector<Entry> entries = ledger(activations[i], depth);
      ratio[i] = entries.front().weight_norm / entries.back().weight_norm;
      gain[i] = 1;
      for (const Entry& e : entries) gain[i] *= std::pow(e.gain, 1.0 / depth);
    }
    fmt::print("{:5}  {:9.2e}  {:9.2e}  {:9.2e}     {:7.3f} {:7.3f} {:7.3f}\n", depth, ratio[0],
               ratio[1], ratio[2], gain[0], gain[1], gain[2]);
  }

  auto data = fmt::output_file("ledger.dat");
  for (const Activation& a : activations) {
    data.print("# {}: layer of 50, norm of dL/dW, gain\n", a.name);
    int layer = 0;
    for (const Entry& e : ledger(a, 50)) {
      data.print("{} {:.4e} {:.4f}\n", ++layer, e.weight_norm, e.gain);
    }
    data.print("\n\n");
  }
}
