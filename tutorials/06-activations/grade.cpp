#include <algorithm>
#include <cmath>

#include "exercise.hpp"

namespace {

using List = std::vector<double>;
using Numbers = std::span<const double>;

// --- Exercise 1 ---

void check_collapse(course::Check& check, decltype(collapse)* f) {
  const Line steeper = f({2, 0}, {3, 0});
  check.equal("the weight of y = 2x, followed by y = 3x", steeper.weight, 6,
              "double it, then take it three times: put the first formula into the second");
  const Line shifted = f({1, 5}, {1, 2});
  check.equal("the bias of y = x + 5, followed by y = x + 2", shifted.bias, 7,
              "both biases have a say");
  const Line both = f({2, 1}, {-3, 4});
  check.equal("the weight of y = 2x + 1, followed by y = -3x + 4", both.weight, -6,
              "put the first formula into the second: -3 (2x + 1) + 4");
  check.equal("the bias of y = 2x + 1, followed by y = -3x + 4", both.bias, 1,
              "put the first formula into the second: -3 (2x + 1) + 4, so the first bias is "
              "multiplied, too");
}

Line adds_the_biases(Line first, Line second) {
  return {first.weight * second.weight, first.bias + second.bias};
}

Line keeps_the_second_bias_only(Line first, Line second) {
  return {first.weight * second.weight, second.bias};
}

Line adds_the_weights(Line first, Line second) {
  return {first.weight + second.weight, second.weight * first.bias + second.bias};
}

Line goes_the_other_way(Line first, Line second) {
  return {first.weight * second.weight, first.weight * second.bias + first.bias};
}

// --- Exercise 2 ---

void check_sigmoid_slope(course::Check& check, decltype(sigmoid_slope)* f) {
  check.equal("the output 0.5, where x = 0", f(0.5), 0.25,
              "the slope is largest there: a quarter. The formula is in the table of the lesson");
  check.equal("the output 0.9", f(0.9), 0.09, "y is the output already: no sigmoid is needed");
  check.equal("the output 0.1", f(0.1), 0.09, "the curve is as steep on the left as on the right");
  check.equal("the output 1, far to the right", f(1), 0, "where the curve is flat the slope is 0");
}

double takes_the_sigmoid_again(double y) {
  const double s = 1 / (1 + std::exp(-y));
  return s * (1 - s);
}

double takes_that_of_tanh(double y) { return 1 - y * y; }

double forgets_a_factor(double y) { return 1 - y; }

// --- Exercise 3 ---

void check_softmax(course::Check& check, decltype(softmax)* f) {
  check.equal("the scores (0, 0)", f(List{0, 0}), {0.5, 0.5},
              "equal scores have equal shares, and all shares together are 1");
  check.near("the scores (1, 2, 3)", f(List{1, 2, 3}), {0.09003, 0.24473, 0.66524}, 1e-5,
             "divide the exponential of each score by the sum of all exponentials");
  check.equal("the scores (0, -log 3): shares of 3 to 1", f(List{0, -std::log(3)}), {0.75, 0.25},
              "scores may be negative, shares are not");
  check.equal("the scores (1000, 1000)", f(List{1000, 1000}), {0.5, 0.5},
              "exp(1000) is infinite. Take the largest score from all of them first: no share "
              "changes by it");
  check.equal("the scores (-1000, -1000, -1000, -1000)", f(List{-1000, -1000, -1000, -1000}),
              {0.25, 0.25, 0.25, 0.25},
              "exp(-1000) is 0, and 0 / 0 is not a number. Take the largest score from all of them "
              "first");
}

List divided_by_sum(List shares) {
  double sum = 0;
  for (const double share : shares) sum += share;
  for (double& share : shares) share /= sum;
  return shares;
}

List overflows(Numbers z) {
  List shares(z.begin(), z.end());
  for (double& share : shares) share = std::exp(share);
  return divided_by_sum(shares);
}

List divides_by_the_largest(Numbers z) {
  const double largest = *std::max_element(z.begin(), z.end());
  List shares(z.begin(), z.end());
  for (double& share : shares) share = std::exp(share - largest);
  return shares;
}

List leaves_out_the_exponential(Numbers z) {
  List shares(z.begin(), z.end());
  for (double& share : shares) share += 1e-300;  // so that the scores (0, 0) are no 0 / 0
  return divided_by_sum(shares);
}

List takes_sigmoids(Numbers z) {
  List shares(z.begin(), z.end());
  for (double& share : shares) share = 1 / (1 + std::exp(-share));
  return shares;
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 6: activations",
      {course::exercise("two layers become one", collapse, check_collapse,
                        {{"adds the biases as they are", adds_the_biases},
                         {"keeps the second bias only", keeps_the_second_bias_only},
                         {"adds the weights", adds_the_weights},
                         {"takes the layers in the other order", goes_the_other_way}}),
       course::exercise("the sigmoid's slope from its output", sigmoid_slope, check_sigmoid_slope,
                        {{"takes the sigmoid again", takes_the_sigmoid_again},
                         {"takes the slope of tanh", takes_that_of_tanh},
                         {"forgets a factor", forgets_a_factor}}),
       course::exercise("softmax for scores of any size", softmax, check_softmax,
                        {{"overflows", overflows},
                         {"divides by the largest", divides_by_the_largest},
                         {"leaves out the exponential", leaves_out_the_exponential},
                         {"takes a sigmoid of each score", takes_sigmoids}})});
}
