// What a whole training step costs, in things that do not depend on the clock: memory that is asked
// for, operations, bytes and ops to start.
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "allocations.hpp"
#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/loss.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/cost.hpp"
#include "gradus/run/executor.hpp"

using namespace gradus;

namespace {

struct Network {
  std::vector<Index> layers;
  const char *activation, *loss;
  Index batch;
};

// Those of docs/performance.md.
const std::vector<Network> networks{
    {{784, 400, 10}, "sigmoid", "cross-entropy", 1},
    {{784, 400, 10}, "sigmoid", "cross-entropy", 32},
    {{784, 500, 300, 100, 10}, "relu", "cross-entropy", 32},
    {{784, 16, 16, 10}, "sigmoid", "sum-of-squares", 100},
    {{784, 128, 10}, "relu", "cross-entropy", 128},
};

/// The program of a step, and all that it is made of.
struct TrainingStep {
  explicit TrainingStep(const Network& network, const char* rule = "sgd")
      : mlp(tape, {network.layers, network.activation}, random),
        x(tape.input(Shape{network.batch, network.layers.front()}, "x")),
        target(tape.input(Shape{network.batch, network.layers.back()}, "target")) {
    const Var loss = nn::find_loss(network.loss).apply(mlp(x), target);
    const auto parameters = mlp.parameters();
    const optim::Optimizer optimizer(optim::find_rule(rule), parameters, 0.01);
    program.emplace(std::initializer_list<Var>{loss},
                    optimizer.updates(gradient(loss, parameters)));
  }
  Tape tape;
  Random random{1};
  nn::Mlp mlp;
  Var x, target;
  std::optional<Program> program;
};

/// How often three steps, after two, ask for memory.
template <class T>
std::size_t requests_of_steps(const Network& network, const char* rule) {
  const TrainingStep step(network, rule);
  Executor<T> executor(*step.program);
  const Tensor<T> x(step.x.shape(), T(0.5)), target(step.target.shape(), T(0.1));
  for (int i = 0; i < 2; ++i) {
    executor.bind(step.x, x);
    executor.bind(step.target, target);
    executor.run();
  }
  const std::size_t before = allocations::count();
  for (int i = 0; i < 3; ++i) {
    executor.bind(step.x, x);
    executor.bind(step.target, target);
    executor.run();
  }
  return allocations::count() - before;
}

}  // namespace

TEST_CASE("Every way of asking for memory is counted", "[run]") {
  if (!allocations::counted()) return;
  const auto requests = [](auto&& ask) {
    const std::size_t before = allocations::count();
    ask();
    return allocations::count() - before;
  };
  CHECK(requests([] {}) == 0);
  CHECK(requests([] { std::make_unique<std::string>(100, 'x'); }) == 2);
  CHECK(requests([] { AlignedVector<float> memory(100); }) == 1);
  void* volatile kept = nullptr;  // or the compiler would leave them out
  CHECK(requests([&] { kept = std::aligned_alloc(64, 64); }) == 1);
  std::free(kept);
  CHECK(requests([&] { kept = std::calloc(1, 8); }) == 1);
  CHECK(requests([&] { kept = std::realloc(kept, 16); }) == 1);
  std::free(kept);
}

TEST_CASE("A training step asks for no memory after the first", "[run]") {
  if (!allocations::counted()) return;
  const int threads = kernels::threads();
  for (const int team : {1, 2}) {
    kernels::set_threads(team);
    for (const Network& network : networks) {
      CAPTURE(team, network.layers, network.batch);
      CHECK(requests_of_steps<float>(network, "sgd") == 0);
    }
    CAPTURE(team);
    CHECK(requests_of_steps<double>(networks[3], "sgd") == 0);
    CHECK(requests_of_steps<double>(networks[4], "nesterov") == 0);
    CHECK(requests_of_steps<float>(networks[3], "nadam") == 0);
  }
  kernels::set_threads(threads);
}

TEST_CASE("A training step takes little more memory than lifetimes allow", "[run]") {
  for (const Network& network : networks) {
    CAPTURE(network.layers, network.batch);
    const TrainingStep step(network);
    const Index peak = step.program->peak_bytes(sizeof(float));
    const Index least = step.program->least_bytes(sizeof(float));
    CHECK(least <= peak);
    CHECK(100 * peak <= 115 * least);
  }
}

TEST_CASE("A training step makes each product once", "[run]") {
  for (const Network& network : networks) {
    CAPTURE(network.layers, network.batch);
    const TrainingStep step(network);
    // By hand: forward and for the weights' gradient for each layer, and for the gradient of each
    // layer's input but the first one's.
    Index products = 0, parameters = 0, results = 0;
    for (std::size_t i = 1; i < network.layers.size(); ++i) {
      const Index in = network.layers[i - 1], out = network.layers[i];
      products += 2 * network.batch * in * out * (i == 1 ? 2 : 3);
      parameters += (in + 1) * out;
      results += network.batch * out;
    }
    const Index flops = step.program->flops();
    CHECK(flops >= products);
    // The rest: two operations for each parameter, and some for each element of a layer's results
    // (bias, activation, its derivative, the bias' gradient, the loss).
    const Index classes = network.batch * network.layers.back();
    CHECK(flops <= products + 2 * parameters + 8 * results + 12 * classes +
                       3 * static_cast<Index>(2 * network.layers.size()));
  }
}

TEST_CASE("A training step moves no more bytes than its ops by hand", "[run]") {
  // 784-128-10 with a batch of 128, as people would write it: b examples, i inputs, h hidden, c
  // classes, in elements.
  const Index b = 128, i = 784, h = 128, c = 10;
  const TrainingStep step(networks[4]);
  const Index layers = (b * i + i * h + b * h) + (2 * b * h + h) + 2 * b * h  // x W, + b, relu
                       + (b * h + h * c + b * c) + (2 * b * c + c);
  const Index loss = 2 * b * c + 3 * b * c + (b * c + 1) + 3;  // log_softmax, * target, sum, scale
  const Index dz = 3 + (1 + b * c) + 3 * b * c + 2 * b * c     // scale, broadcast, * target, exp
                   + (b * c + b) + (2 * b * c + b) + 2 * b * c + 3 * b * c;  // sum, *, -, +
  const Index dw2 = (b * c + c) + (b * h + b * c + h * c);                   // db, dW
  const Index dh = (b * c + h * c + b * h) + 2 * b * h + 3 * b * h;          // dz W^T, step, *
  const Index dw1 = (b * h + h) + (b * i + b * h + i * h);
  const Index parameters = i * h + h + h * c + c;
  const Index updates = 4 * 2 + (2 * parameters + 4) + 3 * parameters;  // -rate, * g, w +
  Index moved = 0;
  for (std::size_t k = 0; k < step.program->size(); ++k) {
    moved += bytes_moved(*step.program, k, sizeof(float));
  }
  CHECK(moved <= 4 * (layers + loss + dz + dw2 + dh + dw1 + updates));
  // What no step can do without: x forward and for dW, weights forward and to be updated.
  CHECK(moved >= 4 * (2 * b * i + 3 * parameters));
  CHECK(step.program->size() <= 36);
}
