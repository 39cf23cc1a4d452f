// Trains an Elman cell, an LSTM and a GRU on the adding problem with 50 steps, from three seeds
// each, and compares what they reach on sequences that were not trained on with what they must: the
// cells with gates solve it (a mean squared error under 0.01), and the plain one does about as well
// as to say 1 always (0.167). Not a unit test, as it takes a minute or two:
//   cmake --build build/release --target adding_problem && build/release/tests/adding_problem
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "gradus/data/toy.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/linear.hpp"
#include "gradus/nn/recurrent.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/clipping.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"

using namespace gradus;

namespace {

constexpr Index length = 50, hidden = 32, batch = 50, rounds = 2000, test_count = 2000;
constexpr double rate = 0.005, most_norm = 1, solved = 0.01, unsolved = 0.12;

Var hidden_of(Var h) { return h; }
Var hidden_of(const nn::LstmCell::State& state) { return state.h; }

/// The mean squared error on test sequences after training.
template <class Cell>
double trained_error(std::uint64_t seed) {
  Tape tape;
  Random random(seed);
  const nn::Init& init = nn::find_init("xavier-uniform");
  const Cell cell(tape, "cell", 2, hidden, init, random);
  const nn::Linear readout(tape, "readout", hidden, 1, init, random);
  std::vector<Var> parameters = cell.parameters();
  parameters.insert(parameters.end(), {readout.weight(), *readout.bias()});
  const auto error = [&](Var x, Var target) {
    return mse(readout(hidden_of(nn::unroll(cell, x).back())), target);
  };

  const Var x = tape.input(Shape{length, batch, 2}, "x");
  const Var target = tape.input(Shape{batch, 1}, "target");
  const Var loss = error(x, target);
  const optim::Optimizer adam(optim::find_rule("adam"), parameters, rate);
  const auto gradients = optim::clip_by_norm(gradient(loss, parameters), most_norm);
  Executor<float> step(Program({loss}, adam.updates(gradients)));
  for (Index i = 0; i < rounds; ++i) {
    // New sequences in each step; the seeds of the tests are smaller.
    const auto data =
        data::adding_problem(batch, length, 100'000 * seed + static_cast<std::uint64_t>(i));
    step.set(x, data.x.as<float>().span());
    step.set(target, data.target.as<float>().span());
    step.run();
  }

  const auto test = data::adding_problem(test_count, length, seed);
  Executor<float> evaluation(
      Program(error(tape.input(test.x, "test x"), tape.input(test.target, "test target"))), step);
  evaluation.run();
  return static_cast<double>(evaluation.item(0));
}

/// Prints the errors of three seeds; whether all are as they should be.
template <class Cell>
bool try_cell(const char* name, bool solves) {
  std::array<double, 3> errors{}, seconds{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    errors[i] = trained_error<Cell>(i + 1);
    seconds[i] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  const bool right = std::all_of(errors.begin(), errors.end(),
                                 [&](double e) { return solves ? e < solved : e > unsolved; });
  fmt::print("{:<5} {:.5f}, {:.5f}, {:.5f}, each {} {}: {}   ({:.0f}, {:.0f} and {:.0f} s)\n", name,
             errors[0], errors[1], errors[2], solves ? "under" : "over", solves ? solved : unsolved,
             right ? "ok" : "WRONG", seconds[0], seconds[1], seconds[2]);
  std::fflush(stdout);
  return right;
}

}  // namespace

int main() {
  kernels::set_threads(1);
  fmt::print("mean squared error on {} sequences of {} steps, seeds 1, 2 and 3:\n", test_count,
             length);
  const bool plain = try_cell<nn::RnnCell>("rnn", false);
  const bool lstm = try_cell<nn::LstmCell>("lstm", true);
  const bool gru = try_cell<nn::GruCell>("gru", true);
  return plain && lstm && gru ? 0 : 1;
}
