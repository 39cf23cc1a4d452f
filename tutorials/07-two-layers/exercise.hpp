/// The exercises of the lesson on two layers.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "course/grade.hpp"

/// Two hidden neurons with two inputs, and one output neuron. Each neuron gives 1 where its sum is
/// above 0, else 0.
struct StepNetwork {
  std::array<double, 2> first;  ///< weights of the first hidden neuron, from x1 and x2
  double first_bias;
  std::array<double, 2> second;  ///< and of the second one
  double second_bias;
  std::array<double, 2> output;  ///< weights of the output neuron, from the two hidden neurons
  double output_bias;
};

/// Exercise 1: a network that is 1 where x1 and x2 are the same, and 0 where they differ. (The
/// lesson's network does the opposite.) The corners are 0 and 1.
StepNetwork same();

/// Exercise 2: a bump out of two sigmoid neurons: near 1 between `left` and `right`, near 0
/// outside. Each neuron has the weight `steepness`. `sigmoid` is given.
double bump(double x, double left, double right, double steepness);
double sigmoid(double z);

/// Exercise 3: the gradient of the loss by the first layer's weights. The network is
///   h_j = tanh(sum over i of x_i w_ij + b_j),   z = sum over j of h_j v_j + c
/// and dz is the derivative of the loss by z. Gives the derivative by w_ij at position
/// i * (number of hidden neurons) + j.
std::vector<double> first_layer_gradient(std::span<const double> x, std::span<const double> h,
                                         std::span<const double> v, double dz);
