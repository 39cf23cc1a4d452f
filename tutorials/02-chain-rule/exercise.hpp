/// The exercises of lesson 2: fill the holes in exercise.cpp.
#pragma once

#include <array>
#include <span>

#include "course/grade.hpp"

/// Exercise 1: dC/dw of a single neuron: z = w x + b, a = sigmoid(z), C = (a - y)^2.
double dC_dw(double w, double b, double x, double y);

/// Two neurons in a row, as in the lesson.
struct Chain {
  double w1, b1, w2, b2, x, y;
};

/// Exercise 2: dC/dx of the chain: what a nudge of its input does to the cost.
double dC_dx(const Chain& chain);

/// layer[i][j] is the derivative of neuron j of the next layer by neuron i of this one.
using Layer = std::array<std::array<double, 2>, 2>;

/// Exercise 3: dC/d(neuron `start` of layer 0), where C is the sum of the last two neurons. Go
/// forward this time: keep the derivatives of both neurons of a layer by the start, and make those
/// of the next layer of them. Do not follow single paths: there may be 60 layers.
double forward(std::span<const Layer> layers, std::size_t start);
