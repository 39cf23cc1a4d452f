// Programs of single numbers run as compact code: with the bits of ops that run one by one.
#include "gradus/run/scalar_code.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "allocations.hpp"
#include "catch.hpp"
#include "gradus/base/random.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
#include "run/check_instructions.hpp"

using namespace gradus;

namespace {

// Passes would leave some ops out.
const Passes recorded = Passes::as_recorded();

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}
bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

/// A formula of all pointwise ops, in random order, of operands recorded shortly before. Some of
/// its values are infinite or NaN; of every second formula some have the rank 1 or 2.
struct RandomFormula {
  Tape tape;
  std::vector<Var> nodes;

  explicit RandomFormula(std::uint64_t seed) {
    Random random(seed);
    const auto pick = [&](std::size_t n) {
      return static_cast<std::size_t>(random.uniform(0, static_cast<double>(n) - 1e-9));
    };
    const std::vector<Shape> shapes{{}, {1}, {}, {1, 1}};
    for (std::size_t i = 0; i < 4; ++i) {
      const Shape& shape = shapes[seed % 2 == 0 ? 0 : i];
      nodes.push_back(tape.parameter(Tensor<double>(shape, random.uniform(-2, 2))));
    }
    for (int i = 0; i < 2; ++i) nodes.push_back(tape.input(random.uniform(-2, 2)));
    std::vector<const Op*> ops;
    for (const Op* op : all_ops()) {
      if (op->pointwise()) ops.push_back(op);
    }
    REQUIRE(ops.size() >= 27);
    while (nodes.size() < 150) {
      const Op& op = *ops[pick(ops.size())];
      std::vector<Var> x;
      for (int k = 0; k < op.arity(); ++k) {
        x.push_back(pick(8) == 0
                        ? tape.constant(random.uniform(-2, 2))
                        : nodes[nodes.size() - 1 - pick(std::min<std::size_t>(nodes.size(), 12))]);
      }
      const bool number = op.name() == "leaky_relu" || op.name() == "elu";
      nodes.push_back(
          tape.record(op, x, number ? Attributes(Number{random.uniform(0.1, 0.9)}) : Attributes()));
    }
  }
};

/// A pointwise op of a person's own, which says that it may not write over its operand. Pointwise
/// ops are not asked.
struct Halved final : Op {
  Halved() : Op({1, true, {}}) {}
  static constexpr OpDoc doc_{"halved", "y = x / 2", "dx = dy / 2"};
  const OpDoc& doc() const override { return doc_; }
  bool in_place(int, const Attributes&) const override { return false; }
  Shape shape(std::span<const Shape> x, const Attributes&) const override { return x[0]; }
  void forward(const Forward<float>& args) const override { run(args); }
  void forward(const Forward<double>& args) const override { run(args); }
  Var vjp(const Vjp& v) const override { return v.dy * 0.5; }
  template <class T>
  void run(const Forward<T>& args) const {
    for (Index i = 0; i < args.y.elements(); ++i) args.y.data[i] = args.x[0].data[i] / 2;
  }
};

std::size_t scalar_instructions(const Program& program) {
  std::size_t others = 0;
  std::vector<double> array(static_cast<std::size_t>(program.numbers()));
  std::vector<double> leaf_values(program.leaves().size());
  std::vector<double*> leaves;
  for (double& value : leaf_values) leaves.push_back(&value);
  for (const ScalarStep* step = program.steps();; ++step, ++others) {
    step = run_steps(step, array.data(), leaves.data());
    if (step->a == ScalarStep::end) break;
  }
  return program.size() - others;
}

}  // namespace

TEST_CASE("random formulas of single numbers have the values that are looked at", "[run]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    RandomFormula formula(seed);
    Executor<double> run{Program(formula.nodes, recorded)};
    CHECK(scalar_instructions(run.program()) == run.program().size());
    for (int turn = 0; turn < 2; ++turn) {
      run.run();
      for (std::size_t i = 0; i < formula.nodes.size(); ++i) {
        const double wanted = item(formula.nodes[i]);
        INFO("seed " << seed << ", " << formula.tape.label(formula.nodes[i].id()) << ": "
                     << run.item(i) << " and " << wanted);
        CHECK(same_bits(run.item(i), wanted));
      }
    }
  }
}

