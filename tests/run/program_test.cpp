// Programs: what is run, where values are kept, and that none is overwritten too early.
#include "gradus/run/program.hpp"

#include <cmath>

#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
#include "ops/cases.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A tape of random ops on a few shapes that broadcast.
std::vector<Var> random_tape(Tape& tape, Random& random) {
  const std::vector<Shape> shapes{{}, {3}, {4, 1}, {4, 3}, {4, 40}, {40}};
  std::vector<Var> all;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto x = cases::draw(shapes[static_cast<std::size_t>(random.below(6))], i, {}, random);
    all.push_back(i % 2 == 0 ? tape.input(x) : i == 1 ? tape.parameter(x) : tape.constant(x));
  }
  const Index count = 3 + random.below(30);
  while (static_cast<Index>(all.size()) < count) {
    const auto pick = [&] {
      return all[static_cast<std::size_t>(random.below(static_cast<Index>(all.size())))];
    };
    const Var a = pick(), b = pick();
    const bool fit = broadcasts_to(a.shape(), b.shape()) || broadcasts_to(b.shape(), a.shape());
    switch (random.below(8)) {
      case 0:
        all.push_back(fit ? a + b : tanh(a));
        break;
      case 1:
        all.push_back(fit ? tanh(a * b) : sin(b));
        break;
      case 2:
        all.push_back(-a);
        break;
      case 3:
        all.push_back(a.shape().rank() > 0 ? sum(a, {-1}, true) : sigmoid(a));
        break;
      case 4:
        all.push_back(a.shape().rank() > 0 ? softmax(a) : cos(a));
        break;
      case 5:
        all.push_back(a.shape().rank() == 2 ? matmul(a, a, true) : a * 0.5);
        break;
      case 6:
        all.push_back(fit ? where(less(a, b), a, b) : relu(a));
        break;
      default:
        all.push_back(reshape(a, {-1}));
        break;
    }
  }
  return all;
}

struct Span {
  Index first, end;
};

/// Recomputes from the program alone when each value is needed, and fails if an instruction writes
/// over a value that is read later (or, at the same time, as an operand that may not be written
/// over).
void check_places(const Program& program) {
  const auto values = program.values();
  const std::size_t steps = program.size();
  std::vector<std::size_t> last_use(values.size(), 0);
  for (std::size_t i = 0; i < steps; ++i) {
    for (const std::uint32_t operand : program.operands(i)) last_use[operand] = i;
  }
  for (const Program::Value& output : program.outputs()) {
    for (std::size_t v = values.size(); v-- > 0;) {
      if (values[v].place != output.place || values[v].shape != output.shape) continue;
      last_use[v] = steps;
      break;
    }
  }
  const auto span = [&](std::size_t v) {
    return Span{values[v].place, values[v].place + program.shape(values[v].shape).elements()};
  };
  std::vector<bool> there(values.size(), true);  // leaves and constants are, from the beginning
  for (std::size_t i = 0; i < steps; ++i) there[program.result(i)] = false;
  for (std::size_t i = 0; i < steps; ++i) {
    const std::uint32_t y = program.result(i);
    for (const std::uint32_t operand : program.operands(i)) REQUIRE(there[operand]);
    there[y] = true;
    if (values[y].place < 0 || values[y].place == program.passing()) continue;
    REQUIRE(span(y).end <= program.buffer_elements());
    const auto operands = program.operands(i);
    for (std::size_t v = 0; v < values.size(); ++v) {
      if (v == y || !there[v] || values[v].place < 0) continue;
      const bool overlap = span(v).first < span(y).end && span(y).first < span(v).end;
      if (!overlap) continue;
      REQUIRE(last_use[v] <= i);
      const auto& instruction = program.instructions()[i];
      for (std::size_t k = 0; k < operands.size(); ++k) {
        if (operands[k] != v) continue;
        const bool may = instruction.op->pointwise() ||
                         instruction.op->in_place(static_cast<int>(k),
                                                  program.attributes(instruction.attributes));
        REQUIRE(may);
        REQUIRE(values[v].place == values[y].place);
        REQUIRE(program.shape(values[v].shape) == program.shape(values[y].shape));
      }
    }
  }
}

}  // namespace

