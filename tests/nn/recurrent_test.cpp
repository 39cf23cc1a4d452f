// Recurrent cells against steps written as plain loops, and their gradients through time.
#include "gradus/nn/recurrent.hpp"

#include <cmath>
#include <functional>
#include <vector>

#include "catch.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/nn/linear.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/clipping.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::nn;
using Catch::Matchers::WithinAbs;

namespace {

using Row = std::vector<double>;

double s(double x) { return 1 / (1 + std::exp(-x)); }

/// One example of a cell with given parameters, with everything written out.
class Plain {
 public:
  template <class Cell>
  explicit Plain(const Cell& cell) : n_(static_cast<std::size_t>(cell.hidden())) {
    for (const Var p : cell.parameters()) p_.push_back(value(p));
    h.assign(n_, 0);
    c.assign(n_, 0);
  }
  Row h, c;

  void rnn(const Row& x) {
    h = each(sum(0, x, h), [](double z) { return std::tanh(z); });
  }

  void lstm(const Row& x) {
    const Row i = each(sum(0, x, h), s), f = each(sum(1, x, h), s), o = each(sum(2, x, h), s);
    const Row g = each(sum(3, x, h), [](double z) { return std::tanh(z); });
    for (std::size_t k = 0; k < n_; ++k) {
      c[k] = f[k] * c[k] + i[k] * g[k];
      h[k] = o[k] * std::tanh(c[k]);
    }
  }

  void gru(const Row& x) {
    const Row r = each(sum(0, x, h), s), z = each(sum(1, x, h), s);
    Row reset = h;
    for (std::size_t k = 0; k < n_; ++k) reset[k] *= r[k];
    const Row n = each(sum(2, x, reset), [](double a) { return std::tanh(a); });
    for (std::size_t k = 0; k < n_; ++k) h[k] = z[k] * h[k] + (1 - z[k]) * n[k];
  }

 private:
  /// The weighted sum number `which`: x W + h U + b.
  Row sum(std::size_t which, const Row& x, const Row& before) const {
    const Tensor<double>&w = p_[3 * which], &u = p_[3 * which + 1], &b = p_[3 * which + 2];
    const auto n = static_cast<Index>(n_);
    Row z(b.begin(), b.end());
    for (Index k = 0; k < n; ++k) {
      double& to = z[static_cast<std::size_t>(k)];
      for (std::size_t i = 0; i < x.size(); ++i) to += x[i] * w[static_cast<Index>(i) * n + k];
      for (std::size_t i = 0; i < n_; ++i) to += before[i] * u[static_cast<Index>(i) * n + k];
    }
    return z;
  }
  static Row each(Row z, const std::function<double(double)>& f) {
    for (double& a : z) a = f(a);
    return z;
  }

