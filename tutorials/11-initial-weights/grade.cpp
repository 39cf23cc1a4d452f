#include <cmath>

#include "exercise.hpp"

namespace {

// Exercise 1

void check_variance_of_sum(course::Check& check, decltype(variance_of_sum)* f) {
  check.equal("1 input of mean square 1, weights of variance 0.5", f(1, 0.5, 1), 0.5,
              "a single product: its variance is the weights' variance times the mean square");
  check.equal("100 inputs of mean square 1, weights of variance 1", f(100, 1, 1), 100.0,
              "the variances of independent summands add up; the standard deviations do not");
  check.equal("4 inputs of mean square 3, weights of variance 0.25", f(4, 0.25, 3), 3.0,
              "larger inputs make larger sums");
}

double adds_standard_deviations(int inputs, double v, double q) { return inputs * inputs * v * q; }
double forgets_the_number_of_inputs(int, double v, double q) { return v * q; }
double gives_the_standard_deviation(int inputs, double v, double q) {
  return std::sqrt(inputs * v * q);
}
double takes_inputs_for_ones(int inputs, double v, double) { return inputs * v; }

// Exercise 2

void check_xavier_limit(course::Check& check, decltype(xavier_limit)* f) {
  check.equal("3 neurons before and 3 after", f(3, 3), 1.0,
              "the variance must be 2 / 6 = 1/3, and a^2 / 3 is 1/3 for a = 1");
  check.equal("784 neurons before and 100 after", f(784, 100), std::sqrt(6.0 / 884),
              "both numbers count, and a is the root of three times the variance");
  check.equal("1 neuron before and 2 after", f(1, 2), std::sqrt(2.0),
              "2 / (fan_in + fan_out) is no division of whole numbers");
}

double gives_the_stddev(int in, int out) { return std::sqrt(2.0 / (in + out)); }
double looks_forward_alone(int in, int) { return std::sqrt(3.0 / in); }
double forgets_the_root(int in, int out) { return 6.0 / (in + out); }
double takes_the_mean_twice(int in, int out) { return std::sqrt(3.0 / (in + out)); }

// Exercise 3

void check_leaky_relu_variance(course::Check& check, decltype(leaky_relu_variance)* f) {
  check.equal("slope 0, which is ReLU, and 500 inputs", f(500, 0), 0.004,
              "ReLU keeps half of the mean square, so the start is 2 / inputs");
  check.equal("slope 1, which changes nothing, and 500 inputs", f(500, 1), 0.002,
              "nothing is lost here, so the start is 1 / inputs");
  check.equal("slope 0.1 and 100 inputs", f(100, 0.1), 2 / (100 * 1.01),
              "the negative half is made smaller by the slope, and its squares by slope^2");
}

double is_for_relu(int inputs, double) { return 2.0 / inputs; }
double squares_no_slope(int inputs, double slope) { return 2 / (inputs * (1 + slope)); }
double multiplies_by_what_is_lost(int inputs, double slope) { return (1 + slope * slope) / inputs; }
double forgets_the_half(int inputs, double slope) { return 1 / (inputs * (1 + slope * slope)); }

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 11: initial weights",
      {course::exercise("the variance of a sum", variance_of_sum, check_variance_of_sum,
                        {{"adds standard deviations", adds_standard_deviations},
                         {"forgets the number of inputs", forgets_the_number_of_inputs},
                         {"gives the standard deviation", gives_the_standard_deviation},
                         {"takes all inputs for ones", takes_inputs_for_ones}}),
       course::exercise("Xavier's start with uniform draws", xavier_limit, check_xavier_limit,
                        {{"gives the standard deviation", gives_the_stddev},
                         {"looks forward alone", looks_forward_alone},
                         {"forgets the root", forgets_the_root},
                         {"puts the sum where the mean belongs", takes_the_mean_twice}}),
       course::exercise("a start for leaky ReLU", leaky_relu_variance, check_leaky_relu_variance,
                        {{"is the start for ReLU", is_for_relu},
                         {"does not square the slope", squares_no_slope},
                         {"multiplies where it should divide", multiplies_by_what_is_lost},
                         {"forgets that half of the sums are positive", forgets_the_half}})});
}
