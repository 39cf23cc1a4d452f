#include "gradus/nn/init.hpp"

#include <array>
#include <cmath>

#include "gradus/base/named.hpp"

namespace gradus::nn {
namespace {

struct Fans {
  double in, out;
};

Fans fans(const Shape& shape) {
  if (shape.rank() != 2) {
    throw ShapeError("this first value needs a matrix (fan in, fan out), not " + to_string(shape));
  }
  return {static_cast<double>(shape[0]), static_cast<double>(shape[1])};
}

/// A uniform distribution on [-limit, limit) has the variance limit^2 / 3.
double limit_of(double variance) { return std::sqrt(3 * variance); }

constexpr std::array all_inits{
    Init{"zeros", [](const Shape& shape, Random&) { return zeros(shape); }},
    Init{"normal", [](const Shape& shape, Random& random) { return normal(shape, random); }},
    Init{"uniform", [](const Shape& shape, Random& random) { return uniform(shape, random); }},
    Init{"xavier-normal", xavier_normal},
    Init{"xavier-uniform", xavier_uniform},
    Init{"he-normal", he_normal},
    Init{"he-uniform", he_uniform},
};

}  // namespace

std::span<const Init> inits() { return all_inits; }

const Init& find_init(std::string_view name) {
  return find_named<Init>("initialiser", name, all_inits);
}

Tensor<double> zeros(const Shape& shape) { return Tensor<double>(shape); }

Tensor<double> constant(const Shape& shape, double value) { return Tensor<double>(shape, value); }

Tensor<double> normal(const Shape& shape, Random& random, double mean, double stddev) {
  Tensor<double> result(shape);
  for (double& x : result) x = random.normal(mean, stddev);
  return result;
}

Tensor<double> uniform(const Shape& shape, Random& random, double low, double high) {
  Tensor<double> result(shape);
  for (double& x : result) x = random.uniform(low, high);
  return result;
}

Tensor<double> xavier_normal(const Shape& shape, Random& random) {
  const auto [in, out] = fans(shape);
  return normal(shape, random, 0, std::sqrt(2 / (in + out)));
}

Tensor<double> xavier_uniform(const Shape& shape, Random& random) {
  const auto [in, out] = fans(shape);
  const double limit = limit_of(2 / (in + out));
  return uniform(shape, random, -limit, limit);
}

Tensor<double> he_normal(const Shape& shape, Random& random) {
  return normal(shape, random, 0, std::sqrt(2 / fans(shape).in));
}

Tensor<double> he_uniform(const Shape& shape, Random& random) {
  const double limit = limit_of(2 / fans(shape).in);
  return uniform(shape, random, -limit, limit);
}

}  // namespace gradus::nn
