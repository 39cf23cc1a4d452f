#include "gradus/nn/activation.hpp"

#include <array>

#include "gradus/base/named.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::nn {
namespace {

constexpr std::array all_activations{
    Activation{"identity", [](Var x) { return x; }},
    Activation{"relu", [](Var x) { return relu(x); }},
    Activation{"sigmoid", [](Var x) { return sigmoid(x); }},
    Activation{"tanh", [](Var x) { return tanh(x); }},
    Activation{"leaky-relu", [](Var x) { return leaky_relu(x); }},
    Activation{"elu", [](Var x) { return elu(x); }},
    Activation{"gelu", [](Var x) { return gelu(x); }},
    Activation{"softplus", [](Var x) { return softplus(x); }},
    Activation{"swish", [](Var x) { return swish(x); }},
};

}  // namespace

std::span<const Activation> activations() { return all_activations; }

const Activation& find_activation(std::string_view name) {
  return find_named<Activation>("activation", name, all_activations);
}

}  // namespace gradus::nn
