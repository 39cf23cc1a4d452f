// How many ReLU neurons are silent after a uniform start.
#include <fmt/core.h>
#include <fmt/os.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "gradus/data/features.hpp"
#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

Tensor<double> digits(Index count) {
  const auto set =
      data::load_images_and_labels(GRADUS_SOURCE_DIR "/tutorials/data/mnist", data::Part::train);
  const Tensor<double> images = data::feature_matrix<double>(set);
  return Tensor<double>({count, 784}, images.span().first(std::size_t(count * 784)));
}

}  // namespace

int main() {
  // [start]
  Tape tape;
  Random random(13);
  const Var x = tape.input(digits(2000), "x");  // 2000 digits of 784 pixels
  std::vector<Var> layers{x};
  for (const Index width : {200, 200, 200}) {
    const Index inputs = layers.back().shape()[1];
    const double limit = std::sqrt(6.0 / double(inputs));  // He's variance, 2 / inputs
    const Tensor<double> w = nn::uniform({inputs, width}, random, -limit, limit);
    layers.push_back(relu(matmul(layers.back(), tape.parameter(w, "W"))));
  }
  // [end]

  // [count]
  fmt::print("layer  silent pairs  neurons on for: no digit  some  all digits\n");
  for (std::size_t layer = 1; layer < layers.size(); ++layer) {
    const Var on = step(layers[layer]);                 // (2000, 200): 1 where it speaks
    const Tensor<double> share = value(mean(on, {0}));  // of the digits, for each neuron
    const auto never = std::count(share.begin(), share.end(), 0.0);
    const auto always = std::count(share.begin(), share.end(), 1.0);
    fmt::print("{:5}  {:12.4f}  {:24}  {:4}  {:10}\n", layer, 1 - item(mean(on)), never,
               200 - never - always, always);
  }
  // [end]

  auto data = fmt::output_file("sparse.dat");
  for (std::size_t layer = 1; layer < layers.size(); ++layer) {
    std::array<int, 20> bins{};
    const Tensor<double> share = value(mean(step(layers[layer]), {0}));
    for (const double s : share) ++bins[std::min<std::size_t>(19, std::size_t(s * 20))];
    data.print("# layer {}: share of the digits for which a neuron is on, neurons\n", layer);
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
      data.print("{:.3f} {}\n", (double(bin) + 0.5) / 20, bins[bin]);
    }
    data.print("\n\n");
  }
}