TEST_CASE("steps are listed as the ops that were recorded", "[run]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    RandomFormula formula(seed);
    Var loss = formula.nodes[0] * formula.nodes[1];
    for (std::size_t i = 6; i < 30; ++i) {
      const Var product = formula.nodes[i] * formula.nodes[i - 1];
      loss = i % 2 == 0 ? loss + product : product + loss;
    }
    const std::vector<Var> outputs{loss, formula.nodes[40]};
    const Var w = formula.nodes[1], v = formula.nodes[2], x = formula.nodes[4];
    const std::vector<Update> updates{{w, w + x * w}, {v, formula.nodes[5] + x * v}};
    for (const Passes passes :
         {recorded, recorded.without(Pass::in_place), recorded.without(Pass::sharing)}) {
      const Program program(outputs, updates, passes);
      INFO("seed " << seed);
      check_instructions(program, formula.tape);
      CHECK(program.outputs()[0].node == loss.id());
    }
  }
}

TEMPLATE_TEST_CASE("a program of single numbers gives what its ops give one by one", "[run]", float,
                   double) {
  // run_checked() goes op by op. Only the last value and the gradient are outputs, so that others
  // share memory, and products and sums become one step.
  int finite = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomFormula formula(seed);
    Var loss = formula.nodes[0] * formula.nodes[1];
    for (std::size_t i = 6; i < 30; ++i) loss = loss + formula.nodes[i] * formula.nodes[i - 1];
    std::vector<Var> outputs =
        gradient(loss, std::span<const Var>(formula.nodes.data(), 4), Disconnected::zeros);
    outputs.push_back(loss);
    std::vector<Update> updates;
    for (std::size_t i = 0; i < 4; ++i) {
      const Var change = outputs[i] * -0.125;
      updates.push_back({formula.nodes[i], formula.nodes[i] + change});
    }
    Executor<TestType> together{Program(outputs, updates, recorded)},
        one_by_one{Program(outputs, updates, recorded)};
    bool all_finite = true;
    for (int turn = 0; turn < 3 && all_finite; ++turn) {
      all_finite = !one_by_one.run_checked();
      if (!all_finite) break;
      ++finite;
      together.run();
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        CHECK(same_bits(together.item(i), one_by_one.item(i)));
      }
      for (std::size_t i = 0; i < 4; ++i) {
        if (!together.has_leaf(formula.nodes[i])) continue;
        CHECK(same_bits(together.leaf(formula.nodes[i])[0], one_by_one.leaf(formula.nodes[i])[0]));
      }
    }
  }
  CHECK(finite > 100);
}

TEST_CASE("a product that is added is one step, unless it is wanted elsewhere", "[run]") {
  Tape tape;
  const Var a = tape.parameter(2.0), b = tape.parameter(3.0), c = tape.parameter(5.0);
  const auto steps = [&](std::vector<Var> outputs) {
    const Program program(outputs, recorded);
    std::size_t count = 1;
    for (const ScalarStep* step = program.steps(); step->a != ScalarStep::end; ++step) ++count;
    return count;
  };
  const Var product = a * b;
  const Var sum = product + c;
  const Var total = sum + a * c;
  const Var twice = product + product;
  // Three leaves are fetched, and the last step is the end.
  CHECK(steps({sum}) == 3 + 2 + 1);           // the third operand takes a step of its own
  CHECK(steps({total}) == 3 + 2 + 1 + 1);     // into the sum before, in place
  CHECK(steps({sum, product}) == 3 + 2 + 1);  // two steps
  CHECK(steps({twice}) == 2 + 2 + 1);
  Executor<double> run(Program({sum, total, product, twice}, {}, recorded));
  run.run();
  CHECK(run.item(0) == 11);
  CHECK(run.item(1) == 21);
  CHECK(run.item(2) == 6);
  CHECK(run.item(3) == 12);
}

TEST_CASE("an op finds its own number, and others do not mind one", "[run]") {
  Tape tape;
  const Var x = tape.parameter(-2.0, "x");
  const Var a = leaky_relu(x, 0.25), b = leaky_relu(x, 0.5), c = leaky_relu(b, 0.5);
  const Var d = leaky_relu(c, 0.25);
  const Var product = a * d;
  const Var added[] = {product, x};
  const Var sum = tape.record(op<Add>(), added, Number{3});
  const Var bent = tape.record(op<Tanh>(), {&sum, 1}, Number{3});
  Executor<double> run(Program({bent, d, c, a, sum}, {}, recorded));
  CHECK(scalar_instructions(run.program()) == run.program().size());
  for (int turn = 0; turn < 2; ++turn) {
    run.run();
    CHECK(same_bits(run.item(0), item(bent)));
    CHECK(run.item(1) == -0.125);
    CHECK(run.item(2) == -0.5);
    CHECK(run.item(3) == -0.5);
    CHECK(run.item(4) == -0.5 * -0.125 - 2);
  }
}

