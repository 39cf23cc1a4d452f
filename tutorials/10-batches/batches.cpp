// From one digit a step to all of them: steps needed, and what a step costs; and what order does.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "gradus/base/error.hpp"
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
  data::Dataset digits, test;
  Tensor<double> answers = data::one_hot<double>(digits.labels, 10);
};

/// 784-32-10 with the softmax and cross-entropy of lesson 9, a training step of `size` digits, and
/// a look at the 2,000 test digits.
struct Training {
  Training(const Sets& of, Index size, double rate)
      : sets(of),
        random(1),
        net(tape, {.layers = {784, 32, 10}, .activation = "sigmoid", .init = "xavier-normal"},
            random),
        images({size, 784}),
        wanted({size, 10}) {
    const Var x = tape.input(images.shape(), "x"), y = tape.input(wanted.shape(), "y");
    const Var cost = cross_entropy(net(x), y);
    const std::vector<Var> all = net.parameters(), outputs{cost};
    const optim::Optimizer descent(optim::find_rule("sgd"), all, rate);
    step.emplace(Program(outputs, descent.updates(gradient(cost, all))));
    step->bind(x, images.span());
    step->bind(y, wanted.span());
    const Var of_test = argmax(net(tape.input(data::feature_matrix<double>(sets.test))));
    look.emplace(Program(of_test), *step);
  }
  void run(std::span<const Index> which) {
    data::gather_features(sets.digits, which, false, images.span());
    data::gather_rows(sets.answers, which, wanted.span());
    step->run();
  }
  Index right() {
    look->run();
    Index count = 0;
    for (Index i = 0; i < sets.test.count; ++i) {
      count += look->output(0)[i] == sets.test.labels[static_cast<std::size_t>(i)];
    }
    return count;
  }

  const Sets& sets;
  Random random;
  Tape tape;
  nn::Mlp net;
  Tensor<double> images, wanted;
  std::optional<Executor<double>> step, look;
};

// [race]
constexpr Index count = 2000;  // the first 2,000 digits are enough to train on here
constexpr Index goal = 1500;   // of 2,000 test digits

/// Steps until the goal is reached; looks at every step, but not more often than every 100 digits.
Index steps_needed(Training& training, Index size) {
  Index steps = 0;
  while (steps * size < 1'000'000) {
    const data::Batches batches(count, size, training.random);  // an epoch
    for (Index i = 0; i < batches.size(); ++i) {
      training.run(batches[i]);
      ++steps;
      if (steps * size % 100 == 0 && training.right() >= goal) return steps;
    }
  }
  throw Error("a million digits were not enough");
}
// [end]

}  // namespace

int main() {
  kernels::set_threads(1);  // steps as short as these gain nothing from a second thread
  const auto folder = GRADUS_SOURCE_DIR "/tutorials/data/mnist";
  const Sets sets{data::load_images_and_labels(folder, data::Part::train),
                  data::load_images_and_labels(folder, data::Part::test)};

  fmt::print("// [race]\n");
  // [main]
  fmt::print("batch  rate   steps  digits looked at  MFLOP a step  GFLOP in all\n");
  const std::vector<std::pair<Index, double>> sizes{{1, 0.1}, {10, 1}, {100, 1}, {2000, 1}};
  for (const auto& [size, rate] : sizes) {
    Training training(sets, size, rate);
    const Index steps = steps_needed(training, size);
    const double mflop = static_cast<double>(training.step->program().flops()) / 1e6;
    fmt::print("{:5}  {:<5}  {:5}  {:16}  {:12.4f}  {:12.3f}\n", size, rate, steps, steps * size,
               mflop, mflop * static_cast<double>(steps) / 1e3);
  }
  // [end]
  fmt::print("// [order]\n");
  // [order]
  std::vector<Index> sorted(count);  // all zeros, then all ones, ...
  std::iota(sorted.begin(), sorted.end(), Index{0});
  std::stable_sort(sorted.begin(), sorted.end(), [&](Index a, Index b) {
    return sets.digits.labels[static_cast<std::size_t>(a)] <
           sets.digits.labels[static_cast<std::size_t>(b)];
  });
  for (const bool shuffled : {false, true}) {
    Training training(sets, 10, 0.3);
    fmt::print("{}: right after each epoch", shuffled ? "shuffled      " : "sorted by class");
    for (int epoch = 1; epoch <= 5; ++epoch) {
      const data::Batches drawn(count, 10, training.random);
      for (Index i = 0; i < drawn.size(); ++i) {
        const std::span<const Index> in_order =
            std::span(sorted).subspan(static_cast<std::size_t>(i * 10), 10);
        training.run(shuffled ? drawn[i] : in_order);
      }
      fmt::print(" {}", training.right());
    }
    fmt::print("\n");
  }
  fmt::print("nines among the test digits: {}\n",
             std::count(sets.test.labels.begin(), sets.test.labels.end(), 9));
  // [end]
}
