// What expressions mean: precedence, numbers, lists, positions. Values that NumPy gives.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "gradus/gradus.hpp"
#include "lang/text.hpp"

using namespace gradus;
using test::shown;
using test::values;

TEST_CASE("Operators bind as in Python, for numbers and for variables", "[lang]") {
  // _2 is a variable whose value is 2; without its bar it is the number.
  lang::Values given;
  for (int i = 1; i <= 9; ++i) given.emplace("_" + std::to_string(i), test::number(i));
  const std::string use_all = "0 * (_1 + _2 + _3 + _4 + _5 + _6 + _7 + _8 + _9)";
  const std::pair<std::string, double> rows[] = {
      {"_1 + _2 * _3", 7}, {"(_1 + _2) * _3", 9}, {"_2 - _3 - _4", -5}, {"_8 / _4 / _2", 1},
      {"-_2^_2", -4},      {"(-_2)^_2", 4},       {"_2^-_1", 0.5},      {"_2^_3^_2", 512},
      {"_2**_3**_2", 512}, {"-_2^-_2", -0.25},    {"_2 * -_3", -6},     {"--_3", 3},
      {"+_3 - +_2", 1},    {"-(_1 - _2)", 1},     {"_1 < _2", 1},       {"_1 + _1 < _2", 0},
      {"_2 <= _2", 1},     {"_3 > _4", 0},        {"_4 >= _4", 1},      {"_1 == _1", 1},
      {"_1 != _1", 0},     {"_6 / _2 * _3", 9},   {"_2 * _3^_2", 18},   {"-_3 * _2", -6},
      {"_1 +\n _2", 3},    {"(_1\n+ _2\n)", 3},   {"_9 == _3 * _3", 1}, {"_2 - -_3", 5}};
  for (const auto& [text, expected] : rows) {
    INFO(text);
    CHECK(test::evaluate("unused = " + use_all + "\n" + text, given).item() ==
          Approx(expected).epsilon(1e-15));
    std::string numbers = text;
    numbers.erase(std::remove(numbers.begin(), numbers.end(), '_'), numbers.end());
    INFO(numbers);
    CHECK(test::evaluate(numbers).item() == expected);
  }
}

TEST_CASE("Numbers, comments and the ends of statements", "[lang]") {
  const std::pair<const char*, double> rows[] = {
      {"1e-3 + .5", 0.501},      {"2.5e+2", 250},       {"7.", 7},      {"1E2", 100},
      {"1 # + 5\n# nothing", 1}, {"\xEF\xBB\xBF 4", 4}, {"1; 2; 3", 3}, {"1\n\n;\n2\n", 2},
      {"1;\r\n2\r\n", 2},        {"\t1\xC2\xA0+ 1", 2}};
  for (const auto& [text, expected] : rows) {
    INFO(text);
    CHECK(test::evaluate(text).item() == expected);
  }
}

TEST_CASE("pi, e, true and false have a meaning until they are given another", "[lang]") {
  CHECK(test::evaluate("pi").item() == std::numbers::pi);
  CHECK(test::evaluate("log(e)").item() == 1);
  CHECK(test::evaluate("true + False").item() == 1);
  CHECK(test::evaluate("e = 3; e * 2").item() == 6);
  CHECK(test::evaluate("pi", values({{"pi", "3"}})).item() == 3);
}

TEST_CASE("A number stays a number beside a variable, as in C++", "[lang]") {
  Tape by_text, by_cpp;
  lang::record(by_text, "x^2 + 3*x - 1/x - 2 < x", values({{"x", "2"}}));
  const Var x = by_cpp.input(2, "x");
  const Var power = pow(x, 2), product = 3 * x;
  const Var sum = power + product;
  const Var quotient = 1 / x;
  const Var rest = sum - quotient;
  less(rest - 2, x);
  CHECK(test::listing(by_text) == test::listing(by_cpp));
  // So the exponent's derivative is not asked for, and that of x^2 is right at 0.
  CHECK(test::evaluate("d(d(x^2, x), x)", values({{"x", "0"}})).item() == 2);
}

TEST_CASE("A named number is a node, and a number where one is needed", "[lang]") {
  Tape tape;
  const lang::Formula f = lang::record(tape, "n = 3\nm = n + 1\ny = sum(ones(n, m) * n)");
  CHECK(item(f.result) == 36);
  CHECK(tape.label(f.names.at("n").id()) == "n");
  CHECK(item(f.names.at("m")) == 4);
  CHECK(test::evaluate("a = 2; b = 3; d(a*b*a, a)").item() == 12);  // nothing is folded away
  CHECK(test::evaluate("n = 2; x^n", values({{"x", "3"}})).item() == 9);
  CHECK(shown("k = 1; x[k]", values({{"x", "[5, 6]"}})) == "6");
}

