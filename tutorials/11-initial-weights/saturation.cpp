// Where the neurons of the tenth tanh layer stand, from three starts.
#include <fmt/core.h>
#include <fmt/os.h>

#include <array>
#include <cmath>
#include <string_view>

#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

int main() {
  // [look]
  const Index width = 500, examples = 50;
  fmt::print("tanh, layer 10         nearer to 0 than 0.01  beyond 0.99  mean slope 1 - a^2\n");
  auto data = fmt::output_file("saturation.dat");
  for (const auto& [name, stddev] : {std::pair("stddev 1", 1.0), std::pair("stddev 0.01", 0.01),
                                     std::pair("stddev 1/sqrt(500)", std::sqrt(1.0 / width))}) {
    Tape tape;
    Random random(11);
    Var a = tape.input(nn::normal({examples, width}, random), "x");
    for (int layer = 1; layer <= 10; ++layer) {
      const Var w = tape.parameter(nn::normal({width, width}, random, 0, stddev), "W");
      a = tanh(matmul(a, w));
    }
    const double silent = item(mean(less(abs(a), 0.01)));
    const double saturated = item(mean(greater(abs(a), 0.99)));
    fmt::print("{:22} {:21.3f}  {:11.3f}  {:18.4f}\n", name, silent, saturated,
               item(mean(1 - square(a))));
    // [end]
    constexpr int bins = 41;  // between -1 and 1, with one around 0
    std::array<double, bins> share{};
    const Tensor<double> activations = value(a);
    for (const double y : activations) {
      share[static_cast<std::size_t>(std::lround((y + 1) / 2 * (bins - 1)))] +=
          1.0 / static_cast<double>(activations.elements());
    }
    data.print("# {}: activation, share of the neurons\n", name);
    for (int bin = 0; bin < bins; ++bin) {
      data.print("{:.3f} {:.4f}\n", -1 + 2.0 * bin / (bins - 1),
                 share[static_cast<std::size_t>(bin)]);
    }
    data.print("\n\n");
  }
}
