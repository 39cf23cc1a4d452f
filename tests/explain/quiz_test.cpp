// What an answer shows that its giver thought.
#include "gradus/explain/quiz.hpp"

#include "catch.hpp"
#include "gradus/explain/html.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;

namespace {

struct Example {
  Tape tape;
  Var a = tape.input(2, "a"), b = tape.input(-3, "b");
  Var product = (a * b).named("m");
  Var loss = ((product + a) * 5).named("L");
  explain::Walk walk;

  Example() {
    const std::vector<Var> wrt{a, b};
    walk = explain::walk(loss, wrt);
  }
  std::string says(const std::string& title, double answer) const {
    for (const explain::Step& s : walk.steps) {
      if (s.title == title) return explain::grade(walk, s, answer).words;
    }
    return "no such step";
  }
};

}  // namespace

TEST_CASE("Wrong answers are told apart", "[explain]") {
  const Example e;  // ∂L/∂a = 5·-3 + 5·1 = -10, ∂L/∂b = 5·2 = 10
  CHECK(e.says("∂L/∂a", -10) == "Right.");
  CHECK(e.says("∂L/∂a", -9.95) == "Right: it is -10.");
  CHECK(e.says("∂L/∂a", 10) == "The sign is wrong.");
  CHECK(e.says("∂L/∂a", -15) ==
        "That is what comes through m alone. But a is used twice, and both shares are added.");
  CHECK(e.says("∂L/∂a", 5) ==
        "That is what comes through m+a alone. But a is used twice, and both shares are added.");
  CHECK(
      e.says("∂L/∂a", -2) ==
      "Those are the local derivatives alone. Each is multiplied by the adjoint that arrives from "
      "above.");
  CHECK(e.says("∂L/∂b", 2) ==
        "That is the local derivative alone. Multiply it by the adjoint that arrives from above.");
  CHECK(e.says("∂L/∂b", 5) ==
        "That is the adjoint that arrives from above. Multiply it by the local derivative.");
  CHECK(e.says("∂L/∂b", 7) == "The chain rule multiplies the two, it does not add them.");
  CHECK(e.says("∂L/∂b", 2.5) == "Multiply by the local derivative, do not divide by it.");
  CHECK(e.says("∂L/∂b", 20) == "That is twice as much.");
  CHECK(e.says("∂L/∂b", 123) ==
        "No. Put the numbers into the formula, one factor after the other.");
}

TEST_CASE("One of three uses that was forgotten is named", "[explain]") {
  Tape tape;
  const Var x = tape.input(2, "x");
  const Var cube = (x * x).named("s");
  const Var loss = (cube * x).named("L");  // 4·1 through L, 2·2 twice through s
  const std::vector<Var> wrt{x};
  const explain::Walk w = explain::walk(loss, wrt);
  CHECK(explain::grade(w, w.steps.back(), 12).right);
  CHECK(explain::grade(w, w.steps.back(), 8).words ==
        "You forgot one of the 3 uses: what comes through s.");
}

TEST_CASE("No mistake is the right answer", "[explain]") {
  const Example e;
  std::size_t count = 0;
  for (const explain::Step& s : e.walk.steps) {
    for (const explain::Mistake& m : explain::mistakes(e.walk, s)) {
      CHECK(!explain::is_right(m.answer, s.answer));
      CHECK(!m.words.empty());
      ++count;
    }
  }
  CHECK(count > 20);
}

TEST_CASE("A question shows the formula and what is known, but not the answer", "[explain]") {
  const Example e;
  const explain::Step& da = e.walk.steps.back();
  CHECK(da.riddle.text() == "∂L/∂a = ∂L/∂m · b + ∂L/∂(m+a) · 1 = ?");
  std::string known;
  for (const explain::Math& m : explain::given(e.walk, da)) known += m.text() + "; ";
  CHECK(known == "∂L/∂m = 5; b = -3; ∂L/∂(m+a) = 5; ");
  for (const explain::Step& s : e.walk.steps) {
    if (s.phase == explain::Phase::forward) CHECK(s.question.empty());  // adjoints are asked for
  }
}

TEST_CASE("Of tensors one is asked what can be calculated from what is shown", "[explain]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{2}, {1, 2}), "x");
  const Var w = tape.parameter(Tensor<double>(Shape{9, 2}, 0.5), "W");
  const Var small = (x * x).named("s");
  const Var loss = (sum(small) + sum(w * x)).named("L");
  const std::vector<Var> wrt{x, w};
  const auto riddle = [&](const std::string& element, const std::string& title) {
    const explain::Walk walk = explain::walk(loss, wrt, {.element = element});
    for (const explain::Step& s : walk.steps) {
      if (s.title == title) return s.question + " " + s.riddle.text();
    }
    return std::string("no such step");
  };
  CHECK(riddle("", "∂L/∂s") ==
        "What is element [0] of ∂L/∂s? ∂L/∂s = broadcast_to(∂L/∂sum(s), (2,)) = "
        "broadcast_to(1, (2,)) = ?");
  CHECK(riddle("", "∂L/∂W") == " ");
  CHECK(riddle("W[3,1]", "∂L/∂W") ==
        "What is element [3,1] of ∂L/∂W? ∂L/∂W[3,1] = ∂L/∂(W⊙x)[3,1] · x[1] = 1 · 2 = ?");
  CHECK(riddle("", "x") == " ");  // what is given is not asked
}

TEST_CASE("What is nearly 0 is answered by 0 alone", "[explain]") {
  CHECK(explain::is_right(0, 1e-17));
  CHECK(!explain::is_right(0.01, 0));
  CHECK(explain::is_right(0.333, 1.0 / 3));
  CHECK(!explain::is_right(-0.333, 1.0 / 3));
}

TEST_CASE("The page's quiz knows the shares of the element that it asks for", "[explain]") {
  Tape tape;  // ∂L/∂x = w + v = [5, 5], of which the second element is followed
  const Var x = tape.input(Tensor<double>({2}, {1, 1}), "x");
  const Var w = tape.constant(Tensor<double>({2}, {2, 1}));
  const Var v = tape.constant(Tensor<double>({2}, {3, 4}));
  const Var xw = (x * w).named("p"), xv = (x * v).named("q");
  explain::WalkOptions options;
  options.element = "x[1]";
  const std::string page = explain::to_html(explain::walk(sum(xw + xv), {&x, 1}, options));
  CHECK_THAT(page, Catch::Matchers::ContainsSubstring(
                       "{\"value\":1,\"upstream\":null,\"local\":null,\"through\":\"p\"}"));
  CHECK_THAT(page, Catch::Matchers::ContainsSubstring(
                       "{\"value\":4,\"upstream\":null,\"local\":null,\"through\":\"q\"}"));
}
