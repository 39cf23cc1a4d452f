// The chain rule, step by step.
#include "gradus/explain/walk.hpp"

#include <cmath>
#include <map>

#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/lang/formula.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
#include "ops_table.hpp"

using namespace gradus;
using explain::Phase;
using explain::Walk;

namespace {

Walk walk(Var result, std::initializer_list<Var> wrt, const explain::WalkOptions& options = {}) {
  return explain::walk(result, std::span<const Var>(wrt.begin(), wrt.size()), options);
}

const explain::Step& find_step(const Walk& walk, Phase phase, const std::string& title) {
  for (const explain::Step& s : walk.steps) {
    if (s.phase == phase && s.title == title) return s;
  }
  FAIL("there is no step " << title);
  throw Error("unreachable");
}

bool says(const explain::Step& step, const std::string& words) {
  for (const std::string& sentence : step.words) {
    if (sentence.find(words) != std::string::npos) return true;
  }
  return false;
}

void replace(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

/// What a formula of a walk gives when its text is read as a formula again.
Tensor<double> evaluated(const Walk& walk, const explain::Math& math) {
  std::string text = math.text();
  lang::Values values;
  // The longest names first, as one may be a part of another.
  std::map<std::pair<long, std::string>, Tensor<double>> named;
  for (const explain::Step& s : walk.steps) {
    std::string name = s.title.substr(0, s.title.find(" = "));
    named.emplace(std::pair(-static_cast<long>(name.size()), name), s.value);
  }
  int count = 0;
  for (const auto& [key, value] : named) {
    const std::string name = "Q_" + std::to_string(count) + "_";
    ++count;
    const std::string before = text;
    replace(text, key.second, name);
    if (text != before) values.emplace(name, value);
  }
  for (const auto& [math_sign, typed] : {std::pair{"·", "*"}, {"⊙", "*"}, {"ᵀ", ".T"}}) {
    replace(text, math_sign, typed);
  }
  // [a < b] is 1 if it is so.
  for (const std::string sign : {"<", "≤", "="}) {
    const std::size_t at = text.find(" " + sign + " ");
    if (at == std::string::npos || text.find('[') == std::string::npos) continue;
    replace(text, "[", "(");
    replace(text, "]", ")");
    replace(text, " ≤ ", " <= ");
    replace(text, " = ", " == ");
  }
  INFO(math.text() << " as " << text);
  Tape tape;
  return gradus::value(lang::record(tape, text, values).result);
}

void check_near(const Tensor<double>& a, const Tensor<double>& b) {
  REQUIRE(a.elements() == b.elements());
  for (Index i = 0; i < a.elements(); ++i) {
    CHECK_THAT(a[i], Catch::Matchers::WithinAbs(b[i], 1e-12 * std::max(1.0, std::abs(b[i]))));
  }
}

/// That each adjoint is the sum of its shares, and that the gradient's.
void check_sums(const Walk& walk) {
  for (const explain::Step& s : walk.steps) {
    if (s.phase != Phase::backward || s.shares.empty()) continue;
    INFO(s.title);
    Tensor<double> sum(s.value.shape());
    for (const explain::Share& share : s.shares) {
      REQUIRE(share.value.shape() == sum.shape());
      for (Index i = 0; i < sum.elements(); ++i) sum[i] += share.value[i];
    }
    check_near(sum, s.value);
  }
}

}  // namespace

TEST_CASE("The adjoint of what is used twice is a sum of products", "[explain]") {
  Tape tape;
  const Var a = tape.input(2, "a"), b = tape.input(-3, "b"), c = tape.input(4, "c");
  const Var product = a * b;
  const Var sum = a + c;
  const Var loss = ((product + sum) * 2).named("L");
  const Walk w = walk(loss, {a, b, c});
  CHECK(w.title == "L = (a·b+(a+c)) · 2");
  const explain::Step& da = find_step(w, Phase::backward, "∂L/∂a");
  REQUIRE(da.lines.size() == 1);
  CHECK(da.lines[0].text() == "∂L/∂a = ∂L/∂(a·b) · b + ∂L/∂(a+c) · 1 = 2 · -3 + 2 · 1 = -4");
  CHECK(says(da, "a is used twice, so two shares are added."));
  CHECK(says(
      da, "a is a leaf: the chain ends here. If a grows by a small h, L changes by about -4 · h."));
  REQUIRE(da.shares.size() == 2);
  CHECK(da.shares[0].symbols.text() == "∂L/∂(a·b) · b");
  CHECK(da.shares[0].numbers.text() == "2 · -3");
  CHECK(da.shares[0].local.text() == "b");
  CHECK(da.shares[0].value.item() == -6);
  CHECK(da.question == "What is ∂L/∂a?");
  CHECK(da.answer == -4);
  CHECK(find_step(w, Phase::forward, "a·b").lines[0].text() == "a·b = 2 · -3 = -6");
  CHECK(find_step(w, Phase::backward, "∂L/∂L").lines[0].text() == "∂L/∂L = 1");
  // Forward steps in the tape's order, and then back; the number 2 has none.
  CHECK(w.nodes.size() == 8);
  CHECK(w.steps.size() == 7 + 7);
  for (std::size_t i = 1; i < w.steps.size(); ++i) {
    if (w.steps[i].phase == w.steps[i - 1].phase) {
      CHECK((w.steps[i].node > w.steps[i - 1].node) == (w.steps[i].phase == Phase::forward));
    }
  }
  for (std::size_t i = 0; i < w.nodes.size(); ++i) {
    if (w.adjoints[i] == no_node) continue;
    const std::string of = w.symbols[i].text();
    const std::string name = "∂L/∂" + (of.size() > 1 ? "(" + of + ")" : of);
    CHECK(value(tape.var(w.adjoints[i])) == find_step(w, Phase::backward, name).value);
  }
}

TEST_CASE("x * x has two shares, one for each operand", "[explain]") {
  Tape tape;
  const Var x = tape.input(3, "x");
  const Walk w = walk((x * x).named("y"), {x});
  CHECK(w.steps.back().lines[0].text() == "∂y/∂x = ∂y/∂y · x + ∂y/∂y · x = 1 · 3 + 1 · 3 = 6");
  CHECK(w.steps.back().wires.size() == 2);
  CHECK(w.steps.back().wires[1].operand == 1);
}

TEST_CASE("Upstream times local is the share, and symbols mean the numbers, for every op",
          "[explain]") {
  for (const Op* op : all_ops()) {
    if (!op->pointwise()) continue;
    INFO(op->name());
    Tape tape;
    Random random(5);
    std::vector<Var> x;
    for (int k = 0; k < op->arity(); ++k) {
      const Domain domain = op->domain();
      x.push_back(tape.input(random.uniform(domain.low, domain.high), "x" + std::to_string(k)));
    }
    Attributes attributes;
    if (op == &gradus::op<LeakyRelu>()) attributes = Number{0.1};
    if (op == &gradus::op<Elu>()) attributes = Number{0.7};
    const Var y = tape.record(*op, x, attributes).named("y0");
    const Var loss = (y * 3).named("L0");
    const Walk w = explain::walk(loss, x, {.digits = 17});
    check_sums(w);
    for (const explain::Step& s : w.steps) {
      for (const explain::Share& share : s.shares) {
        INFO(share.symbols.text());
        const double upstream =
            value(tape.var(w.adjoints[static_cast<std::size_t>(
                      std::lower_bound(w.nodes.begin(), w.nodes.end(), share.wire.to) -
                      w.nodes.begin())]))
                .item();
        CHECK_THAT(upstream * share.slope.item(),
                   Catch::Matchers::WithinRel(share.value.item(), 1e-14));
        check_near(evaluated(w, share.local), share.slope);
        check_near(evaluated(w, share.numbers), share.value);
        check_near(evaluated(w, share.symbols), share.value);
      }
    }
  }
}

TEST_CASE("The shares of tensors add up, and their symbols mean their values", "[explain]") {
  std::size_t evaluations = 0;
  for (const test::OpCase& row : test::op_cases()) {
    INFO(row.label);
    Tape tape;
    Random random(7);
    const test::RecordedCase recorded = test::record_case(tape, row, random);
    recorded.result.named("y");
    const Var loss = test::weighted_sum(recorded.result, random).named("L");
    const Walk w = explain::walk(loss, recorded.drawn, {.digits = 17});
    check_sums(w);
    const bool differentiable = row.op->flow(0) == Flow::smooth || row.op->arity() == 3;
    CHECK(w.notes.empty() == differentiable);
    for (const explain::Step& s : w.steps) {
      for (const explain::Share& share : s.shares) {
        CHECK(!share.structure.empty());
        const std::string text = share.symbols.text();
        INFO(text);
        // What the formula language spells in another way: places inside of brackets.
        if (text.find("unslice") != std::string::npos || text.find('[') != std::string::npos) {
          continue;
        }
        check_near(evaluated(w, share.symbols), share.value);
        ++evaluations;
      }
    }
  }
  CHECK(evaluations > 200);
}

TEST_CASE("Your own op is explained by its own rule", "[explain]") {
  const Op& cube = custom_op(
      "cube", [](double x) { return x * x * x; },
      [](Var dy, Var x, Var) { return dy * (3 * square(x)); });
  Tape tape;
  const Var x = tape.input(2, "x");
  const Walk w = walk(record(cube, {x}).named("y"), {x});
  CHECK(w.steps.back().lines[0].text() == "∂y/∂x = ∂y/∂y · (3 · x^2) = 1 · 12 = 12");

  // A rule that is too long to be read is called by its name.
  const Op& wordy = custom_op(
      "wordy", [](double v) { return v; },
      [](Var dy, Var v, Var) {
        Var sum = dy;
        for (int i = 0; i < 100; ++i) sum = sum + 0.01 * v * v;
        return sum;
      });
  const Walk long_one = walk(record(wordy, {x}).named("z"), {x});
  CHECK(long_one.steps.back().shares[0].symbols.text() == "∂z/∂z · ∂z/∂x");
}

TEST_CASE("Tensors say how they fit", "[explain]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}), "X");
  const Var w = tape.parameter(Tensor<double>(Shape{2, 3}, {.1, -.2, .3, .4, .5, -.6}), "W");
  const Var b = tape.parameter(Tensor<double>(Shape{3}, {0.5, 0, -9}), "b");
  const Var product = matmul(x, w).named("P");
  const Var h = relu(product + b).named("H");
  const Walk walked = walk(mean(h).named("loss"), {w, b});
  const explain::Step& dw = find_step(walked, Phase::backward, "∂loss/∂W");
  CHECK(dw.lines[0].text() == "∂loss/∂W = Xᵀ @ ∂loss/∂P");
  CHECK(dw.shares[0].structure == "matrix product: dB = Aᵀ dY: (2, 4) @ (4, 3) gives (2, 3)");
  const explain::Step& db = find_step(walked, Phase::backward, "∂loss/∂b");
  CHECK(db.lines[0].text() == "∂loss/∂b = sum(∂loss/∂(P+b), axis=0)");
  CHECK(db.shares[0].structure ==
        "the identity: passed on as it is; broadcast, so summed over rows (axis 0)");
  CHECK(says(find_step(walked, Phase::backward, "∂loss/∂(P+b)"),
             "relu is off for 6 of 12 elements: nothing passes there."));
  CHECK(says(find_step(walked, Phase::forward, "P+b"), "b, of shape (3,), is broadcast over rows"));
  CHECK(says(find_step(walked, Phase::forward, "P = X @ W"),
             "Shapes: (4, 2) @ (2, 3) gives (4, 3)."));
  CHECK(dw.value == value(gradient(walked.result, w)));
}

TEST_CASE("Words say what a slope does", "[explain]") {
  const auto words = [](double at, Var (*f)(Operand)) {
    Tape tape;
    const Var x = tape.input(at, "x");
    const Walk w = walk(f(x).named("y"), {x});
    std::string all;
    for (const std::string& s : w.steps.back().words) all += s + "\n";
    return all;
  };
  using Catch::Matchers::ContainsSubstring;
  CHECK_THAT(words(6, tanh), ContainsSubstring("tanh is saturated here: its slope is 2.5e-5, so "
                                               "almost no gradient passes."));
  CHECK_THAT(words(0.5, tanh), !ContainsSubstring("saturated"));
  CHECK_THAT(words(-1, relu), ContainsSubstring("relu is off: nothing passes."));
  CHECK_THAT(words(1, relu), ContainsSubstring("relu is on: everything passes unchanged."));
  CHECK_THAT(words(0, relu), ContainsSubstring("relu stands at its kink (at 0; 0 is taken)."));
  CHECK_THAT(words(0, abs), ContainsSubstring("abs stands at its kink"));
  CHECK_THAT(words(0, cos), ContainsSubstring("cos is flat here: nothing passes."));
}

TEST_CASE("What has no gradient is told, not refused", "[explain]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{2}, {1, 2}), "x");
  const Var u = tape.input(1, "u");
  const Walk vector = walk((x * 2).named("y"), {x});
  REQUIRE(vector.notes.size() == 1);
  CHECK_THAT(vector.notes[0], Catch::Matchers::ContainsSubstring("y has shape (2,)"));
  CHECK(vector.steps.size() == 2);
  const Walk nothing = walk(sum(x).named("s"), {});
  REQUIRE(nothing.notes.size() == 1);
  CHECK_THAT(nothing.notes[0], Catch::Matchers::ContainsSubstring("nothing to differentiate s by"));

  const Var loss = (sum(x * stop_gradient(x)) + sign(u)).named("L");
  const Walk cut = walk(loss, {x, u});
  REQUIRE(cut.notes.size() == 1);
  CHECK(cut.notes[0] == "∂L/∂u is 0: every way from u to L leads through an op that is flat.");
  CHECK(says(cut.steps.back(), "nothing passes: stop_gradient lets no gradient through."));
  CHECK_THAT(walk(sum(stop_gradient(x)), {x}).notes.at(0),
             Catch::Matchers::ContainsSubstring("is cut by stop_gradient"));
  // A computation that is a leaf.
  CHECK(walk(u, {u}).steps.back().lines[0].text() == "∂u/∂u = 1");
}

TEST_CASE("Symbols are never alike, whatever the names", "[explain]") {
  Tape tape;
  const auto layer = [&](Var x, const char* name) {
    const auto scope = tape.scope(name);
    return (x * tape.parameter(2, "w")).named("h");
  };
  const Var x = tape.input(3, "x");
  const Var again = tape.input(4, "x");
  const Var first = layer(x, "one");
  const Var second = layer(first, "two");
  const Var copy = second * again;
  const Var same = second * again;
  const Var loss = copy + same + tape.input(1, "L") + tape.input(1, "v11");
  const Walk w = walk(loss, {x});
  std::map<std::string, int> seen;
  for (std::size_t i = 0; i < w.nodes.size(); ++i) ++seen[w.symbols[i].text()];
  for (const auto& [symbol, count] : seen) {
    INFO(symbol);
    CHECK(count == 1);
  }
  CHECK(seen.count("one.w") == 1);
  CHECK(seen.count("two.h") == 1);
  CHECK(seen.count("x") == 1);
}

TEST_CASE("A walk leaves only the derivative on the tape", "[explain]") {
  Tape tape;
  const Var x = tape.input(0.5, "x");
  const Var y = tanh(x) * x;
  Tape twin;
  const Var x2 = twin.input(0.5, "x");
  gradient(tanh(x2) * x2, x2);
  static_cast<void>(walk(y, {x}, {.element = "x"}));
  CHECK(tape.size() == twin.size());
}

TEST_CASE("A long chain, and a variable that is used often, cost no more than their size",
          "[explain]") {
  Tape tape;
  const Var x = tape.input(1, "x");
  Var y = x;
  for (int i = 0; i < 20'000; ++i) y = y + x * 0.0;
  const Walk w = walk(y.named("y"), {x});
  CHECK(w.steps.back().value.item() == 1);
  CHECK(w.steps.back().shares.size() == 20'001);
  CHECK_THAT(w.steps.back().lines[0].text(), Catch::Matchers::ContainsSubstring("… (19996 more)"));
}

TEST_CASE("A value that is missing or not finite is said", "[explain]") {
  Tape tape;
  const Var x = tape.input(Shape{}, "x");
  CHECK_THROWS_AS(walk(x * 2, {x}), Error);
  const Var y = tape.input(-1, "y");
  const Walk w = walk(log(y).named("L"), {y});
  CHECK(says(find_step(w, Phase::forward, "L = log(y)"), "no finite number"));
  CHECK(find_step(w, Phase::forward, "L = log(y)").question == "");
}
