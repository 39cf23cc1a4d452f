// Random expressions, written as text and recorded by the functions of C++: the same nodes.
#include <fmt/format.h>

#include <array>

#include "gradus/gradus.hpp"
#include "lang/text.hpp"

using namespace gradus;

namespace {

struct Unary {
  const char* format;
  Var (*record)(Operand);
};
constexpr std::array unaries{
    Unary{"-({})", [](Operand x) { return -x; }},
    Unary{"exp({})", exp},
    Unary{"sin({})", sin},
    Unary{"tanh({})", tanh},
    Unary{"sigmoid({})", sigmoid},
    Unary{"softplus({})", softplus},
    Unary{"({})^2", [](Operand x) { return pow(x, 2); }},
    Unary{"(({}) / 3)", [](Operand x) { return x / 3; }},
    Unary{"(2 - ({}))", [](Operand x) { return 2 - x; }},
    Unary{"mean({}, axis=0, keepdims=true)", [](Operand x) { return mean(x, {0}, true); }},
    Unary{"softmax({})", [](Operand x) { return softmax(x); }},
    Unary{"({}).T", transpose},
    Unary{"({})[:, ::-1 + 2]",
          [](Operand x) {
            return slice(x, {Range{}, Range{}});
          }},
    Unary{"leaky_relu({}, slope=0.2)", [](Operand x) { return leaky_relu(x, 0.2); }}};

struct Binary {
  const char* format;
  Var (*record)(Operand, Operand);
};
constexpr std::array binaries{
    Binary{"({} + {})", [](Operand a, Operand b) { return a + b; }},
    Binary{"({} - {})", [](Operand a, Operand b) { return a - b; }},
    Binary{"({} * {})", [](Operand a, Operand b) { return a * b; }},
    Binary{"({} / (1 + {}))", nullptr},
    Binary{"({} @ {})", [](Operand a, Operand b) { return matmul(a, b); }},
    Binary{"maximum({}, {})", maximum},
    Binary{"({} < {})", less}};

/// An expression of square matrices, as text and as nodes.
struct Expression {
  std::string text;
  Var var;
};

Expression draw(Random& random, const std::array<Expression, 2>& leaves, int depth) {
  if (depth == 0) return leaves[static_cast<std::size_t>(random.below(2))];
  const Expression a = draw(random, leaves, depth - 1);
  if (random.below(2) == 0) {
    const Unary& op = unaries[static_cast<std::size_t>(random.below(unaries.size()))];
    // A mean has one row: it is used with something that has all.
    Expression result{fmt::format(fmt::runtime(op.format), a.text), op.record(a.var)};
    if (result.var.shape()[0] != result.var.shape()[1]) {
      result = {fmt::format("({} + {})", result.text, leaves[0].text), result.var + leaves[0].var};
    }
    return result;
  }
  const Expression b = draw(random, leaves, static_cast<int>(random.below(depth)));
  const Binary& op = binaries[static_cast<std::size_t>(random.below(binaries.size()))];
  Var var;
  if (op.record) {
    var = op.record(a.var, b.var);
  } else {
    const Var below = 1 + b.var;
    var = a.var / below;
  }
  return {fmt::format(fmt::runtime(op.format), a.text, b.text), var};
}

}  // namespace

TEST_CASE("Random expressions give the same values and derivatives as text and in C++", "[lang]") {
  Random random(3);
  const Shape square{2, 2};
  for (int i = 0; i < 500; ++i) {
    const lang::Values given{{"x", nn::uniform(square, random, 0.1, 1)},
                             {"y", nn::uniform(square, random, 0.1, 1)}};
    Tape by_cpp;
    const std::array<Expression, 2> leaves{Expression{"x", by_cpp.input(given.at("x"), "x")},
                                           Expression{"y", by_cpp.input(given.at("y"), "y")}};
    const Expression drawn = draw(random, leaves, 1 + i % 6);
    // Shared parts are written twice in the text: values are compared, and not the numbers of
    // nodes.
    INFO(drawn.text);
    Tape by_text;
    const lang::Formula f = lang::record(by_text, "input x\ninput y\n" + drawn.text, given);
    CHECK(to_string(value(f.result), 17) == to_string(value(drawn.var), 17));

    const Var loss = sum(drawn.var);
    Tape derived;
    const lang::Formula d = lang::record(
        derived, "input x\ninput y\nL = sum(" + drawn.text + ")\n[d(L, x), d(L, y)]", given);
    const Tensor<double> both = value(d.result);
    const std::vector<Var> expected =
        gradient(loss, {leaves[0].var, leaves[1].var}, Disconnected::zeros);
    for (Index k = 0; k < 8; ++k) {
      const double right = value(expected[static_cast<std::size_t>(k / 4)])[k % 4];
      if (std::isnan(right)) continue;
      CHECK(both[k] == Approx(right).epsilon(1e-10).margin(1e-12));
    }
  }
}
