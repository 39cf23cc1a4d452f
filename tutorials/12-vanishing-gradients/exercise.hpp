/// The exercises of lesson 12: fill the holes in exercise.cpp.
#pragma once

#include <span>
#include <vector>

#include "course/grade.hpp"

/// Exercise 1: da/dx of a chain of sigmoid neurons, one a layer. Layer i has the weight w[i], and
/// its weighted sum was z[i]. w and z have the same length.
double slope_of_chain(std::span<const double> w, std::span<const double> z);

/// The elements of a gradient, parameter by parameter.
using Gradients = std::vector<std::vector<double>>;

/// Exercise 2: the gradients clipped by their global norm: the root of the sum of the squares of
/// all elements of all parameters. The limit is positive.
Gradients clipped(const Gradients& gradients, double limit);

/// Exercise 3: the position of the first value that is NaN or infinite, or -1 if there is none.
int first_not_finite(std::span<const double> values);
