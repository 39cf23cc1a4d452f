/// The exercises of lesson 16, Scaling features.
#pragma once

#include <span>
#include <vector>

#include "course/grade.hpp"

/// Exercise 1: the values, shifted and divided so that their mean is 0 and their standard deviation
/// is 1. (The deviation of these values themselves: divide by how many there are.) They are not all
/// the same.
std::vector<double> standardised(std::span<const double> values);

/// Exercise 2: a new value on the scale that takes the training values to the range from 0 to 1.
double min_max(double value, std::span<const double> training);

/// A model: price = weight * area + bias.
struct Line {
  double weight, bias;
};

/// Exercise 3: `scaled` was trained on areas from which `mean` was taken, and which were then
/// divided by `deviation`. The line that says the same of areas as they are.
Line unscaled(Line scaled, double mean, double deviation);
