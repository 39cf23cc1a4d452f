#include "exercise.hpp"

double variance_of_sum(int inputs, double weight_variance, double mean_square) {
  // Exercise 1: fill the hole.
  return course::hole;
}

double xavier_limit(int fan_in, int fan_out) {
  // Exercise 2: fill the hole. std::sqrt is in <cmath>.
  return course::hole;
}

double leaky_relu_variance(int inputs, double slope) {
  // Exercise 3: fill the hole. Half of the sums are positive. What is the mean of the squares?
  return course::hole;
}
