// A network that is trained too long on too few digits, and when to stop it.
#include <fmt/format.h>

#include <cstdint>
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
#include "gradus/optim/early_stopping.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

/// Some rows of the digits, as a network reads them.
struct Digits {
  Tensor<double> images, answers;
  std::vector<std::uint8_t> labels;

  Digits(const data::Dataset& set, std::span<const Index> rows)
      : images({static_cast<Index>(rows.size()), set.width()}),
        answers({static_cast<Index>(rows.size()), 10}) {
    data::gather_features(set, rows, false, images.span());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      labels.push_back(set.labels[static_cast<std::size_t>(rows[i])]);
      answers[static_cast<Index>(i) * 10 + labels.back()] = 1;
    }
  }
};

/// Loss and right digits of a network, on digits that it may not have seen.
class Look {
 public:
  Look(Tape& tape, const nn::Mlp& net, const Digits& digits, const Executor<double>& step)
      : labels_(digits.labels), run_(program(tape, net, digits), step) {}

  void look() { run_.run(); }
  double loss() const { return run_.item(0); }
  Index right() const {
    Index count = 0;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      count += run_.output(1)[static_cast<Index>(i)] == labels_[i];
    }
    return count;
  }

 private:
  static Program program(Tape& tape, const nn::Mlp& net, const Digits& digits) {
    const Var z = net(tape.input(digits.images));
    const Var loss = cross_entropy(z, tape.input(digits.answers));
    return Program({loss, argmax(z)});
  }
  std::vector<std::uint8_t> labels_;
  Executor<double> run_;
};

}  // namespace

int main() {
  kernels::set_threads(1);
  const auto folder = GRADUS_SOURCE_DIR "/tutorials/data/mnist";
  const data::Dataset all = data::load_images_and_labels(folder, data::Part::train);
  const data::Dataset test_set = data::load_images_and_labels(folder, data::Part::test);

  // [split]
  Random random(15);
  const data::Split split = data::split(500, 0.2, random);  // of the first 500 digits
  const Digits training(all, split.training), validation(all, split.validation);
  // [end]
  const data::Batches all_of_test(test_set.count, test_set.count);
  const Digits test(test_set, all_of_test[0]);
  Tape tape;
  const nn::Mlp net(tape, {.layers = {784, 64, 10}}, random);
  fmt::print("// [split]\n{} digits for training, {} for validation; 784-64-10 has {} parameters\n",
             training.labels.size(), validation.labels.size(), net.parameter_count());
  const Var x = tape.input(Shape{20, 784}, "x"), y = tape.input(Shape{20, 10}, "y");
  const Var loss = cross_entropy(net(x), y);
  const std::vector<Var> parameters = net.parameters(), outputs{loss};
  const optim::Optimizer momentum(optim::find_rule("momentum"), parameters, 0.02);
  Executor<double> step(Program(outputs, momentum.updates(gradient(loss, parameters))));
  Look on_training(tape, net, training, step), on_validation(tape, net, validation, step),
      on_test(tape, net, test, step);
  Tensor<double> images({20, 784}), answers({20, 10});
  step.bind(x, images.span());
  step.bind(y, answers.span());
  const auto train_an_epoch = [&] {
    const data::Batches batches(static_cast<Index>(training.labels.size()), 20, random);
    for (Index i = 0; i < batches.size(); ++i) {
      data::gather_rows(training.images, batches[i], images.span());
      data::gather_rows(training.answers, batches[i], answers.span());
      step.run();
    }
  };
  const auto copy_of_parameters = [&] {
    std::vector<std::vector<double>> copy;
    for (const Var p : parameters) copy.emplace_back(step.leaf(p).begin(), step.leaf(p).end());
    return copy;
  };

  std::ofstream file("stopping.dat");
  file << "# epoch, loss on training digits, on validation digits, on test digits\n";
  fmt::print("// [epochs]\n");
  fmt::print("epoch   training loss   validation loss   right of {} test digits\n",
             test.labels.size());
  const auto print_row = [&](int epoch) {
    on_training.look();
    on_test.look();
    file << fmt::format("{} {:.5f} {:.5f} {:.5f}\n", epoch, on_training.loss(),
                        on_validation.loss(), on_test.loss());
    for (const int shown : {1, 2, 5, 10, 20, 40, 60}) {
      if (epoch != shown) continue;
      fmt::print("{:5} {:15.4f} {:17.4f} {:25}\n", epoch, on_training.loss(), on_validation.loss(),
                 on_test.right());
    }
  };
  // [stop]
  optim::EarlyStopping stopping(5);
  std::vector<std::vector<double>> best;
  int stopped = 0;  // this loop goes on, to show what would have come
  for (int epoch = 1; epoch <= 60; ++epoch) {
    train_an_epoch();
    on_validation.look();
    if (stopped == 0) {
      if (stopping.improved(on_validation.loss())) best = copy_of_parameters();
      if (stopping.stops()) stopped = epoch;
    }
    print_row(epoch);
  }
  // [end]
  fmt::print("// [stopped]\n");
  fmt::print("stops after epoch {}; best was epoch {}, with a validation loss of {:.4f}\n", stopped,
             stopping.best(), stopping.best_loss());
  for (std::size_t i = 0; i < parameters.size(); ++i) step.set(parameters[i], best[i]);
  file << fmt::format("\n\n# the best epoch, and where it stops\n{} {}\n", stopping.best(),
                      stopped);
  on_test.look();
  fmt::print("with the parameters of that epoch: test loss {:.4f}, {} of {} right\n",
             on_test.loss(), on_test.right(), test.labels.size());
}
