// What stands behind a verdict: remainders, curves, second derivatives, and other precisions.
#include <cmath>

#include "catch.hpp"
#include "gradus/check/error_curve.hpp"
#include "gradus/check/hessian.hpp"
#include "gradus/check/taylor.hpp"
#include "gradus/ops/ops.hpp"
#include "mutants.hpp"
#include "ops_table.hpp"

using namespace gradus;
using namespace gradus::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;

namespace {

Tensor<double> three() { return {Shape{3}, {0.3, -0.8, 1.2}}; }

}  // namespace

TEST_CASE("Taylor remainders shrink as h, h^2 and h^3", "[check]") {
  Tape tape;
  const Var x = tape.parameter(three(), "x");
  const std::size_t size = tape.size();
  const TaylorTest test = taylor_test(sum(exp(sin(x))), std::span(&x, 1));
  CHECK(tape.size() == size + 3);
  for (std::size_t k = 0; k < 3; ++k) {
    REQUIRE(test.rates[k]);
    CHECK_THAT(*test.rates[k], WithinAbs(static_cast<double>(k + 1), 0.1));
  }
  CHECK(
      to_string(test) ==
      "Taylor remainders shrink as h^1.0 without the gradient (h^1 expected), h^2.0 with it (h^2), "
      "h^3.0 with the Hessian (h^3)");
}

TEST_CASE("Taylor remainders tell a wrong gradient and a wrong second derivative", "[check]") {
  Tape tape;
  const Var x = tape.parameter(three(), "x");
  const Var wrong = sum(record(mutant(op<Exp>(), Mutation::percent), {x}));
  const TaylorTest first = taylor_test(wrong, std::span(&x, 1));
  CHECK_THAT(*first.rates[1], WithinAbs(1, 0.1));
  // Right, but its own derivative is not: y = x^2 whose rule hides that it depends on x.
  static const Op& hidden = custom_op(
      "hidden", [](double v) { return v * v; },
      [](Var dy, Var v, Var) { return dy * 2 * stop_gradient(v); });
  const TaylorTest second = taylor_test(sum(record(hidden, {x})), std::span(&x, 1));
  CHECK_THAT(*second.rates[1], WithinAbs(2, 0.1));
  CHECK_THAT(*second.rates[2], WithinAbs(2, 0.1));
}

TEST_CASE("an expansion that is exact leaves nothing", "[check]") {
  Tape tape;
  const Var x = tape.parameter(three(), "x");
  const TaylorTest linear = taylor_test(sum(2 * x), std::span(&x, 1));
  CHECK(linear.rates[0]);
  CHECK_FALSE(linear.rates[1]);
  CHECK_FALSE(linear.rates[2]);
  const TaylorTest quadratic = taylor_test(sum(square(x)), std::span(&x, 1));
  CHECK(quadratic.rates[1]);
  CHECK_FALSE(quadratic.rates[2]);
}

TEST_CASE("the error against the step is a U", "[check]") {
  Tape tape;
  const Var x = tape.parameter(1.0, "x");
  const ErrorCurve curve = error_curve(exp(x), x, 0);
  CHECK(curve.name == "x");
  CHECK_THAT(curve.derivative, WithinAbs(std::exp(1.0), 1e-14));
  CHECK(curve.points.size() > 45);
  CHECK_THAT(curve.forward.truncation.value_or(0), WithinAbs(1, 0.1));
  CHECK_THAT(curve.central.truncation.value_or(0), WithinAbs(2, 0.1));
  CHECK_THAT(curve.forward.round_off.value_or(0), WithinAbs(-1, 0.25));
  CHECK_THAT(curve.central.round_off.value_or(0), WithinAbs(-1, 0.25));
  // sqrt(eps) and cbrt(eps), by about an order of magnitude.
  CHECK_THAT(std::log10(curve.forward.best_step), WithinAbs(-7.8, 1));
  CHECK_THAT(std::log10(curve.central.best_step), WithinAbs(-5.2, 1));
  CHECK(curve.central.least_error < curve.forward.least_error);

  const ErrorCurve single = error_curve(exp(x), x, 0, Precision::f32);
  CHECK(single.central.least_error > 1e3 * curve.central.least_error);
  CHECK_THROWS_WITH(error_curve(exp(x), x, 1), ContainsSubstring("has no element 1"));
}

TEST_CASE("the curve of a wrong derivative levels out at its error", "[check]") {
  Tape tape;
  const Var x = tape.parameter(1.0, "x");
  const ErrorCurve curve = error_curve(record(mutant(op<Exp>(), Mutation::percent), {x}), x, 0);
  for (const ErrorCurve::Point& p : curve.points) {
    if (p.step < 1e-7 || p.step > 1e-4) continue;
    CHECK_THAT(p.central, WithinAbs(0.01, 0.001));
    CHECK_THAT(p.forward, WithinAbs(0.01, 0.001));
  }
}

