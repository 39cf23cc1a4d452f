// Stepping on a terminal, without the terminal: keys go in, screens come out.
#include "tools/stepper.hpp"

#include "catch.hpp"
#include "gradus/explain/text.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;
using gradus::tools::Key;
using gradus::tools::Stepper;

namespace {

struct Example {
  Tape tape;
  Var a = tape.input(2, "a"), b = tape.input(-3, "b");
  Var product = a * b;
  Var loss = (product + a).named("L");
  explain::Walk walk = explain::walk(loss, std::vector<Var>{a, b});
};

/// Types what a terminal would send.
void type(Stepper& stepper, std::string bytes) {
  Key key;
  while (tools::take_key(bytes, key, false)) stepper.press(key);
}

std::string shown(const Stepper& stepper, int columns = 80, int rows = 24) {
  std::string text;
  for (const std::string& line : stepper.screen(columns, rows, false)) text += line + "\n";
  return text;
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

const std::string right = "\x1b[C", left = "\x1b[D", up = "\x1b[A", down = "\x1bOB",
                  home = "\x1b[H", end = "\x1b[F";

}  // namespace

TEST_CASE("Keys are read as terminals send them", "[cli]") {
  const auto first = [](std::string bytes, bool more = false) {
    Key key;
    REQUIRE(tools::take_key(bytes, key, more));
    return key.kind;
  };
  CHECK(first("\x1b[A") == Key::Kind::up);
  CHECK(first("\x1bOD") == Key::Kind::left);
  CHECK(first("\x1b[5~") == Key::Kind::page_up);
  CHECK(first("\x1b[1~") == Key::Kind::home);
  CHECK(first("\r") == Key::Kind::enter);
  CHECK(first("\x7f") == Key::Kind::backspace);
  CHECK(first("\x1b") == Key::Kind::escape);
  CHECK(first("x") == Key::Kind::character);

  // An arrow that comes in two parts; a sequence that means nothing here; a letter of two bytes.
  std::string bytes = "\x1b[";
  Key key;
  CHECK(!tools::take_key(bytes, key, true));
  bytes += "C";
  CHECK(tools::take_key(bytes, key, true));
  CHECK(key.kind == Key::Kind::right);
  bytes = "\x1b[200;3~z";
  CHECK(tools::take_key(bytes, key, true));
  CHECK(key.text == "");
  CHECK(tools::take_key(bytes, key, true));
  CHECK(key.text == "z");
  bytes = "λ";
  CHECK(tools::take_key(bytes, key, true));
  CHECK(key.text == "λ");
  CHECK(bytes.empty());
}

TEST_CASE("Arrows go forward and back, and stop at the ends", "[cli]") {
  const Example e;
  Stepper stepper(e.walk);
  CHECK(has(shown(stepper), "forward 1/8"));
  CHECK(has(shown(stepper), " a = 2\n"));
  type(stepper, left + up);
  CHECK(stepper.step() == 0);
  type(stepper, right + down +
                    " \r"
                    "n");
  CHECK(stepper.step() == 5);
  type(stepper, end);
  CHECK(stepper.step() == 7);
  type(stepper, right);
  CHECK(stepper.step() == 7);
  const std::string text = shown(stepper);
  CHECK(has(text, "backward 8/8"));
  CHECK(has(text, "∂L/∂a = ∂L/∂(a·b) · b + ∂L/∂L · 1 = 1 · -3 + 1 · 1 = -2"));
  CHECK(has(text,
            "> "
            "   8  ∂L/∂a = -2"));
  type(stepper, home);
  CHECK(stepper.step() == 0);
  type(stepper, "q");
  CHECK(stepper.ended());
}

TEST_CASE("Tab goes from a value to its adjoint and back; g goes to a name or a number", "[cli]") {
  const Example e;
  Stepper stepper(e.walk);
  type(stepper, "\t");
  CHECK(has(shown(stepper), "backward 8/8"));
  type(stepper, "\t");
  CHECK(stepper.step() == 0);
  type(stepper, "b");
  CHECK(stepper.step() == 7);
  type(stepper, "bf");
  CHECK(stepper.step() == 0);
  type(stepper, "ga*");
  CHECK(has(shown(stepper), "go to (a step's number or a name): a*_"));
  type(stepper, "b\r");
  CHECK(has(shown(stepper), "a·b = 2 · -3 = -6"));
  type(stepper, "g7\r");
  CHECK(stepper.step() == 6);
  type(stepper, "ga\r");  // the adjoint, as one looks at adjoints
  CHECK(stepper.step() == 7);
  type(stepper, "gc\r");
  CHECK(has(shown(stepper), "> Nothing is called c"));
  type(stepper, "g99\r");
  CHECK(has(shown(stepper), "> There are steps 1 to 8, but no 99."));
  type(stepper,
       "gx\x7f\x7f\x1b"
       "h");
  CHECK(has(shown(stepper), "page up/down"));
  type(stepper, "x");
  CHECK(stepper.step() == 7);
}

TEST_CASE("g goes to a name in a scope, with its scopes or without", "[cli]") {
  Tape tape;
  const Var w = tape.input(2, "w");
  const auto times = [&](const char* scope_name, double factor, const char* name) {
    const auto scope = tape.scope(scope_name);
    return (w * factor).named(name);
  };
  const Var a = times("a", 3, "y"), b = times("b", 4, "y"), h = times("hidden", 5, "H");
  const Var sum = a + b;
  const explain::Walk walk = explain::walk((sum + h).named("L"), std::vector<Var>{w});
  Stepper stepper(walk);
  const auto went = [&](const std::string& name) {
    type(stepper, home + "g" + name + "\r");
    return walk.steps[stepper.step()].title;
  };
  for (const char* name : {"H", "hidden/H", "hidden.H"}) CHECK(went(name) == "H = w · 5");
  for (const char* name : {"b/y", "b.y"}) CHECK(went(name) == "b.y = w · 4");
  CHECK(went("a.y+b.y") == "a.y+b.y");
  went("c/y");
  CHECK(has(shown(stepper), "> Nothing is called c/y"));
}

TEST_CASE("The quiz asks, grades and counts", "[cli]") {
  const Example e;
  Stepper stepper(e.walk);
  type(stepper, end + "z");
  CHECK(stepper.quiz());
  std::string text = shown(stepper);
  CHECK(has(text, "What is ∂L/∂a?"));
  CHECK(has(text, "∂L/∂a = ∂L/∂(a·b) · b + ∂L/∂L · 1 = ?"));
  CHECK(has(text, "∂L/∂(a·b) = 1"));
  CHECK(!has(text, "-2"));
  type(stepper, "3-\x7f");
  CHECK(has(shown(stepper), "your answer: 3_"));
  type(stepper,
       "\x7f"
       "2\r");
  CHECK(has(shown(stepper), "> 2: The sign is wrong."));
  type(stepper, "-3\r");
  CHECK(has(shown(stepper), "> -3: That is what comes through a·b alone."));
  type(stepper, "-4/2\r");
  text = shown(stepper);
  CHECK(has(text, "> -2: Right."));
  CHECK(has(text, "= 1 · -3 + 1 · 1 = -2"));
  CHECK(has(text, "quiz 0/1"));  // only the first answer counts
  type(stepper, left + "2\r");
  CHECK(has(shown(stepper), "quiz 1/2"));
  type(stepper, right);  // what was answered is not asked again
  CHECK(has(shown(stepper), "= 1 · -3 + 1 · 1 = -2"));
  type(stepper, left + left + "-\r");
  CHECK(has(shown(stepper), "> - is no number. Type one, as -0.5, or 2 * -3 + 1/2."));
  type(stepper, "\r");
  CHECK(has(shown(stepper), "∂L/∂(a·b) = ∂L/∂L · 1 = 1 · 1 = 1"));
  type(stepper, home);
  CHECK(!has(shown(stepper), "your answer"));  // what is given is not asked
  type(stepper, "b" + left + left + left + "1\r");
  CHECK(has(shown(stepper),
            "> 1: Right. That was the last question: 2 of 4 right at the first attempt."));
  CHECK(stepper.summary() == "2 of 4 right at the first attempt.");
  type(stepper, "z");
  CHECK(!stepper.quiz());
  CHECK(has(shown(stepper), "> The quiz is over: 2 of 4 right at the first attempt."));
}

TEST_CASE("A quiz starts where the adjoints do, and asks for nothing else", "[cli]") {
  const Example e;
  Stepper stepper(e.walk);
  type(stepper, "z");
  CHECK(has(shown(stepper), "What is ∂L/∂L?"));
  type(stepper, "t");
  CHECK(has(shown(stepper), "forward 4/8"));
  CHECK(!has(shown(stepper), "your answer"));
  type(stepper, "zz");
  CHECK(stepper.quiz());
  CHECK(stepper.summary().empty());

  Tape tape;
  const Var vector = tape.input(Tensor<double>(Shape{3}, 1), "v");
  const explain::Walk walk = explain::walk(exp(vector), std::vector<Var>{vector});
  Stepper forward(walk);
  type(forward, "z");
  CHECK(has(shown(forward), "> There are no adjoints to ask for."));
}

TEST_CASE("An answer may be a calculation; what is no number is not taken for one", "[cli]") {
  const Example e;
  Stepper stepper(e.walk);
  type(stepper, end + "z");
  for (const std::string wrong : {"1,5", "-2z", "x2", "−2", "2 q", "[1, 2]", "1/0*0", "("}) {
    type(stepper, wrong);
    CHECK(has(shown(stepper), "your answer: " + wrong + "_"));
    type(stepper, "\r");
    CHECK(has(shown(stepper), "> " + wrong + " is no number."));
  }
  type(stepper, "3·\x7f\x7f-2");
  CHECK(has(shown(stepper), "your answer: -2_"));
  type(stepper, "7\x1b");
  CHECK(has(shown(stepper), "your answer: _"));
  CHECK(stepper.quiz());
  CHECK(!stepper.ended());
  type(stepper, "1 * -3 + 1 * 1\r");
  CHECK(has(shown(stepper), "> -2: Right."));
}

TEST_CASE("A screen has its size, whatever that is", "[cli]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{5, 9}, 0.125), "X");
  const Var w = tape.parameter(Tensor<double>(Shape{9, 6}, -1.0 / 3), "a_name_that_is_rather_long");
  const explain::Walk walk =
      explain::walk(mean(square(softmax(matmul(x, w)))), std::vector<Var>{w});
  for (const int rows : {1, 2, 5, 10, 24, 60}) {
    for (const int columns : {1, 10, 39, 80, 200}) {
      INFO(columns << "x" << rows);
      Stepper stepper(walk);
      for (const char* keys : {"", "h", "x\x1b[F", "z", "\x1b[6~", "gW", "\r"}) {
        type(stepper, keys);
        const std::vector<std::string> lines = stepper.screen(columns, rows, false);
        CHECK(lines.size() == static_cast<std::size_t>(rows));
        for (const std::string& line : lines) CHECK(explain::columns(line) <= columns);
      }
    }
  }
}

TEST_CASE("What does not fit is scrolled to, and colours are only where they are wanted", "[cli]") {
  Tape tape;
  const Var x = tape.input(0.5, "x");
  Var y = x;
  for (int i = 0; i < 4; ++i) y = y + tanh(x) * gelu(x) * sigmoid(x) * exp(x * 0.5);
  const explain::Walk walk = explain::walk(y, std::vector<Var>{x});
  Stepper stepper(walk);
  type(stepper, end);
  const std::string before = shown(stepper, 40, 16);
  CHECK(has(before, "… page down shows the rest"));
  type(stepper, "\x1b[6~\x1b[6~\x1b[6~\x1b[6~\x1b[6~\x1b[6~\x1b[6~\x1b[6~");
  CHECK(has(shown(stepper, 40, 16), "x is a leaf"));
  CHECK(before.find('\x1b') == std::string::npos);
  std::string coloured;
  for (const std::string& line : stepper.screen(40, 16, true)) coloured += line;
  CHECK(coloured.find("\x1b[7m") != std::string::npos);
}
