#include "exercise.hpp"

#include <cmath>

double dC_dw(double w, double b, double x, double y) {
  // Exercise 1: fill the hole. sigmoid(z) is 1 / (1 + std::exp(-z)).
  return course::hole;
}

double dC_dx(const Chain& chain) {
  // Exercise 2: fill the hole. The weights are chain.w1 and chain.w2, and so on.
  return course::hole;
}

double forward(std::span<const Layer> layers, std::size_t start) {
  // Exercise 3: fill the hole. `for (const Layer& layer : layers)` goes through them in order.
  return course::hole;
}
