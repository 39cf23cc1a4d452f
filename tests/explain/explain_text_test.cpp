// Walks as text and as Markdown.
#include "gradus/explain/text.hpp"

#include "catch.hpp"
#include "gradus/base/random.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

explain::Walk network(Tape& tape) {
  Random random(3);
  const auto drawn = [&](const Shape& shape) {
    Tensor<double> x(shape);
    for (double& v : x) v = random.normal();
    return x;
  };
  const Var x = tape.input(drawn({6, 30}), "X");
  const Var w = tape.parameter(drawn({30, 7}), "W");
  const Var b = tape.parameter(drawn({2, 3, 6, 7}), "b");
  const Var loss = mean(square(softmax(matmul(x, w) + b))).named("loss");
  return explain::walk(loss, std::vector<Var>{w, b}, {.element = "W[3,5]"});
}

}  // namespace

TEST_CASE("Text stays within 80 columns", "[explain]") {
  Tape tape;
  const std::string text = to_text(network(tape));
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    const std::string line = text.substr(start, end - start);
    INFO(line);
    CHECK(explain::columns(line) <= 80);
    CHECK((line.empty() || line.back() != ' '));
    start = end + 1;
  }
  CHECK_THAT(text, ContainsSubstring("(the first of 6 matrices)"));
  CHECK_THAT(text, ContainsSubstring("∂loss/∂W[3,5] = "));
  CHECK_THAT(text, ContainsSubstring("∂loss/∂W: step "));
  Tape again;
  CHECK(to_text(network(again)) == text);
}

TEST_CASE("A line that is too long is broken before its signs", "[explain]") {
  Tape tape;
  const Var x = tape.input(1.1, "a_long_name"), y = tape.input(0.7, "another_long_name");
  const Var loss = (tanh(x) * exp(y) + x * y / (x + y)).named("the_result");
  const explain::Walk w = explain::walk(loss, std::vector<Var>{x, y});
  const std::vector<std::string> lines = explain::step_lines(w, w.steps.back(), 60);
  REQUIRE(lines.size() > 3);
  CHECK(lines[0].find("∂the_result/∂a_long_name = ") == 0);
  std::size_t chains = 0;
  for (const std::string& line : lines) {
    chains += line.rfind("  ≈ ", 0) == 0;
    CHECK(explain::columns(line) <= 60);
  }
  CHECK(chains >= 1);
}

TEST_CASE("Words are wrapped between words", "[explain]") {
  const std::vector<std::string> lines = explain::wrapped("one two  three four", 9, 2);
  CHECK(lines == std::vector<std::string>{"one two", "  three", "  four"});
  CHECK(explain::wrapped("∂∂∂∂ ∂∂∂∂", 9).size() == 1);
  CHECK(explain::wrapped("unbreakable", 3).size() == 1);
  CHECK(explain::wrapped("", 3).empty());
  CHECK(explain::columns("∂L/∂a") == 5);
}

TEST_CASE("Names cannot break out of Markdown", "[explain]") {
  Tape tape;
  const Var x = tape.input(2, "a_b*$x$`<script>|[k](u)");
  const Var y = tape.input(3, "y");
  const std::string text =
      to_markdown(explain::walk((x * y + y * 2 + y).named("L"), std::vector<Var>{x, y}));
  CHECK(text.find("<script>") == std::string::npos);
  CHECK(text.find("$x$") == std::string::npos);
  CHECK_THAT(text, ContainsSubstring("- a\\_b\\*\\$x\\$\\`&lt;script>\\|\\[k\\](u) is a leaf"));
  CHECK_THAT(text, ContainsSubstring("## Backward: the adjoints\n"));
  CHECK_THAT(text, ContainsSubstring("\n$$y = 3$$\n"));
  CHECK_THAT(text, ContainsSubstring("- $\\frac{\\partial L}{\\partial y} = 5$\n"));
  // Every formula that is opened is closed on its line.
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    const std::string line = text.substr(start, end - start);
    std::size_t dollars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      dollars += line[i] == '$' && (i == 0 || line[i - 1] != '\\');
    }
    INFO(line);
    CHECK(dollars % 2 == 0);
    start = end + 1;
  }
}
