// The same network learns the digits, or does not, from six starts.
#include <fmt/core.h>

#include <set>
#include <string_view>
#include <vector>

#include "gradus/data/features.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

constexpr Index batch = 100, steps = 100, pixels = 784;

struct Digits {
  Tensor<double> images;        // (10000, 784)
  std::vector<double> classes;  // (10000,)
};

Digits load() {
  const auto set =
      data::load_images_and_labels(GRADUS_SOURCE_DIR "/tutorials/data/mnist", data::Part::train);
  return {data::feature_matrix<double>(set), {set.labels.begin(), set.labels.end()}};
}

/// How many neurons of a layer have weights of their own: columns that differ.
std::size_t different_columns(std::span<const double> w, std::size_t columns) {
  std::set<std::vector<double>> different;
  for (std::size_t j = 0; j < columns; ++j) {
    std::vector<double> column;
    for (std::size_t i = j; i < w.size(); i += columns) column.push_back(w[i]);
    different.insert(column);
  }
  return different.size();
}

// [train]
using Draw = Tensor<double>(const Shape& shape, Random& random);

/// 784-100-100-100-100-10 with ReLU, weights as `draw` gives them, and 100 steps of SGD.
void train(std::string_view name, Draw* draw, const Digits& digits) {
  Tape tape;
  Random random(11);
  const Var x = tape.input(Shape{batch, pixels}, "x"), t = tape.input(Shape{batch}, "t");
  std::vector<Var> weights, parameters;
  Var z = x;
  for (const Index out : {100, 100, 100, 100, 10}) {
    const Var h = weights.empty() ? x : relu(z);
    const Var w = tape.parameter(draw({h.shape()[1], out}, random), "W");
    const Var b = tape.parameter(nn::zeros({out}), "b");
    z = matmul(h, w) + b;
    weights.push_back(w);
    parameters.insert(parameters.end(), {w, b});
  }
  const Var loss = cross_entropy(z, t), right = mean(equal(argmax(z), t));
  const optim::Optimizer sgd(optim::find_rule("sgd"), parameters, 0.1);
  Executor<double> step(Program({loss, right}, sgd.updates(gradient(loss, parameters))));
  // [end]
  double before = 0, after = 0, share = 0;
  for (Index i = 0; i < steps; ++i) {
    step.set(x, digits.images.span().subspan(std::size_t(i * batch * pixels), batch * pixels));
    step.set(t, std::span(digits.classes).subspan(std::size_t(i * batch), batch));
    step.run();
    if (i == 0) before = step.item(0);
    if (i < steps - 10) continue;
    after += step.item(0) / 10;
    share += step.item(1) / 10;
  }
  fmt::print("{:18}  {:12.3f}  {:10.3f}  {:5.1f} %  {:14}\n", name, before, after, 100 * share,
             different_columns(step.leaf(weights[1]), 100));
}

}  // namespace

int main() {
  kernels::set_threads(1);  // steps as short as these gain nothing from a second thread
  const Digits digits = load();
  fmt::print("weights             first batch  last ten    right  neurons of h2\n");
  // [starts]
  const auto train_from = [&](std::string_view name, Draw* draw) { train(name, draw, digits); };
  train_from("all zero", [](const Shape& s, Random&) { return nn::zeros(s); });
  train_from("all equal to 0.01", [](const Shape& s, Random&) { return nn::constant(s, 0.01); });
  train_from("stddev 0.01", [](const Shape& s, Random& r) { return nn::normal(s, r, 0, 0.01); });
  train_from("stddev 1", [](const Shape& s, Random& r) { return nn::normal(s, r, 0, 1); });
  train_from("Xavier", nn::xavier_normal);
  train_from("He", nn::he_normal);
  // [end]
}
