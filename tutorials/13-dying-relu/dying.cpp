// Two accidents put ReLU neurons to sleep; which of them wake again?
#include <fmt/core.h>
#include <fmt/os.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "gradus/data/features.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

constexpr Index batch = 100, pixels = 784, neurons = 100;

struct Digits {
  Tensor<double> images;        // (10000, 784)
  std::vector<double> classes;  // (10000,)
  std::span<const double> rows(Index first, Index count) const {
    return images.span().subspan(std::size_t(first * pixels), std::size_t(count * pixels));
  }
  std::span<const double> labels(Index first, Index count) const {
    return std::span(classes).subspan(std::size_t(first), std::size_t(count));
  }
};

Digits load() {
  const auto set =
      data::load_images_and_labels(GRADUS_SOURCE_DIR "/tutorials/data/mnist", data::Part::train);
  return {data::feature_matrix<double>(set), {set.labels.begin(), set.labels.end()}};
}

/// What a neuron says for the sum z; some have a slope that is learned.
using Activation = Var(Var z, Var slope);

// [network]
/// 784-100-10. Its hidden biases start at `bias`, and so do the slopes at 0.25.
struct Network {
  Network(Activation* activation, double bias) : f(activation) {
    b1 = tape.parameter(nn::constant({neurons}, bias), "b1");
  }
  Var hidden_sums(Var images) const { return matmul(images, w1) + b1; }
  Var operator()(Var images) const { return matmul(f(hidden_sums(images), slope), w2) + b2; }

  Tape tape;
  Random random{13};
  Activation* f;
  Var w1 = tape.parameter(nn::he_uniform({pixels, neurons}, random), "w1");
  Var w2 = tape.parameter(nn::he_uniform({neurons, 10}, random), "w2");
  Var b2 = tape.parameter(nn::zeros({10}), "b2");
  Var slope = tape.parameter(nn::constant({neurons}, 0.25), "slope");
  Var b1;
};
// [end]

/// Trains a network on one batch after the other, and looks at it on the first `seen` digits.
class Training {
 public:
  Training(Network& network, const Digits& digits, Index seen)
      : net(network),
        data(digits),
        x(net.tape.input(Shape{batch, pixels}, "x")),
        t(net.tape.input(Shape{batch}, "t")),
        rate(net.tape.input(0.1, "rate")),
        all_x(net.tape.input(Shape{seen, pixels}, "all x")),
        all_t(net.tape.input(Shape{seen}, "all t")),
        train(step_program()),
        look(look_program(), train) {
    look.bind(all_x, data.rows(0, seen));
    look.bind(all_t, data.labels(0, seen));
  }

  void steps(int count, double learning_rate) {
    const std::vector<double> r{learning_rate};
    train.set(rate, r);
    for (int i = 0; i < count; ++i, ++done) {
      const Index first = done % 100 * batch;
      train.set(x, data.rows(first, batch));
      train.set(t, data.labels(first, batch));
      train.run();
    }
  }

  /// The hidden neurons that are on for none of the digits, and the share of right answers.
  std::pair<std::vector<Index>, double> silent() {
    look.run();
    std::vector<Index> result;
    for (Index j = 0; j < neurons; ++j) {
      if (look.output(0).data[j] == 0) result.push_back(j);
    }
    return {result, look.item(1)};
  }

  std::vector<double> weights_into(Index neuron) {
    const std::span<double> w = train.leaf(net.w1);
    std::vector<double> column{train.leaf(net.b1)[std::size_t(neuron)]};
    for (Index i = 0; i < pixels; ++i) column.push_back(w[std::size_t(i * neurons + neuron)]);
    return column;
  }

  std::span<double> slopes() { return train.leaf(net.slope); }

 private:
  Program step_program() {
    const Var loss = cross_entropy(net(x), t);
    const std::vector<Var> parameters{net.w1, net.b1, net.w2, net.b2, net.slope};
    // Zeros for the slopes of a network that does not use them.
    const std::vector<Var> g = gradient(loss, parameters, Disconnected::zeros);
    std::vector<Update> sgd;
    for (std::size_t i = 0; i < g.size(); ++i) {
      sgd.push_back({parameters[i], parameters[i] - rate * g[i]});
    }
    return Program({loss}, sgd);
  }
  Program look_program() const {
    const Var on = max(step(net.hidden_sums(all_x)), {0});  // 1 if it is on for any digit
    return Program({on, mean(equal(argmax(net(all_x)), all_t))});
  }

  Network& net;
  const Digits& data;
  Var x, t, rate, all_x, all_t;
  Executor<double> train, look;
  int done = 0;
};

void never_wake(const Digits& digits) {
  fmt::print("// [never]\n");
  // [accident]
  Network net([](Var z, Var) { return relu(z); }, 0);
  Training training(net, digits, 10000);
  const auto report = [&](std::string_view when) {
    const auto [silent, right] = training.silent();
    fmt::print("{:28} {:3} silent neurons, {:4.1f} % right\n", when, silent.size(), 100 * right);
  };
  training.steps(20, 0.1);
  report("20 steps at rate 0.1:");
  training.steps(1, 10.0);
  report("one step at rate 10:");
  const std::vector<Index> silent = training.silent().first;
  std::vector<std::vector<double>> before;
  for (const Index j : silent) before.push_back(training.weights_into(j));
  training.steps(379, 0.1);
  report("379 more steps at rate 0.1:");
  // [end]
  // [bits]
  int same = 0;
  for (std::size_t i = 0; i < silent.size(); ++i) {
    same += training.weights_into(silent[i]) == before[i];
  }
  fmt::print("{} of these {} have the weights of step 21, to the last bit\n", same, silent.size());
  // [end]
}

void wake(const Digits& digits) {
  fmt::print("// [waking]\nneurons that are silent for 1000 digits, and right answers\n");
  fmt::print("              after 0 steps     200 steps      400 steps      600 steps\n");
  auto curves = fmt::output_file("waking.dat");
  // [activations]
  const std::vector<std::pair<std::string_view, Activation*>> activations{
      {"ReLU", [](Var z, Var) { return relu(z); }},
      {"slope 0.01", [](Var z, Var) { return leaky_relu(z, 0.01); }},
      {"slope 0.1", [](Var z, Var) { return leaky_relu(z, 0.1); }},
      {"learned slope", [](Var z, Var slope) { return prelu(z, slope); }},
  };
  for (const auto& [name, activation] : activations) {
    Network net(activation, -3);  // every hidden bias is -3
    Training training(net, digits, 1000);
    // [end]
    fmt::print("{:14}", name);
    curves.print("# {}: step, silent neurons, share of right answers\n", name);
    for (int step = 0; step <= 600; step += 25) {
      const auto [silent, right] = training.silent();
      if (step % 200 == 0) fmt::print("  {:3}, {:5.1f} %", silent.size(), 100 * right);
      curves.print("{} {} {:.3f}\n", step, silent.size(), right);
      training.steps(25, 0.1);
    }
    curves.print("\n\n");
    fmt::print("\n");
    if (name == "learned slope") {
      const auto [low, high] =
          std::minmax_element(training.slopes().begin(), training.slopes().end());
      fmt::print("the learned slopes started at 0.25 and are now between {:.3f} and {:.3f}\n", *low,
                 *high);
    }
  }
}

}  // namespace

int main() {
  kernels::set_threads(1);  // steps as short as these gain nothing from a second thread
  const Digits digits = load();
  never_wake(digits);
  wake(digits);
}
