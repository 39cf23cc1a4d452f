#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "exercise.hpp"

namespace {

using List = std::vector<double>;
using Numbers = std::span<const double>;

// --- Exercise 1 ---

void check_step_down(course::Check& check, decltype(step_down)* f) {
  const List point{3, 1}, gradient{6, 6};
  check.equal("from (3, 1), where the gradient is (6, 6), with the rate 0.25",
              f(point, gradient, 0.25), {1.5, -0.5},
              "subtract rate * gradient from the point, element by element");
  check.equal("from (3, 1), where the gradient is (6, 6), with the rate 0.01",
              f(point, gradient, 0.01), {2.94, 0.94},
              "the rate says which part of the gradient is taken");
  check.equal("in five dimensions, from (1, 2, 3, 4, 5), with the gradient (1, 0, -1, 2, 10)",
              f(List{1, 2, 3, 4, 5}, List{1, 0, -1, 2, 10}, 0.1), {0.9, 2, 3.1, 3.8, 4},
              "each coordinate has its own slope");
  check.equal("at a minimum, where the gradient is 0", f(List{1, -2}, List{0, 0}, 0.5), {1, -2},
              "no slope, no step: the length of a step is rate * the length of the gradient");
}

List walks_uphill(Numbers point, Numbers gradient, double rate) {
  List next(point.begin(), point.end());
  for (std::size_t i = 0; i < next.size(); ++i) next[i] += rate * gradient[i];
  return next;
}

List takes_the_whole_gradient(Numbers point, Numbers gradient, double) {
  List next(point.begin(), point.end());
  for (std::size_t i = 0; i < next.size(); ++i) next[i] -= gradient[i];
  return next;
}

List steps_by_the_rate_alone(Numbers point, Numbers gradient, double rate) {
  const double length =
      std::sqrt(std::inner_product(gradient.begin(), gradient.end(), gradient.begin(), 0.0));
  List next(point.begin(), point.end());
  for (std::size_t i = 0; i < next.size(); ++i) {
    if (length > 0) next[i] -= rate * gradient[i] / length;
  }
  return next;
}

List moves_the_first_coordinate_only(Numbers point, Numbers gradient, double rate) {
  List next(point.begin(), point.end());
  next[0] -= rate * gradient[0];
  return next;
}

// --- Exercise 2 ---

void check_slope_along(course::Check& check, decltype(slope_along)* f) {
  const List gradient{6, 6};
  check.equal("the gradient (6, 6), in the direction (1, 0)", f(gradient, List{1, 0}), 6,
              "gradient . direction: the products of the elements, added");
  check.equal("the gradient (6, 6), in the direction (-1, 0)", f(gradient, List{-1, 0}), -6,
              "downhill is negative");
  check.equal("the gradient (6, 6), in the direction (-1, 1)", f(gradient, List{-1, 1}), 0,
              "at a right angle to the gradient, f neither rises nor falls");
  check.equal("the gradient (3, 4), in the direction (3, 4)", f(List{3, 4}, List{3, 4}), 5,
              "for each unit of length: divide by the length of the direction");
  check.equal("the gradient (1, 2, 2), in the direction (0, 0, 10)",
              f(List{1, 2, 2}, List{0, 0, 10}), 2, "a longer direction is no other direction");
}

double forgets_the_length(Numbers gradient, Numbers direction) {
  return std::inner_product(gradient.begin(), gradient.end(), direction.begin(), 0.0);
}

double always_takes_the_steepest(Numbers gradient, Numbers) {
  return std::sqrt(std::inner_product(gradient.begin(), gradient.end(), gradient.begin(), 0.0));
}

double divides_by_the_square(Numbers gradient, Numbers direction) {
  return std::inner_product(gradient.begin(), gradient.end(), direction.begin(), 0.0) /
         std::inner_product(direction.begin(), direction.end(), direction.begin(), 0.0);
}

// --- Exercise 3 ---

void check_largest_rate(course::Check& check, decltype(largest_rate)* f) {
  check.equal("c = (1): f = x^2 / 2, where a step takes x to (1 - rate) x", f(List{1}), 2,
              "the rate 1 jumps to the minimum, and 2 as far away on the other side");
  check.equal("c = (2, 6): the bowl x^2 + 3 y^2", f(List{2, 6}), 1.0 / 3,
              "every direction must stay: the one with the strongest curvature leaves first");
  check.equal("c = (100, 1, 4)", f(List{100, 1, 4}), 0.02,
              "the largest c sets the limit, wherever it stands");
}

double stops_at_the_perfect_step(Numbers c) { return 1 / *std::max_element(c.begin(), c.end()); }

double looks_at_the_gentlest(Numbers c) { return 2 / *std::min_element(c.begin(), c.end()); }

double takes_the_mean_curvature(Numbers c) {
  return 2 * static_cast<double>(c.size()) / std::accumulate(c.begin(), c.end(), 0.0);
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 5: downhill",
      {course::exercise("a step downhill", step_down, check_step_down,
                        {{"walks uphill", walks_uphill},
                         {"takes the whole gradient", takes_the_whole_gradient},
                         {"makes each step as long as the rate", steps_by_the_rate_alone},
                         {"moves the first coordinate only", moves_the_first_coordinate_only}}),
       course::exercise("the slope in a direction", slope_along, check_slope_along,
                        {{"forgets the length of the direction", forgets_the_length},
                         {"always takes the steepest", always_takes_the_steepest},
                         {"divides by the squared length", divides_by_the_square}}),
       course::exercise("the largest rate", largest_rate, check_largest_rate,
                        {{"stops at the perfect step", stops_at_the_perfect_step},
                         {"looks at the gentlest direction", looks_at_the_gentlest},
                         {"takes the mean curvature", takes_the_mean_curvature}})});
}
