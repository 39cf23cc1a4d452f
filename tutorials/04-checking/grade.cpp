#include <algorithm>
#include <cmath>

#include "exercise.hpp"
#include "gradus/check/check_gradient.hpp"

namespace {

// Exercise 1

void check_central(course::Check& check, decltype(central)* f) {
  const auto square = [](double x) { return x * x; };
  check.equal("x^2 at 3 with the step 1/2", f(square, 3, 0.5), 6.0,
              "go as far to the left as to the right, and divide by the whole distance, (2 * h)");
  check.equal("x^2 at -1 with the step 2", f(square, -1, 2), -2.0, "both ends are 2 h apart");
  check.equal("x^3 at 1 with the step 1/2", f([](double x) { return x * x * x; }, 1, 0.5), 3.25,
              "(1.5^3 - 0.5^3) / 1: here a long step is off by h^2");
}

using F = std::function<double(double)>;

double goes_forward(const F& f, double x, double h) { return (f(x + h) - f(x)) / h; }
double divides_by_h(const F& f, double x, double h) { return (f(x + h) - f(x - h)) / h; }
double forgets_brackets(const F& f, double x, double h) { return (f(x + h) - f(x - h)) / 2 * h; }
double goes_half_as_far(const F& f, double x, double h) {
  return (f(x + h / 2) - f(x - h / 2)) / (2 * h);
}

// Exercise 2

void check_relative_error(course::Check& check, decltype(relative_error)* f) {
  check.equal("1 and 1", f(1, 1), 0.0, "they are the same");
  check.equal("2 and 1", f(2, 1), 0.5, "the difference, divided by the larger one");
  check.equal("1 and 2", f(1, 2), 0.5, "it does not matter which of them is the larger one");
  check.equal("-2 and -1", f(-2, -1), 0.5, "the size of a number has no sign");
  check.equal("-3e-9 and 3e-9", f(-3e-9, 3e-9), 2.0,
              "compare the numbers with their signs; a flipped sign gives 2, at any size");
  check.equal("4 and 0", f(4, 0), 1.0, "all of it is missing");
  check.equal("0 and 4", f(0, 4), 1.0, "all of it is missing");
  check.equal("0 and 0", f(0, 0), 0.0, "do not divide by 0");
}

double compares_magnitudes(double a, double n) {
  const double size = std::max(std::abs(a), std::abs(n));
  return size == 0 ? 0 : std::abs(std::abs(a) - std::abs(n)) / size;
}

double forgets_the_size(double a, double n) { return std::abs(a - n); }

double divides_by_the_numeric_one(double a, double n) {
  return a == n ? 0 : std::abs(a - n) / std::abs(n);
}

double divides_zero_by_zero(double a, double n) {
  return std::abs(a - n) / std::max(std::abs(a), std::abs(n));
}

double divides_by_the_signed_larger_one(double a, double n) {
  return a == n ? 0 : std::abs(a - n) / std::max(a, n);
}

// Exercise 3

using gradus::Var;

/// The verdict on the rule in `times` * x^2, at x = `at`.
gradus::Verdict verdict(decltype(broken_square)* f, double at, double times) {
  const gradus::Op& op = gradus::custom_op(
      "square_to_break", [](double x) { return x * x; }, f);
  gradus::Tape tape;
  const Var x = tape.parameter(at, "x");
  gradus::CheckOptions options;
  options.explain = false;
  return check_gradient(times * record(op, {x}), {x}, options).verdict;
}

void check_broken_square(course::Check& check, decltype(broken_square)* f) {
  const auto says = [&](double at, double times) { return to_string(verdict(f, at, times)); };
  check.equal("a check of x^2 at x = 2", says(2, 1), "PASS",
              "at x = 2 the rule must give what the right one gives: dy * 4");
  check.equal("a check of 10 x^2 at x = 2", says(2, 10), "PASS",
              "dy is 10 here: multiply your rule by it");
  check.equal("a check of x^2 at x = 3", says(3, 1), "FAIL",
              "at x = 3 the right rule gives dy * 6; yours must give something else there");
}

Var is_not_broken(Var dy, Var x, Var) { return dy * 2 * x; }
Var is_broken_everywhere(Var dy, Var x, Var) { return dy * 3 * x; }
Var loses_dy(Var, Var x, Var) { return x * x; }
Var is_broken_at_two_alone(Var dy, Var x, Var) { return dy * (2 * x + equal(x, 2)); }

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 4: numeric against analytic",
      {course::exercise("central differences", central, check_central,
                        {{"goes forward only", goes_forward},
                         {"divides by h", divides_by_h},
                         {"forgets brackets, / 2 * h", forgets_brackets},
                         {"goes half as far as it divides by", goes_half_as_far}}),
       course::exercise("the relative error", relative_error, check_relative_error,
                        {{"compares magnitudes", compares_magnitudes},
                         {"forgets the size", forgets_the_size},
                         {"divides by the numeric one", divides_by_the_numeric_one},
                         {"divides 0 by 0", divides_zero_by_zero},
                         {"divides by a signed size", divides_by_the_signed_larger_one}}),
       course::exercise("a broken rule", broken_square, check_broken_square,
                        {{"is not broken", is_not_broken},
                         {"is broken everywhere", is_broken_everywhere},
                         {"loses what comes in", loses_dy},
                         {"is broken at 2 alone", is_broken_at_two_alone}})});
}
