// Four epochs on the digits by momentum, with several schedules.
#include <fmt/format.h>

#include <fstream>
#include <string_view>
#include <vector>

#include "gradus/data/batches.hpp"
#include "gradus/data/features.hpp"
#include "gradus/data/images.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/optim/schedule.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

struct Sets {
  data::Dataset training, test;
  Tensor<double> answers = data::one_hot<double>(training.labels, 10);
  Tensor<double> test_images = data::feature_matrix<double>(test);
};

constexpr Index epochs = 4;

struct Named {
  std::string_view name;
  optim::Schedule schedule;
};

struct Trained {
  std::vector<double> losses;  // the mean of each 10 steps
  Index right = 0;
};

Trained train(const Sets& sets, const optim::Schedule& schedule) {
  Tape tape;
  Random random(15);
  const nn::Mlp net(tape, {.layers = {784, 32, 32, 10}}, random);
  const Var x = tape.input(Shape{100, 784}, "x"), y = tape.input(Shape{100, 10}, "y");
  const Var loss = cross_entropy(net(x), y);
  const std::vector<Var> all = net.parameters(), outputs{loss};
  const optim::Optimizer momentum(optim::find_rule("momentum"), all, 0.1);
  Executor<double> step(Program(outputs, momentum.updates(gradient(loss, all))));
  Tensor<double> images({100, 784}), wanted({100, 10});
  step.bind(x, images.span());
  step.bind(y, wanted.span());

  Trained trained;
  Index steps = 0;
  double sum = 0;
  for (Index epoch = 0; epoch < epochs; ++epoch) {
    const data::Batches batches(sets.training.count, 100, random);
    for (Index i = 0; i < batches.size(); ++i) {
      data::gather_features(sets.training, batches[i], false, images.span());
      data::gather_rows(sets.answers, batches[i], wanted.span());
      // [set]
      step.leaf(momentum.rate())[0] = schedule(steps++);
      step.run();
      // [end]
      sum += step.item(0) / 10;
      if (steps % 10 == 0) {
        trained.losses.push_back(sum);
        sum = 0;
      }
    }
  }

  const Var of_test = argmax(net(tape.input(sets.test_images)));
  Executor<double> look(Program(of_test), step);
  look.run();
  for (Index i = 0; i < sets.test.count; ++i) {
    trained.right += look.output(0)[i] == sets.test.labels[static_cast<std::size_t>(i)];
  }
  return trained;
}

}  // namespace

int main() {
  kernels::set_threads(1);
  const auto folder = GRADUS_SOURCE_DIR "/tutorials/data/mnist";
  const Sets sets{data::load_images_and_labels(folder, data::Part::train),
                  data::load_images_and_labels(folder, data::Part::test)};
  std::ofstream file("digits.dat");
  fmt::print("rate   schedule      loss of the last ten batches   right of {} test digits\n",
             sets.test.count);
  for (const double rate : {0.1, 0.3}) {
    const std::vector<Named> all{
        {"constant", optim::constant_rate(rate)},
        {"step", optim::step_decay(rate, 0.1, 200)},
        {"exponential", optim::exponential_decay(rate, 0.1, 400)},
        {"cosine", optim::cosine_decay(rate, 400)},
        {"warm-up", optim::warm_up(optim::cosine_decay(rate, 400), 40)},
    };
    file << "# rate " << rate << ": step, loss with constant, step, exponential, cosine, warm-up\n";
    std::vector<Trained> trained;
    for (const Named& s : all) {
      trained.push_back(train(sets, s.schedule));
      fmt::print("{:4}   {:11} {:27.4f} {:25}\n", rate, s.name, trained.back().losses.back(),
                 trained.back().right);
    }
    for (std::size_t i = 0; i < trained[0].losses.size(); ++i) {
      file << 10 * i + 5;
      for (const Trained& t : trained) file << fmt::format(" {:.4f}", t.losses[i]);
      file << '\n';
    }
    file << "\n\n";
  }
}
