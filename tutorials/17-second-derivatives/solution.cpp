#include "exercise.hpp"

gradus::Var hessian_times(gradus::Var f, gradus::Var x, gradus::Var v) {
  const gradus::Var along = sum(gradient(f, x) * v);  // the slope in the direction v
  return gradient(along, x);
}

std::vector<double> newton_step(std::span<const double> point, std::span<const double> gradient,
                                std::span<const double> hessian) {
  const double a = hessian[0], b = hessian[1], c = hessian[2], d = hessian[3];
  const double determinant = a * d - b * c;
  return {point[0] - (d * gradient[0] - b * gradient[1]) / determinant,
          point[1] - (a * gradient[1] - c * gradient[0]) / determinant};
}

std::string kind(double fxx, double fxy, double fyy) {
  if (fxx * fyy < fxy * fxy) return "saddle";  // the two curvatures have different signs
  return fxx > 0 ? "minimum" : "maximum";
}
