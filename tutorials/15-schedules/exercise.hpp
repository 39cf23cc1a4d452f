/// The exercises of lesson 15: fill the holes in exercise.cpp.
#pragma once

#include <span>

#include "course/grade.hpp"

/// Exercise 1: the rate of a step (which counts from 0) of a cosine with a warm-up. The cosine
/// falls from `rate` in step 0 to 0 in step `steps`. It is multiplied with a line that rises over
/// the first `warm` steps, 1 / warm, 2 / warm, ... to 1 in the last of them, and stays 1 from then
/// on.
double warm_cosine(int step, double rate, int warm, int steps);

/// Exercise 2: after how many measurements of a validation loss early stopping stops: as soon as
/// `patience` measurements in a row were not below the best one before them. All of them, if it
/// does not stop.
int stops_after(std::span<const double> losses, int patience);

/// Exercise 3: a hyperparameter drawn between low and high so that each factor of ten has the same
/// share, from u, which is uniform in [0, 1).
double log_uniform(double u, double low, double high);
