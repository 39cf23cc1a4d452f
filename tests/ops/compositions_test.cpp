// Functions made of other ops: values from their definitions, derivatives from differences.
#include <cmath>

#include "catch.hpp"
#include "grad/differences.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/executor.hpp"
#include "ops/cases.hpp"

using namespace gradus;

namespace {

struct Pair {
  Tape tape;
  Var a, b;
  Pair() {
    Random random(4);
    a = tape.input(cases::draw(Shape{2, 3}, 0, {-2, 2}, random), "a");
    b = tape.input(cases::draw(Shape{2, 3}, 1, {-2, 2}, random), "b");
  }
};

template <class F, class G>
void check_composition(const F& record, const G& one) {
  Pair p;
  const Var y = record(p.a, p.b);
  const Tensor<double> a = value(p.a), b = value(p.b), got = value(y);
  REQUIRE(got.elements() == 6);
  for (Index i = 0; i < 6; ++i) {
    CHECK_THAT(got[i], Catch::Matchers::WithinAbs(one(a[i], b[i]), 1e-14));
  }
  const Var loss = sum(y * y);
  const Var dx = gradient(loss, p.a, Disconnected::zeros);
  CHECK(differences::distance(value(dx), differences::gradient(loss, p.a)) <
        differences::tolerance);
}

void check_loss(Var loss, std::initializer_list<Var> leaves, double wanted) {
  CHECK_THAT(item(loss), Catch::Matchers::WithinRel(wanted, 1e-13));
  for (const Var leaf : leaves) {
    CHECK(differences::distance(value(gradient(loss, leaf)), differences::gradient(loss, leaf)) <
          differences::tolerance);
  }
}

}  // namespace

TEST_CASE("arithmetic with variables and numbers on either side", "[ops]") {
  check_composition([](Var a, Var b) { return a - b; }, [](double a, double b) { return a - b; });
  check_composition([](Var a, Var) { return a - 1; }, [](double a, double) { return a - 1; });
  check_composition([](Var a, Var) { return 1 - a; }, [](double a, double) { return 1 - a; });
  check_composition([](Var a, Var) { return a - 0.5 * a / 4 + 2 * -a; },
                    [](double a, double) { return a - 0.5 * a / 4 - 2 * a; });
  check_composition([](Var a, Var) { return 3 / (3 + a * a); },
                    [](double a, double) { return 3 / (3 + a * a); });
  check_composition([](Var a, Var) { return reciprocal(a + 3); },
                    [](double a, double) { return 1 / (a + 3); });
  check_composition([](Var a, Var) { return square(a); }, [](double a, double) { return a * a; });
  check_composition([](Var a, Var) { return pow(2, a); },
                    [](double a, double) { return std::pow(2, a); });
  check_composition([](Var a, Var) { return pow(a, 3); },
                    [](double a, double) { return a * a * a; });
  check_composition([](Var a, Var) { return maximum(0.4, a); },
                    [](double a, double) { return std::max(0.4, a); });
  check_composition([](Var a, Var b) { return where(less(a, b), a, 7); },
                    [](double a, double b) { return a < b ? a : 7; });
  check_composition([](Var a, Var b) { return greater(a, b) + 2 * not_equal(a, b); },
                    [](double a, double b) { return (a > b) + 2.0 * (a != b); });
  check_composition([](Var a, Var) { return swish(a); },
                    [](double a, double) { return a / (1 + std::exp(-a)); });
  check_composition([](Var a, Var) { return prelu(a, 0.2); },
                    [](double a, double) { return a > 0 ? a : 0.2 * a; });
}

TEST_CASE("means, variances and logsumexp over axes", "[ops]") {
  Pair p;
  const Tensor<double> x = value(p.a);
  const Var column = mean(p.a, {0});
  const Var row = variance(p.a, {-1}, true);
  const Var log_sum = logsumexp(p.a, {1});
  CHECK(column.shape() == Shape{3});
  CHECK(row.shape() == Shape{2, 1});
  CHECK(log_sum.shape() == Shape{2});
  CHECK(logsumexp(p.a).shape() == Shape{});
  CHECK(logsumexp(p.a, {}, true).shape() == Shape{1, 1});
  for (Index j = 0; j < 3; ++j) {
    CHECK_THAT(value(column)[j], Catch::Matchers::WithinAbs((x[j] + x[j + 3]) / 2, 1e-14));
  }
  for (Index i = 0; i < 2; ++i) {
    const double a = x[3 * i], b = x[3 * i + 1], c = x[3 * i + 2], m = (a + b + c) / 3;
    const double v = ((a - m) * (a - m) + (b - m) * (b - m) + (c - m) * (c - m)) / 3;
    CHECK_THAT(value(row)[i], Catch::Matchers::WithinAbs(v, 1e-14));
    const double l = std::log(std::exp(a) + std::exp(b) + std::exp(c));
    CHECK_THAT(value(log_sum)[i], Catch::Matchers::WithinAbs(l, 1e-14));
  }
  for (const Var loss : {sum(column * column), sum(square(row)), sum(square(log_sum)), mean(p.a)}) {
    const Var dx = gradient(loss, p.a);
    CHECK(differences::distance(value(dx), differences::gradient(loss, p.a)) <
          differences::tolerance);
  }
}

