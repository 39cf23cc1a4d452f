#include "gradus/check/blame.hpp"

#include "catch.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "mutants.hpp"
#include "ops_table.hpp"

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("the op whose rule is wrong is named, wherever it stands", "[check]") {
  const Mutation mutation = GENERATE(Mutation::sign, Mutation::half, Mutation::lost_dy);
  Tape tape;
  Random random(3);
  const Var x = tape.input(draw(Shape{4, 3}, -1, 1, random), "x");
  const Var w = tape.parameter(draw(Shape{3, 3}, -1, 1, random), "W");
  const Var b = tape.parameter(draw(Shape{3}, -1, 1, random), "b");
  const Var h = tanh(matmul(x, w) + b);
  const Var wrong = record(mutant(op<Sin>(), mutation), {h});
  const GradientReport report = check_gradient(mean(square(wrong * h)), {w, b});
  INFO(to_string(report));
  CHECK(report.verdict == Verdict::fail);
  REQUIRE(report.blames.size() == 1);
  CHECK(report.blames[0].node == wrong.id());
  CHECK(report.blames[0].operand == 0);
  const Cause cause = mutation == Mutation::sign   ? Cause::sign
                      : mutation == Mutation::half ? Cause::factor
                                                   : Cause::no_upstream;
  CHECK(report.blames[0].diagnosis.cause == cause);
  CHECK_THAT(to_string(report),
             ContainsSubstring("blame: the rule of sin_") && ContainsSubstring("(blame_test.cpp:"));
}

TEST_CASE("nobody is blamed for a right gradient", "[check]") {
  Tape tape;
  Random random(3);
  for (const OpCase& row : op_cases()) {
    const RecordedCase recorded = record_case(tape, row, random);
    if (recorded.drawn.empty() || row.op == &op<StopGradient>()) continue;
    INFO(row.label);
    CHECK(find_blame(sum(recorded.result), recorded.drawn).empty());
  }
}

TEST_CASE("a cut is blamed if something passes that it hides", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{2}, {0.5, 2.0}), "x");
  const Var cut = stop_gradient(x);
  const GradientReport report = check_gradient(sum(cut * x * x), {x});
  INFO(to_string(report));
  REQUIRE(report.blames.size() == 1);
  CHECK(report.blames[0].node == cut.id());
  CHECK(report.parameters[0].finding.sentence ==
        "what should come through stop_gradient #1 is missing: it is cut");
  CHECK_THAT(to_string(report), ContainsSubstring("no gradient passes, but the result does move"));
}

TEST_CASE("of an op that occurs often, some are tested", "[check]") {
  Tape tape;
  const Var x = tape.parameter(0.3, "x");
  Var y = x;
  const Op& wrong = mutant(op<Tanh>(), Mutation::twice);
  for (int i = 0; i < 100; ++i) y = record(wrong, {y});
  const auto blames = find_blame(y, std::span(&x, 1));
  CHECK(blames.size() == 32);
}

TEST_CASE("finding blame leaves the tape as it was", "[check]") {
  Tape tape;
  const Var x = tape.parameter(0.3, "x");
  const Var y = record(mutant(op<Sin>(), Mutation::sign), {x});
  const std::size_t size = tape.size();
  CHECK(find_blame(y, std::span(&x, 1)).size() == 1);
  CHECK(tape.size() == size);
}

TEST_CASE("where there is no derivative, no op is blamed", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{2}, {0.0, 4.0}), "x");
  const GradientReport report = check_gradient(sum(sqrt(x)), {x});
  CHECK(report.verdict == Verdict::fail);
  CHECK(report.blames.empty());
  CHECK(report.parameters[0].finding.sentence ==
        "it is infinite at [0], and differences have no finite slope here either");
}
