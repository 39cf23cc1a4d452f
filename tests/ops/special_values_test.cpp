// NaN, infinities and large numbers: what the ops' comments promise.
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "grad/differences.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/reduce.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"

using namespace gradus;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

template <class F>
double at(const F& f, double x) {
  Tape tape;
  return item(f(tape.input(x)));
}

/// df/dx at x.
template <class F>
double slope_at(const F& f, double x) {
  Tape tape;
  const Var v = tape.input(x);
  return item(gradient(f(v), v));
}

template <class Values>
bool all_finite(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](auto x) { return std::isfinite(x); });
}

}  // namespace

TEST_CASE("NaN is not lost", "[ops]") {
  CHECK(std::isnan(at([](Var x) { return relu(x); }, no_number)));
  CHECK(std::isnan(at([](Var x) { return leaky_relu(x); }, no_number)));
  CHECK(std::isnan(at([](Var x) { return sigmoid(x); }, no_number)));
  CHECK(std::isnan(at([](Var x) { return softplus(x); }, no_number)));
  CHECK(std::isnan(at([](Var x) { return sign(x); }, no_number)));
  for (const auto& [a, b] : {std::pair{no_number, 1.0},
                             {1.0, no_number},
                             {no_number, -infinite},
                             {infinite, no_number},
                             {no_number, no_number}}) {
    Tape tape;
    const Var u = tape.input(a), v = tape.input(b);
    CHECK(std::isnan(item(maximum(u, v))));
    CHECK(std::isnan(item(minimum(u, v))));
    CHECK(item(less(u, v)) == 0);
    CHECK(item(equal(u, v)) == 0);
    CHECK(item(not_equal(u, v)) == 1);
    CHECK(item(greater_equal(u, v)) == 0);
  }
  for (const Index place : {0, 1, 2}) {
    Tape tape;
    Tensor<double> x(Shape{3}, {1.0, 2.0, 3.0});
    x[place] = no_number;
    const Var v = tape.input(x);
    CHECK(std::isnan(item(max(v))));
    CHECK(std::isnan(item(max(reshape(v, {3, 1})))));
    CHECK(item(argmax(v)) == static_cast<double>(place));
    CHECK(std::isnan(item(sum(v))));
  }
}

TEST_CASE("where leaks nothing of the branch that is not taken", "[ops]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{3}, {-1.0, 0.0, 4.0}));
  const Var safe = where(greater(x, 0), log(x), 0);
  CHECK(value(safe) == Tensor<double>(Shape{3}, {0.0, 0.0, std::log(4.0)}));
  const Var y = where(tape.constant(Tensor<double>(Shape{3}, {1.0, 0.0, 1.0})), x,
                      tape.constant(Tensor<double>(Shape{3}, {no_number, 7.0, infinite})));
  CHECK(value(y) == Tensor<double>(Shape{3}, {-1.0, 7.0, 4.0}));
  CHECK(value(gradient(sum(y), x)) == Tensor<double>(Shape{3}, {1.0, 0.0, 1.0}));
}

TEST_CASE("activations neither overflow nor lose small numbers", "[ops]") {
  const auto sigmoid_of = [](Var x) { return sigmoid(x); };
  const auto softplus_of = [](Var x) { return softplus(x); };
  for (const double x : {1e4, 1e300, infinite}) {
    CHECK(at(sigmoid_of, x) == 1);
    CHECK(at(sigmoid_of, -x) == 0);
    CHECK(at(softplus_of, x) == x);
    CHECK(at(softplus_of, -x) == 0);
    CHECK(at([](Var v) { return tanh(v); }, x) == 1);
    CHECK(at([](Var v) { return elu(v); }, -x) == -1);
    CHECK(slope_at(sigmoid_of, x) == 0);
    CHECK(slope_at(sigmoid_of, -x) == 0);
    CHECK(slope_at(softplus_of, x) == 1);
    CHECK(slope_at(softplus_of, -x) == 0);
    CHECK(slope_at([](Var v) { return elu(v); }, x) == 1);
  }
  for (const double x : {1e4, -1e4}) {
    CHECK(at([](Var v) { return gelu(v); }, x) == std::max(x, 0.0));
    CHECK(slope_at([](Var v) { return gelu(v); }, x) == (x > 0 ? 1 : 0));
    CHECK(at([](Var v) { return swish(v); }, x) == std::max(x, 0.0));
    CHECK(slope_at([](Var v) { return swish(v); }, x) == (x > 0 ? 1 : 0));
  }
  // exp(-40) is far below the last place of 1.
  CHECK_THAT(at(softplus_of, -40), Catch::Matchers::WithinRel(std::exp(-40.0), 1e-14));
  CHECK_THAT(at(sigmoid_of, -40), Catch::Matchers::WithinRel(std::exp(-40.0), 1e-14));
  // erfc keeps gelu's left tail: -10 P(-10), and P(-10) = 7.619853024160526e-24.
  CHECK_THAT(at([](Var v) { return gelu(v); }, -10),
             Catch::Matchers::WithinRel(-7.619853024160526e-23, 1e-12));
}

