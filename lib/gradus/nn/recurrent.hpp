/// Recurrent cells: what a network does in each step of a sequence, with the same weights in all.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gradus/nn/init.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus::nn {

// A cell goes from a state to the next one: cell(x, state), where x is (examples, inputs) and each
// tensor of a state (examples, hidden). It begins with cell.start(examples), zeros. One call
// records one step; `unroll` records a sequence:
//
//   const nn::LstmCell cell(tape, "lstm", 2, 32, nn::find_init("xavier-uniform"), random);
//   const Var x = tape.input(Shape{50, 20, 2}, "x");           // steps, examples, inputs
//   const Var h = nn::unroll(cell, x).back().h;                // (20, 32)
//
// In the formulas, a row is an example; * is element by element; s is the sigmoid.

/// The weighted sum of a step's input and of what was before: x W + h U + b. W is (inputs, hidden),
/// U (hidden, hidden), b (hidden).
struct RecurrentSum {
  Var w, u, b;
  Var operator()(Var x, Var h) const;
};

/// What all cells have in common: their parameters, by a name and in one scope.
class RecurrentCell {
 public:
  const std::string& name() const { return name_; }
  Index inputs() const { return inputs_; }
  Index hidden() const { return hidden_; }
  /// W, U and b of each sum in turn.
  std::vector<Var> parameters() const;
  /// For each sum, hidden (inputs + hidden + 1).
  Index parameter_count() const;

 protected:
  RecurrentCell(Tape& tape, std::string name, Index inputs, Index hidden,
                std::span<const char* const> sums, const Init& init, Random& random);
  Var zeros(Index examples) const;
  Tape::Scope scope() const;
  std::vector<RecurrentSum> sums_;

 private:
  Tape* tape_;
  std::string name_;
  Index inputs_, hidden_;
};

/// h' = tanh(x W + h U + b). Elman, "Finding structure in time", 1990, with tanh.
class RnnCell : public RecurrentCell {
 public:
  using State = Var;
  /// Records W, U and b in a scope of this name; both matrices are drawn by `init`, b starts at 0.
  /// Throws InputError unless both sizes are at least 1.
  RnnCell(Tape& tape, std::string name, Index inputs, Index hidden, const Init& init,
          Random& random);
  State start(Index examples) const { return zeros(examples); }
  State operator()(Var x, State h) const;
};

/// A cell that keeps what its gates let it keep: c is added to, and not multiplied by weights, from
/// step to step.
///
///   i = s(x Wi + h Ui + bi),  f = s(x Wf + h Uf + bf),  o = s(x Wo + h Uo + bo)
///   g = tanh(x Wg + h Ug + bg),  c' = f * c + i * g,  h' = o * tanh(c')
///
/// Hochreiter and Schmidhuber, "Long short-term memory", 1997; the forget gate f is of Gers,
/// Schmidhuber and Cummins, "Learning to forget", 2000.
class LstmCell : public RecurrentCell {
 public:
  struct State {
    Var h;  ///< what others see
    Var c;  ///< what is kept
  };
  /// Records Wi, Ui, bi, Wf, ..., bg as RnnCell does. bf starts at `forget_bias`: at 1 a cell keeps
  /// most of c until it learns to forget (Jozefowicz, Zaremba and Sutskever, "An empirical
  /// exploration of recurrent network architectures", 2015).
  LstmCell(Tape& tape, std::string name, Index inputs, Index hidden, const Init& init,
           Random& random, double forget_bias = 1);
  State start(Index examples) const;
  State operator()(Var x, State state) const;
};

/// A cell with two gates and one tensor of state.
///
///   r = s(x Wr + h Ur + br),  z = s(x Wz + h Uz + bz)
///   n = tanh(x Wn + (r * h) Un + bn),  h' = z * h + (1 - z) * n
///
/// Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical machine
/// translation", 2014, section 2.3, with biases.
class GruCell : public RecurrentCell {
 public:
  using State = Var;
  /// Records Wr, Ur, br, Wz, ..., bn as RnnCell does.
  GruCell(Tape& tape, std::string name, Index inputs, Index hidden, const Init& init,
          Random& random);
  State start(Index examples) const { return zeros(examples); }
  State operator()(Var x, State h) const;
};

/// The steps of a sequence: x (steps, ...) as one variable (...) for each step. Throws ShapeError
/// for a scalar.
std::vector<Var> steps_of(Var x);

/// The states after each step of x, (steps, examples, inputs), from `state` on. Step 7 is recorded
/// in the scope "step7".
template <class Cell>
std::vector<typename Cell::State> unroll(const Cell& cell, Var x, typename Cell::State state) {
  std::vector<typename Cell::State> states;
  for (const Var step : steps_of(x)) {
    const Tape::Scope scope = x.tape().scope("step" + std::to_string(states.size() + 1));
    state = cell(step, state);
    states.push_back(state);
  }
  return states;
}

/// The same from a state of zeros. Throws ShapeError unless x has these three axes.
template <class Cell>
std::vector<typename Cell::State> unroll(const Cell& cell, Var x) {
  if (x.shape().rank() != 3) {
    throw ShapeError("a sequence has the axes (steps, examples, inputs), not the shape " +
                     to_string(x.shape()));
  }
  return unroll(cell, x, cell.start(x.shape()[1]));
}

}  // namespace gradus::nn
