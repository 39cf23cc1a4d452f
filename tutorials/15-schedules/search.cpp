// A random search over learning rate, momentum and width, and a grid of as many trials.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <span>
#include <vector>

#include "gradus/data/batches.hpp"
#include "gradus/data/features.hpp"
#include "gradus/data/images.hpp"
#include "gradus/data/split.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/optim/random_search.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

struct Digits {
  data::Dataset all;
  Tensor<double> answers = data::one_hot<double>(all.labels, 10);
  data::Split split = {};
};

/// The loss on the validation part after one epoch on the training part.
double validation_loss(const Digits& digits, double rate, double share, Index hidden) {
  Tape tape;
  Random random(15);
  const nn::Mlp net(tape, {.layers = {784, hidden, 10}}, random);
  const Var x = tape.input(Shape{50, 784}, "x"), y = tape.input(Shape{50, 10}, "y");
  const Var loss = cross_entropy(net(x), y);
  const std::vector<Var> parameters = net.parameters(), outputs{loss};
  const optim::Optimizer momentum(optim::find_rule("momentum"), parameters, rate,
                                  {.momentum = share});
  Executor<double> step(Program(outputs, momentum.updates(gradient(loss, parameters))));
  Tensor<double> images({50, 784}), answers({50, 10});
  step.bind(x, images.span());
  step.bind(y, answers.span());
  const std::vector<Index>& training = digits.split.training;
  for (std::size_t i = 0; i + 50 <= training.size(); i += 50) {
    const std::span<const Index> batch = std::span(training).subspan(i, 50);
    data::gather_features(digits.all, batch, false, images.span());
    data::gather_rows(digits.answers, batch, answers.span());
    step.run();
  }

  const std::vector<Index>& kept = digits.split.validation;
  const auto count = static_cast<Index>(kept.size());
  Tensor<double> kept_images({count, 784}), kept_answers({count, 10});
  data::gather_features(digits.all, kept, false, kept_images.span());
  data::gather_rows(digits.answers, kept, kept_answers.span());
  const Var score = cross_entropy(net(tape.input(kept_images)), tape.input(kept_answers));
  Executor<double> look(Program(score), step);
  look.run();
  return look.item(0);
}

}  // namespace

int main() {
  kernels::set_threads(1);
  Random random(15);
  const auto folder = GRADUS_SOURCE_DIR "/tutorials/data/mnist";
  Digits digits{data::load_images_and_labels(folder, data::Part::train)};
  digits.split = data::split(2500, 0.2, random);

  // [search]
  const std::vector<optim::Trial> trials = optim::random_search(
      {optim::log_uniform("rate", 0.001, 1), optim::uniform("momentum", 0, 0.99),
       optim::choice("hidden", {8, 16, 32, 64})},
      27, 15, [&](const optim::Trial& t) {
        return validation_loss(digits, t["rate"], t["momentum"], static_cast<Index>(t["hidden"]));
      });
  // [end]

  std::vector<optim::Trial> grid;
  for (const double rate : {0.001, 0.03, 1.0}) {
    for (const double share : {0.0, 0.5, 0.99}) {
      for (const double hidden : {8.0, 16.0, 64.0}) {
        grid.push_back({{{"rate", rate}, {"momentum", share}, {"hidden", hidden}},
                        validation_loss(digits, rate, share, static_cast<Index>(hidden))});
      }
    }
  }

  fmt::print("// [best]\n");
  std::vector<optim::Trial> sorted = trials;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.score < b.score; });
  fmt::print("trial                rate   momentum   hidden   rate / (1 - momentum)   loss\n");
  const auto print = [](const char* name, const optim::Trial& t) {
    fmt::print("{:16} {:8.4f} {:10.3f} {:8} {:23.3f} {:6.4f}\n", name, t["rate"], t["momentum"],
               t["hidden"], t["rate"] / (1 - t["momentum"]), t.score);
  };
  for (std::size_t i = 0; i < 8; ++i) print("random", sorted[i]);
  print("worst random", sorted.back());
  print("best of the grid", optim::best(grid));

  std::ofstream file("search.dat");
  for (const std::vector<optim::Trial>& found : {trials, grid}) {
    file << "# rate, momentum, hidden, rate / (1 - momentum), validation loss\n";
    for (const optim::Trial& t : found) {
      file << fmt::format("{:.5f} {:.4f} {} {:.5f} {:.4f}\n", t["rate"], t["momentum"], t["hidden"],
                          t["rate"] / (1 - t["momentum"]), t.score);
    }
    file << "\n\n";
  }
}