TEST_CASE("no single number is overwritten while it is needed", "[run]") {
  Random random(11);
  for (int trial = 0; trial < 300; ++trial) {
    INFO("program " << trial);
    Tape tape;
    std::vector<Var> all;
    for (int i = 0; i < 3; ++i) all.push_back(tape.parameter(random.uniform(-1, 1)));
    const auto pick = [&] {
      return all[all.size() - 1 - static_cast<std::size_t>(random.below(3))];
    };
    while (all.size() < 40) {
      const Var a = pick(), b = pick(), c = pick();
      const Var product = b * c;
      all.push_back(random.below(3) == 0   ? tanh(a)
                    : random.below(2) == 0 ? a + product
                                           : product + a);
    }
    const Var slope = gradient(all.back(), all[0], Disconnected::zeros);
    const std::vector<Update> updates{{all[0], all[0] + slope * all[1]}};
    for (const Passes passes :
         {Passes::as_recorded(), Passes::as_recorded().without(Pass::in_place),
          Passes::as_recorded().without(Pass::sharing)}) {
      const Program program({all.back(), all[10]}, updates, passes);
      check_places(program);
    }
  }
}

TEST_CASE("no value is overwritten while it is needed", "[run]") {
  Random random(7);
  for (int trial = 0; trial < 400; ++trial) {
    INFO("program " << trial);
    Tape tape;
    const auto all = random_tape(tape, random);
    std::vector<Var> outputs{all.back()};
    for (int i = 0; i < 3; ++i) {
      outputs.push_back(
          all[static_cast<std::size_t>(random.below(static_cast<Index>(all.size())))]);
    }
    if (random.below(2) == 0) {
      const Var loss = sum(all.back() * all.back());
      outputs.push_back(gradient(loss, all[1], Disconnected::zeros));
    }
    for (const Passes passes : {Passes::as_recorded(), Passes::all()}) {
      const Program program(outputs, passes);
      check_places(program);
      CHECK(program.peak_bytes(4) >= program.least_bytes(4));
      Executor<double> run(program);
      for (int turn = 0; turn < 2; ++turn) {  // a second run starts from used memory
        run.run();
        for (std::size_t i = 0; i < outputs.size(); ++i) {
          const Tensor<double> wanted = value(outputs[i]);
          REQUIRE(*run.output(i).shape == wanted.shape());
          CHECK(
              std::equal(wanted.begin(), wanted.end(), run.output(i).data, [&](double a, double b) {
                // Passes may round differently, but without them bits are equal.
                const bool exact = passes == Passes::as_recorded();
                return a == b || (!exact && std::abs(a - b) <= 1e-12 * std::abs(a));
              }));
        }
      }
    }
  }
}

TEST_CASE("only what is needed is run", "[run]") {
  Tape tape;
  const Var x = tape.input(2.0), unused = tape.input(Shape{3});
  const Var y = exp(x), z = sin(x) * y;
  static_cast<void>(exp(unused));
  const Program program({y});
  CHECK(program.size() == 1);
  CHECK(program.leaves().size() == 1);
  CHECK(Program({z}, {}, Passes::as_recorded()).size() == 3);
  CHECK(Program({z, y, z}, {}, Passes::as_recorded()).size() == 3);
  CHECK(Program({x}).instructions().empty());
  Executor<double> run(Program({z, y, z, x, tape.constant(4.0)}));
  run.run();
  CHECK(run.item(0) == item(z));
  CHECK(run.item(1) == item(y));
  CHECK(run.item(2) == item(z));
  CHECK(run.item(3) == 2);
  CHECK(run.item(4) == 4);
}

TEST_CASE("floating-point operations are counted", "[run]") {
  Tape tape;
  const Var a = tape.input(Shape{3, 5}), b = tape.input(Shape{5, 7}),
            c = tape.input(Shape{2, 5, 3});
  CHECK(Program({matmul(a, b)}).flops() == 2 * 3 * 7 * 5);
  CHECK(Program({matmul(b, a, true, true)}).flops() == 2 * 7 * 3 * 5);
  CHECK(Program({matmul(c, a)}).flops() == 2 * 2 * 5 * 5 * 3);
  CHECK(Program({exp(a)}).flops() == 15);
  CHECK(Program({sum(a)}).flops() == 15);
  CHECK(Program({reshape(a, {15})}).flops() == 0);
  CHECK(Program({exp(matmul(a, b))}).flops() == 210 + 21);
}

TEST_CASE("programs refuse what they cannot do", "[run]") {
  Tape tape, other;
  const Var x = tape.input(2.0, "x"), w = tape.parameter(1.0, "w");
  const std::vector<Var> none;
  CHECK_THROWS_WITH(Program(none), ContainsSubstring("output or an update"));
  CHECK_THROWS_WITH(Program({}, {{x, w}}), ContainsSubstring("x is not a parameter"));
  CHECK_THROWS_WITH(Program({}, {{w, x}, {w, x}}), ContainsSubstring("w is updated twice"));
  CHECK_THROWS_AS(Program({}, {{w, tape.input(Shape{2})}}), ShapeError);
  CHECK_THROWS_AS(Program({x, other.input(1.0)}), Error);
  CHECK_THROWS_AS(Program({Var()}), Error);
}
