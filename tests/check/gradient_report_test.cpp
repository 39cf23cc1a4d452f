#include <sstream>

#include "catch.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "mutants.hpp"
#include "ops_table.hpp"

using namespace gradus;
using namespace gradus::test;

TEST_CASE("positions as indices", "[check]") {
  CHECK(index_text(Shape{}, 0) == "[]");
  CHECK(index_text(Shape{4}, 3) == "[3]");
  CHECK(index_text(Shape{2, 3}, 5) == "[1, 2]");
  CHECK(index_text(Shape{2, 3, 4}, 23) == "[1, 2, 3]");
}

TEST_CASE("a report is an aligned table of at most 100 columns", "[check]") {
  Tape tape;
  Random random(4);
  Var loss;
  std::vector<Var> wrt;
  {
    const auto outer = tape.scope("a rather long scope");
    const auto inner = tape.scope("and another one inside");
    wrt.push_back(tape.parameter(draw(Shape{60, 50}, -1, 1, random), "gewöhnliche Gewichte"));
    wrt.push_back(tape.parameter(draw(Shape{2, 3, 10, 10}, -1, 1, random), "β"));
    wrt.push_back(tape.parameter(-1e-9, "w"));
  }
  loss =
      mean(sin(wrt[0])) + mean(cos(wrt[1])) + record(mutant(op<Sin>(), Mutation::sign), {wrt[2]});
  const std::string text = to_string(check_gradient(loss, wrt));
  INFO(text);

  std::istringstream lines(text);
  std::string line;
  std::vector<std::size_t> widths;
  std::vector<std::string> rows;
  while (std::getline(lines, line)) {
    std::size_t letters = 0;
    for (const char c : line) letters += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    if (line.find("/") != std::string::npos && line.find("..") == 0) rows.push_back(line);
    widths.push_back(letters);
  }
  for (const std::size_t width : widths) CHECK(width <= 160);
  for (std::size_t i = 2; i < 6; ++i) CHECK(widths[i] <= 100);  // the table
  CHECK_THAT(text, Catch::Matchers::ContainsSubstring("1000/3000"));
  CHECK_THAT(text, Catch::Matchers::ContainsSubstring("FAIL: 2 of 3 parameters pass"));
  CHECK(rows.size() == 3);
}

TEST_CASE("a small report, as people see it", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{2}, {0.0, 2.0}), "x");
  const std::string text = to_string(check_gradient(sum(relu(x)), {x}));
  CHECK(text ==
        "loss 2, known up to 4.4e-16 (round-off); tolerance 1.0e-05\n"
        "\n"
        "parameter  shape  checked  worst at  analytic  numeric    error  unjudged  verdict\n"
        "x          (2,)   2/2      [1]              1        1  0.0e+00         1  PASS\n"
        "\n"
        "all together, in a random direction: KINK, analytic -0.0985937821, numeric -1.09737795\n"
        "Taylor remainders shrink as h^1.0 without the gradient (h^1 expected), 0 (exact) "
        "with it (h^2), 0 (exact) with the Hessian (h^3)\n"
        "  x: 1 of 2 elements at a KINK, not judged; [0]: left 0, right 1, analytic 0; x-h, x and "
        "x+h take different branches at relu #1, element [0]\n"
        "PASS: 1 of 1 parameters pass; 1 of 2 elements is not judged: 1 KINK\n");
}
