// The same network on the same digits with nine rules; what they reach, what they keep.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <vector>

#include "gradus/data/batches.hpp"
#include "gradus/data/features.hpp"
#include "gradus/data/images.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

struct Sets {
  data::Dataset training, test;
  Tensor<double> answers = data::one_hot<double>(training.labels, 10);
  Tensor<double> test_images = data::feature_matrix<double>(test);
};

/// What training came to.
struct Trained {
  double rate;
  std::vector<double> losses = {};  ///< of each batch, before its step
  Index right = 0;                  ///< of the test digits
  Index parameters = 0, state = 0;  ///< how many numbers
  std::vector<double> v = {};       ///< Adam's, of the first layer's weights: (784, 16)

  /// The mean of the last ten losses.
  double loss() const {
    double sum = 0;
    for (std::size_t i = losses.size() - 10; i < losses.size(); ++i) sum += losses[i];
    return sum / 10;
  }
};

// [train]
/// One epoch of 784-16-10 on 10,000 digits in batches of 100, by one rule.
Trained train(const Sets& sets, const optim::Rule& rule, double rate) {
  Tape tape;
  Random random(14);  // the same first weights, and the same batches, for all rules
  const nn::Mlp net(tape, {.layers = {784, 16, 10}}, random);
  const Var x = tape.input(Shape{100, 784}, "x"), y = tape.input(Shape{100, 10}, "y");
  const Var loss = cross_entropy(net(x), y);
  const std::vector<Var> all = net.parameters(), outputs{loss};
  const optim::Optimizer optimizer(rule, all, rate);
  Executor<double> step(Program(outputs, optimizer.updates(gradient(loss, all))));
  // [end]

  Trained trained{.rate = rate};
  Tensor<double> images({100, 784}), wanted({100, 10});
  step.bind(x, images.span());
  step.bind(y, wanted.span());
  const data::Batches batches(sets.training.count, 100, random);
  for (Index i = 0; i < batches.size(); ++i) {
    data::gather_features(sets.training, batches[i], false, images.span());
    data::gather_rows(sets.answers, batches[i], wanted.span());
    step.run();
    trained.losses.push_back(step.item(0));
  }

  const Var of_test = argmax(net(tape.input(sets.test_images)));
  Executor<double> look(Program(of_test), step);
  look.run();
  for (Index i = 0; i < sets.test.count; ++i) {
    trained.right += look.output(0)[i] == sets.test.labels[static_cast<std::size_t>(i)];
  }
  trained.parameters = net.parameter_count();
  for (const Var s : optimizer.state()) trained.state += s.shape().elements();
  if (rule.name == "adam") {
    const auto v = step.leaf(optimizer.state()[1]);
    trained.v.assign(v.begin(), v.end());
  }
  return trained;
}

/// For each pixel, the root of v, averaged over the 16 neurons that it goes to.
void write_state(const std::vector<double>& v) {
  std::ofstream file("pixels.dat");
  for (std::size_t pixel = 0; pixel < 784; ++pixel) {
    double sum = 0;
    for (std::size_t i = 0; i < 16; ++i) sum += std::sqrt(v[pixel * 16 + i]);
    file << fmt::format("{:.6f}{}", sum / 16, pixel % 28 == 27 ? '\n' : ' ');
  }
}

}  // namespace

int main() {
  kernels::set_threads(1);  // two hundred thousand multiply-adds are too few to share
  const auto folder = GRADUS_SOURCE_DIR "/tutorials/data/mnist";
  const Sets sets{data::load_images_and_labels(folder, data::Part::train),
                  data::load_images_and_labels(folder, data::Part::test)};

  std::vector<Trained> best;  // of each rule
  fmt::print("// [rates]\n");
  fmt::print("right of {} test digits after one epoch\n", sets.test.count);
  fmt::print("rule       rate   a tenth of it   the rate   ten times\n");
  for (const optim::Rule& rule : optim::rules()) {
    std::array<Trained, 3> tries{train(sets, rule, rule.rate / 10), train(sets, rule, rule.rate),
                                 train(sets, rule, rule.rate * 10)};
    fmt::print("{:9} {:5} {:15} {:10} {:11}\n", rule.name, rule.rate, tries[0].right,
               tries[1].right, tries[2].right);
    best.push_back(*std::max_element(tries.begin(), tries.end(), [](const auto& a, const auto& b) {
      return a.right < b.right;
    }));
  }

  fmt::print("// [state]\n");
  fmt::print("rule       best rate    loss   parameters   state\n");
  for (std::size_t i = 0; i < best.size(); ++i) {
    fmt::print("{:9} {:10} {:7.4f} {:12} {:7}\n", optim::rules()[i].name, best[i].rate,
               best[i].loss(), best[i].parameters, best[i].state);
  }

  std::ofstream file("digits.dat");
  file << "# batch; the loss, the mean of ten batches, with sgd, momentum, nesterov, adagrad, "
          "adadelta, rmsprop, adam, adamax, nadam\n";
  for (std::size_t i = 0; i + 10 <= best[0].losses.size(); i += 5) {
    file << i + 5;
    for (const Trained& t : best) {
      double sum = 0;
      for (std::size_t k = i; k < i + 10; ++k) sum += t.losses[k] / 10;
      file << fmt::format(" {:.4f}", sum);
    }
    file << '\n';
  }
  write_state(best[6].v);
}
