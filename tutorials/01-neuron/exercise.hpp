/// The exercises of lesson 1: fill the holes in exercise.cpp.
#pragma once

#include <span>

#include "course/grade.hpp"

/// Exercise 1: the bias of a neuron with weights w whose line goes through a point: there its
/// weighted sum, with this bias, is 0. w and point have the same length.
double bias_through(std::span<const double> w, std::span<const double> point);

/// A neuron of two inputs, as in the lesson.
struct Neuron {
  double w1, w2, bias;
};

/// Exercise 2: a neuron whose step is 1 for the inputs (1, 1), and 0 for (0, 0), (0, 1) and (1, 0).
/// The step is 1 only if the weighted sum is larger than 0.
Neuron and_gate();

/// A neuron of one input.
struct Unit {
  double w, b;
};

/// Exercise 3: the neuron after one step of gradient descent on the loss of a single person, who
/// practised for x hours and can juggle (t = 1) or not (t = 0).
Unit learn(Unit unit, double x, double t, double rate);
