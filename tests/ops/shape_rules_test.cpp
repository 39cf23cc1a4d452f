// Which operands fit, what shape comes out, and what the error says if they do not.
#include <limits>

#include "catch.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

struct Operands {
  Tape tape;
  Var scalar = tape.input(Shape{}, "scalar");
  Var v3 = tape.input(Shape{3}, "v3");
  Var v4 = tape.input(Shape{4}, "v4");
  Var m34 = tape.input(Shape{3, 4}, "m34");
  Var m45 = tape.input(Shape{4, 5}, "m45");
  Var c234 = tape.input(Shape{2, 3, 4}, "c234");
  Var b2345 = tape.input(Shape{2, 3, 4, 5}, "b2345");
  Var empty = tape.input(Shape{0, 3}, "empty");
};

}  // namespace

TEST_CASE("a misfit names op, operands, shapes, rule and places", "[ops]") {
  Operands o;
  struct Row {
    std::function<Var()> record;
    std::string start, rule;
  };
  const std::vector<Row> rows{
      {[&] { return o.v3 + o.v4; }, "[add] v3:(3,) and v4:(4,): ", "do not broadcast"},
      {[&] { return o.v4 - o.v3; }, "[add] v4:(4,) and neg", "do not broadcast"},
      {[&] { return matmul(o.m34, o.m34); },
       "[matmul] m34:(3, 4) and m34:(3, 4): ", "4 rows of the right, not 3"},
      {[&] { return matmul(o.v3, o.m45); }, "[matmul] reshape",
       "3 columns of the left must meet 3 rows"},
      {[&] { return matmul(o.scalar, o.m45); }, "[matmul] scalar:()", "rank 2 or more"},
      {[&] { return sum(o.m34, {2}); }, "[sum] m34:(3, 4): ", "axis 2 is out of range"},
      {[&] {
         return max(o.m34, {0, -2});
       },
       "[max] m34:(3, 4): ", "axis -2 is named twice"},
      {[&] { return max(o.empty, {0}); }, "[max] empty:(0, 3)", "axis 0 of (0, 3) is empty"},
      {[&] { return softmax(o.scalar); }, "[softmax] scalar:()", "axis -1 is out of range"},
      {[&] { return mean(o.m34, {5}); }, "[mean] m34:(3, 4)", "axis 5 is out of range"},
      {[&] { return mean(o.empty); }, "[mean] empty:(0, 3)", "no elements to average"},
      {[&] { return mse(o.v3, o.v4); }, "[mse] v3:(3,) and v4:(4,)", "must have one shape"},
      {[&] { return cross_entropy(o.m34, o.v4); }, "[cross_entropy] m34:(3, 4) and v4:(4,)",
       "(3,) (class numbers)"},
      {[&] {
         return reshape(o.m34, {5, -1});
       },
       "[reshape] m34:(3, 4)", "12 elements do not fit (5, -1)"},
      {[&] {
         return reshape(o.m34, {-1, -1});
       },
       "[reshape] m34:(3, 4)", "at most one extent may be -1"},
      {[&] { return reshape(o.m34, {7}); }, "[reshape] m34:(3, 4)", "(7,) has 7"},
      {[&] {
         return permute(o.m34, {-3, 0});
       },
       "[permute] m34:(3, 4)", "axis -3 is out of range"},
      {[&] {
         return permute(o.m34, {0, 0});
       },
       "[permute] m34:(3, 4)", "each of the 2 axes must be named once"},
      {[&] { return permute(o.m34, {0}); }, "[permute] m34:(3, 4)", "named once"},
      {[&] { return transpose(o.v3); }, "[transpose] v3:(3,)", "no two axes"},
      {[&] {
         return broadcast_to(o.v3, Shape{3, 4});
       },
       "[broadcast_to] v3:(3,)", "cannot be broadcast to (3, 4)"},
      {[&] {
         return slice(o.v3, {{}, {}});
       },
       "[slice] v3:(3,)", "2 ranges are given"},
      {[&] {
         return slice(o.v3, {{0, 3, 0}});
       },
       "[slice] v3:(3,)", "step is 0"},
      {[&] {
         return concat(std::vector{o.v3, o.m34}, 0);
       },
       "[concat] v3:(3,) and m34:(3, 4)", "may differ along axis 0 only"},
      {[&] { return concat(std::vector{o.scalar}, 0); }, "[concat] scalar:()", "out of range"},
      {[&] { return gather(o.scalar, o.v3); }, "[gather] scalar:() and v3:(3,)",
       "a scalar has no rows"},
      {[&] { return gather(o.b2345, o.m34); }, "[gather] b2345", "rank 5"},
      {[&] { return scatter_rows(o.m34, o.v4, 2); }, "[scatter_rows] m34:(3, 4) and v4:(4,)",
       "need an index each"},
      {[&] { return one_hot(o.v3, -1); }, "[one_hot] v3:(3,)", "negative extent -1"},
  };
  for (const Row& row : rows) {
    std::string text;
    try {
      row.record();
    } catch (const ShapeError& error) {
      text = error.what();
    }
    CHECK_THAT(text, Catch::Matchers::StartsWith(row.start) && ContainsSubstring(row.rule) &&
                         ContainsSubstring("(recorded at shape_rules_test.cpp:"));
  }
  CHECK_THROWS_AS(concat(std::vector<Var>{}), ShapeError);
}