TEST_CASE("Hessian-vector products of every op that has second derivatives", "[check]") {
  Random random(5);
  int checked = 0;
  for (const OpCase& row : op_cases()) {
    Tape tape;
    const RecordedCase recorded = record_case(tape, row, random);
    if (recorded.drawn.empty() || row.op->flow(0) == Flow::cut) continue;
    const Var loss = weighted_sum(recorded.result * recorded.result, random);
    const HessianReport report = check_hessian(loss, recorded.drawn);
    INFO(row.label << "\n" << to_string(report));
    CHECK(report.products.verdict != Verdict::fail);
    CHECK(report.symmetric);
    checked += report.products.verdict == Verdict::pass;
  }
  CHECK(checked > 100);
}

TEST_CASE("wrong second derivatives fail, and break the symmetry", "[check]") {
  // The rule is right, but differentiated again it is not.
  static const Op& hidden = custom_op(
      "hidden_mul", [](double v) { return v * v * v; },
      [](Var dy, Var v, Var) { return dy * 3 * v * stop_gradient(v); });
  Tape tape;
  const Var x = tape.parameter(three(), "x");
  CHECK(check_gradient(sum(record(hidden, {x})), {x}).passed());
  const HessianReport report = check_hessian(sum(record(hidden, {x})), {x});
  CHECK(report.products.verdict == Verdict::fail);
  CHECK_FALSE(report.passed());

  // Each of two uses is differentiated by its own rule: one wrong rule makes H asymmetric.
  const Var y = tape.parameter(three(), "y");
  const HessianReport mixed =
      check_hessian(sum(record(mutant(op<Mul>(), Mutation::lost_first), {x, y})), {x, y});
  CHECK_FALSE(mixed.symmetric);
}

TEST_CASE("single precision certifies next to nothing, and condemns nothing that is right",
          "[check]") {
  Tape tape;
  Random random(2);
  const Var x = tape.input(draw(Shape{6, 5}, -1, 1, random), "x");
  const Var w = tape.parameter(draw(Shape{5, 4}, -1, 1, random), "W");
  const Var loss = mean(square(tanh(matmul(x, w))));
  CheckOptions options;
  options.precision = Precision::f32;
  const GradientReport single = check_gradient(loss, {w}, options);
  INFO(to_string(single));
  CHECK(single.verdict == Verdict::below_noise);
  CHECK(single.parameters[0].failed == 0);
  CHECK(single.parameters[0].below_noise > 10);
  CHECK_FALSE(single.taylor);
  CHECK_THAT(to_string(single), ContainsSubstring("Single precision misleads"));
  CHECK(check_gradient(loss, {w}).passed());
  // What is wrong by much is seen all the same.
  CHECK(
      check_gradient(mean(record(mutant(op<Tanh>(), Mutation::sign), {w})), {w}, options).verdict ==
      Verdict::fail);
}

TEST_CASE("an absolute tolerance excuses, and certifies nothing", "[check]") {
  Tape tape;
  // Its derivative is 0, and all that is measured is round-off, which these numbers have.
  const Var x = tape.parameter(Tensor<double>({3}, {0.3, -0.7, 0.7}), "x");
  const Var noise = sum(softmax(x));
  CheckOptions options;
  options.absolute = 1e-9;
  CHECK(check_gradient(noise, {x}).verdict == Verdict::below_noise);
  const GradientReport excused = check_gradient(noise, {x}, options);
  INFO(to_string(excused));
  CHECK(excused.verdict == Verdict::excused);
  CHECK(excused.parameters[0].passed == 0);
  CHECK_FALSE(excused.passed());
  CHECK_FALSE(excused.good());  // nothing at all was certified

  const Var y = tape.parameter(2.0, "y");
  const GradientReport both = check_gradient(noise + square(y), {x, y}, options);
  CHECK(both.verdict == Verdict::excused);
  CHECK(both.good());
  options.absolute = 100;
  const GradientReport wrong =
      check_gradient(sum(record(mutant(op<Sin>(), Mutation::sign), {x})), {x}, options);
  CHECK(wrong.verdict == Verdict::excused);
  CHECK_FALSE(wrong.good());
  options.absolute = -1;
  CHECK_THROWS_WITH(check_gradient(noise, {x}, options), ContainsSubstring("absolute tolerance"));
}

TEST_CASE("a right derivative that a plain difference gets wrong is told, with the step",
          "[check]") {
  Tape tape;
  const Var x = tape.parameter(0.5, "x");
  const auto finding = [&](Var loss) {
    const GradientReport report = check_gradient(loss, {x});
    CHECK(report.passed());
    CHECK(report.parameters[0].finding.cause == Cause::none);
    return report.parameters[0].finding.sentence;
  };
  CHECK(finding(sin(x)) == "");
  CHECK_THAT(finding(sin(5000 * x)),
             ContainsSubstring("correct; at [] the usual step was too long"));
  CHECK_THAT(finding(1 + 1e-7 * x),
             ContainsSubstring("correct; at [] the usual step was in round-off"));
}
