#include <algorithm>
#include <cmath>

#include "exercise.hpp"

std::vector<double> step_down(std::span<const double> point, std::span<const double> gradient,
                              double rate) {
  std::vector<double> next(point.begin(), point.end());
  for (std::size_t i = 0; i < next.size(); ++i) next[i] -= rate * gradient[i];
  return next;
}

double slope_along(std::span<const double> gradient, std::span<const double> direction) {
  double product = 0, squares = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) {
    product += gradient[i] * direction[i];
    squares += direction[i] * direction[i];
  }
  return product / std::sqrt(squares);
}

double largest_rate(std::span<const double> c) {
  // Each step multiplies x_i by 1 - rate * c_i, which must not be below -1 for any i.
  return 2 / *std::max_element(c.begin(), c.end());
}
