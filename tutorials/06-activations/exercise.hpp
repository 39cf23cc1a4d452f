/// The exercises of lesson 6, Activations.
#pragma once

#include <span>
#include <vector>

#include "course/grade.hpp"

/// A layer of one neuron without an activation: y = weight * x + bias.
struct Line {
  double weight, bias;
};

/// Exercise 1: the one layer that says what `second` says of what `first` says.
Line collapse(Line first, Line second);

/// Exercise 2: the slope of the sigmoid at some x, told from its output there, y = sigmoid(x).
double sigmoid_slope(double y);

/// Exercise 3: exp(z_i) divided by the sum of all exp(z_j). Scores may be as large as 1000 or as
/// small as -1000, where exp(z) is too large for a double, or 0.
std::vector<double> softmax(std::span<const double> z);
