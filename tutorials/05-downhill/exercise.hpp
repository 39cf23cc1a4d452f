/// The exercises of lesson 5, Downhill.
#pragma once

#include <span>
#include <vector>

#include "course/grade.hpp"

/// Exercise 1: the point that one step of steepest descent leads to, in any number of dimensions.
/// `point` and `gradient` have the same length.
std::vector<double> step_down(std::span<const double> point, std::span<const double> gradient,
                              double rate);

/// Exercise 2: by how much f rises for each unit of length that one goes in `direction`, which may
/// be of any length but 0.
double slope_along(std::span<const double> gradient, std::span<const double> direction);

/// Exercise 3: f is the sum of c_i * x_i^2 / 2. The learning rate above which the steps from almost
/// every point lead further and further away. All c_i are positive.
double largest_rate(std::span<const double> c);
