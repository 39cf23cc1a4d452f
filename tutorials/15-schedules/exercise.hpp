/// The exercises of lesson 15: fill the holes in exercise.cpp.
#pragma once

#include <span>

#include "course/grade.hpp"

/// Exercise 1: the rate of a step (which counts from 0) of a schedule with `steps` steps in all. In
/// its first `warm` steps it rises in a line, to `rate` in the last of them: rate / warm,
/// 2 rate / warm, ... From step `warm` on it falls as a cosine, from `rate` in step `warm` to 0 in
/// step `steps`.
double warm_cosine(int step, double rate, int warm, int steps);

/// Exercise 2: after how many measurements of a validation loss early stopping stops: as soon as
/// `patience` measurements in a row were not below the best one before them. All of them, if it
/// does not stop.
int stops_after(std::span<const double> losses, int patience);

/// Exercise 3: a hyperparameter drawn between low and high so that each factor of ten has the same
/// share, from u, which is uniform in [0, 1).
double log_uniform(double u, double low, double high);
