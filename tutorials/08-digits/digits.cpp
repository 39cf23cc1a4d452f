// Trains 784-16-16-10 on handwritten digits with mini-batches of 100.
#include <fmt/format.h>

#include <algorithm>
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

/// The weights from all pixels to each of the 16 neurons, as pictures of 28 x 28, 8 in a row.
void write_pictures(const char* file, std::span<const double> w) {  // (784, 16)
  std::ofstream out(file);
  for (std::size_t row = 0; row < 2 * 28; ++row) {
    for (std::size_t column = 0; column < 8 * 28; ++column) {
      const std::size_t neuron = row / 28 * 8 + column / 28;
      const std::size_t pixel = row % 28 * 28 + column % 28;
      out << fmt::format("{:.2f}{}", w[pixel * 16 + neuron], column + 1 == 8 * 28 ? '\n' : ' ');
    }
  }
}

}  // namespace

int main() {
  kernels::set_threads(1);  // steps as short as these gain nothing from a second thread
  const auto folder = GRADUS_SOURCE_DIR "/tutorials/data/mnist";
  const data::Dataset training = data::load_images_and_labels(folder, data::Part::train);
  const data::Dataset test = data::load_images_and_labels(folder, data::Part::test);
  const Tensor<double> answers = data::one_hot<double>(training.labels, 10);

  // [step]
  Tape tape;
  Random random(1);
  const nn::Mlp net(tape,
                    {.layers = {784, 16, 16, 10}, .activation = "sigmoid", .init = "xavier-normal"},
                    random);
  const Var x = tape.input(Shape{100, 784}, "x"), y = tape.input(Shape{100, 10}, "y");
  const Var cost = quadratic_cost(sigmoid(net(x)), y, 0.5);  // averaged over the 100
  const std::vector<Var> all = net.parameters(), outputs{cost};
  const optim::Optimizer descent(optim::find_rule("sgd"), all, 3.0);
  Executor<double> step(Program(outputs, descent.updates(gradient(cost, all))));

  Tensor<double> images({100, 784}), wanted({100, 10});  // where the program reads a batch
  step.bind(x, images.span());
  step.bind(y, wanted.span());

  const Var test_x = tape.input(data::feature_matrix<double>(test));
  Executor<double> look(Program(argmax(net(test_x))), step);  // the same parameters
  const auto right = [&] {
    look.run();
    Index count = 0;
    for (Index i = 0; i < test.count; ++i) {
      count += look.output(0)[i] == test.labels[static_cast<std::size_t>(i)];
    }
    return count;
  };
  // [end]
  fmt::print("// [train]\n");
  // [train]
  fmt::print("before: {} of {} test digits right\n", right(), test.count);
  for (int epoch = 1; epoch <= 30; ++epoch) {
    double sum_of_costs = 0;
    const data::Batches batches(training.count, 100, random);  // the digits in a new order
    for (Index i = 0; i < batches.size(); ++i) {
      data::gather_features(training, batches[i], false, images.span());
      data::gather_rows(answers, batches[i], wanted.span());
      step.run();
      sum_of_costs += step.item(0);
    }
    if (epoch == 1 || epoch % 5 == 0) {
      fmt::print("epoch {:2}: cost {:.4f}, {} of {} test digits right\n", epoch,
                 sum_of_costs / static_cast<double>(batches.size()), right(), test.count);
    }
  }
  // [end]
  fmt::print("// [blank]\n");
  // [blank]
  Index blank = 0;
  for (Index pixel = 0; pixel < training.width(); ++pixel) {
    bool ink = false;
    for (Index i = 0; i < training.count && !ink; ++i) {
      ink = training.image(i)[static_cast<std::size_t>(pixel)] > 0;
    }
    blank += !ink;
  }
  fmt::print("{} of {} pixels have ink in no training digit\n", blank, training.width());
  // [end]
  write_pictures("hidden.dat", step.leaf(net.layers()[0].weight()));
}