TEST_CASE("a limit at infinity is the value there", "[ops]") {
  const auto gelu_of = [](Var x) { return gelu(x); };
  CHECK(at(gelu_of, -infinite) == 0);
  CHECK(at(gelu_of, infinite) == infinite);
  CHECK(std::isnan(at(gelu_of, no_number)));

  const auto log_sum_of = [](double a, double b) {
    Tape tape;
    return item(logsumexp(tape.input(Tensor<double>(Shape{2}, {a, b}))));
  };
  CHECK(log_sum_of(infinite, 1) == infinite);
  CHECK(log_sum_of(infinite, infinite) == infinite);
  CHECK(log_sum_of(infinite, -infinite) == infinite);
  CHECK(log_sum_of(-infinite, -infinite) == -infinite);
  CHECK(log_sum_of(-infinite, 3) == 3);
  CHECK(log_sum_of(1e300, 1e300) == 1e300);
  CHECK(log_sum_of(-1e300, -infinite) == -1e300);
  CHECK(std::isnan(log_sum_of(no_number, infinite)));
}

TEST_CASE("a class is ruled out by a logit of -infinity", "[ops]") {
  Tape tape;
  const Var z =
      tape.input(Tensor<double>(Shape{2, 3}, {1.0, -infinite, 1.0, -infinite, -infinite, 4.0}));
  const Var loss = cross_entropy(z, tape.constant(Tensor<double>(Shape{2}, {0.0, 2.0})));
  CHECK_THAT(item(loss), Catch::Matchers::WithinRel(std::log(2.0) / 2, 1e-15));
  CHECK(value(gradient(loss, z)) == Tensor<double>(Shape{2, 3}, {-0.25, 0.0, 0.25, 0.0, 0.0, 0.0}));
  CHECK(value(softmax(z)) == Tensor<double>(Shape{2, 3}, {0.5, 0.0, 0.5, 0.0, 0.0, 1.0}));
  // The class that is ruled out came: nothing is as surprising.
  const Var never = cross_entropy(z, tape.constant(Tensor<double>(Shape{2}, {1.0, 2.0})));
  CHECK(item(never) == infinite);
}

TEST_CASE("softmax and the losses are stable for large logits", "[ops]") {
  Tape tape;
  const Tensor<double> logits(Shape{4, 3},
                              {1e4, -1e4, 0.0, -1e4, -1e4, -1e4, 1e4, 1e4, 1e4, -1e4, 1e4, 1e4});
  const Var z = tape.input(logits);
  const Var classes = tape.input(Tensor<double>(Shape{4}, {1.0, 0.0, 2.0, 0.0}));
  const Var targets = tape.input(Tensor<double>(Shape{4, 3}, 0.25));
  const Var losses[] = {sum(square(softmax(z))),
                        sum(softmax(z, 0)),
                        sum(log_softmax(z)),
                        sum(logsumexp(z, {1})),
                        logsumexp(z),
                        cross_entropy(z, classes),
                        cross_entropy(z, targets),
                        binary_cross_entropy(z, targets),
                        binary_cross_entropy(z, 0.5)};
  for (const Var loss : losses) {
    const Var dz = gradient(loss, z);
    CHECK(std::isfinite(item(loss)));
    CHECK(all_finite(value(dz)));
    CHECK(all_finite(value(gradient(sum(square(dz)), z, Disconnected::zeros))));
    Executor<float> narrow{Program({loss, dz})};
    narrow.run();
    CHECK(std::isfinite(narrow.item(0)));
    CHECK(all_finite(std::span<const float>(narrow.output(1).data, 12)));
  }
  // Rows of equal logits: thirds, and log 3 above the largest. The wrong class by 2e4 costs 2e4.
  CHECK_THAT(value(softmax(z))[4], Catch::Matchers::WithinRel(1.0 / 3, 1e-15));
  CHECK_THAT(value(logsumexp(z, {1}))[1], Catch::Matchers::WithinRel(-1e4 + std::log(3.0), 1e-15));
  CHECK_THAT(
      item(cross_entropy(z, classes)),
      Catch::Matchers::WithinRel((2e4 + 2 * std::log(3.0) + 2e4 + std::log(2.0)) / 4, 1e-14));
}

