#include <cmath>

#include "exercise.hpp"
#include "gradus/run/value.hpp"

namespace {

using namespace gradus;
using List = std::vector<double>;
using Numbers = std::span<const double>;

// --- Exercise 1 ---

/// The product for f(x) and a direction v at a point, as numbers.
List product(decltype(hessian_times)* answer, Var (*formula)(Var x), const List& at,
             const List& direction) {
  Tape tape;
  const Shape shape{static_cast<Index>(at.size())};
  const Var x = tape.parameter(Tensor<double>(shape, at), "x");
  const Var v = tape.input(Tensor<double>(shape, direction), "v");
  const Tensor<double> result = value(answer(formula(x), x, v));
  return {result.begin(), result.end()};
}

/// x0^3 + x1^3: no term has both.
Var apart(Var x) { return sum(pow(x, 3)); }
/// (x0 + x1 + ...)^2: the Hessian is 2 everywhere.
Var together(Var x) { return square(sum(x)); }
/// The product of x0^2 and e^x1.
Var mixed(Var x) {
  const Var first = sum(slice(x, {{0, 1}}));
  const Var second = sum(slice(x, {{1, 2}}));
  return square(first) * exp(second);
}

void check_hessian_times(course::Check& check, decltype(hessian_times)* f) {
  check.equal("x0^3 + x1^3 at (1, 2), along (1, 0)", product(f, apart, {1, 2}, {1, 0}), {6, 0},
              "the derivative of x^3 twice is 6x: differentiate the gradient once more");
  check.equal("x0^3 + x1^3 at (1, 2), along (1, 10)", product(f, apart, {1, 2}, {1, 10}), {6, 120},
              "each direction has its own curvature: 6 and 12 here");
  check.equal("(x0 + x1 + x2)^2 at (1, 2, 3), along (1, 0, 0)",
              product(f, together, {1, 2, 3}, {1, 0, 0}), {2, 2, 2},
              "moving x0 alone changes all three slopes: those off the diagonal count");
  check.equal("x0^2 e^x1 at (3, 0), along (1, -1)", product(f, mixed, {3, 0}, {1, -1}), {-4, -3},
              "H is [[2, 6], [6, 9]] there. Multiply by v before you differentiate again: the "
              "gradient of gradient . v");
}

Var stops_at_the_gradient(Var f, Var x, Var v) { return gradient(f, x) * v; }

Var differentiates_by_the_direction(Var f, Var x, Var v) {
  return gradient(sum(gradient(f, x) * v), v);
}

Var multiplies_behind_the_sum(Var f, Var x, Var v) { return gradient(sum(gradient(f, x)), x) * v; }

Var takes_the_gradient_for_the_direction(Var f, Var x, Var) {
  const Var g = gradient(f, x);
  return gradient(sum(g * g), x);
}

// --- Exercise 2 ---

void check_newton_step(course::Check& check, decltype(newton_step)* f) {
  check.equal("f = x^2 + 3 y^2 at (3, 1): gradient (6, 6), Hessian [[2, 0], [0, 6]]",
              f(List{3, 1}, List{6, 6}, List{2, 0, 0, 6}), {0, 0},
              "on a bowl one step ends at the lowest point: divide each slope by its curvature, "
              "and subtract");
  check.equal("the gradient (3, 3), the Hessian [[2, 1], [1, 2]], at (0, 0)",
              f(List{0, 0}, List{3, 3}, List{2, 1, 1, 2}), {-1, -1},
              "find s with H s = g, the numbers off the diagonal included");
  check.equal("the gradient (8, 9), the Hessian [[3, 1], [1, 2]], at (10, 20)",
              f(List{10, 20}, List{8, 9}, List{3, 1, 1, 2}), {8.6, 16.2},
              "H s = g has the solution (1.4, 3.8): insert it, then take it from the point");
}

List solved(Numbers g, Numbers h, double determinant) {
  return {(h[3] * g[0] - h[1] * g[1]) / determinant, (h[0] * g[1] - h[2] * g[0]) / determinant};
}

List looks_at_the_diagonal(Numbers p, Numbers g, Numbers h) {
  return {p[0] - g[0] / h[0], p[1] - g[1] / h[3]};
}

List steps_uphill(Numbers p, Numbers g, Numbers h) {
  const List s = solved(g, h, h[0] * h[3] - h[1] * h[2]);
  return {p[0] + s[0], p[1] + s[1]};
}

List multiplies_by_the_hessian(Numbers p, Numbers g, Numbers h) {
  return {p[0] - (h[0] * g[0] + h[1] * g[1]), p[1] - (h[2] * g[0] + h[3] * g[1])};
}

List forgets_the_determinant(Numbers p, Numbers g, Numbers h) {
  const List s = solved(g, h, 1);
  return {p[0] - s[0], p[1] - s[1]};
}

// --- Exercise 3 ---

void check_kind(course::Check& check, decltype(kind)* f) {
  check.equal("fxx = 2, fxy = 0, fyy = 6: a bowl", f(2, 0, 6), "minimum",
              "curved upwards in every direction");
  check.equal("fxx = -2, fxy = 0, fyy = -6", f(-2, 0, -6), "maximum",
              "curved downwards in every direction");
  check.equal("fxx = 2, fxy = 0, fyy = -6", f(2, 0, -6), "saddle", "up along x, down along y");
  check.equal(
      "fxx = 1, fxy = 3, fyy = 1", f(1, 3, 1), "saddle",
      "in the direction (1, -1) the curvature is 1 - 3 - 3 + 1 = -4: compare fxx * fyy with "
      "fxy * fxy");
  check.equal("fxx = -4, fxy = 1, fyy = -1", f(-4, 1, -1), "maximum",
              "fxx * fyy is larger than fxy * fxy, so both curvatures have the sign of fxx");
}

std::string looks_along_x_only(double fxx, double, double) {
  return fxx > 0 ? "minimum" : "maximum";
}

std::string forgets_the_mixed_one(double fxx, double, double fyy) {
  if (fxx * fyy < 0) return "saddle";
  return fxx > 0 ? "minimum" : "maximum";
}

std::string knows_no_maximum(double fxx, double fxy, double fyy) {
  return fxx * fyy > fxy * fxy ? "minimum" : "saddle";
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 17: second derivatives",
      {course::exercise(
           "the Hessian times a vector", hessian_times, check_hessian_times,
           {{"stops at the gradient", stops_at_the_gradient},
            {"differentiates by the direction", differentiates_by_the_direction},
            {"multiplies when it is too late", multiplies_behind_the_sum},
            {"takes the gradient for the direction", takes_the_gradient_for_the_direction}}),
       course::exercise("a step of Newton's method", newton_step, check_newton_step,
                        {{"looks at the diagonal only", looks_at_the_diagonal},
                         {"steps uphill", steps_uphill},
                         {"multiplies by the Hessian", multiplies_by_the_hessian},
                         {"forgets the determinant", forgets_the_determinant}}),
       course::exercise("minimum, maximum or saddle", kind, check_kind,
                        {{"looks along x only", looks_along_x_only},
                         {"forgets the mixed derivative", forgets_the_mixed_one},
                         {"knows no maximum", knows_no_maximum}})});
}