TEST_CASE("losses are what their definitions say", "[ops]") {
  Pair p;
  const Tensor<double> a = value(p.a), b = value(p.b);
  double squares = 0, squares_to_half = 0, logistic = 0, entropy = 0, with_classes = 0;
  const Tensor<double> classes(Shape{2}, {2.0, 0.0});
  for (Index i = 0; i < 2; ++i) {
    double total = 0;
    for (Index j = 0; j < 3; ++j) total += std::exp(a[3 * i + j]);
    for (Index j = 0; j < 3; ++j) {
      const double z = a[3 * i + j], t = b[3 * i + j], s = 1 / (1 + std::exp(-z));
      squares += (z - t) * (z - t);
      squares_to_half += (z - 0.5) * (z - 0.5);
      logistic -= t * std::log(s) + (1 - t) * std::log(1 - s);
      entropy -= t * std::log(std::exp(z) / total);
      if (static_cast<double>(j) == classes[i]) with_classes -= std::log(std::exp(z) / total);
    }
  }
  check_loss(mse(p.a, p.b), {p.a, p.b}, squares / 6);
  check_loss(mse(p.a, 0.5), {p.a}, squares_to_half / 6);
  check_loss(quadratic_cost(p.a, p.b), {p.a, p.b}, squares / 4);
  check_loss(quadratic_cost(p.a, p.b, 3), {p.a}, squares * 3 / 2);
  check_loss(binary_cross_entropy(p.a, p.b), {p.a, p.b}, logistic / 6);
  check_loss(cross_entropy(p.a, p.b), {p.a, p.b}, entropy / 2);
  const Var target = p.tape.input(classes);
  check_loss(cross_entropy(p.a, target), {p.a}, with_classes / 2);
  check_loss(cross_entropy(p.a, one_hot(target, 3)), {p.a}, with_classes / 2);
  const Var first_row = reshape(slice(p.a, {{0, 1}}), {3});
  check_loss(cross_entropy(first_row, 1), {p.a}, item(logsumexp(first_row)) - a[1]);
}

TEST_CASE("an op of one's own", "[ops]") {
  const Op& cube = custom_op(
      "cube", [](double x) { return x * x * x; },
      [](Var dy, Var x, Var) { return dy * 3 * x * x; });
  CHECK(cube.pointwise());
  Pair p;
  const Var y = record(cube, {p.a});
  const Tensor<double> x = value(p.a);
  for (Index i = 0; i < 6; ++i) CHECK(value(y)[i] == x[i] * x[i] * x[i]);
  const Var loss = sum(y * p.b);
  const Var dx = gradient(loss, p.a);
  CHECK(differences::distance(value(dx), differences::gradient(loss, p.a)) <
        differences::tolerance);
  const Var second = gradient(sum(dx * p.b), p.a);
  CHECK(differences::distance(value(second), differences::gradient(sum(dx * p.b), p.a)) <
        differences::tolerance);
  CHECK(p.tape.label(y.id()) == "cube #2");

  CustomOp dot;
  dot.name = "dot";
  dot.arity = 2;
  dot.shape = [](std::span<const Shape> shapes) {
    if (shapes[0] != shapes[1]) throw ShapeError("the two must be alike");
    return Shape{};
  };
  dot.forward = [](std::span<const View<const double>> u, View<double> out) {
    out.data[0] = 0;
    for (Index i = 0; i < u[0].elements(); ++i) out.data[0] += u[0].data[i] * u[1].data[i];
  };
  dot.vjp = [](const Vjp& v) { return v.dy * v.x[v.operand == 0 ? 1 : 0]; };
  const Op& op = custom_op(dot);
  const Var product = record(op, {p.a, p.b});
  CHECK_THAT(item(product), Catch::Matchers::WithinAbs(item(sum(p.a * p.b)), 1e-14));
  CHECK(value(gradient(product, p.a)) == value(p.b));
  CHECK(value(gradient(product, p.b)) == value(p.a));
  CHECK_THROWS_WITH(record(op, {p.a, 1.0}),
                    Catch::Matchers::ContainsSubstring("[dot] a:(2, 3)") &&
                        Catch::Matchers::ContainsSubstring("must be alike"));
  CHECK_THROWS_AS(record(op, {p.a}), Error);

  CustomOp opaque = dot;
  opaque.name = "opaque";
  opaque.vjp = {};
  CHECK_THROWS_WITH(gradient(record(custom_op(opaque), {p.a, p.b}), p.a),
                    Catch::Matchers::ContainsSubstring("opaque passes no gradient"));
  CustomOp wrong = dot;
  wrong.name = "wrong";
  wrong.vjp = [](const Vjp& v) { return slice(v.x[0], {{0, 1}, {0, 2}}); };
  CHECK_THROWS_WITH(gradient(record(custom_op(wrong), {p.a, p.b}), p.a),
                    Catch::Matchers::ContainsSubstring("rule of wrong gives shape (1, 2)"));
  CHECK_THROWS_AS(custom_op(CustomOp{}), Error);
}

TEST_CASE("an op of one's own runs in float", "[ops]") {
  const Op& half = custom_op(
      "half", [](double x) { return x / 2; }, [](Var dy, Var, Var) { return dy / 2; });
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{3}, {1.0, -2.0, 0.5}));
  const Var y = record(half, {x * 3});
  Executor<float> run{Program({y, gradient(sum(y), x)})};
  run.run();
  CHECK(std::vector<float>(run.output(0).data, run.output(0).data + 3) ==
        std::vector<float>{1.5f, -3.f, 0.75f});
  CHECK(std::vector<float>(run.output(1).data, run.output(1).data + 3) ==
        std::vector<float>(3, 1.5f));
}