TEST_CASE("at kinks the side that the op's text names is taken", "[ops]") {
  CHECK(slope_at([](Var x) { return relu(x); }, 0) == 0);
  CHECK(slope_at([](Var x) { return abs(x); }, 0) == 0);
  CHECK(slope_at([](Var x) { return leaky_relu(x, 0.2); }, 0) == 0.2);
  CHECK(slope_at([](Var x) { return elu(x, 0.5); }, 0) == 0.5);
  CHECK(slope_at([](Var x) { return prelu(x, 0.25); }, 0) == 0.25);
  for (const bool largest : {true, false}) {
    Tape tape;
    const Var a = tape.input(2.0), b = tape.input(2.0);
    const auto d = gradient(largest ? maximum(a, b) : minimum(a, b), {a, b});
    CHECK(item(d[0]) == 1);
    CHECK(item(d[1]) == 0);
  }
}

TEST_CASE("ties of max share the gradient equally", "[ops]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{2, 3}, {5.0, 1.0, 5.0, 2.0, 2.0, 2.0}));
  const Var w = tape.constant(Tensor<double>(Shape{2}, {4.0, 9.0}));
  CHECK(value(gradient(sum(w * max(x, {1})), x)) ==
        Tensor<double>(Shape{2, 3}, {2.0, 0.0, 2.0, 3.0, 3.0, 3.0}));
  CHECK(value(argmax(x)) == Tensor<double>(Shape{2}, {0.0, 0.0}));
}

TEST_CASE("a position that the precision cannot say is refused", "[ops]") {
  // Refused before an element is read, so that none needs to be there.
  const Shape shape{(Index{1} << 24) + 2}, result;
  float position = 0;
  const auto argmax_of = [&](const Shape& x) {
    kernels::argmax<float>({nullptr, &x}, 0, {&position, &result});
  };
  CHECK_THROWS_WITH(argmax_of(shape),
                    "[argmax] positions along an axis of 16777218 elements are "
                    "not all exact in this precision, which has whole numbers up "
                    "to 16777216: run it in double");
  const std::vector<float> rising{1, 2, 3};
  const Shape three{3};
  kernels::argmax<float>({rising.data(), &three}, 0, {&position, &result});
  CHECK(position == 2);
}

TEST_CASE("pow is right at 0 and for negative bases", "[ops]") {
  for (const double exponent : {0.0, 1.0, 2.0, 3.0}) {
    Tape tape;
    const Var x = tape.input(0.0);
    Var y = pow(x, exponent);
    double factorial = 1;  // the n-th derivative of x^n is n!, all others are 0 at 0
    for (int order = 1; order <= 4; ++order) {
      y = gradient(y, x, Disconnected::zeros);
      factorial *= order;
      INFO("derivative " << order << " of x^" << exponent);
      CHECK(item(y) == (exponent == order ? factorial : 0));
    }
  }
  CHECK(at([](Var x) { return pow(x, 3); }, -2) == -8);
  CHECK(slope_at([](Var x) { return pow(x, 3); }, -2) == 12);
  CHECK(slope_at([](Var x) { return pow(x, -1); }, -2) == -0.25);
  CHECK(std::isnan(at([](Var x) { return pow(x, 0.5); }, -2)));
  // In the exponent the derivative is taken as 0 where the base is not positive.
  CHECK(slope_at([](Var b) { return pow(0.0, b); }, 2) == 0);
  CHECK(slope_at([](Var b) { return pow(-2.0, b); }, 2) == 0);
  CHECK(at([](Var b) { return pow(0.0, b); }, -1) == infinite);
  CHECK(slope_at([](Var b) { return pow(0.0, b); }, -1) == 0);
  CHECK_THAT(slope_at([](Var b) { return pow(2.0, b); }, 3),
             Catch::Matchers::WithinRel(8 * std::log(2.0), 1e-14));
}