  std::size_t n_;
  std::vector<Tensor<double>> p_;
};

Var hidden_of(Var h) { return h; }
Var hidden_of(const LstmCell::State& state) { return state.h; }

constexpr Index steps = 5, examples = 3, inputs = 2, hidden = 4;

template <class Cell>
Cell make(Tape& tape, Random& random) {
  const Cell cell(tape, "cell", inputs, hidden, find_init("normal"), random);
  for (const Var p : cell.parameters()) {
    if (p.shape().rank() == 1) tape.set(p, normal({hidden}, random));  // biases that count
  }
  return cell;
}

template <class Cell>
void check_steps(void (Plain::*step)(const Row&)) {
  Tape tape;
  Random random(4);
  const Cell cell = make<Cell>(tape, random);
  const Var x = tape.input(normal({steps, examples, inputs}, random), "x");
  const auto states = unroll(cell, x);
  REQUIRE(states.size() == steps);
  for (Index e = 0; e < examples; ++e) {
    Plain plain(cell);
    for (Index t = 0; t < steps; ++t) {
      const Tensor<double> all = value(x);
      const auto first = all.begin() + (t * examples + e) * inputs;
      (plain.*step)(Row(first, first + inputs));
      const Tensor<double> h = value(hidden_of(states[static_cast<std::size_t>(t)]));
      REQUIRE(h.shape() == Shape{examples, hidden});
      for (Index k = 0; k < hidden; ++k) {
        CHECK_THAT(h[e * hidden + k], WithinAbs(plain.h[static_cast<std::size_t>(k)], 1e-14));
        if constexpr (std::is_same_v<Cell, LstmCell>) {
          const Tensor<double> c = value(states[static_cast<std::size_t>(t)].c);
          CHECK_THAT(c[e * hidden + k], WithinAbs(plain.c[static_cast<std::size_t>(k)], 1e-14));
        }
      }
    }
  }
}

/// The loss is of the last step alone, so that every gradient comes through all of them.
template <class Cell>
void check_through_time() {
  Tape tape;
  Random random(8);
  const Cell cell = make<Cell>(tape, random);
  const Var x = tape.input(normal({steps, examples, inputs}, random), "x");
  const Var target = tape.input(normal({examples, hidden}, random), "target");
  const Var loss = mse(hidden_of(unroll(cell, x).back()), target);
  std::vector<Var> wrt = cell.parameters();
  wrt.push_back(x);
  const GradientReport report = check_gradient(loss, wrt);
  INFO(to_string(report));
  CHECK(report.passed());
  for (const Var g : gradient(loss, wrt)) {
    INFO(g.name());
    bool zero = true;
    for (const double element : value(g)) zero = zero && element == 0;
    CHECK(!zero);
  }
}

template <class Cell>
void check_form(int sums, const std::string& names) {
  Tape tape;
  Random random(1);
  const Cell cell(tape, "memory", 3, 5, find_init("xavier-uniform"), random);
  CHECK(cell.parameter_count() == sums * (3 * 5 + 5 * 5 + 5));
  Index count = 0;
  std::string found;
  for (const Var p : cell.parameters()) {
    count += p.shape().elements();
    found += std::string(p.name()) + " ";
    CHECK(tape.scope_path(tape.scope_of(p.id())) == "memory");
  }
  CHECK(count == cell.parameter_count());
  CHECK(found == names);
  CHECK(value(hidden_of(cell.start(7))) == Tensor<double>({7, 5}));

  const auto states = unroll(cell, tape.input(Shape{2, 7, 3}, "x"));
  CHECK(tape.scope_path(tape.scope_of(hidden_of(states[1]).id())) == "step2/memory");
  CHECK(hidden_of(states[1]).name() == "h");
  CHECK(unroll(cell, tape.input(Shape{0, 7, 3}, "none")).empty());

  const Var wrong = tape.input(Shape{7, 4}, "wrong");
  scratch::check_says(scratch::error_of<ShapeError>([&] { cell(wrong, cell.start(7)); }),
                      {"wrong:(7, 4)", "(3, 5)"});
  CHECK_THROWS_AS(unroll(cell, tape.input(1.0, "scalar")), ShapeError);
  CHECK_THROWS_AS(unroll(cell, tape.input(Shape{5, 3}, "without examples")), ShapeError);
  for (const Index size : {0, -1}) {
    scratch::check_says(
        scratch::error_of([&] { Cell(tape, "odd", size, 2, find_init("zeros"), random); }),
        {"the cell odd has ", "at least one"});
    scratch::check_says(
        scratch::error_of([&] { Cell(tape, "odd", 2, size, find_init("zeros"), random); }),
        {"the cell odd has ", "at least one"});
  }
}

/// Whether a few steps of training teach a cell to tell the first of five inputs.
template <class Cell>
double error_after_training() {
  Tape tape;
  Random random(2);
  const Cell cell(tape, "cell", 1, 8, find_init("xavier-uniform"), random);
  const Linear readout(tape, "readout", 8, 1, find_init("xavier-uniform"), random);
  const Tensor<double> data = uniform({5, 40, 1}, random);
  const Var target =
      tape.input(Tensor<double>({40, 1}, data.span().first(40)), "the first of each sequence");
  const Var loss = mse(readout(hidden_of(unroll(cell, tape.input(data, "x")).back())), target);
  std::vector<Var> parameters = cell.parameters();
  parameters.insert(parameters.end(), {readout.weight(), *readout.bias()});
  const optim::Optimizer adam(optim::find_rule("adam"), parameters, 0.01);
  Executor<float> step(
      Program({loss}, adam.updates(optim::clip_by_norm(gradient(loss, parameters), 1))));
  step.run();
  CHECK(step.item(0) > 0.2F);  // the variance of U(-1, 1) is 1/3
  for (int i = 0; i < 300; ++i) step.run();
  return step.item(0);
}

}  // namespace

TEST_CASE("a cell does in each step what a plain loop does", "[nn]") {
  check_steps<RnnCell>(&Plain::rnn);
  check_steps<LstmCell>(&Plain::lstm);
  check_steps<GruCell>(&Plain::gru);
}

TEST_CASE("gradients through five steps are right for every parameter and the input", "[nn]") {
  check_through_time<RnnCell>();
  check_through_time<LstmCell>();
  check_through_time<GruCell>();
}

TEST_CASE("cells have as many parameters as their formulas, and say what does not fit", "[nn]") {
  check_form<RnnCell>(1, "W U b ");
  check_form<LstmCell>(4, "Wi Ui bi Wf Uf bf Wo Uo bo Wg Ug bg ");
  check_form<GruCell>(3, "Wr Ur br Wz Uz bz Wn Un bn ");
}

TEST_CASE("a forget gate starts open, and other biases at 0", "[nn]") {
  Tape tape;
  Random random(1);
  const LstmCell usual(tape, "a", 2, 3, find_init("normal"), random);
  const LstmCell other(tape, "b", 2, 3, find_init("normal"), random, -2);
  for (const Var p : usual.parameters()) {
    if (p.shape().rank() == 1) CHECK(value(p) == Tensor<double>({3}, p.name() == "bf" ? 1 : 0));
  }
  CHECK(value(other.parameters()[5]) == Tensor<double>({3}, -2));
}

TEST_CASE("a sequence in two parts is the whole one", "[nn]") {
  Tape tape;
  Random random(6);
  const LstmCell cell = make<LstmCell>(tape, random);
  const Tensor<double> data = normal({4, 1, inputs}, random);
  const auto whole = unroll(cell, tape.input(data, "x"));
  const auto half = [&](std::size_t from) {
    return tape.input(Tensor<double>({2, 1, inputs}, data.span().subspan(from, 2 * inputs)));
  };
  const auto first = unroll(cell, half(0));
  const auto second = unroll(cell, half(2 * inputs), first.back());
  CHECK(value(second.back().h) == value(whole.back().h));
  CHECK(value(second.back().c) == value(whole.back().c));
}

TEST_CASE("every cell learns to keep what it saw five steps ago", "[nn]") {
  CHECK(error_after_training<RnnCell>() < 0.01);
  CHECK(error_after_training<LstmCell>() < 0.01);
  CHECK(error_after_training<GruCell>() < 0.01);
}
