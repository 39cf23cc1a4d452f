#include <algorithm>
#include <cmath>
#include <string>

#include "exercise.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/value.hpp"

namespace {

using namespace gradus;

// Exercise 1

void check_squareplus(course::Check& check, decltype(squareplus)* f) {
  check.equal("squareplus(0)", f(0), 1.0, "sqrt(4) / 2");
  check.equal("squareplus(1.5)", f(1.5), 2.0, "(1.5 + 2.5) / 2");
  check.equal("squareplus(-1.5)", f(-1.5), 0.5, "(-1.5 + 2.5) / 2");
  check.equal("1e8 times squareplus(-1e8)", 1e8 * f(-1e8), 1.0,
              "x and the root cancel; 2 / (sqrt(x^2 + 4) - x) is the same without a difference");
  check.equal("squareplus(1e8)", f(1e8), 1e8,
              "for x > 0 it is the other form in which nothing cancels");
}

double root(double x) { return std::sqrt(x * x + 4); }
double cancels(double x) { return (x + root(x)) / 2; }
double forgets_the_half(double x) { return x + root(x); }
double is_relu(double x) { return std::max(x, 0.0); }
double cancels_on_the_other_side(double x) {
  const double below = root(x) - x;
  return below > 0 ? 2 / below : 0;
}

// Exercise 2

void check_squareplus_dx(course::Check& check, decltype(squareplus_dx)* f) {
  CustomOp definition;
  definition.name = "squareplus";
  definition.forward = [](std::span<const View<const double>> x, View<double> y) {
    std::transform(x[0].data, x[0].data + y.elements(), y.data,
                   [](double v) { return v > 0 ? (v + root(v)) / 2 : 2 / (root(v) - v); });
  };
  definition.vjp = [f](const Vjp& v) { return f(v.dy, v.x[0], v.y); };
  const Op& op = custom_op(definition);

  Tape tape;
  const Var x = tape.parameter(1.5, "x");
  const Var y = record(op, {x});
  const Var slope = gradient(y, x);
  check.equal("dy/dx at 1.5", item(slope), 0.8, "(1 + 1.5 / 2.5) / 2");
  check.equal("dL/dx at 1.5 for L = 3 y", item(gradient(3 * y, x)), 2.4,
              "dy is what comes to y: multiply by it");
  tape.set(x, -1.5);
  check.equal("dy/dx at -1.5", item(slope), 0.2, "(1 - 1.5 / 2.5) / 2");
  check.equal("the second derivative at -1.5", item(gradient(slope, x)), 2 / std::pow(2.5, 3),
              "write the rule with ops of x, so that it can be differentiated again");
  const Var many = tape.parameter(Tensor<double>({4}, {-3, -0.5, 0, 2}), "many");
  const Var loss = sum(square(record(op, {many})));
  check.that("does check_gradient say PASS?", check_gradient(loss, {many}).passed(),
             "compare your rule with the slopes of a few points by hand");
}

Var forgets_dy(Var, Var x, Var) { return (1 + x / sqrt(square(x) + 4)) / 2; }
Var forgets_the_inner_part(Var dy, Var x, Var) { return dy * (1 + 1 / sqrt(square(x) + 4)) / 2; }
Var forgets_to_halve(Var dy, Var x, Var) { return dy * (1 + x / sqrt(square(x) + 4)); }
Var is_a_number(Var dy, Var x, Var) {
  return dy * (1 + stop_gradient(x) / sqrt(square(x) + 4)) / 2;
}

// Exercise 3

void check_length_vjp(course::Check& check, decltype(length_vjp)* f) {
  CustomOp definition;
  definition.name = "length";
  definition.arity = 2;
  definition.forward = [](std::span<const View<const double>> x, View<double> y) {
    std::transform(x[0].data, x[0].data + y.elements(), x[1].data, y.data,
                   [](double a, double b) { return std::sqrt(a * a + b * b); });
  };
  definition.vjp = f;
  const Op& op = custom_op(definition);

  Tape tape;
  const Var a = tape.parameter(3.0, "a"), b = tape.parameter(4.0, "b");
  const Var y = record(op, {a, b});
  check.equal("dy/da at (3, 4)", item(gradient(y, a)), 0.6,
              "half of the derivative of the square, 2 a, divided by the root");
  check.equal("dy/db at (3, 4)", item(gradient(y, b)), 0.8,
              "v.operand says which one is asked for");
  check.equal("dL/da at (3, 4) for L = 10 y", item(gradient(10 * y, a)), 6.0,
              "multiply by what came to y");
  const Var loss = square(y - 1);
  check.that("does check_gradient say PASS?", check_gradient(loss, {a, b}).passed(),
             "each operand has its own slope");
}

Var treats_both_as_the_first(const Vjp& v) { return v.dy * v.x[0] / v.y; }
Var swaps_them(const Vjp& v) { return v.dy * v.x[v.operand == 0 ? 1 : 0] / v.y; }
Var forgets_what_came(const Vjp& v) { return v.x[v.operand == 0 ? 0 : 1] / v.y; }
Var leaves_the_two(const Vjp& v) { return 2 * v.dy * v.x[v.operand == 0 ? 0 : 1] / v.y; }
Var multiplies_by_the_root(const Vjp& v) { return v.dy * v.x[v.operand == 0 ? 0 : 1] * v.y; }

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 19: your own op",
      {course::exercise("a forward rule that does not cancel", squareplus, check_squareplus,
                        {{"cancels", cancels},
                         {"forgets the half", forgets_the_half},
                         {"is ReLU", is_relu},
                         {"cancels on the other side", cancels_on_the_other_side}}),
       course::exercise("its derivative", squareplus_dx, check_squareplus_dx,
                        {{"forgets dy", forgets_dy},
                         {"forgets the inner derivative", forgets_the_inner_part},
                         {"forgets to halve", forgets_to_halve},
                         {"cannot be differentiated again", is_a_number}}),
       course::exercise("an op with two operands", length_vjp, check_length_vjp,
                        {{"treats both as the first", treats_both_as_the_first},
                         {"swaps them", swaps_them},
                         {"forgets what came to y", forgets_what_came},
                         {"leaves the 2 of the square", leaves_the_two},
                         {"multiplies by the root", multiplies_by_the_root}})});
}
