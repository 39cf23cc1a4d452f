#include "gradus/nn/loss.hpp"

#include <array>

#include "gradus/base/named.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::nn {
namespace {

constexpr std::array all_losses{
    Loss{"cross-entropy", [](Var z, Var t) { return cross_entropy(z, t); }},
    Loss{"binary-cross-entropy", [](Var z, Var t) { return binary_cross_entropy(z, t); }},
    Loss{"mse", [](Var z, Var t) { return mse(z, t); }},
    Loss{"quadratic", [](Var z, Var t) { return quadratic_cost(sigmoid(z), t, 0.5); }},
    Loss{"sum-of-squares", [](Var z, Var t) { return quadratic_cost(sigmoid(z), t, 1.0); }},
};

}  // namespace

std::span<const Loss> losses() { return all_losses; }

const Loss& find_loss(std::string_view name) { return find_named<Loss>("loss", name, all_losses); }

}  // namespace gradus::nn
