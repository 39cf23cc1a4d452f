#include "gradus/check/check_gradient.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
#include "mutants.hpp"
#include "ops_table.hpp"

using namespace gradus;
using namespace gradus::test;

namespace {

/// y = f(x) element by element, with some derivative.
Var apply(const char* name, double (*f)(double), Var (*dx)(Var dy, Var x, Var y), Var x) {
  return record(custom_op(name, f, dx), {x});
}

/// sigmoid layers and cross-entropy, with its parameters.
struct Network {
  Network(Tape& tape, Index inputs, Index hidden, Index classes, Index batch) {
    Random random(11);
    const Var x = tape.input(draw(Shape{batch, inputs}, 0, 1, random), "x");
    Tensor<double> labels(Shape{batch});
    for (double& label : labels) label = static_cast<double>(random.below(classes));
    const double scale = 1 / std::sqrt(static_cast<double>(inputs));
    wrt.push_back(tape.parameter(draw(Shape{inputs, hidden}, -scale, scale, random), "W1"));
    wrt.push_back(tape.parameter(draw(Shape{hidden}, -0.1, 0.1, random), "b1"));
    wrt.push_back(tape.parameter(draw(Shape{hidden, classes}, -0.3, 0.3, random), "W2"));
    wrt.push_back(tape.parameter(draw(Shape{classes}, -0.1, 0.1, random), "b2"));
    const Var h = sigmoid(matmul(x, wrt[0]) + wrt[1]);
    loss = cross_entropy(matmul(h, wrt[2]) + wrt[3], tape.input(labels, "labels"));
  }
  std::vector<Var> wrt;
  Var loss;
};

}  // namespace

TEST_CASE("a sigmoid network with cross-entropy passes, element by element", "[check]") {
  Tape tape;
  const Network net(tape, 5, 7, 3, 4);
  const GradientReport report = check_gradient(net.loss, net.wrt);
  INFO(to_string(report));
  CHECK(report.passed());
  CHECK(report.direction.verdict == Verdict::pass);
  CHECK(report.loss == item(net.loss));
  REQUIRE(report.parameters.size() == 4);
  for (const ParameterCheck& row : report.parameters) {
    CHECK(row.checked == row.shape.elements());
    CHECK(row.direction.verdict == Verdict::pass);
    CHECK(row.worst.error < 1e-6);
  }
}

TEST_CASE("random formulas pass", "[check]") {
  Random random(5);
  for (int formula = 0; formula < 100; ++formula) {
    Tape tape;
    std::vector<Var> pool;
    for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 3}, Shape{2, 1}}) {
      pool.push_back(tape.parameter(draw(shape, 0.3, 1.5, random)));
    }
    const std::vector<Var> leaves = pool;
    const auto any = [&] {
      return pool[static_cast<std::size_t>(random.below(Index(pool.size())))];
    };
    for (int node = 0; node < 8; ++node) {
      switch (random.below(9)) {
        case 0:
          pool.push_back(any() + any());
          break;
        case 1:
          pool.push_back(any() * any());
          break;
        case 2:
          pool.push_back(any() / (1 + square(any())));
          break;
        case 3:
          pool.push_back(tanh(any()));
          break;
        case 4:
          pool.push_back(exp(-square(any())));
          break;
        case 5:
          pool.push_back(sigmoid(any() - any()));
          break;
        case 6:
          pool.push_back(mean(any()));
          break;
        case 7:
          pool.push_back(log(1 + square(any())));
          break;
        default:
          pool.push_back(gelu(sin(any())));
      }
    }
    Var loss = sum(pool.back());
    for (std::size_t i = 4; i + 1 < pool.size(); ++i) loss = loss + mean(pool[i]);
    const GradientReport report = check_gradient(loss, leaves);
    INFO("formula " << formula << "\n" << to_string(report));
    CHECK(report.verdict != Verdict::fail);
    for (const ParameterCheck& row : report.parameters) {
      CHECK(row.verdict <= Verdict::vacuous);  // any() - any() may be 0
    }
  }
}

