#include "gradus/nn/recurrent.hpp"

#include <fmt/core.h>

#include <array>

#include "gradus/ops/ops.hpp"

namespace gradus::nn {
namespace {

constexpr std::array rnn_sums{""};
constexpr std::array lstm_sums{"i", "f", "o", "g"};
constexpr std::array gru_sums{"r", "z", "n"};

}  // namespace

Var RecurrentSum::operator()(Var x, Var h) const {
  const Var from_x = matmul(x, w);  // (examples, inputs) x (inputs, hidden)
  const Var from_h = matmul(h, u);  // (examples, hidden) x (hidden, hidden)
  return from_x + from_h + b;
}

RecurrentCell::RecurrentCell(Tape& tape, std::string name, Index inputs, Index hidden,
                             std::span<const char* const> sums, const Init& init, Random& random)
    : tape_(&tape), name_(std::move(name)), inputs_(inputs), hidden_(hidden) {
  if (inputs < 1 || hidden < 1) {
    throw InputError(
        fmt::format("the cell {} has {} inputs and {} hidden numbers: it needs at least one", name_,
                    inputs, hidden));
  }
  const Tape::Scope here = scope();
  for (const char* sum : sums) {
    const auto named = [&](const char* what) { return std::string(what) + sum; };
    const Var w = tape.parameter(init.draw({inputs, hidden}, random), named("W"));
    const Var u = tape.parameter(init.draw({hidden, hidden}, random), named("U"));
    const Var b = tape.parameter(nn::zeros({hidden}), named("b"));
    sums_.push_back({w, u, b});
  }
}

std::vector<Var> RecurrentCell::parameters() const {
  std::vector<Var> all;
  for (const RecurrentSum& sum : sums_) all.insert(all.end(), {sum.w, sum.u, sum.b});
  return all;
}

Index RecurrentCell::parameter_count() const {
  return static_cast<Index>(sums_.size()) * hidden_ * (inputs_ + hidden_ + 1);
}

Var RecurrentCell::zeros(Index examples) const {
  return tape_->constant(nn::zeros({examples, hidden_}));
}

Tape::Scope RecurrentCell::scope() const { return tape_->scope(name_); }

RnnCell::RnnCell(Tape& tape, std::string name, Index inputs, Index hidden, const Init& init,
                 Random& random)
    : RecurrentCell(tape, std::move(name), inputs, hidden, rnn_sums, init, random) {}

Var RnnCell::operator()(Var x, Var h) const {
  const Tape::Scope here = scope();
  return tanh(sums_[0](x, h)).named("h");
}

LstmCell::LstmCell(Tape& tape, std::string name, Index inputs, Index hidden, const Init& init,
                   Random& random, double forget_bias)
    : RecurrentCell(tape, std::move(name), inputs, hidden, lstm_sums, init, random) {
  tape.set(sums_[1].b, nn::constant({hidden}, forget_bias));
}

LstmCell::State LstmCell::start(Index examples) const {
  const Var h = zeros(examples);
  return {h, h};
}

LstmCell::State LstmCell::operator()(Var x, State state) const {
  const Tape::Scope here = scope();
  const Var i = sigmoid(sums_[0](x, state.h)).named("i");
  const Var f = sigmoid(sums_[1](x, state.h)).named("f");
  const Var o = sigmoid(sums_[2](x, state.h)).named("o");
  const Var g = tanh(sums_[3](x, state.h)).named("g");
  const Var kept = f * state.c;
  const Var c = (kept + i * g).named("c");
  return {(o * tanh(c)).named("h"), c};
}

GruCell::GruCell(Tape& tape, std::string name, Index inputs, Index hidden, const Init& init,
                 Random& random)
    : RecurrentCell(tape, std::move(name), inputs, hidden, gru_sums, init, random) {}

Var GruCell::operator()(Var x, Var h) const {
  const Tape::Scope here = scope();
  const Var r = sigmoid(sums_[0](x, h)).named("r");
  const Var z = sigmoid(sums_[1](x, h)).named("z");
  const Var n = tanh(sums_[2](x, r * h)).named("n");
  const Var kept = z * h;
  const Var share = 1.0 - z;
  return (kept + share * n).named("h");
}

std::vector<Var> steps_of(Var x) {
  const Shape& shape = x.shape();
  if (shape.rank() == 0) throw ShapeError("a scalar is no sequence: its first axis are the steps");
  const Shape step(shape.extents().subspan(1));
  std::vector<Var> steps;
  for (Index t = 0; t < shape[0]; ++t) {
    steps.push_back(reshape(slice(x, {Range{t, t + 1}}), step));
  }
  return steps;
}

}  // namespace gradus::nn
