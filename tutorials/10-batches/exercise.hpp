/// The exercises of the lesson on batches.
#pragma once

#include <span>
#include <vector>

#include "course/grade.hpp"

/// Exercise 1: cuts the examples, in the order in which they are given, into batches of `size`. The
/// last batch is smaller where `size` does not divide their number.
std::vector<std::vector<int>> cut(std::span<const int> order, int size);

/// Exercise 2: how many steps some epochs take, with batches cut as in exercise 1.
int steps_of(int examples, int size, int epochs);

/// Exercise 3: the gradient of the mean cost of all examples, from the gradients of the mean costs
/// of some batches (here single numbers) and the sizes of these batches.
double whole_gradient(std::span<const double> gradients, std::span<const int> sizes);
