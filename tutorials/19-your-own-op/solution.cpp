#include <cmath>

#include "exercise.hpp"

using namespace gradus;

double squareplus(double x) {
  const double root = std::sqrt(x * x + 4);
  return x > 0 ? (x + root) / 2 : 2 / (root - x);
}

Var squareplus_dx(Var dy, Var x, Var) { return dy * (1 + x / sqrt(square(x) + 4)) / 2; }

Var length_vjp(const Vjp& v) { return v.dy * v.x[static_cast<std::size_t>(v.operand)] / v.y; }
