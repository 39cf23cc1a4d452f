// Mistakes in a text: each message, whole.
#include "gradus/gradus.hpp"
#include "lang/text.hpp"

using namespace gradus;
using test::error_of;
using test::values;

namespace {

/// A text, and what its error says above the place; the caret is where `^` stands in `caret`.
struct Row {
  std::string text, message, caret;
};

/// The error of a text of one line.
std::string pointed(const Row& row) {
  const std::string line = row.text.empty() ? "" : "    " + row.text;
  return row.message + "\n  f.gr:1:" + std::to_string(row.caret.size()) + "\n" + line + "\n    " +
         row.caret;
}

}  // namespace

TEST_CASE("A mistake in the syntax says what was expected", "[lang]") {
  const Row rows[] = {
      {"x +", "expected a number, a name or '(', found the end", "   ^"},
      {"1 + * 2", "expected a number, a name or '(', found '*'", "    ^"},
      {"(1 + 2", "expected ')' (or ',') for the '(', found the end", "      ^"},
      {"[1, 2)", "expected ']' (or ',') for the '[', found ')'", "     ^"},
      {"1 2",
       "expected an operator before '2': a product is written with *, statements end with a "
       "newline or ;",
       "  ^"},
      {"(1)(2)",
       "expected an operator before '(': a product is written with *, statements end with a "
       "newline or ;",
       "   ^"},
      {"2x", "'2x' is neither a number nor a name: for a product write 2 * x", " ^"},
      {"2(3)", "a number is no function: for a product write 2 * (", " ^"},
      {"1 < 2 < 3",
       "comparisons give 1 or 0 and do not chain: a < b < c is written (a < b) * (b < c)",
       "      ^"},
      {"sin(1) = 2",
       "only a name can stand before '=': NAME = EXPRESSION; to compare, write ==", "       ^"},
      {"5 % 2", "there is no remainder %, as it has no derivative", "  ^"},
      {"}", "there is no '{' for this '}'", "^"},
      {"scope a b", "expected '{' behind the name of the scope, found 'b'", "        ^"},
      {"scope a { 1", "expected '}' for the '{' of line 1, found the end", "           ^"},
      {"x[]", "expected a position or a range start:stop, found ']'", "  ^"},
      {"x[1,,2]", "expected a position or a range start:stop, found ','", "    ^"},
      {"(1).shape", "expected T behind the '.', found 'shape'", "    ^"},
      {"x. T", "there is no space around the '.' of a name", " ^"},
      {"sum(axis=0, 1)", "expected NAME=VALUE, as the argument before, found '1'", "            ^"},
      {"1e999", "1e999 is too large or too small for a double", "^"},
      {"3 − 2", "'−' is no part of the language: write -", "  ^"},
      {"2 $ 3", "'$' is no part of the language", "  ^"},
      {"", "there is nothing to compute: expected an expression", "^"},
      {"input x = 2", "there is nothing to compute: expected an expression", "           ^"},
      {"input x =", "expected a number, a name or '(', found the end", "         ^"}};
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(error_of(row.text) == pointed(row));
  }
}

TEST_CASE("A name without a meaning is told, with the nearest one", "[lang]") {
  const Row rows[] = {
      {"width = 2; widht + 1", "'widht' has no value (did you mean 'width'?)", "           ^"},
      {"a + b + c", "'a' has no value (nor have b, c)", "^"},
      {"Sin(2)", "there is no function 'Sin' (did you mean 'sin'? Capitals count)", "^"},
      {"x = 2; X + 1", "'X' has no value (did you mean 'x'? Capitals count)", "       ^"},
      {"2 * PI", "'PI' has no value (did you mean 'pi'? Capitals count)", "    ^"},
      {"sun(2)", "there is no function 'sun' (did you mean 'sub'?)", "^"},
      {"sigmod(2)", "there is no function 'sigmod' (did you mean 'sigmoid'?)", "^"},
      {"exp + 1", "'exp' is a function: exp(x)", "^"},
      {"s.y", "there is no 's.y'", "^"},
      {"scope s { y = 1 }; s.z", "there is no 's.z' (did you mean 's.y'?)", "                   ^"},
      {"y = x; x = 2", "'x' is used before line 1 gives it a meaning", "    ^"},
      {"x = x + 1", "'x' is used before line 1 gives it a meaning", "    ^"},
      {"x = 1; x = 2", "'x' already has a meaning, from line 1: take another name", "       ^"},
      {"scope a {y=1}; scope b {y=2}; y", "'y' could be 'a.y' or 'b.y': say which",
       "                              ^"},
      {"x.y(2)", "'x.y' is no function", "   ^"}};
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(error_of(row.text) == pointed(row));
  }
  const auto given = [](const char* text, const char* key) {
    const std::string message = error_of(text, values({{key, "2"}}));
    return message.substr(0, message.find('\n'));
  };
  CHECK(given("x + 1", "X") == "'x' has no value (did you mean 'X'? Capitals count)");
  CHECK(given("x + 1", "y") == "'x' has no value (a value is given for 'y', which is not used)");
  CHECK(given("x = 1; x + 1", "X") == "a value is given for 'X', which f.gr does not use");
  CHECK(given("input x = 1; x + 1", "X") ==
        "a value is given for 'X', which f.gr does not use (did you mean 'x'? Capitals count)");
  CHECK(error_of("a = 1\nb = 2\na = 3") ==
        "'a' already has a meaning, from line 1: take another name\n  f.gr:3:1\n    a = 3\n    ^");
}