TEST_CASE("a large network is sampled", "[check]") {
  Tape tape;
  const Network net(tape, 784, 128, 10, 32);
  CheckOptions options;
  options.max_elements = 100;
  const GradientReport report = check_gradient(net.loss, net.wrt, options);
  INFO(to_string(report));
  CHECK(report.passed());
  CHECK(report.parameters[0].checked == 100);
  CHECK(report.parameters[3].checked == 10);

  SECTION("the seed decides, and nothing else") {
    CHECK(to_string(check_gradient(net.loss, net.wrt, options)) == to_string(report));
    options.seed = 2;
    CHECK(to_string(check_gradient(net.loss, net.wrt, options)) != to_string(report));
  }
}

TEST_CASE("a wrong element that no sample meets shows in the direction", "[check]") {
  Tape tape;
  Random random(2);
  const Var w = tape.parameter(draw(Shape{10000}, -1, 1, random), "w");
  const Var head = slice(w, {Range{0, 1, 1}});
  const Var loss = sum(square(w)) + sum(record(mutant(op<Sin>(), Mutation::sign), {head}));
  CheckOptions options;
  options.max_elements = 10;
  const GradientReport report = check_gradient(loss, {w}, options);
  INFO(to_string(report));
  CHECK(report.parameters[0].failed == 0);
  CHECK(report.parameters[0].direction.verdict == Verdict::fail);
  CHECK(report.verdict == Verdict::fail);
}

TEST_CASE("the tape and the values are left as they were", "[check]") {
  Tape tape;
  const Network net(tape, 4, 3, 2, 2);
  const double before = item(net.loss);
  const std::size_t size = tape.size();
  const std::size_t leaf_elements = 12;
  const std::vector<double> w(tape.leaf_value(net.wrt[0].id()),
                              tape.leaf_value(net.wrt[0].id()) + leaf_elements);
  static_cast<void>(check_gradient(net.loss, net.wrt));
  CHECK(tape.size() == size);
  CHECK(item(net.loss) == before);
  const double* after = tape.leaf_value(net.wrt[0].id());
  for (std::size_t i = 0; i < leaf_elements; ++i) {
    CHECK(std::bit_cast<std::uint64_t>(after[i]) == std::bit_cast<std::uint64_t>(w[i]));
  }

  SECTION("after an error, too") {
    const Var missing = tape.input(Shape{2}, "missing");
    const Var wrong = sum(net.wrt[1]) + sum(missing);
    const std::size_t with_wrong = tape.size();
    CHECK_THROWS_AS(check_gradient(wrong, net.wrt), Error);
    CHECK(tape.size() == with_wrong);
  }
}

TEST_CASE("the sign of a tiny derivative beside large ones is seen", "[check]") {
  const bool flipped = GENERATE(false, true);
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{3}, {0.5, 0.25, -0.75}), "x");
  const Var scale = tape.constant(Tensor<double>(Shape{3}, {1.0, 1e-9, 2.0}));
  // Only the rule for the tiny element is wrong: its sign.
  const Var signs = tape.constant(Tensor<double>(Shape{3}, {1.0, flipped ? -1.0 : 1.0, 1.0}));
  const Op& scaled = custom_op({.name = "scaled",
                                .formula = "y = s x",
                                .derivative = "dx = dy s",
                                .arity = 3,
                                .forward =
                                    [](auto in, auto y) {
                                      for (Index i = 0; i < y.elements(); ++i) {
                                        y.data[i] = in[0].data[i] * in[1].data[i];
                                      }
                                    },
                                .vjp = [](const Vjp& v) { return v.dy * v.x[1] * v.x[2]; }});
  const GradientReport report = check_gradient(sum(record(scaled, {x, scale, signs})), {x});
  const ParameterCheck& row = report.parameters[0];
  INFO(to_string(report));
  if (flipped) {
    CHECK(report.verdict == Verdict::fail);
    CHECK(row.failed == 1);
    CHECK(row.worst.element == 1);
    CHECK_THAT(row.worst.error, Catch::Matchers::WithinAbs(2, 0.01));
  } else {
    CHECK(row.passed + row.below_noise == 3);
    CHECK(row.passed >= 2);
    CHECK(report.passed());
  }
}

