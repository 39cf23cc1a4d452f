#include <algorithm>
#include <cmath>

#include "exercise.hpp"

double central(const std::function<double(double)>& f, double x, double h) {
  return (f(x + h) - f(x - h)) / (2 * h);
}

double relative_error(double analytic, double numeric) {
  const double size = std::max(std::abs(analytic), std::abs(numeric));
  return size == 0 ? 0 : std::abs(analytic - numeric) / size;
}

gradus::Var broken_square(gradus::Var dy, gradus::Var x, gradus::Var) { return dy * x * x; }
