// The network and the digits of the lesson before, with the quadratic cost and with cross-entropy.
#include <fmt/format.h>

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
};

// [train]
/// How many of the 2,000 test digits are right after each epoch.
std::vector<Index> train(const Sets& sets, bool quadratic, double rate, int epochs) {
  Tape tape;
  Random random(1);  // the same first weights, and the same batches
  const nn::Mlp net(tape,
                    {.layers = {784, 16, 16, 10}, .activation = "sigmoid", .init = "xavier-normal"},
                    random);
  const Var x = tape.input(Shape{100, 784}, "x"), y = tape.input(Shape{100, 10}, "y");
  const Var u = net(x);  // the sums of the output neurons
  const Var cost = quadratic ? quadratic_cost(sigmoid(u), y, 0.5) : cross_entropy(u, y);
  // [end]
  const std::vector<Var> all = net.parameters(), outputs{cost};
  const optim::Optimizer descent(optim::find_rule("sgd"), all, rate);
  Executor<double> step(Program(outputs, descent.updates(gradient(cost, all))));
  Tensor<double> images({100, 784}), wanted({100, 10});
  step.bind(x, images.span());
  step.bind(y, wanted.span());
  const Var of_test = argmax(net(tape.input(data::feature_matrix<double>(sets.test))));
  Executor<double> look(Program(of_test), step);

  std::vector<Index> right;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const data::Batches batches(sets.training.count, 100, random);
    for (Index i = 0; i < batches.size(); ++i) {
      data::gather_features(sets.training, batches[i], false, images.span());
      data::gather_rows(sets.answers, batches[i], wanted.span());
      step.run();
    }
    look.run();
    Index count = 0;
    for (Index i = 0; i < sets.test.count; ++i) {
      count += look.output(0)[i] == sets.test.labels[static_cast<std::size_t>(i)];
    }
    right.push_back(count);
  }
  return right;
}

}  // namespace

int main() {
  kernels::set_threads(1);  // steps as short as these gain nothing from a second thread
  const auto folder = GRADUS_SOURCE_DIR "/tutorials/data/mnist";
  const Sets sets{data::load_images_and_labels(folder, data::Part::train),
                  data::load_images_and_labels(folder, data::Part::test)};
  // [race]
  const std::vector<Index> squares = train(sets, true, 1.0, 15);
  const std::vector<Index> entropy = train(sets, false, 1.0, 15);
  fmt::print("right of {} test digits   quadratic   cross-entropy\n", sets.test.count);
  for (const std::size_t epoch : {1u, 2u, 5u, 10u, 15u}) {
    fmt::print("after epoch {:2}             {:9}   {:13}\n", epoch, squares[epoch - 1],
               entropy[epoch - 1]);
  }
  // [end]
  std::ofstream file("race.dat");
  file << "# epoch, right of 2000 test digits: quadratic cost, cross-entropy\n";
  for (std::size_t i = 0; i < squares.size(); ++i) {
    file << fmt::format("{} {} {}\n", i + 1, squares[i], entropy[i]);
  }
}
