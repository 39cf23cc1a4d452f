/// The exercises of lesson 11: fill the holes in exercise.cpp.
#pragma once

#include "course/grade.hpp"

/// Exercise 1: the variance of z = w1 x1 + ... + wn xn. The n = `inputs` weights are independent
/// draws with mean 0 and this variance; `mean_square` is the mean of x^2 over the inputs.
double variance_of_sum(int inputs, double weight_variance, double mean_square);

/// Exercise 2: Xavier's start with uniform draws. The limit a for which weights drawn evenly
/// between -a and a have the variance 2 / (fan_in + fan_out). (The variance of such a draw is a^2
/// / 3.)
double xavier_limit(int fan_in, int fan_out);

/// Exercise 3: a start for leaky ReLU, which is x for x > 0, and slope * x otherwise. The variance
/// of the weights that keeps the variance of the sums the same from layer to layer of `inputs`
/// neurons each.
double leaky_relu_variance(int inputs, double slope);
