/// The exercises of the lesson on handwritten digits.
#pragma once

#include <span>
#include <vector>

#include "course/grade.hpp"

/// Exercise 1: how many numbers a network trains, weights and biases. `layers` are the sizes from
/// the inputs to the outputs: 784, 16, 16, 10.
int parameter_count(std::span<const int> layers);

/// Exercise 2: the nudges that one example asks of the biases of the output layer, -dC/db, for the
/// cost C = 1/2 the sum of (a - y)^2. `a` are the answers, sigmoids of their sums; `y` is what was
/// wanted.
std::vector<double> output_nudges(std::span<const double> a, std::span<const double> y);

/// Exercise 3: the weights after a step with a mini-batch. `gradients` has one gradient for each
/// example, each as long as `w`; the step is against their average, times the learning rate.
std::vector<double> batch_step(std::span<const double> w,
                               std::span<const std::vector<double>> gradients, double rate);
