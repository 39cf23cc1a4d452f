/// A network that learns XOR, for the programs of this lesson.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"

// [network]
/// A network of these layers on the four rows of XOR's table, and a step of gradient descent.
struct Network {
  explicit Network(const std::vector<gradus::Index>& layers, std::uint64_t seed = 1)
      : random(seed),
        x(tape.input(rows, "x")),     // (4, 2)
        t(tape.input(answers, "t")),  // (4, 1)
        net(tape, {.layers = layers, .activation = "tanh", .init = "normal"}, random) {
    const gradus::Var y = sigmoid(net(x)).named("y");
    const gradus::Var loss = mean(square(y - t)).named("loss");
    const std::vector<gradus::Var> all = net.parameters(), outputs{loss, y};
    const gradus::optim::Optimizer descent(gradus::optim::find_rule("sgd"), all, 2.0);  // rate 2
    step.emplace(gradus::Program(outputs, descent.updates(gradient(loss, all))));
  }

  double train(int steps) {
    for (int i = 0; i < steps; ++i) step->run();
    return step->item(0);  // the loss before the last step
  }

  gradus::Tensor<double> rows{{4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}};
  gradus::Tensor<double> answers{{4, 1}, {0, 1, 1, 0}};
  gradus::Random random;
  gradus::Tape tape;
  gradus::Var x, t;
  gradus::nn::Mlp net;
  std::optional<gradus::Executor<double>> step;
};
// [end]

/// What the network says of each row.
inline void print_answers(const Network& network) {
  const gradus::View<const double> y = network.step->output(1);
  for (gradus::Index i = 0; i < 4; ++i) {
    fmt::print("  {} xor {}: {:.4f}\n", network.rows[2 * i], network.rows[2 * i + 1], y[i]);
  }
}