TEST_CASE("What there is in other languages says how it is written here", "[lang]") {
  const Row rows[] = {
      {"tan(x)", "there is no function 'tan': write sin(x) / cos(x)", "^"},
      {"max(2, 3)",
       "the larger of two values is maximum(a, b); max(x, axis) is the largest element along an "
       "axis",
       "       ^"},
      {"d(2 * x^2)/dx", "a derivative is written with the name it is by: d(2 * x^2, x)", "^"},
      {"d(x)", "a derivative is written with the name it is by: d(x, NAME)", "^"},
      {"min(2, 3)",
       "there is no function 'min': write minimum(a, b) for the smaller of two, -max(-x) for the "
       "smallest element",
       "^"},
      {"Tan(x)", "there is no function 'Tan': write sin(x) / cos(x)", "^"},
      {"2 * ln(x)", "there is no function 'ln': write log(x), the natural logarithm", "    ^"},
      {"log10(2)", "there is no function 'log10': write log(x) / log(10)", "^"},
      {"arctan(2)",
       "there is no function 'arctan': there is none of the inverse trigonometric functions", "^"},
      {"clip(x, 0, 1)", "there is no function 'clip': write minimum(maximum(x, a), b)", "^"},
      {"1 + np.sum(x)", "functions stand without the name of a library: sum(...)", "    ^"},
      {"x(x + 1)", "'x' is a value, and no function: for a product write x * (...)", "^"},
      {"a = 2; a(3)", "'a' is a value, and no function: for a product write a * (...)",
       "       ^"}};
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(error_of(row.text) == pointed(row));
  }
  CHECK(error_of("x(3)", values({{"x", "2"}})) ==
        pointed({"x(3)", "'x' is a value, and no function: for a product write x * (...)", "^"}));
}

TEST_CASE("What textbooks write otherwise says how it is written here", "[lang]") {
  const Row rows[] = {
      {"sin^2(x)", "a power stands behind the function's brackets: sin(x)^2", "   ^"},
      {"sin x", "a function's argument stands in brackets: sin(x)", "    ^"},
      {"2 * (sin x + 1)", "a function's argument stands in brackets: sin(x)", "         ^"},
      {"f'(x)", "a derivative is written d(f, x), a transpose X.T", " ^"},
      {"|x|", "'|' is no part of the language: write abs(x)", "^"},
      {"x // twice", "'//' is no part of the language: comments start with #", "  ^"},
      {"sin(x))", "there is a ')' too many", "      ^"},
      {"x]", "there is a ']' too many", " ^"},
      {"0,5*x", "decimals take a point: 0.5; a list is written [0, 5]", " ^"},
      {"1,2,3", "a list stands in brackets: [1, 2, 3]", " ^"},
      {"x, y", "a list stands in brackets: [1, 2, 3]", " ^"}};
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(error_of(row.text) == pointed(row));
  }
}

TEST_CASE("Arguments that do not fit say how the function is called", "[lang]") {
  const Row rows[] = {
      {"sum(2, axs=0)",
       "'sum' has no argument 'axs' (did you mean 'axis'?): sum(x, axis=none, keepdims=false)",
       "       ^"},
      {"exp()", "the argument 'x' is missing: exp(x)", "^"},
      {"exp(1, 2)", "there is an argument too many: exp(x)", "       ^"},
      {"sum(1, x=2)", "the argument 'x' is given twice", "       ^"},
      {"sum([1], axis=[1.5])", "'axis' is 1.5: it must be a whole number", "               ^"},
      {"sum([1], keepdims=2)", "'keepdims' must be true or false", "         ^"},
      {"elu([1], alpha=[2])", "'alpha' must be a number", "         ^"},
      {"concat(1)", "'parts' must be a list: concat([a, b])", "       ^"},
      {"sin(none)", "expected a value, not none", "    ^"},
      {"sin(exp)", "'exp' is a function: exp(x)", "    ^"},
      {"normal(2, seed=-1)", "a seed is a whole number from 0 on", "          ^"},
      {"uniform(2, low=1, high=0)", "'high' must be more than 'low'", "                  ^"},
      {"normal(1, 2, 3, 4, 5)", "'shape' has 5 numbers: a shape has at most 4 axes", "       ^"},
      {"zeros(-1)", "a shape has the negative extent -1", "^"},
      {"he_normal(2)", "this first value needs a matrix (fan in, fan out), not (2,)", "^"}};
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(error_of(row.text) == pointed(row));
  }
}

