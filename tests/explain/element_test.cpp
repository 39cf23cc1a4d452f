// One scalar, followed through the sums.
#include "gradus/explain/element.hpp"

#include <cmath>

#include "catch.hpp"
#include "gradus/explain/text.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/value.hpp"
#include "io/scratch.hpp"
#include "ops_table.hpp"

using namespace gradus;
using explain::Phase;

namespace {

/// The last line of the followed element's backward step.
std::string followed(Var loss, std::span<const Var> wrt, const std::string& element,
                     Phase phase = Phase::backward) {
  const explain::Walk w = explain::walk(loss, wrt, {.element = element});
  const std::string name = element.substr(0, element.find('['));
  for (const explain::Step& s : w.steps) {
    const std::string title = s.title.substr(0, s.title.find(" = "));
    if (s.phase == phase && (title == name || title == "∂L/∂" + name)) {
      return s.lines.back().text();
    }
  }
  return "no step";
}

}  // namespace

TEST_CASE("An element of a matrix is followed through the product", "[explain]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{2, 3}, {1, 2, 3, 4, 5, 6}), "X");
  const Var w = tape.parameter(Tensor<double>(Shape{3, 2}, {1, -1, 2, 0.5, 0, 1}), "W");
  const Var b = tape.parameter(Tensor<double>(Shape{2}, {1, -2}), "b");
  const Var y = matmul(x, w).named("Y");
  const Var z = (y + b).named("Z");
  const Var loss = sum(z * z).named("L");
  const std::vector<Var> wrt{w, b, x};
  CHECK(followed(loss, wrt, "W[2,1]") ==
        "∂L/∂W[2,1] = Σ_i ∂L/∂Y[i,1] · X[i,2] = 2 · 3 + 5 · 6 = 36");
  CHECK(followed(loss, wrt, "W[-1,-1]") == followed(loss, wrt, "W[2,1]"));
  CHECK(followed(loss, wrt, "X[0,1]") ==
        "∂L/∂X[0,1] = Σ_i ∂L/∂Y[0,i] · W[1,i] = 12 · 2 + 2 · 0.5 = 25");
  CHECK(followed(loss, wrt, "b[1]") == "∂L/∂b[1] = Σ_i ∂L/∂Z[i,1] · 1 = 2 · 1 + 5 · 1 = 7");
  CHECK(followed(loss, wrt, "Z[0,1]") ==
        "∂L/∂Z[0,1] = ∂L/∂(Z⊙Z)[0,1] · Z[0,1] + ∂L/∂(Z⊙Z)[0,1] · Z[0,1] = 1 · 1 + 1 · 1 = 2");
  CHECK(followed(loss, wrt, "Y[0,1]", Phase::forward) ==
        "Y[0,1] = Σ_k X[0,k] · W[k,1] = 1 · -1 + 2 · 0.5 + 3 · 1 = 3");
  CHECK(followed(loss, wrt, "Z[0,1]", Phase::forward) == "Z[0,1] = Y[0,1] + b[1] = 3 - 2 = 1");
}

TEST_CASE("The terms of an element add up to the adjoint, for every op", "[explain]") {
  for (const test::OpCase& row : test::op_cases()) {
    INFO(row.label);
    Tape tape;
    Random random(7);
    const test::RecordedCase recorded = test::record_case(tape, row, random);
    const Var loss = test::weighted_sum(recorded.result, random).named("L");
    const Backward back = backward(loss, recorded.drawn);
    std::vector<NodeId> nodes;
    for (NodeId id = 0; id <= loss.id(); ++id) nodes.push_back(id);
    const explain::Symbols symbols(tape, nodes, loss.id(), 17);
    const Tape::Mark mark = tape.mark();
    for (const Contribution& c : back.contributions) {
      const Tensor<double> whole = value(tape.var(c.value));
      const Tensor<double> upstream = value(tape.var(back.adjoints[c.wire.to]));
      for (Index i = 0; i < whole.elements(); ++i) {
        const explain::Element element{c.wire.from, i, explain::index_text(whole.shape(), i)};
        const explain::Trail trail =
            trail_back(tape, element, c.wire, upstream, symbols, symbols.of(loss.id()), 17);
        INFO(trail.symbols.text() << " = " << trail.numbers.text());
        // The terms that are written are all of them but zeros, if there are at most 5.
        if (trail.terms - trail.zeros > 5) continue;
        double sum = 0;
        const std::string text = trail.numbers.text();
        for (std::size_t at = 0; at < text.size();) {
          std::size_t end = text.find(" + ", at);
          if (end == std::string::npos) end = text.size();
          const std::string term = text.substr(at, end - at);
          const std::size_t dot = term.find(" · ");
          sum += dot == std::string::npos
                     ? std::stod(term)
                     : std::stod(term.substr(0, dot)) * std::stod(term.substr(dot + 4));
          at = end + 3;
        }
        CHECK_THAT(sum,
                   Catch::Matchers::WithinAbs(whole[i], 1e-13 * std::max(1.0, std::abs(whole[i]))));
      }
    }
    tape.rewind(mark);
  }
}

