// The derivative as a sum over paths, and what it costs to take them one by one.

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/graph/paths.hpp"
#include "gradus/graph/show.hpp"
#include "gradus/ops/ops.hpp"

namespace {

// [layers]
/// Two neurons a layer, all joined to the two of the next one. layers[l][i][j] is the derivative of
/// neuron j of layer l + 1 by neuron i of layer l. C is the sum of the last two neurons.
using Layer = std::array<std::array<double, 2>, 2>;
using Layers = std::vector<Layer>;
// [by-paths]
struct Walk {
  std::uint64_t paths = 0, products = 0;
  double sum = 0;
};

/// Goes on from neuron i of a layer on every path to C, with the product so far.
void follow(const Layers& layers, std::size_t layer, std::size_t i, double product, Walk& walk) {
  if (layer == layers.size()) {
    ++walk.paths;
    walk.sum += product;
    return;
  }
  for (std::size_t j = 0; j < 2; ++j) {
    ++walk.products;
    follow(layers, layer + 1, j, product * layers[layer][i][j], walk);
  }
}
// [backward]
/// From C back, a layer at a time: dC/d(neuron) for both neurons of each layer.
Walk backward(const Layers& layers) {
  Walk walk;
  std::array<double, 2> next{1, 1};  // of the last layer, as C is their sum
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    std::array<double, 2> here{};
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 2; ++j) {
        ++walk.products;
        here[i] += (*layer)[i][j] * next[j];
      }
    }
    next = here;
  }
  walk.sum = next[0];
  return walk;
}
// [end]

Layers some_layers(std::size_t depth) {
  gradus::Random random(1);
  Layers layers(depth);
  for (Layer& layer : layers) {
    for (auto& row : layer) {
      for (double& d : row) d = random.uniform(-1, 1);
    }
  }
  return layers;
}

void print_race() {
  std::ofstream file("race.dat");
  file << "# layers, products by paths, products backward\n";
  fmt::print("layers    paths   products by paths   products backward   both agree\n");
  for (const std::size_t depth : std::vector<std::size_t>{1, 2, 4, 8, 12, 16, 20}) {
    const Layers layers = some_layers(depth);
    Walk by_paths;
    follow(layers, 0, 0, 1, by_paths);
    const Walk back = backward(layers);
    const bool agree = std::abs(by_paths.sum - back.sum) < 1e-12;
    fmt::print("{:6} {:8} {:19} {:19}   {}\n", depth, by_paths.paths, by_paths.products,
               back.products, agree ? "yes" : "no");
    file << fmt::format("{} {} {}\n", depth, by_paths.products, back.products);
  }
}

void print_gradus() {
  using namespace gradus;
  // [gradus]
  fmt::print("layers  wires  nodes for the gradient  paths\n");
  for (const int depth : {10, 100, 500}) {
    Tape tape;
    const Var w = tape.parameter(0.5, "w");
    Var p = w, q = w;
    for (int i = 0; i < depth; ++i) {  // two nodes a layer; both use both of the layer before
      const Var left = sin(p + q), right = cos(p * q);
      p = left;
      q = right;
    }
    const Var C = p + q;
    const PathSum paths = sum_over_paths(w, C);
    const std::size_t before = tape.size();
    gradient(C, w);
    std::string count = paths.count.digits;
    if (count.size() > 20) count = fmt::format("about 10^{}", std::floor(paths.count.log10));
    fmt::print("{:6} {:6} {:23}  {}\n", depth, paths.edges, tape.size() - before, count);
  }
  // [end]
}

/// The graph of two paths, with local derivatives on its wires and the larger path lit.
void write_split() {
  using namespace gradus;
  Tape tape;
  const Var w = tape.parameter(1, "w");
  const Var h = (2 * w).named("h");
  const Var p = (h + 2).named("p");
  const Var q = (3 * h).named("q");
  const Var C = (p * q).named("C");
  Drawing drawing = draw(Graph(C));
  show_values(drawing, tape);
  show_partials(drawing, tape);
  drawing.notes.clear();  // the text says what the numbers on the wires are
  DotOptions options;
  options.rankdir = "LR";
  options.lit = sum_over_paths(w, C).paths.at(0).wires;
  std::ofstream("split.dot") << to_dot(drawing, options);
}

}  // namespace

int main() {
  fmt::print("// [race]\n");
  print_race();
  fmt::print("// [gradus]\n");
  print_gradus();
  write_split();
}