TEST_CASE("a misfit says the line, and where its operands were recorded", "[ops]") {
  Operands o;
  const auto line = [](int number) { return "shape_rules_test.cpp:" + std::to_string(number); };
  const Var sums = o.v3 + o.v3;
  const auto bad_sum = [&] { return sums + o.v4; };
  CHECK_THROWS_WITH(bad_sum(), ContainsSubstring("(recorded at " + line(__LINE__ - 1)) &&
                                   ContainsSubstring("add #8 at " + line(__LINE__ - 3)));
  // Inside a composition the line is the caller's: a product with the slope, and a row that becomes
  // a matrix.
  const auto bad_prelu = [&] { return prelu(o.m34, o.v3); };
  CHECK_THROWS_WITH(bad_prelu(), ContainsSubstring("(recorded at " + line(__LINE__ - 1)));
  const auto bad_row = [&] { return matmul(o.v3, o.m45); };
  CHECK_THROWS_WITH(bad_row(), ContainsSubstring("(recorded at " + line(__LINE__ - 1)));
}

TEST_CASE("shapes that come out", "[ops]") {
  Operands o;
  struct Row {
    Var y;
    Shape shape;
  };
  const std::vector<Row> rows{
      {matmul(o.v3, o.m34), {4}},
      {matmul(o.m34, o.v4), {3}},
      {matmul(o.v4, o.v4), {}},
      {matmul(o.c234, o.v4), {2, 3}},
      {matmul(o.v3, o.c234), {2, 4}},
      {matmul(o.c234, o.m45), {2, 3, 5}},
      {matmul(o.c234, o.c234, false, true), {2, 3, 3}},
      {matmul(o.c234, o.m34, true), {2, 4, 4}},
      {matmul(o.m34, o.b2345), {2, 3, 3, 5}},
      {sum(o.c234, {-1}), {2, 3}},
      {sum(o.c234, {0, -1}, true), {1, 3, 1}},
      {sum(o.c234), {}},
      {max(o.c234, {-3}), {3, 4}},
      {argmax(o.c234, 1), {2, 4}},
      {reshape(o.c234, {-1}), {24}},
      {reshape(o.c234, {4, -1, 2}), {4, 3, 2}},
      {reshape(o.empty, {-1, 3}), {0, 3}},
      {reshape(o.scalar, {1, -1}), {1, 1}},
      {permute(o.c234, {-1, 0, 1}), {4, 2, 3}},
      {transpose(o.c234), {2, 4, 3}},
      {concat(std::vector{o.c234, o.c234}, -1), {2, 3, 8}},
      {gather(o.m34, o.m45), {4, 5, 4}},
      {scatter_rows(o.c234, o.tape.input(Shape{2}), 7), {7, 3, 4}},
      {one_hot(o.m34, 6), {3, 4, 6}},
      {slice(o.c234, {{1}}), {1, 3, 4}},
  };
  for (const Row& row : rows) {
    INFO(o.tape.label(row.y.id()));
    CHECK(row.y.shape() == row.shape);
  }
}

TEST_CASE("slices are NumPy's", "[ops]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{6}, {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}));
  struct Row {
    Range range;
    std::vector<double> elements;
  };
  constexpr Index all = Range::all;
  const std::vector<Row> rows{{{}, {0, 1, 2, 3, 4, 5}},
                              {{2}, {2, 3, 4, 5}},
                              {{-2}, {4, 5}},
                              {{0, -1}, {0, 1, 2, 3, 4}},
                              {{1, 5, 2}, {1, 3}},
                              {{1, 6, 2}, {1, 3, 5}},
                              {{-100, 100, 4}, {0, 4}},
                              {{4, 2}, {}},
                              {{6}, {}},
                              {{3, 3}, {}},
                              {{5, all, all}, {5}},
                              {{2, all, 100}, {2}},
                              {{-5, -2, 2}, {1, 3}}};
  for (const Row& row : rows) {
    const Tensor<double> y = value(slice(x, {row.range}));
    INFO(row.range.start << ":" << row.range.stop << ":" << row.range.step);
    CHECK(std::vector<double>(y.begin(), y.end()) == row.elements);
  }
}

