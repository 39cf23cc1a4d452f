/// First values of weights.
#pragma once

#include <span>
#include <string_view>

#include "gradus/base/random.hpp"
#include "gradus/tensor/tensor.hpp"

namespace gradus::nn {

/// A rule for the first values of a weight matrix of shape (fan_in, fan_out). Drawn in double and
/// in row-major order, so that a seed gives equal weights in every precision.
///
///   zeros
///   normal, uniform           N(0, 1), U(-1, 1)
///   xavier-normal, -uniform   variance 2 / (fan_in + fan_out); Glorot and Bengio,
///                             "Understanding the difficulty of training deep feedforward
///                             neural networks", 2010
///   he-normal, -uniform       variance 2 / fan_in; He et al., "Delving deep into rectifiers", 2015
struct Init {
  std::string_view name;
  Tensor<double> (*draw)(const Shape& shape, Random& random);
};

std::span<const Init> inits();
/// The rule with this name. Throws InputError that lists those that exist and the nearest one.
const Init& find_init(std::string_view name);

Tensor<double> zeros(const Shape& shape);
Tensor<double> constant(const Shape& shape, double value);
/// Independent normal draws.
Tensor<double> normal(const Shape& shape, Random& random, double mean = 0, double stddev = 1);
/// Independent uniform draws from [low, high).
Tensor<double> uniform(const Shape& shape, Random& random, double low = -1, double high = 1);
/// These need a matrix, (fan_in, fan_out), and throw ShapeError for any other shape.
Tensor<double> xavier_normal(const Shape& shape, Random& random);
Tensor<double> xavier_uniform(const Shape& shape, Random& random);
Tensor<double> he_normal(const Shape& shape, Random& random);
Tensor<double> he_uniform(const Shape& shape, Random& random);

}  // namespace gradus::nn
