// What several neurons can do that one cannot.
#include <fstream>

#include "network.hpp"
using namespace gradus;

namespace {

/// What the network says at the points of a grid over [-0.5, 1.5] x [-0.5, 1.5], row by row.
void write_map(const char* file, Network& network) {
  constexpr Index side = 41;
  Tensor<double> points({side * side, 2});
  for (Index i = 0; i < side * side; ++i) {
    points[2 * i] = -0.5 + 2.0 * static_cast<double>(i % side) / (side - 1);
    points[2 * i + 1] = -0.5 + 2.0 * static_cast<double>(i / side) / (side - 1);
  }
  const Var y = sigmoid(network.net(network.tape.input(points)));
  Executor<double> look(Program(y), *network.step);  // with the trained parameters
  look.run();
  std::ofstream out(file);
  for (Index i = 0; i < side * side; ++i) {
    out << fmt::format("{:.4g}{}", look.output(0)[i], (i + 1) % side == 0 ? '\n' : ' ');
  }
}

/// The line on which each hidden neuron is 0, w1 x1 + w2 x2 + b = 0: w1, w2, b.
void write_lines(const char* file, Network& network) {
  const nn::Linear& layer = network.net.layers()[0];
  const std::span<const double> w = network.step->leaf(layer.weight());
  const std::span<const double> b = network.step->leaf(*layer.bias());
  std::ofstream out(file);
  for (std::size_t j = 0; j < b.size(); ++j) {
    out << fmt::format("{:.4g} {:.4g} {:.4g}\n", w[j], w[b.size() + j], b[j]);
  }
}

}  // namespace

int main() {
  fmt::print("// [two]\n");
  // [two]
  Network two({2, 2, 1});
  fmt::print("two hidden neurons: loss {:.5f} after 1000 steps\n", two.train(1000));
  print_answers(two);
  // [end]
  write_map("hidden-map.dat", two);
  write_lines("hidden-lines.dat", two);
  fmt::print("// [starts]\n");
  // [starts]
  fmt::print("of 20 random starts, how many end below a loss of 0.1:\n");
  for (const Index hidden : {1, 2, 3, 4, 8}) {
    int solved = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      solved += Network({2, hidden, 1}, seed).train(1000) < 0.1;
    }
    fmt::print("  {} hidden: {}\n", hidden, solved);
  }
  // [end]
}
