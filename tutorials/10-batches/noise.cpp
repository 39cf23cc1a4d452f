// How far the gradient of a batch is from that of all examples.
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <numeric>
#include <span>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/data/batches.hpp"
#include "gradus/data/features.hpp"
#include "gradus/data/images.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

int main() {
  kernels::set_threads(1);  // steps as short as these gain nothing from a second thread
  const data::Dataset digits =
      data::load_images_and_labels(GRADUS_SOURCE_DIR "/tutorials/data/mnist", data::Part::train);
  const Tensor<double> answers = data::one_hot<double>(digits.labels, 10);
  constexpr Index all = 1000;  // of the digits are enough here

  // [gradient]
  Tape tape;
  Random random(1);
  const nn::Mlp net(tape, {.layers = {784, 10}, .init = "xavier-normal"}, random);
  const Var w = net.layers()[0].weight();

  /// The gradient by the weights of the mean cost of some digits.
  const auto gradient_of = [&](std::span<const Index> which) {
    const Tape::Mark mark = tape.mark();
    const Index n = static_cast<Index>(which.size());
    Tensor<double> images({n, 784}), wanted({n, 10});
    data::gather_features(digits, which, false, images.span());
    data::gather_rows(answers, which, wanted.span());
    const Var x = tape.input(images);
    const Var cost = cross_entropy(net(x), tape.input(wanted));
    Executor<double> program(Program(gradient(cost, w)));
    program.run();
    const Tensor<double> result(w.shape(), program.output(0).span());
    tape.rewind(mark);
    return result;
  };
  // [measure]
  std::vector<Index> everyone(all);
  std::iota(everyone.begin(), everyone.end(), Index{0});
  const Tensor<double> whole = gradient_of(everyone);
  const auto square_distance = [&](const Tensor<double>& g) {
    double sum = 0;
    for (Index i = 0; i < g.elements(); ++i) sum += (g[i] - whole[i]) * (g[i] - whole[i]);
    return sum;
  };
  const double length = std::sqrt(square_distance(Tensor<double>(w.shape())));

  double of_one = 0;  // the mean square distance of the gradient of one digit
  for (const Index i : everyone) of_one += square_distance(gradient_of(std::span(&i, 1))) / all;

  fmt::print("batch  noise / length of the gradient: measured  predicted\n");
  std::ofstream file("noise.dat");
  file << "# batch, noise of its gradient over the length of the whole one: measured, predicted\n";
  for (const std::size_t size : {1u, 4u, 16u, 64u, 256u}) {
    double sum = 0;
    std::vector<Index> batch(size);
    for (int draw = 0; draw < 100; ++draw) {
      for (Index& digit : batch) digit = random.below(all);
      sum += square_distance(gradient_of(batch));
    }
    const double measured = std::sqrt(sum / 100) / length;
    const double predicted = std::sqrt(of_one / static_cast<double>(size)) / length;
    fmt::print("{:5}                                   {:.4f}     {:.4f}\n", size, measured,
               predicted);
    file << fmt::format("{} {:.5f} {:.5f}\n", size, measured, predicted);
  }
  // [end]
}
