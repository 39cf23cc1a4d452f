// Three cells learn the adding problem with 30 steps; and what is left of the gradient in each
// after it has learned.
#include <fmt/format.h>

#include <fstream>
#include <string_view>
#include <vector>

#include "gradus/data/toy.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/linear.hpp"
#include "gradus/nn/recurrent.hpp"
#include "gradus/optim/clipping.hpp"
#include "gradus/optim/optimizer.hpp"
#include "ledger.hpp"
using namespace gradus;

namespace {

constexpr Index length = 30, hidden = 16, batch = 50, rounds = 300, part = 50;

struct Learned {
  std::vector<double> losses;  // the mean of each 50 rounds
  double fresh = 0;            // the loss on sequences that were not trained on
  std::vector<double> shares;  // see ledger.hpp
  Index parameters = 0;
};

// What others see of a state, and what is kept in it from step to step.
Var seen(Var h) { return h; }
Var kept(Var h) { return h; }
Var seen(const nn::LstmCell::State& state) { return state.h; }
Var kept(const nn::LstmCell::State& state) { return state.c; }

template <class Cell>
Learned learn() {
  // [learn]
  Tape tape;
  Random random(18);
  const nn::Init& init = nn::find_init("xavier-uniform");
  const Cell cell(tape, "cell", 2, hidden, init, random);
  const nn::Linear readout(tape, "readout", hidden, 1, init, random);
  const auto answer = [&](Var x) { return readout(seen(nn::unroll(cell, x).back())); };

  const Var x = tape.input(Shape{length, batch, 2}, "x"), t = tape.input(Shape{batch, 1}, "t");
  const Var loss = mse(answer(x), t);
  std::vector<Var> parameters = cell.parameters();
  parameters.insert(parameters.end(), {readout.weight(), *readout.bias()});
  const optim::Optimizer adam(optim::find_rule("adam"), parameters, 0.02);
  const std::vector<Var> gradients = optim::clip_by_norm(gradient(loss, parameters), 1.0);
  // [end]
  const std::vector<Var> outputs{loss};
  Executor<double> step(Program(outputs, adam.updates(gradients)));

  Learned learned;
  learned.parameters = cell.parameter_count() + hidden + 1;
  double sum = 0;
  for (Index round = 1; round <= rounds; ++round) {
    const auto data = data::adding_problem(batch, length, static_cast<std::uint64_t>(round));
    step.set(x, data.x.span());
    step.set(t, data.target.span());
    step.run();
    sum += step.item(0) / part;
    if (round % part == 0) {
      learned.losses.push_back(sum);
      sum = 0;
    }
  }

  const auto fresh = data::adding_problem(500, length, 0);
  const Var fresh_x = tape.input(fresh.x), fresh_t = tape.input(fresh.target);
  Executor<double> look(Program(mse(answer(fresh_x), fresh_t)), step);
  look.run();
  learned.fresh = look.item(0);

  std::vector<Var> states;
  const auto unrolled = nn::unroll(cell, fresh_x);
  for (const auto& state : unrolled) states.push_back(kept(state));
  Executor<double> run(norms(readout(seen(unrolled.back())), states), step);
  learned.shares = ledger(run);
  return learned;
}

}  // namespace

int main() {
  kernels::set_threads(1);
  const std::vector<Learned> all{learn<nn::RnnCell>(), learn<nn::LstmCell>(), learn<nn::GruCell>()};

  fmt::print("// [losses]\n");
  fmt::print("mean loss of rounds   plain    LSTM     GRU\n");
  for (std::size_t i = 0; i < all[0].losses.size(); ++i) {
    fmt::print("{:8} to {:8} {:7.3f} {:7.3f} {:7.3f}\n", i * part + 1, (i + 1) * part,
               all[0].losses[i], all[1].losses[i], all[2].losses[i]);
  }
  fmt::print("500 fresh sequences {:7.3f} {:7.3f} {:7.3f}\n", all[0].fresh, all[1].fresh,
             all[2].fresh);
  fmt::print("parameters          {:7} {:7} {:7}\n", all[0].parameters, all[1].parameters,
             all[2].parameters);

  fmt::print("// [ledger]\n");
  fmt::print("steps back      plain       LSTM        GRU\n");
  for (const std::size_t back : std::vector<std::size_t>{0, 1, 2, 5, 10, 20, 29}) {
    fmt::print("{:10}", back);
    for (const Learned& l : all) fmt::print(" {:10.3g}", l.shares[length - 1 - back]);
    fmt::print("\n");
  }

  std::ofstream file("learned.dat");
  file << "# steps back; the share of the gradient in the plain cell, in the LSTM, in the GRU\n";
  for (std::size_t back = 0; back < length; ++back) {
    file << back;
    for (const Learned& l : all) file << fmt::format(" {:.4g}", l.shares[length - 1 - back]);
    file << '\n';
  }
}