TEST_CASE("a derivative below round-off is neither certified nor condemned", "[check]") {
  const Mutation mutation = GENERATE(Mutation::none, Mutation::sign);
  Tape tape;
  const Var x = tape.input(0.5, "x");
  const Var tiny = 1e-16 * record(mutant(op<Sin>(), mutation), {x});
  const GradientReport report = check_gradient(1e3 + tiny, {x});
  INFO(to_string(report));
  CHECK(report.verdict == Verdict::below_noise);
  CHECK_FALSE(report.passed());
  CHECK(report.parameters[0].below_noise == 1);
  CHECK_THAT(to_string(report), Catch::Matchers::ContainsSubstring("round-off to be certified"));
}

TEST_CASE("a loss that cancels is not held against a right rule", "[check]") {
  Tape tape;
  Random random(9);
  const Var x = tape.parameter(draw(Shape{50}, -1, 1, random), "x");
  // The derivative of the sum of a softmax is 0, and all that is measured is round-off.
  const Var y = sum(softmax(x));
  CHECK(check_gradient(y, {x}).verdict == Verdict::below_noise);
  CHECK(check_gradient((1e9 * y - 1e9) + sum(square(x)), {x}).verdict != Verdict::fail);
}

TEST_CASE("a loss that oscillates within the steps is neither certified nor condemned", "[check]") {
  for (const double frequency : {1e7, 1e8, 1e9, 1e12}) {
    INFO(frequency);
    Tape tape;
    const Var x = tape.parameter(1.0, "x");
    CheckOptions options;
    const Var slope = tape.constant(frequency * std::cos(frequency));
    options.claims = {{x, slope * 3.0, "three times"}, {x, -slope, "minus"}};
    const GradientReport report = check_gradient(sin(x * frequency), {x}, options);
    CHECK(report.parameters[0].verdict == Verdict::below_noise);
    CHECK(report.parameters[0].worst.uncertainty == std::numeric_limits<double>::infinity());
    CHECK(report.claims[0].row.verdict != Verdict::pass);
    CHECK(report.claims[1].row.verdict != Verdict::pass);
  }
}

TEST_CASE("noise saves no wrong rule", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{3}, {1.0, 2.0, -3.0}), "x");
  const Var y = apply(
      "wrong", [](double v) { return v; }, [](Var dy, Var, Var) { return dy * 1.5; }, x);
  const GradientReport report = check_gradient(sum((y + 1e7) - 1e7), {x});
  INFO(to_string(report));
  CHECK(report.parameters[0].failed == 3);
}

TEST_CASE("derivatives near the largest number are judged", "[check]") {
  Tape tape;
  const Var x = tape.parameter(709.7, "x");
  const GradientReport report = check_gradient(exp(x), {x});
  INFO(to_string(report));
  CHECK(report.passed());
  CHECK(report.direction.verdict == Verdict::domain);  // 709.7 times the derivative is infinite
  CHECK_FALSE(report.taylor);
}

