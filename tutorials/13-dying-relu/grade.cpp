#include <algorithm>
#include <numeric>

#include "exercise.hpp"

namespace {

using List = std::vector<double>;
using Examples = std::vector<List>;

// Exercise 1

void check_silent_share(course::Check& check, decltype(silent_share)* f) {
  check.equal("sums -1, 2, -3, 4, -5", f(List{-1, 2, -3, 4, -5}), 0.6,
              "three of five are negative");
  check.equal("sums 1 and 2", f(List{1, 2}), 0.0, "for these the neuron speaks");
  check.equal("sums 0 and 1", f(List{0, 1}), 0.5, "for a sum of exactly 0, too, ReLU says 0");
}

double counts_those_that_speak(std::span<const double> sums) {
  double n = 0;
  for (const double z : sums) n += z > 0;
  return n / static_cast<double>(sums.size());
}
double forgets_zero(std::span<const double> sums) {
  double n = 0;
  for (const double z : sums) n += z < 0;
  return n / static_cast<double>(sums.size());
}
double gives_the_number(std::span<const double> sums) {
  double n = 0;
  for (const double z : sums) n += z <= 0;
  return n;
}
double divides_whole_numbers(std::span<const double> sums) {
  std::size_t n = 0;
  for (const double z : sums) n += z <= 0;
  return static_cast<double>(n / sums.size());
}

// Exercise 2

void check_never_wakes(course::Check& check, decltype(never_wakes)* f) {
  check.equal("weight 1, bias -5, inputs 1, 2 and 3", f(List{1}, -5, Examples{{1}, {2}, {3}}), true,
              "no sum is above 0: the bias keeps all of them down");
  check.equal("weight 1, bias -5, inputs 1 and 7", f(List{1}, -5, Examples{{1}, {7}}), false,
              "one example for which it speaks is enough to get a gradient");
  check.equal("weight 1, bias -5, inputs -20 and 6", f(List{1}, -5, Examples{{-20}, {6}}), false,
              "the mean of the sums says nothing: look at each example");
  check.equal("weights 1 and -1, bias 0.5, inputs (1, 2) and (0, 1)",
              f(List{1, -1}, 0.5, Examples{{1, 2}, {0, 1}}), true,
              "the weighted sums are -1 + 0.5 for both");
  check.equal("weight 1, bias -2, input 2", f(List{1}, -2, Examples{{2}}), true,
              "at a sum of exactly 0 the slope of ReLU is taken as 0");
}

double sum_of(std::span<const double> w, double b, const List& x) {
  return std::inner_product(w.begin(), w.end(), x.begin(), b);
}
bool looks_at_the_first_alone(std::span<const double> w, double b, const Examples& examples) {
  return sum_of(w, b, examples[0]) <= 0;
}
bool forgets_the_bias(std::span<const double> w, double, const Examples& examples) {
  return std::all_of(examples.begin(), examples.end(),
                     [&](const List& x) { return sum_of(w, 0, x) <= 0; });
}
bool looks_at_the_mean(std::span<const double> w, double b, const Examples& examples) {
  double total = 0;
  for (const List& x : examples) total += sum_of(w, b, x);
  return total <= 0;
}
bool takes_one_silence_for_all(std::span<const double> w, double b, const Examples& examples) {
  return std::any_of(examples.begin(), examples.end(),
                     [&](const List& x) { return sum_of(w, b, x) <= 0; });
}
bool needs_a_negative_sum(std::span<const double> w, double b, const Examples& examples) {
  return std::all_of(examples.begin(), examples.end(),
                     [&](const List& x) { return sum_of(w, b, x) < 0; });
}

// Exercise 3

void check_slope_gradient(course::Check& check, decltype(slope_gradient)* f) {
  check.equal("z = -3 and dL/dy = -3.5", f(List{-3}, List{-3.5}), 10.5,
              "y = s z there, so dy/ds = z; these are the numbers of the stepper page");
  check.equal("z = 2 and dL/dy = 5", f(List{2}, List{5}), 0.0,
              "for positive sums the slope plays no part");
  check.equal("z = -1, 4, -2 and dL/dy = 1, 1, 10", f(List{-1, 4, -2}, List{1, 1, 10}), -21.0,
              "the slope is used for every example, so the shares of all of them are added");
}

double takes_all_sums(std::span<const double> z, std::span<const double> dy) {
  return std::inner_product(z.begin(), z.end(), dy.begin(), 0.0);
}
double forgets_the_sum_z(std::span<const double> z, std::span<const double> dy) {
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i) sum += z[i] <= 0 ? dy[i] : 0;
  return sum;
}
double takes_the_mean(std::span<const double> z, std::span<const double> dy) {
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i) sum += z[i] <= 0 ? dy[i] * z[i] : 0;
  return sum / static_cast<double>(z.size());
}
double takes_the_other_side(std::span<const double> z, std::span<const double> dy) {
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i) sum += z[i] > 0 ? dy[i] * z[i] : 0;
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 13: dying and sparse ReLU",
      {course::exercise("the share that is silent", silent_share, check_silent_share,
                        {{"counts those that speak", counts_those_that_speak},
                         {"forgets a sum of exactly 0", forgets_zero},
                         {"gives the number", gives_the_number},
                         {"divides whole numbers", divides_whole_numbers}}),
       course::exercise("a neuron that never wakes", never_wakes, check_never_wakes,
                        {{"looks at the first example alone", looks_at_the_first_alone},
                         {"forgets the bias", forgets_the_bias},
                         {"looks at the mean", looks_at_the_mean},
                         {"takes one silence for all", takes_one_silence_for_all},
                         {"needs a sum below 0", needs_a_negative_sum}}),
       course::exercise("the gradient of a learned slope", slope_gradient, check_slope_gradient,
                        {{"takes all sums", takes_all_sums},
                         {"forgets z", forgets_the_sum_z},
                         {"takes the mean", takes_the_mean},
                         {"takes the other side", takes_the_other_side}})});
}