TEST_CASE("Long sums show their first terms and say what is left out", "[explain]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{40, 1}, 2.0), "X");
  const Var w = tape.parameter(Tensor<double>(Shape{1, 1}, 0.5), "W");
  const Var loss = sum(matmul(x, w).named("Y")).named("L");
  const std::vector<Var> wrt{w};
  CHECK(followed(loss, wrt, "W[0,0]") ==
        "∂L/∂W[0,0] = Σ_i ∂L/∂Y[i,0] · X[i,0] = 1 · 2 + 1 · 2 + 1 · 2 + 1 · 2 + … (36 more) = 80");
}

TEST_CASE("An element that is not there is refused with the rule and the nearest name",
          "[explain]") {
  Tape tape;
  const Var w = tape.parameter(Tensor<double>(Shape{3, 2}), "weights");
  const Var s = tape.parameter(2, "s");
  const Var none = tape.parameter(Tensor<double>(Shape{0}), "none");
  const Var loss = (sum(w * s) + sum(none)).named("L");
  const std::vector<Var> wrt{w, s};
  const auto refused = [&](const std::string& element, std::initializer_list<std::string> words) {
    INFO(element);
    try {
      explain::walk(loss, wrt, {.element = element});
      FAIL("it was taken");
    } catch (const InputError& error) {
      scratch::check_says(error.what(), words);
    }
  };
  refused("wieghts[0,0]", {"unknown element 'wieghts'", "did you mean 'weights'"});
  refused("weights[3,0]", {"weights has shape (3, 2)", "index 0 is 0 to 2, not 3"});
  refused("weights[0,-3]", {"index 1 is 0 to 1, not -3"});
  refused("weights[0]", {"so it takes 2 indices, as in weights[0,0]"});
  refused("weights", {"so it takes 2 indices"});
  refused("weights[0,0,0]", {"so it takes 2 indices"});
  refused("s[0]", {"s is a single number and has no index"});
  refused("weights[0,x]", {"'x' is no index"});
  refused("weights[]", {"'' is no index"});
  refused("weights 0]", {"a ] without a ["});
  refused("none[0]", {"there are no elements"});
  refused("weights[99999999999999999999,0]", {"is no index"});
  refused("[0,0]", {"unknown element ''"});
  // What a formula is called by can be typed without the signs that no keyboard has.
  CHECK_NOTHROW(explain::walk(loss, wrt, {.element = "weights * s[1,1]"}));
  CHECK_NOTHROW(explain::walk(loss, wrt, {.element = "(weights*s)[1,1]"}));
  CHECK_NOTHROW(explain::walk(loss, wrt, {.element = "#0[1,1]"}));
  CHECK_NOTHROW(explain::walk(loss, wrt, {.element = " s "}));
}

TEST_CASE("The slope of a sum or a maximum is a number, not the derivative that is asked for",
          "[explain]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>({3}, {1, 3, 2}), "x");
  const Var loss = (2 * max(x)).named("L");
  const std::string text =
      explain::to_text(explain::walk(loss, std::vector<Var>{x}, {.element = "x[1]"}));
  CHECK_THAT(text, Catch::Matchers::ContainsSubstring("∂L/∂x[1] = ∂L/∂max(x) · 1 = 2 · 1 = 2"));
}
