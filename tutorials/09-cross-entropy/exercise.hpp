/// The exercises of the lesson on softmax and cross-entropy.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "course/grade.hpp"
#include "gradus/ops/ops.hpp"

/// Exercise 1: the softmax of some sums, e^u_i over the sum of all e^u_j. It must also hold for
/// sums of a thousand, where e^u does not fit into a double.
std::vector<double> softmax_of(std::span<const double> u);

/// Exercise 2: the derivative of the cross-entropy of one example by its sums u. `right` is the
/// position of the right class. You may use softmax_of.
std::vector<double> slope_of_cross_entropy(std::span<const double> u, std::size_t right);

/// Exercise 3: dJ/dW, as a formula on the tape, for the network of the lesson with tanh in place of
/// the sigmoid: A = tanh(X W), U = A V, S = softmax(U), J the mean cross-entropy. X is (N, D), W is
/// (D, H), V is (H, C) and Z, one-hot, is (N, C). Use matmul, transpose, tanh, softmax and
/// arithmetic; not gradient().
gradus::Var gradient_with_tanh(gradus::Var x, gradus::Var w, gradus::Var v, gradus::Var z);