TEST_CASE("steps of single numbers and of tensors see each other's results", "[run]") {
  // The rate is a single number that is updated in place, and is read by both kinds after that;
  // the total is one that is computed from a tensor.
  Tape tape;
  const Var rate = tape.parameter(0.5, "rate"), total = tape.parameter(1.0, "total");
  const Var w = tape.parameter(Tensor<double>(Shape{3}, {1, 2, 3}), "w");
  const Var x = tape.input(2.0, "x");
  const Var faster = rate * x;
  const Var steeper = faster * faster + 1;
  const Var moved = w * faster;
  const Var sums = sum(moved) * steeper + total;
  Executor<double> run(Program(
      {sums, steeper, moved}, {{rate, faster}, {w, moved}, {total, sums * 0.5 + total}}, recorded));
  double r = 0.5, t = 1, a[] = {1, 2, 3};
  for (int turn = 0; turn < 3; ++turn) {
    run.set(x, std::vector<double>{2.0 - turn});
    run.run();
    r *= 2.0 - turn;
    for (double& element : a) element *= r;
    const double s = (a[0] + a[1] + a[2]) * (r * r + 1) + t;
    t = s * 0.5 + t;
    CHECK(run.item(0) == s);
    CHECK(run.item(1) == r * r + 1);
    CHECK(run.leaf(rate)[0] == r);
    CHECK(run.leaf(total)[0] == t);
    CHECK(run.leaf(w)[2] == a[2]);
  }
  CHECK(scalar_instructions(run.program()) > 3);
  CHECK(scalar_instructions(run.program()) < run.program().size());
}

TEST_CASE("single numbers can be bound, set and shared between executors", "[run]") {
  Tape tape;
  const Var x = tape.input(Shape{}, "x"), w = tape.parameter(3.0, "w");
  const Var y = x * w;
  Executor<double> first(Program({y}, {{w, w + x}}, recorded)),
      second(Program({y}, {}, recorded), first);
  CHECK_THROWS_WITH(first.run(), Catch::Matchers::ContainsSubstring("x has no value"));
  double value = 2;
  first.bind(x, std::span<const double>(&value, 1));
  second.set(x, std::vector<double>{10});
  first.run();
  second.run();
  CHECK(first.item(0) == 6);
  CHECK(second.item(0) == 50);
  value = 4;
  first.run();
  CHECK(first.item(0) == 20);
  second.run();
  CHECK(second.item(0) == 90);
}

TEST_CASE("the first NaN among single numbers is named, and what they are is checked", "[run]") {
  Tape tape;
  const Var x = tape.parameter(-1.0, "x");
  const Var square_of = x * x;
  const Var wrong = log(x);
  const Var y = square_of + wrong * square_of;
  Executor<double> run(Program({y}, {}, recorded));
  run.run();
  CHECK(std::isnan(run.item(0)));
  CHECK(run.run_checked() == wrong.id());

  const Var table = tape.parameter(Tensor<double>(Shape{2}, {1, 2}), "table");
  const Var row = gather(table, x + 3);  // -1 + 3 is no row of 2
  Executor<double> reads(Program({row * 2}, {}, recorded));
  CHECK_THROWS_AS(reads.run(), IndexError);
}

TEST_CASE("a person's own pointwise op runs among single numbers and in their places", "[run]") {
  static const Halved halved;
  Tape tape;
  const Var x = tape.parameter(3.0, "x"), factor = tape.parameter(1.75, "factor");
  Var y = x;
  double value = 3;
  for (int i = 0; i < 3000; ++i) {
    y = i % 3 == 0 ? y * factor : i % 3 == 1 ? tape.record(halved, {&y, 1}) : y + x;
    value = i % 3 == 0 ? value * 1.75 : i % 3 == 1 ? value / 2 : value + 3;
  }
  for (const bool in_place : {true, false}) {
    Executor<double> run(Program({y}, {}, in_place ? recorded : recorded.without(Pass::in_place)));
    run.run();
    CHECK(same_bits(run.item(0), value));
    CHECK(run.program().buffer_elements() == (in_place ? 1 : 2));
    CHECK(run.program().size() == 3000);
    CHECK(scalar_instructions(run.program()) == 2000);
  }
  Executor<double> derivative(Program({gradient(y, x)}, {}, recorded));
  derivative.run();
  CHECK(same_bits(derivative.item(0), item(gradient(y, x))));
}

TEST_CASE("running again asks for no memory", "[run]") {
  if (!allocations::counted()) return;
  RandomFormula formula(3);
  Var loss = formula.nodes[0] * formula.nodes[1];
  for (const Var node : formula.nodes) loss = loss + node;
  const Var w = formula.nodes[0];
  const Var dw = gradient(loss, w);
  Executor<float> run(Program({loss, dw}, {{w, w + dw * -0.1}}, recorded));
  const std::size_t before = allocations::count();
  run.run();
  run.run();
  CHECK(allocations::count() == before);
}