TEST_CASE("What an op says of its operands' shapes stands with a caret", "[lang]") {
  const lang::Values given = values({{"x", "[1, 2]"}, {"y", "[1, 2, 3]"}, {"X", "[[1]]"}});
  const auto with = [](const std::string& text) { return "0 * (x[0] + y[0] + X[0, 0]) + " + text; };
  const auto check = [&](const std::string& text, const std::string& message, std::size_t column) {
    const std::string whole = with(text);
    INFO(whole);
    const std::size_t caret = column + with("").size();
    CHECK(error_of(whole, given) == pointed({whole, message, std::string(caret, ' ') + "^"}));
  };
  check("(x + y)",
        "[add] x:(2,) and y:(3,): (2,) and (3,) do not broadcast: counted from the right, axis 1 "
        "has 2 "
        "against 3; they must be equal, or one of them 1",
        3);
  check("sum(x, axis=1)", "[sum] x:(2,): axis 1 is out of range for shape (2,), which has 1 axis",
        0);
  check("mse(x, y)", "[mse] x:(2,) and y:(3,): they must have one shape", 0);
  check("x.T", "[transpose] x:(2,): there are no two axes to swap", 0);
  check("x[0, 1]", "2 positions are given for shape (2,), which has 1 axis", 1);
  check("x[2]", "position 2 is outside axis 0 of shape (2,)", 2);
  check(
      "x[x]",
      "a position must be a number that is known before anything is computed; for others there is "
      "gather(x, indices)",
      2);
  check("x[::-1]", "[slice] x:(2,): the step is -1, not positive", 1);
  check("[[1, 2], [3]]", "this row has 1, the first one 2: the rows must all be alike", 9);
  check("[1, [3]]", "a number stands here among lists: the rows must all be alike", 1);
  check("[x, y]", "this has shape (3,), the first one (2,): all that stand in a list must be alike",
        4);
  check("d(x, y)",
        "x has shape (2,): only a single number has a gradient; take its sum or mean first", 0);
  check("d(sum(x), 2)",
        "there is no derivative by a plain number: give it a name by 'input NAME = ...'", 10);
  check("d(sum(x), x * 2)",
        "the derivative is by a name, not by an expression: nothing depends on what is written "
        "only here; "
        "name it before, and write f with the name",
        12);
  check("d(sum(x), x.T)", "[transpose] x:(2,): there are no two axes to swap", 10);
  check("d(sum(x), X.T)",
        "the derivative is by a name, not by an expression: nothing depends on what is written "
        "only here; "
        "name it before, and write f with the name",
        10);
}

TEST_CASE("A first value cannot depend on what may change", "[lang]") {
  CHECK(error_of("input x = 2\nparam w = x * 2\nw") ==
        "the value of an input or a parameter cannot depend on 'x', which may change\n  f.gr:2:11\n"
        "    param w = x * 2\n              ^");
}

TEST_CASE("The caret stands under its character, whatever is before it", "[lang]") {
  CHECK(error_of("\tθ = 1 +\t$") ==
        "'$' is no part of the language\n  f.gr:1:10\n     θ = 1 + $\n             ^");
  CHECK(error_of("変数 = $") ==
        "'$' is no part of the language\n  f.gr:1:6\n    変数 = $\n           ^");
  CHECK(error_of("1\n\n2 +\n  $ # x\n3") ==
        "'$' is no part of the language\n  f.gr:4:3\n      $ # x\n      ^");
  // Of a long line, a part; bytes that are no text, and controls, do no harm.
  const std::string sum(200, '-');
  const std::string message = error_of("x" + sum + "$" + sum);
  CHECK(message == "'$' is no part of the language\n  f.gr:1:202\n    ..." + std::string(60, '-') +
                       "$" + std::string(39, '-') + "...\n    " + std::string(63, ' ') + "^");
  CHECK(error_of("1 \x1b[31m\xff\xe2\x80\xae") ==
        "byte 27 is a control character, no part of the language\n  f.gr:1:3\n"
        "    1  [31m\xEF\xBF\xBD\n      ^");
  for (const char c : error_of(std::string("\0\x7f\r\v", 4), {}, "\x1b[2J.gr")) {
    CHECK((c == '\n' || !std::iscntrl(static_cast<unsigned char>(c))));
  }
}

TEST_CASE("The value of a name is refused with its own place", "[lang]") {
  const auto message = [](const char* text) {
    try {
      lang::parse_value(text, "--at x");
    } catch (const lang::FormulaError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message("[1, 2") ==
        "expected ']' (or ',') for the '[', found the end\n  --at x:1:6\n    [1, 2\n         ^");
  CHECK(message("y") == "'y' has no value\n  --at x:1:1\n    y\n    ^");
  CHECK(message("1; 2") == "expected a number or a nested list\n  --at x:1:1\n    1; 2\n    ^");
  CHECK(message("") == "expected a number or a nested list\n  --at x:1:1\n\n    ^");
  CHECK(message("x = 2") == "expected a number or a nested list\n  --at x:1:1\n    x = 2\n    ^");
}
