// 784-16-16-10: its numbers counted, what one digit asks of them, and what a hundred ask on
// average.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "gradus/data/features.hpp"
#include "gradus/data/images.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

/// Eight digits side by side, for the picture: 28 rows of 8 x 28 pixels.
void write_digits(const char* file, const data::Dataset& set) {
  std::ofstream out(file);
  for (Index row = 0; row < set.rows; ++row) {
    for (Index which = 0; which < 8; ++which) {
      for (const std::uint8_t pixel :
           set.image(which).subspan(static_cast<std::size_t>(row * set.cols), 28)) {
        out << int{pixel} << ' ';
      }
    }
    out << '\n';
  }
}

/// Some rows of a matrix.
Tensor<double> rows(const Tensor<double>& from, Index first, Index count) {
  const Index width = from.shape()[1];
  return Tensor<double>({count, width},
                        from.span().subspan(static_cast<std::size_t>(first * width),
                                            static_cast<std::size_t>(count * width)));
}

}  // namespace

int main() {
  // [load]
  const data::Dataset set =
      data::load_images_and_labels(GRADUS_SOURCE_DIR "/tutorials/data/mnist", data::Part::train);
  const Tensor<double> pixels = data::feature_matrix<double>(set);      // from 0 to 1
  const Tensor<double> wanted = data::one_hot<double>(set.labels, 10);  // 1 for the digit
  // [end]
  write_digits("digits.dat", set);

  fmt::print("// [count]\n");
  // [count]
  fmt::print("{} digits of {} pixels\n", set.count, set.width());
  Tape tape;
  Random random(1);
  const nn::Mlp net(tape,
                    {.layers = {784, 16, 16, 10}, .activation = "sigmoid", .init = "xavier-normal"},
                    random);
  for (const nn::Linear& layer : net.layers()) {
    fmt::print("{}: {} x {} weights and {} biases, {}\n", layer.name(), layer.weight().shape()[0],
               layer.weight().shape()[1], layer.bias()->shape()[0],
               layer.weight().shape().elements() + layer.bias()->shape().elements());
  }
  fmt::print("together {}\n", net.parameter_count());
  // [end]
  fmt::print("// [example]\n");
  // [example]
  const Var x = tape.input(rows(pixels, 0, 1), "x");        // (1, 784)
  const Var y = tape.input(rows(wanted, 0, 1), "y");        // (1, 10)
  const Var h1 = sigmoid(net.layers()[0](x)).named("h1");   // (1, 16)
  const Var h2 = sigmoid(net.layers()[1](h1)).named("h2");  // (1, 16)
  const Var a = sigmoid(net.layers()[2](h2)).named("a");    // (1, 10)
  const Var cost = quadratic_cost(a, y, 0.5).named("C");
  const Var b3 = *net.layers()[2].bias(), w3 = net.layers()[2].weight();
  const std::vector<Var> d = gradient(cost, {b3, w3});

  fmt::print("the first digit, a {}: cost {:.4f}\n", int{set.labels[0]}, item(cost));
  fmt::print("output  answer  wanted  nudge of its bias\n");
  for (Index k = 0; k < 10; ++k) {
    fmt::print("{:6}  {:.4f}  {:6}  {:+.4f}\n", k, value(a)[k], value(y)[k], -value(d[0])[k]);
  }
  // [end]
  fmt::print("// [hidden]\n");
  // [hidden]
  const Tensor<double> h = value(h2), nudges = value(d[1]), of_h = value(gradient(cost, h2));
  const Index bright = std::max_element(h.begin(), h.end()) - h.begin();
  const Index dim = std::min_element(h.begin(), h.end()) - h.begin();
  fmt::print("hidden neuron  says    nudge of its weight to output 5  it should say\n");
  for (const Index j : {bright, dim}) {
    fmt::print("{:13}  {:.4f}  {:+.4f}                          {}\n", j, h[j], -nudges[j * 10 + 5],
               of_h[j] < 0 ? "more" : "less");
  }
  // [end]
  fmt::print("// [average]\n");
  // [average]
  fmt::print("nudges of the bias of output 5 by eight digits:\n");
  double sum_of_all = 0;
  for (Index i = 0; i < 100; ++i) {
    tape.set(x, rows(pixels, i, 1));
    tape.set(y, rows(wanted, i, 1));
    const double nudge = -value(d[0])[5];
    sum_of_all += nudge;
    if (i < 8) fmt::print("  a {}: {:+.4f}\n", int{set.labels[static_cast<std::size_t>(i)]}, nudge);
  }
  fmt::print("the average of 100 nudges: {:+.6f}\n", sum_of_all / 100);

  const Var batch = net(tape.input(rows(pixels, 0, 100)));  // all of them at once, (100, 10)
  const Var average_cost = quadratic_cost(sigmoid(batch), tape.input(rows(wanted, 0, 100)), 0.5);
  fmt::print("the nudge by the average cost: {:+.6f}\n", -value(gradient(average_cost, b3))[5]);
  // [end]
}
