#include <cmath>

#include "exercise.hpp"

namespace {

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

}  // namespace

double dC_dw(double w, double b, double x, double y) {
  const double a = sigmoid(w * x + b);
  return x * (a * (1 - a)) * (2 * (a - y));
}

double dC_dx(const Chain& chain) {
  const double a1 = sigmoid(chain.w1 * chain.x + chain.b1);
  const double a2 = sigmoid(chain.w2 * a1 + chain.b2);
  const double dC_da1 = chain.w2 * (a2 * (1 - a2)) * (2 * (a2 - chain.y));
  return chain.w1 * (a1 * (1 - a1)) * dC_da1;
}

double forward(std::span<const Layer> layers, std::size_t start) {
  std::array<double, 2> here{};
  here[start] = 1;
  for (const Layer& layer : layers) {
    std::array<double, 2> next{};
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 2; ++j) next[j] += here[i] * layer[i][j];
    }
    here = next;
  }
  return here[0] + here[1];
}
