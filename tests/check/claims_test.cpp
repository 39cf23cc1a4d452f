#include "catch.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

/// The mean squared error of a linear layer with a bias, and what students claim of it.
struct Layer {
  Tape tape;
  Var x = tape.input(Tensor<double>(Shape{3, 2}, {1.0, 2, -1, 0.5, 3, -2}), "X");
  Var w = tape.parameter(Tensor<double>(Shape{2, 3}, {0.5, -1, 2, 1, 0.25, -0.5}), "W");
  Var b = tape.parameter(Tensor<double>(Shape{3}, {0.1, -0.2, 0.3}), "b");
  Var y = matmul(x, w) + b;
  Var loss = 0.5 * sum(square(y));

  /// The report on one claim.
  GradientReport check(Var parameter, Var derivative, std::string text = "claimed") {
    CheckOptions options;
    options.claims.push_back({parameter, derivative, std::move(text)});
    return check_gradient(loss, {w, b}, options);
  }
  std::string finding(Var parameter, Var derivative) {
    const GradientReport report = check(parameter, derivative);
    CHECK(report.claims[0].row.verdict == Verdict::fail);
    CHECK(report.verdict == Verdict::fail);
    CHECK_FALSE(report.good());
    for (const ParameterCheck& row : report.parameters) CHECK(row.verdict == Verdict::pass);
    CHECK(report.blames.empty());
    return report.claims[0].row.finding.sentence;
  }
};

}  // namespace

TEST_CASE("a right claim passes", "[check]") {
  Layer layer;
  const GradientReport report =
      layer.check(layer.w, matmul(transpose(layer.x), layer.y), "X.T @ Y");
  INFO(to_string(report));
  CHECK(report.passed());
  CHECK(report.good());
  REQUIRE(report.claims.size() == 1);
  CHECK(report.claims[0].row.passed == 6);
  CHECK(report.claims[0].tape == report.claims[0].row.worst.analytic);
  CHECK_THAT(to_string(report), ContainsSubstring("claim W: X.T @ Y: PASS, 6 of 6 elements pass"));
  CHECK_THAT(to_string(report), ContainsSubstring("2 of 2 parameters pass, 1 of 1 claims"));
  CHECK(layer.check(layer.b, sum(layer.y, {0})).passed());
}

TEST_CASE("a wrong claim fails with what is wrong with it", "[check]") {
  Layer layer;
  const Var right = matmul(transpose(layer.x), layer.y);
  CHECK(layer.finding(layer.w, 2 * right) == "wrong by the constant factor 2.00: a missing ½?");
  CHECK(layer.finding(layer.w, -right) == "the sign is flipped");
  CHECK_THAT(layer.finding(layer.w, transpose(right)),
             ContainsSubstring("shape (3, 2) instead of (2, 3), the shape of the transpose"));
  CHECK(layer.finding(layer.b, layer.y) ==
        "it has shape (3, 3) instead of (3,): not summed over axis 0, where it was broadcast; "
        "summed, it is right");
  CHECK(layer.finding(layer.b, sum(layer.y, {1})) ==
        "summed over the wrong axis: axis 1 instead of axis 0");
  CHECK(layer.finding(layer.b, reshape(slice(layer.y, {Range{2, 3, 1}}), {3})) ==
        "not summed where it was broadcast: only part 2 of 3 along axis 0");
  CHECK(layer.finding(layer.b, mean(layer.y, {0})) ==
        "wrong by the constant factor 0.33: a missing 3, an inner derivative or a mean for a sum?");
}

TEST_CASE("a claim that forgets one of two uses is told which", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{2}, {0.5, -1.5}), "x");
  const Var s = sin(x);
  const Var loss = sum(x * s);
  CheckOptions options;
  options.claims = {{x, s, "sin(x)"}, {x, x * cos(x), "x * cos(x)"}, {x, s + x * cos(x), "both"}};
  const GradientReport report = check_gradient(loss, {x}, options);
  INFO(to_string(report));
  CHECK_THAT(report.claims[0].row.finding.sentence,
             ContainsSubstring("one of 2 uses is missing") && ContainsSubstring("sin #1"));
  CHECK_THAT(report.claims[1].row.finding.sentence,
             ContainsSubstring("one of 2 uses is missing") && ContainsSubstring("mul #2"));
  CHECK(report.claims[2].row.verdict == Verdict::pass);
}

TEST_CASE("a claim at a kink may take either side, and nothing outside", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{2}, {0.0, 1.0}), "x");
  const auto claim = [&](double at_kink) {
    CheckOptions options;
    options.claims = {{x, tape.constant(Tensor<double>(Shape{2}, {at_kink, 1.0})), "a number"}};
    return check_gradient(sum(relu(x)), {x}, options);
  };
  for (const double side : {0.0, 0.5, 1.0}) {
    CHECK(claim(side).claims[0].row.verdict == Verdict::pass);
    CHECK(claim(side).claims[0].row.kinks == 1);
  }
  const GradientReport outside = claim(1.2);
  CHECK(outside.claims[0].row.verdict == Verdict::fail);
  CHECK_THAT(to_string(outside),
             ContainsSubstring("at a kink: numeric 0 on its left, 1 on its right"));
}

TEST_CASE("a claim about what the loss does not depend on", "[check]") {
  Tape tape;
  const Var x = tape.parameter(2.0, "x"), unused = tape.parameter(1.0, "unused");
  CheckOptions options;
  options.claims = {{unused, tape.constant(1.0), "1"}};
  const GradientReport report = check_gradient(square(x), {x, unused}, options);
  CHECK(report.claims[0].row.verdict == Verdict::fail);
  CHECK_THAT(to_string(report), ContainsSubstring("does not depend on it: its derivative is 0"));
}

TEST_CASE("claims that cannot be judged are refused", "[check]") {
  Tape tape;
  const Var x = tape.parameter(2.0, "x"), other = tape.parameter(1.0, "other");
  CheckOptions options;
  options.claims = {{other, tape.constant(1.0), "1"}};
  CHECK_THROWS_WITH(check_gradient(square(x), {x}, options),
                    ContainsSubstring("a claim is about other, which is not checked"));
  options.claims = {{x, Var(), "nothing"}};
  CHECK_THROWS_AS(check_gradient(square(x), {x}, options), Error);
}

TEST_CASE("a claim that is right at one point by chance fails", "[check]") {
  Tape tape;
  const Var x = tape.parameter(2.0, "x");
  const auto check = [&](Var loss, Var claimed) {
    CheckOptions options;
    options.claims.push_back({x, claimed, "claimed"});
    const GradientReport report = check_gradient(loss, {x}, options);
    CHECK(item(x) == 2);  // it is where it was
    return report.claims[0];
  };
  const ClaimCheck chance = check(square(x), x * x);
  CHECK(chance.row.verdict == Verdict::fail);
  CHECK_THAT(chance.nearby, ContainsSubstring("right at this point only: at x = "));
  CHECK(check(square(x), 2 * x).row.verdict == Verdict::pass);
  CHECK(check(square(x), 2 * x).nearby.empty());

  // A number is what it is, and only told to be no formula.
  const ClaimCheck number = check(square(x), tape.constant(4.0));
  CHECK(number.row.verdict == Verdict::pass);
  CHECK_THAT(number.nearby, ContainsSubstring("right at this point only"));

  // And what is wrong by chance in a simple way is not called so.
  CHECK(check(pow(x, 3), 3 * pow(x, 3)).row.finding.cause == Cause::unknown);
  CHECK(check(pow(x, 3), 6 * pow(x, 2)).row.finding.cause == Cause::factor);
}