TEST_CASE("a constant loss is vacuous", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{2}, {1.0, 2.0}), "x");
  const Var unused = tape.parameter(3.0, "unused");
  SECTION("times 0") {
    const GradientReport report = check_gradient(sum(0 * x), {x});
    CHECK(report.verdict == Verdict::vacuous);
    CHECK(report.parameters[0].vacuous == 2);
  }
  SECTION("flat") { CHECK(check_gradient(sum(step(x)), {x}).verdict == Verdict::vacuous); }
  SECTION("not used") {
    const GradientReport report = check_gradient(sum(square(x)), {x, unused});
    CHECK(report.parameters[0].verdict == Verdict::pass);
    CHECK(report.parameters[1].verdict == Verdict::vacuous);
    CHECK_FALSE(report.parameters[1].used);
    CHECK(report.verdict == Verdict::vacuous);
    CHECK_THAT(to_string(report), Catch::Matchers::ContainsSubstring("does not depend on it"));
  }
  SECTION("a rule that loses the gradient is not vacuous") {
    CHECK(check_gradient(sum(square(stop_gradient(x))), {x}).verdict == Verdict::fail);
  }
}

TEST_CASE("relu at exactly 0 is a kink, which is shown, not a failure", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{4}, {-1.0, 0.0, 0.5, 0.0}), "x");
  const Var scale = tape.constant(Tensor<double>(Shape{4}, {1.0, 2.0, 3.0, -4.0}));

  SECTION("a right rule") {
    const GradientReport report = check_gradient(sum(scale * relu(x)), {x});
    const ParameterCheck& row = report.parameters[0];
    INFO(to_string(report));
    CHECK(report.passed());
    CHECK(row.kinks == 2);
    CHECK(row.passed == 1);
    CHECK(row.vacuous == 1);
    REQUIRE(row.first_kink);
    CHECK(row.first_kink->element == 1);
    CHECK_THAT(row.first_kink->left, Catch::Matchers::WithinAbs(0, 1e-6));
    CHECK_THAT(row.first_kink->right, Catch::Matchers::WithinAbs(2, 1e-6));
    CHECK_THAT(to_string(report), Catch::Matchers::ContainsSubstring("2 of 4 elements at a KINK"));
  }
  SECTION("abs: 0 lies between -1 and 1, and meets a central difference of 0") {
    const GradientReport report = check_gradient(sum(abs(x)), {x});
    CHECK(report.parameters[0].kinks == 2);
    CHECK(report.passed());
  }
  SECTION("nothing but kinks certifies nothing") {
    const Var zero = tape.parameter(0.0, "zero");
    const GradientReport report = check_gradient(relu(zero), {zero});
    CHECK(report.verdict == Verdict::kink);
    CHECK_FALSE(report.passed());
  }
  SECTION("wrong rules do not hide behind it") {
    for (const Mutation mutation :
         {Mutation::sign, Mutation::twice, Mutation::half, Mutation::percent, Mutation::zero}) {
      const Var y = sum(scale * record(mutant(op<Relu>(), mutation), {x}));
      INFO(test::to_string(mutation));
      CHECK(check_gradient(y, {x}).verdict == Verdict::fail);
    }
  }
  SECTION("a value outside of both sides fails even at the kink") {
    const Var zero = tape.parameter(0.0, "zero");
    const auto forward = [](double v) { return v > 0 ? v : 0.0; };
    const auto y = apply(
        "relu_with_2_at_0", forward, [](Var dy, Var, Var) { return 2 * dy; }, zero);
    const GradientReport report = check_gradient(y, {zero});
    CHECK(report.verdict == Verdict::fail);
    CHECK_THAT(to_string(report), Catch::Matchers::ContainsSubstring("not between"));
  }
}

TEST_CASE("an extremum is no kink", "[check]") {
  Tape tape;
  const Var x = tape.parameter(0.0, "x");
  CHECK(check_gradient(cos(x), {x}).parameters[0].kinks == 0);
  CHECK(check_gradient(square(x), {x}).parameters[0].kinks == 0);
  const auto wrong = apply(
      "square_off", [](double v) { return v * v; },
      [](Var dy, Var v, Var) { return dy * (2 * v + 1e-6); }, x);
  CHECK(check_gradient(wrong, {x}).verdict == Verdict::fail);
}

