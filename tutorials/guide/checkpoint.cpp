#include <iostream>

#include "gradus/gradus.hpp"
#include "gradus/io/checkpoint.hpp"
#include "gradus/kernels/threads.hpp"
using namespace gradus;

namespace {

// [training]
/// A network on its tape, a training step of it, and what a checkpoint must hold: the parameters
/// and the optimiser's state.
struct Training {
  Training()
      : x(tape.input(nn::normal({256, 64}, random), "x")),
        t(tape.input(nn::normal({256, 8}, random), "t")),
        net(tape, {.layers = {64, 256, 8}}, random),
        rule(optim::find_rule("momentum"), net.parameters(), 0.01),
        kept(net.parameters()) {
    const std::vector<Var> loss{mse(net(x), t)};
    step.emplace(Program(loss, rule.updates(gradient(loss[0], net.parameters()))));
    kept.insert(kept.end(), rule.state().begin(), rule.state().end());
  }
  void run(int steps) {
    for (int i = 0; i < steps; ++i) step->run();
  }

  Random random{1};
  Tape tape;
  Var x, t;
  nn::Mlp net;
  optim::Optimizer rule;
  std::vector<Var> kept;
  std::optional<Executor<float>> step;
};
// [end]

// [checkpoint]
io::Checkpoint checkpoint_of(Training& training) {
  io::Checkpoint checkpoint;
  for (const Var v : training.kept) {
    const std::span<const float> elements = training.step->leaf(v);
    checkpoint.tensors.emplace(v.name(), Tensor<float>(v.shape(), elements));
  }
  return checkpoint;
}

void restore(Training& training, const io::Checkpoint& checkpoint) {
  for (const Var v : training.kept) {
    training.step->set(v, checkpoint.tensor<float>(std::string(v.name())).span());
  }
}
// [end]

}  // namespace

int main() {
  // [use]
  kernels::set_threads(1);
  Training straight;
  straight.run(20);

  kernels::set_threads(4);
  Training before;
  before.run(10);
  io::save_checkpoint("half.safetensors", checkpoint_of(before));
  Training after;  // as another process would, later
  restore(after, io::load_checkpoint("half.safetensors"));
  after.run(10);

  const bool same = checkpoint_of(after) == checkpoint_of(straight);
  std::cout << "20 steps on 1 thread, and 10 + 10 on 4 threads: "
            << (same ? "the same bits" : "different bits") << '\n';
  return same ? 0 : 1;
  // [end]
}
