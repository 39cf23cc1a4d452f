#include <algorithm>
#include <cmath>

#include "exercise.hpp"

namespace {

using List = std::vector<double>;
using Numbers = std::span<const double>;

double mean_of(Numbers values) {
  double sum = 0;
  for (const double x : values) sum += x;
  return sum / static_cast<double>(values.size());
}

/// The sum of the squared distances from the mean, divided by `n`.
double spread_of(Numbers values, double n) {
  const double mean = mean_of(values);
  double sum = 0;
  for (const double x : values) sum += (x - mean) * (x - mean);
  return sum / n;
}

List shifted_and_divided(Numbers values, double shift, double divisor) {
  List result;
  for (const double x : values) result.push_back((x - shift) / divisor);
  return result;
}

double count(Numbers values) { return static_cast<double>(values.size()); }

// --- Exercise 1 ---

void check_standardised(course::Check& check, decltype(standardised)* f) {
  check.equal("the values (-2, 2)", f(List{-2, 2}), {-1, 1},
              "their mean is 0 already; their squares are 4, so their deviation is 2");
  check.equal("the values (10, 20)", f(List{10, 20}), {-1, 1},
              "take the mean from each value, then divide by the deviation");
  check.equal("the values (1, 1, 4, 4, 10, 10)", f(List{1, 1, 4, 4, 10, 10}),
              {-4 / std::sqrt(14.0), -4 / std::sqrt(14.0), -1 / std::sqrt(14.0),
               -1 / std::sqrt(14.0), 5 / std::sqrt(14.0), 5 / std::sqrt(14.0)},
              "the variance is the mean of the squared distances from the mean; the deviation is "
              "its root");
}

List forgets_the_mean(Numbers values) {
  return shifted_and_divided(values, 0, std::sqrt(spread_of(values, count(values))));
}

List divides_by_the_variance(Numbers values) {
  return shifted_and_divided(values, mean_of(values), spread_of(values, count(values)));
}

List divides_by_one_less(Numbers values) {
  return shifted_and_divided(values, mean_of(values),
                             std::sqrt(spread_of(values, count(values) - 1)));
}

List takes_it_to_0_and_1(Numbers values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return shifted_and_divided(values, *low, *high - *low);
}

// --- Exercise 2 ---

void check_min_max(course::Check& check, decltype(min_max)* f) {
  const List training{80, 40, 200, 120};
  check.equal("40, the smallest of the training values (80, 40, 200, 120)", f(40, training), 0,
              "take the smallest training value from it");
  check.equal("200, the largest of the training values (80, 40, 200, 120)", f(200, training), 1,
              "divide by the largest minus the smallest");
  check.equal("the new value 100, for the training values (80, 40, 200, 120)", f(100, training),
              0.375, "60 of 160: (value - smallest) / (largest - smallest)");
  check.equal("the new value 280, for the training values (80, 40, 200, 120)", f(280, training),
              1.5,
              "a new value may lie outside. The model learnt with this scale, so nothing else may "
              "be put in its place");
  check.equal("the new value 0, for the training values (80, 40, 200, 120)", f(0, training), -0.25,
              "below the smallest, it is negative");
}

double divides_by_the_largest(double value, Numbers training) {
  return value / *std::max_element(training.begin(), training.end());
}

double cuts_off(double value, Numbers training) {
  const auto [low, high] = std::minmax_element(training.begin(), training.end());
  return std::clamp((value - *low) / (*high - *low), 0.0, 1.0);
}

double takes_the_new_value_in(double value, Numbers training) {
  const auto [low, high] = std::minmax_element(training.begin(), training.end());
  const double least = std::min(*low, value), most = std::max(*high, value);
  return (value - least) / (most - least);
}

double takes_the_first_and_the_last(double value, Numbers training) {
  return (value - training.front()) / (training.back() - training.front());
}

// --- Exercise 3 ---

void check_unscaled(course::Check& check, decltype(unscaled)* f) {
  const Line centred = f({3, 5}, 0, 2);
  check.equal("the weight of 3 z + 5, where z = x / 2", centred.weight, 1.5,
              "z grows half as fast as x, so half of the weight does");
  check.equal("the bias of 3 z + 5, where z = x / 2", centred.bias, 5, "where x = 0, z is 0, too");
  const Line moved = f({3, 5}, 10, 1);
  check.equal("the weight of 3 z + 5, where z = x - 10", moved.weight, 3,
              "a shift changes no slope");
  check.equal("the bias of 3 z + 5, where z = x - 10", moved.bias, -25,
              "put x = 0 in: z is -10 there, so the line says 3 * (-10) + 5");
  const Line both = f({100, 350}, 120, 40);
  check.equal("the weight of 100 z + 350, where z = (x - 120) / 40", both.weight, 2.5,
              "divide by the deviation");
  check.equal("the bias of 100 z + 350, where z = (x - 120) / 40", both.bias, 50,
              "put x = 0 in: z is -3 there. So the mean is divided by the deviation, too");
}

Line forgets_the_shift(Line scaled, double, double deviation) {
  return {scaled.weight / deviation, scaled.bias};
}

Line multiplies(Line scaled, double mean, double deviation) {
  return {scaled.weight * deviation, scaled.bias - scaled.weight * deviation * mean};
}

Line forgets_to_divide_the_shift(Line scaled, double mean, double deviation) {
  return {scaled.weight / deviation, scaled.bias - scaled.weight * mean};
}

Line adds_the_shift(Line scaled, double mean, double deviation) {
  return {scaled.weight / deviation, scaled.bias + scaled.weight / deviation * mean};
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 16: scaling features",
      {course::exercise("standardised values", standardised, check_standardised,
                        {{"forgets the mean", forgets_the_mean},
                         {"divides by the variance", divides_by_the_variance},
                         {"divides by n - 1", divides_by_one_less},
                         {"takes the values to 0 and 1", takes_it_to_0_and_1}}),
       course::exercise("a new value on the old scale", min_max, check_min_max,
                        {{"divides by the largest", divides_by_the_largest},
                         {"cuts off what is outside", cuts_off},
                         {"takes the new value in", takes_the_new_value_in},
                         {"takes the first and the last", takes_the_first_and_the_last}}),
       course::exercise("back to square metres", unscaled, check_unscaled,
                        {{"forgets the shift", forgets_the_shift},
                         {"multiplies by the deviation", multiplies},
                         {"forgets to divide the shift", forgets_to_divide_the_shift},
                         {"adds the shift", adds_the_shift}})});
}
