// What is left of the gradient the more steps it goes back in time, in cells that are not trained
// yet.
#include <fmt/format.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/data/toy.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/recurrent.hpp"
#include "ledger.hpp"
using namespace gradus;

namespace {

constexpr Index steps = 50, examples = 20, hidden = 32;

struct Named {
  std::string name;
  std::vector<double> shares;
};

const nn::Init& init() { return nn::find_init("xavier-uniform"); }

std::vector<double> shares(Var said, const std::vector<Var>& states) {
  Executor<double> run(norms(said, states));
  return ledger(run);
}

Var sequences(Tape& tape) { return tape.input(data::adding_problem(examples, steps, 18).x, "x"); }

/// A plain cell whose matrix U is drawn as usual, and then multiplied by `factor`.
Named plain(double factor) {
  Tape tape;
  Random random(18);
  const nn::RnnCell cell(tape, "cell", 2, hidden, init(), random);
  const Var u = cell.parameters()[1];
  Tensor<double> larger(Shape{hidden, hidden});
  for (Index i = 0; i < hidden * hidden; ++i) larger[i] = factor * tape.leaf_value(u.id())[i];
  tape.set(u, larger);
  const std::vector<Var> h = nn::unroll(cell, sequences(tape));
  return {fmt::format("plain {}U", factor), shares(h.back(), h)};
}

Named lstm(double forget_bias) {
  Tape tape;
  Random random(18);
  const nn::LstmCell cell(tape, "cell", 2, hidden, init(), random, forget_bias);
  const auto states = nn::unroll(cell, sequences(tape));
  std::vector<Var> c;
  for (const auto& state : states) c.push_back(state.c);
  return {fmt::format("LSTM, bf {}", forget_bias), shares(states.back().h, c)};
}

Named gru() {
  Tape tape;
  Random random(18);
  const nn::GruCell cell(tape, "cell", 2, hidden, init(), random);
  const std::vector<Var> h = nn::unroll(cell, sequences(tape));
  return {"GRU", shares(h.back(), h)};
}

}  // namespace

int main() {
  kernels::set_threads(1);
  const std::vector<Named> all{plain(0.5), plain(1), plain(2), lstm(0), lstm(1), gru()};
  fmt::print("steps back");
  for (const Named& n : all) fmt::print("  {:>12}", n.name);
  fmt::print("\n");
  for (const std::size_t back : std::vector<std::size_t>{0, 1, 2, 5, 10, 20, 49}) {
    fmt::print("{:10}", back);
    for (const Named& n : all) fmt::print("  {:12.3g}", n.shares[steps - 1 - back]);
    fmt::print("\n");
  }

  std::ofstream file("ledger.dat");
  file << "# steps back";
  for (const Named& n : all) file << ", " << n.name;
  file << '\n';
  for (std::size_t back = 0; back < steps; ++back) {
    file << back;
    for (const Named& n : all) file << fmt::format(" {:.4g}", n.shares[steps - 1 - back]);
    file << '\n';
  }
}