TEST_CASE("matmul of vectors", "[ops]") {
  Tape tape;
  const Var a = tape.input(Tensor<double>(Shape{2}, {1.0, 2.0}));
  const Var m = tape.input(Tensor<double>(Shape{2, 2}, {1.0, 2.0, 3.0, 4.0}));
  CHECK(value(matmul(a, m)) == Tensor<double>(Shape{2}, {7.0, 10.0}));
  CHECK(value(matmul(m, a)) == Tensor<double>(Shape{2}, {5.0, 11.0}));
  CHECK(value(matmul(a, m, false, true)) == Tensor<double>(Shape{2}, {5.0, 11.0}));
  CHECK(item(matmul(a, a)) == 5);
}

TEST_CASE("indices must be whole numbers in range", "[ops]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad :
       {0.5, -1.0, 3.0, 1e30, nan, -nan, std::numeric_limits<double>::infinity()}) {
    Tape tape;
    const Var x = tape.input(Tensor<double>(Shape{3, 2}, 1.0));
    const Var index = tape.input(Tensor<double>(Shape{2}, {1.0, bad}));
    const Var results[] = {gather(x, index), one_hot(index, 3),
                           scatter_rows(slice(x, {{0, 2}}), index, 3)};
    for (const Var y : results) {
      INFO(tape.label(y.id()) << " of " << bad);
      CHECK_THROWS_AS(value(y), Error);
      CHECK_THROWS_AS(value(y), Error);  // the failure is not remembered as a value
      CHECK_THROWS_AS(value(sum(y)), Error);
      Executor<float> narrow{Program(y)};
      CHECK_THROWS_AS(narrow.run(), Error);
    }
    tape.set(index, Tensor<double>(Shape{2}, {1.0, 2.0}));
    CHECK(item(sum(results[0])) == 4);
  }
}

TEST_CASE("a bad index is named, with its variable and where it was used", "[ops]") {
  const auto error_of = [](const auto& run) -> std::string {
    try {
      run();
    } catch (const IndexError& error) {
      return error.what();
    }
    return "no error";
  };
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{3, 2}, 1.0), "W");
  const Var at = tape.input(Tensor<double>(Shape{2}, {1.0, 3.0}), "words");
  const Var rows = gather(x, at);
  const std::string place = tape.where(rows.id());
  CHECK(error_of([&] { value(rows); }) ==
        "[gather] W:(3, 2) and words:(2,): the index 3 is not a whole number from 0 to 2, the last "
        "row (recorded at " +
            place + ", W at " + tape.where(x.id()) + ", words at " + tape.where(at.id()) + ")");
  CHECK_THAT(error_of([&] { value(sum(one_hot(at, 2))); }),
             Catch::Matchers::StartsWith("[one_hot] words:(2,) with 2: the index 3 is not a "
                                         "whole number from 0 to 1, the last class"));
  Executor<float> run{Program(sum(rows))};
  CHECK(error_of([&] { run.run(); }) ==
        "[gather #2] W:(3, 2) and words:(2,): the index 3 is not a whole number from 0 to 2, the "
        "last row");
  Executor<double> inner{Program(gather(x, at + 4))};
  CHECK(error_of([&] { inner.run(); }) ==
        "[gather #8] W:(3, 2) and #7:(2,): the index 5 is not a whole number from 0 to 2, the last "
        "row");
  const Var none = tape.input(Tensor<double>(Shape{0, 2}), "none");
  CHECK_THAT(error_of([&] { value(gather(none, at)); }),
             Catch::Matchers::ContainsSubstring("row 1 is wanted, but there is none"));
}

TEST_CASE("reshape names itself when no shape is given", "[ops]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{2, 3}, 1.0), "x");
  CHECK_THROWS_WITH(reshape(x, {-2, 3}), Catch::Matchers::StartsWith("[reshape] x:(2, 3): "));
  CHECK_THROWS_WITH(reshape(x, {-1, -2}), Catch::Matchers::StartsWith("[reshape] x:(2, 3): "));
  CHECK_THROWS_WITH(reshape(x, {1, 1, 2, 3, 1}),
                    Catch::Matchers::StartsWith("[reshape] x:(2, 3): "));
  CHECK(reshape(x, {3, -1}).shape() == Shape{3, 2});
}

TEST_CASE("a Var that was never assigned is an error, not a number", "[ops]") {
  Tape tape;
  const Var x = tape.input(1.0);
  const Var nothing;
  CHECK_THROWS_AS(x + nothing, Error);
  CHECK_THROWS_AS(nothing * x, Error);
  CHECK_THROWS_AS(exp(nothing), Error);
  CHECK_THROWS_AS(x - nothing, Error);
  CHECK_THROWS_AS(mean(nothing), Error);
  CHECK_THROWS_AS(matmul(nothing, nothing), Error);
  CHECK_THROWS_AS(where(1.0, x, nothing), Error);
  CHECK_THROWS_AS(nothing.shape(), Error);
  CHECK_THROWS_AS(record(op<Exp>(), {1.0}), Error);
}