TEST_CASE("Nested lists are tensors, of variables too", "[lang]") {
  CHECK(shown("[1, 2, 3]") == "[1, 2, 3]");
  CHECK(shown("[[1, -2], [3, 4],]") == "[[1, -2], [3, 4]]");
  CHECK(shown("(1, 2)") == "[1, 2]");
  CHECK(shown("(1,)") == "[1]");
  CHECK(shown("[[[[1]]]]") == "[[[[1]]]]");
  CHECK(test::evaluate("[]").shape() == Shape{0});
  CHECK(test::evaluate("[[], []]").shape() == Shape({2, 0}));
  CHECK(shown("[x, x*2]", values({{"x", "3"}})) == "[3, 6]");
  CHECK(shown("[[x, 1], [2, x]]", values({{"x", "3"}})) == "[[3, 1], [2, 3]]");
  CHECK(shown("[x, -x]", values({{"x", "[1, 2]"}})) == "[[1, 2], [-1, -2]]");
  CHECK(shown("d(sum([x, x^2] * [1, 10]), x)", values({{"x", "3"}})) == "61");
}

TEST_CASE("Positions and ranges are NumPy's", "[lang]") {
  const lang::Values x = values({{"x", "[[0,1,2,3],[10,11,12,13],[20,21,22,23]]"}});
  const std::pair<const char*, const char*> rows[] = {
      {"x[0]", "[0, 1, 2, 3]"},
      {"x[-1]", "[20, 21, 22, 23]"},
      {"x[1, 2]", "12"},
      {"x[1][2]", "12"},
      {"x[:, 0]", "[0, 10, 20]"},
      {"x[1:3, :]", "[[10, 11, 12, 13], [20, 21, 22, 23]]"},
      {"x[::2]", "[[0, 1, 2, 3], [20, 21, 22, 23]]"},
      {"x[0, 1::2]", "[1, 3]"},
      {"x[-2:, -1]", "[13, 23]"},
      {"x[:1, :100]", "[[0, 1, 2, 3]]"},
      {"x[0, :-1]", "[0, 1, 2]"},
      {"x.T[0]", "[0, 10, 20]"},
      {"(x + 1).T[3]", "[4, 14, 24]"},
      {"x[0:1,].T", "[[0], [1], [2], [3]]"},
      {"x[2 - 1, 1 + 1]", "12"}};
  for (const auto& [text, expected] : rows) {
    INFO(text);
    CHECK(shown(text, x) == expected);
  }
  CHECK(test::evaluate("x[3:]", x).shape() == Shape({0, 4}));
}

TEST_CASE("Random numbers follow the seed, and no two draws are alike", "[lang]") {
  CHECK(shown("normal(3, seed=1)") == shown("normal([3], seed=1)"));
  CHECK(shown("normal(3, seed=1)") != shown("normal(3, seed=2)"));
  CHECK(shown("normal(3)") == shown("normal(3)"));
  CHECK(shown("normal(3) - normal(3)") != "[0, 0, 0]");
  CHECK(shown("normal(3)") != shown("normal(3, seed=1)"));
  Tape a, b;
  CHECK(value(lang::record(a, "normal(3)", {}, "f", 1).result) !=
        value(lang::record(b, "normal(3)", {}, "f", 2).result));
  Random random(7);
  CHECK(test::evaluate("xavier_uniform(3, 4, seed=7)") == nn::xavier_uniform({3, 4}, random));
  CHECK(shown("normal(2, mean=3, stddev=0)") == "[3, 3]");
}

TEST_CASE("A first value is any expression of numbers", "[lang]") {
  CHECK(shown("param w = 0.5 * ones(2) + [1, 2]\nw") == "[1.5, 2.5]");
  CHECK(shown("n = 2\ninput x = zeros(n, n)\nx") == "[[0, 0], [0, 0]]");
  CHECK(lang::parse_value("pi / 2").item() == std::numbers::pi / 2);
  CHECK(to_string(lang::parse_value(" [[1, 2], [3, 4]] ")) == "[[1, 2], [3, 4]]");
  CHECK(to_string(lang::parse_value("zeros(2) - 1")) == "[-1, -1]");
}
