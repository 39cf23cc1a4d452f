// Hostile texts: each is refused, in little time and memory, and nothing crashes.
#include <chrono>

#include "gradus/base/random.hpp"
#include "gradus/gradus.hpp"
#include "gradus/lang/limits.hpp"
#include "lang/text.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;
using test::error_of;
using test::values;

namespace {

std::string repeated(const std::string& part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("Nesting is bounded for every construct that nests", "[lang]") {
  constexpr std::size_t many = 100'000;
  for (const std::string part :
       {"(", "[", "-", "+", "sin(", "x[", "x[1:", "2^", "f(a=", "(1,", "- ("}) {
    INFO(part);
    CHECK_THAT(error_of(repeated(part, many)), ContainsSubstring("nested more than 200 deep"));
  }
  CHECK_THAT(error_of(repeated("scope a {", many)), ContainsSubstring("at most 16 deep"));
  const auto brackets = [](std::size_t n) { return repeated("(", n) + "1" + repeated(")", n); };
  CHECK(test::evaluate(brackets(199)).item() == 1);
  CHECK_THAT(error_of(brackets(200)), ContainsSubstring("nested"));
  CHECK(test::evaluate(repeated("scope a {", 16) + "1" + repeated("}", 16)).item() == 1);
}

TEST_CASE("Long texts are read up to the bound", "[lang]") {
  const std::size_t half = lang::max_text / 2 - 10;
  CHECK(test::evaluate("1" + repeated("+1", half)).item() == static_cast<double>(half + 1));
  CHECK(test::evaluate("x" + repeated("+x", half / 4), values({{"x", "1"}})).item() ==
        static_cast<double>(half / 4 + 1));
  CHECK(test::evaluate("[1" + repeated(",1", half) + "]").shape() ==
        Shape{static_cast<Index>(half + 1)});
  CHECK(test::evaluate(repeated("1;", half)).item() == 1);
  CHECK(test::evaluate(repeated("\n", 2 * half) + "1").item() == 1);
  CHECK(test::evaluate("x" + repeated(".T.T", 1000), values({{"x", "[[1]]"}})).elements() == 1);
  CHECK(test::evaluate("x" + repeated(".T.T", 200'000), values({{"x", "[[1]]"}})).elements() == 1);
  CHECK_THAT(error_of(std::string(lang::max_text + 1, ' ')),
             ContainsSubstring("longer than 1048576 bytes"));
  CHECK_THAT(error_of(std::string(65, 'a')),
             ContainsSubstring("this name is longer than 64 bytes"));
  std::string names;
  for (int i = 0; i < 50'000; ++i) names += "a" + std::to_string(i) + "=x;";
  CHECK(test::evaluate(names + "a0+a49999", values({{"x", "1"}})).item() == 2);
  std::string scopes;
  for (int i = 0; i < 20'000; ++i) scopes += "scope s" + std::to_string(i) + "{y=1};";
  CHECK(test::evaluate(scopes + "s0.y + s19999.y").item() == 2);
  CHECK_THAT(error_of(scopes + "y"), ContainsSubstring("'y' could be 's0.y' or 's1.y'"));
}

TEST_CASE("Nothing is allocated before its shape is checked", "[lang]") {
  for (const char* text :
       {"zeros(1e9, 1e9)", "ones(1e6, 1e6)", "normal(1e5, 1e5)", "constant(1, 1e12)",
        "uniform(33554433)", "param w = he_normal(1e5, 1e5); w", "input x = zeros(1e5, 1e4); x",
        "zeros(2e7) + zeros(2e7)",
        "input a = zeros(1e7); input b = zeros(1e7); input c = zeros(2e7); a"}) {
    INFO(text);
    CHECK_THAT(error_of(text), ContainsSubstring("elements"));
  }
  const lang::Values given = values({{"x", "ones(1000)"}});
  for (const char* text : {"one_hot(x, 1e12)", "scatter_rows(x, x, 1e13)",
                           "broadcast_to(x, 1e6, 1e6, 1000)", "unslice(x, [1e13])"}) {
    INFO(text);
    CHECK_THAT(error_of(text, given), ContainsSubstring("has more than 2^40 elements"));
  }
  // A first value is computed at once: what it takes on the way is counted, too.
  CHECK_THAT(error_of("input x = sum(zeros(1e5, 1) + zeros(1, 1e5)); x"),
             ContainsSubstring("this value takes more than 2^25 elements to compute"));
  CHECK_THROWS_WITH(lang::parse_value("sum(broadcast_to([1], 1e10))"), ContainsSubstring("2^25"));
  // Others are recorded without values, and their size is known before they are computed.
  Tape tape;
  lang::record(tape, "x * broadcast_to(x, 1e6, 1000)", values({{"x", "ones(1, 1000)"}}));
  CHECK_THROWS_WITH(lang::check_size(tape), ContainsSubstring("2^28 elements (2 GB)"));
  for (const char* text :
       {"reshape([1], 1e30)", "reshape([1], 1e15, 1e15)", "x[1e300]", "slice(x, 9e15, 1)",
        "one_hot(x, -1)", "one_hot(x, 1e16)", "sum(x, axis=1e15)", "permute(x, 1e10)",
        "softmax(x, -1e12)", "broadcast_to(x, 0)"}) {
    INFO(text);
    if (std::string_view(text) == "slice(x, 9e15, 1)") {
      CHECK(test::evaluate(text, given).shape() == Shape{0});
    } else {
      CHECK(error_of(text, text[0] == 'r' ? lang::Values{} : given) != "");
    }
  }
}

TEST_CASE("Derivatives of derivatives of derivatives come to an end", "[lang]") {
  std::string f = "gelu(x)";
  for (int i = 0; i < 60; ++i) f = "d(" + f + ", x)";
  CHECK_THAT(error_of(f, values({{"x", "1"}})),
             ContainsSubstring("the derivative of a derivative grows fast"));
}

TEST_CASE("Any row of words is read or refused", "[lang]") {
  const char* words[] = {
      "x",      "y",        "W",       "input ",   "param ",  "scope ",    "{",      "}",
      "(",      ")",        "[",       "]",        ",",       ":",         ";",      "\n",
      "=",      "==",       "<",       "+",        "-",       "*",         "/",      "@",
      "^",      "**",       ".T",      ".",        "1",       "2",         "0",      "1e9",
      "-1",     "sum(",     "mean(",   "reshape(", "concat(", "d(",        "axis=",  "none",
      "true",   "softmax(", "gather(", "zeros(",   "#",       "one_hot(",  "slice(", "unslice(",
      "where(", "\x80",     "θ",       "$",        "1e400",   "keepdims=", "x[",     "permute("};
  const lang::Values given = values({{"x", "[[1, 2], [3, 4]]"}, {"y", "2"}, {"W", "[1, 2]"}});
  Random random(1);
  int accepted = 0;
  constexpr int texts = 30'000;
  for (int i = 0; i < texts; ++i) {
    std::string text;
    const Index length = 1 + random.below(i % 2 == 0 ? 6 : 25);
    for (Index k = 0; k < length; ++k)
      text += words[static_cast<std::size_t>(random.below(std::size(words)))];
    // Use all that is given, so that a good text is not refused for what it leaves out.
    text = "0 * (sum(x) + y + sum(W))\n" + text;
    Tape tape;
    try {
      const lang::Formula f = lang::record(tape, text, given);
      lang::check_size(tape);
      value(f.result);
      ++accepted;
    } catch (const InputError& error) {
      const std::string message = error.what();
      if (message.find("C++") != message.npos || message.find(".cpp") != message.npos)
        FAIL(text << "\n" << message);
    } catch (const Error& error) {
      // Only values can be wrong now: an index outside its rows.
      if (std::string(error.what()).find("ind") == std::string::npos &&
          std::string(error.what()).find("class") == std::string::npos)
        FAIL(text << "\n" << error.what());
    }
  }
  CHECK(accepted > texts / 100);
  CHECK(accepted < texts);
}
