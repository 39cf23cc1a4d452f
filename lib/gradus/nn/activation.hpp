/// Activations by name.
#pragma once

#include <span>
#include <string_view>

#include "gradus/tape/var.hpp"

namespace gradus::nn {

/// A function that a layer ends with.
struct Activation {
  std::string_view name;
  Var (*apply)(Var x);
};

/// identity, relu, sigmoid, tanh, leaky-relu (slope 0.01), elu, gelu, softplus, swish.
std::span<const Activation> activations();
/// The activation with this name. Throws InputError that lists those that exist and the nearest
/// one.
const Activation& find_activation(std::string_view name);

}  // namespace gradus::nn
