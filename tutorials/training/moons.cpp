#include <iomanip>
#include <iostream>

#include "gradus/data/split.hpp"
#include "gradus/data/toy.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/clipping.hpp"
#include "gradus/optim/early_stopping.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/optim/random_search.hpp"
#include "gradus/optim/schedule.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

/// These points of a set, and their classes as a column.
std::pair<Tensor<double>, Tensor<double>> points(const data::ToySet& set,
                                                 const std::vector<Index>& rows) {
  const auto count = static_cast<Index>(rows.size());
  Tensor<double> x({count, 2}), classes({count, 1});
  for (Index i = 0; i < count; ++i) {
    const Index row = rows[static_cast<std::size_t>(i)];
    x[2 * i] = set.features[2 * row];
    x[2 * i + 1] = set.features[2 * row + 1];
    classes[i] = set.labels[static_cast<std::size_t>(row)];
  }
  return {x, classes};
}

/// The least loss on the points held out, of a network with so many hidden neurons.
double train(double rate, Index hidden, bool print) {
  // [split]
  const data::ToySet moons = data::two_moons(60, 0.3, 1);
  Random random(1);
  const data::Split parts = data::split(60, 0.5, random);
  const auto [x, classes] = points(moons, parts.training);
  const auto [held_out, held_out_classes] = points(moons, parts.validation);
  // [end]

  // [record]
  Tape tape;
  const nn::Mlp net(tape, {.layers = {2, hidden, 1}, .activation = "tanh"}, random);
  const Var loss = binary_cross_entropy(net(tape.input(x)), tape.input(classes));
  const Var validation =
      binary_cross_entropy(net(tape.input(held_out)), tape.input(held_out_classes));

  const std::vector<Var> parameters = net.parameters();
  const optim::Optimizer adam(optim::find_rule("adam"), parameters, rate, {.beta2 = 0.99});
  const auto gradients = optim::clip_by_norm(gradient(loss, parameters), 1);
  Executor<double> step(Program({loss}, adam.updates(gradients)));
  Executor<double> measure(Program(validation), step);  // of the same parameters
  // [end]

  // [run]
  const optim::Schedule rates = optim::warm_up(optim::cosine_decay(rate, 400), 20);
  optim::EarlyStopping stopping(50);
  std::vector<std::vector<double>> best;  // the parameters' values
  for (Index i = 0; i < 400 && !stopping.stops(); ++i) {
    const double now = rates(i);
    step.set(adam.rate(), std::span(&now, 1));
    step.run();
    measure.run();
    if (stopping.improved(measure.item(0))) {
      best.clear();
      for (const Var p : parameters) best.emplace_back(step.leaf(p).begin(), step.leaf(p).end());
    }
    if (print && i % 20 == 0) {
      std::cout << "step " << std::setw(3) << i << "  rate " << now << "  loss " << step.item(0)
                << "  of points held out " << measure.item(0) << '\n';
    }
  }
  for (std::size_t k = 0; k < best.size(); ++k) step.set(parameters[k], best[k]);
  // [end]
  if (print) {
    measure.run();
    std::cout << "stopped after step " << stopping.measured() - 1 << ": the best was "
              << stopping.best() - 1
              << ", whose loss of points held out is back: " << measure.item(0) << '\n';
  }
  return stopping.best_loss();
}

}  // namespace

int main() {
  std::cout << std::fixed << std::setprecision(4);
  train(0.1, 16, true);

  // [search]
  const auto trials = optim::random_search(
      {optim::log_uniform("rate", 1e-3, 0.2), optim::choice("hidden", {2, 4, 8, 16})}, 30, 1,
      [](const optim::Trial& trial) {
        return train(trial["rate"], static_cast<Index>(trial["hidden"]), false);
      });
  const optim::Trial& found = optim::best(trials);
  // [end]
  std::cout << "\nof 30 trials the best has the rate " << found["rate"] << " and "
            << static_cast<Index>(found["hidden"]) << " hidden neurons: " << found.score << '\n';
}