TEST_CASE("the edges of a domain", "[check]") {
  Tape tape;
  SECTION("sqrt and log near 0 pass") {
    const Var x = tape.parameter(Tensor<double>(Shape{5}, {1e-2, 1e-4, 1e-6, 1e-9, 1e-14}), "x");
    for (const Var y : {sum(sqrt(x)), sum(log(x))}) {
      const GradientReport report = check_gradient(y, {x});
      INFO(to_string(report));
      CHECK(report.verdict == Verdict::pass);
      CHECK(report.parameters[0].failed == 0);
    }
    // Here the largest term hides the others.
    CHECK(check_gradient(sum(1e-10 / x), {x}).verdict == Verdict::below_noise);
    const Var wrong = sum(record(mutant(op<Sqrt>(), Mutation::half), {x}));
    CHECK(check_gradient(wrong, {x}).parameters[0].failed == 5);
  }
  SECTION("an infinite analytic derivative fails, and the text says so") {
    const Var x = tape.parameter(Tensor<double>(Shape{2}, {1.0, 0.0}), "x");
    const GradientReport report = check_gradient(sum(sqrt(x)), {x});
    CHECK(report.verdict == Verdict::fail);
    CHECK(report.parameters[0].worst.element == 1);
    CHECK_THAT(to_string(report),
               Catch::Matchers::ContainsSubstring("the analytic derivative is inf"));
  }
  SECTION("a NaN of the rule") {
    const Var x = tape.parameter(1.0, "x");
    const auto y = apply(
        "nan_rule", [](double v) { return v; }, [](Var dy, Var, Var) { return dy * std::nan(""); },
        x);
    const GradientReport report = check_gradient(y, {x});
    CHECK(report.verdict == Verdict::fail);
    CHECK_THAT(to_string(report),
               Catch::Matchers::ContainsSubstring("the analytic derivative is nan"));
  }
  SECTION("a loss that is NaN") {
    const Var x = tape.parameter(-1.0, "x");
    const auto y = apply(
        "nan_loss", [](double v) { return std::log(v); }, [](Var dy, Var, Var) { return dy; }, x);
    const GradientReport report = check_gradient(y, {x});
    CHECK(report.verdict == Verdict::fail);
    CHECK_THAT(to_string(report),
               Catch::Matchers::ContainsSubstring("the loss is nan, from nan_loss #1 on"));
  }
}

TEST_CASE("what cannot be checked is refused with a reason", "[check]") {
  using Catch::Matchers::ContainsSubstring;
  Tape tape;
  const Var x = tape.input(1.0, "x");
  const Var empty = tape.input(Shape{2}, "empty");
  const Var h = sin(x).named("h");
  CHECK_THROWS_WITH(check_gradient(h, {}), ContainsSubstring("no variables"));
  CHECK_THROWS_WITH(check_gradient(h, {h}),
                    ContainsSubstring("h") && ContainsSubstring("computed"));
  CHECK_THROWS_WITH(check_gradient(h, {x, x}), ContainsSubstring("x is given twice"));
  CHECK_THROWS_WITH(check_gradient(sum(empty), {empty}),
                    ContainsSubstring("empty") && ContainsSubstring("no value"));
  CHECK_THROWS_WITH(check_gradient(h * sum(empty), {x}), ContainsSubstring("empty"));
  const Var c = tape.constant(2.0);
  CHECK_THROWS_WITH(check_gradient(h * c, {c}), ContainsSubstring("constant"));
  CheckOptions bad;
  bad.max_elements = 0;
  CHECK_THROWS_WITH(check_gradient(h, {x}, bad), ContainsSubstring("max_elements"));
  bad = {};
  bad.tolerance = std::nan("");
  CHECK_THROWS_WITH(check_gradient(h, {x}, bad), ContainsSubstring("tolerance"));
  const Var vector = tape.parameter(Tensor<double>(Shape{2}, 1.0), "v");
  CHECK_THROWS_AS(check_gradient(2 * vector, {vector}), GradientError);
}
