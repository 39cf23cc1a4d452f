/// The exercises of lesson 13: fill the holes in exercise.cpp.
#pragma once

#include <span>
#include <vector>

#include "course/grade.hpp"

/// Exercise 1: the share, from 0 to 1, of these weighted sums for which ReLU says 0.
double silent_share(std::span<const double> sums);

/// Exercise 2: whether a ReLU neuron with weights w and bias b gets no gradient from any of these
/// examples. Each example has as many inputs as there are weights.
bool never_wakes(std::span<const double> w, double b,
                 const std::vector<std::vector<double>>& examples);

/// Exercise 3: dL/ds of a neuron with a learned slope s, which says y = z for z > 0, and y = s * z
/// otherwise. z[i] was its sum for example i, and dy[i] is dL/dy there.
double slope_gradient(std::span<const double> z, std::span<const double> dy);
