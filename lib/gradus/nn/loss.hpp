/// Losses by name, for networks whose targets are classes.
#pragma once

#include <span>
#include <string_view>

#include "gradus/tape/var.hpp"

namespace gradus::nn {

/// What training makes small: a function of the last layer's sums z, (examples, classes), and
/// one-hot rows of the same shape. It applies what belongs to it to z (softmax, sigmoid), so that
/// it is stable.
struct Loss {
  std::string_view name;
  Var (*apply)(Var z, Var target);
};

///   cross-entropy          softmax of z, then the mean of -log of the target's class
///   binary-cross-entropy   sigmoid of z, then the mean of -log likelihood of each output
///   mse                    the mean of (z - target)^2 over all elements
///   quadratic              sigmoid of z, then 1/2 of the sum of squares of each example, averaged
///   sum-of-squares         the same without the 1/2
std::span<const Loss> losses();
/// The loss with this name. Throws InputError that lists those that exist and the nearest one.
const Loss& find_loss(std::string_view name);

}  // namespace gradus::nn
