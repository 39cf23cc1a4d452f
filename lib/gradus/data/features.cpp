#include "gradus/data/features.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/base/error.hpp"

namespace gradus::data {
namespace {

template <Real T>
void require_matrix(const Tensor<T>& features) {
  if (features.shape().rank() != 2) {
    throw ShapeError(fmt::format("features must be a matrix (samples, columns), not {}",
                                 to_string(features.shape())));
  }
}

/// Calls `fit(column, minimum, maximum)` for each column.
template <Real T, class Fit>
Scaler<T> fit_columns(const Tensor<T>& training, Fit&& fit) {
  require_matrix(training);
  const Index n = training.shape()[0];
  const Index d = training.shape()[1];
  if (n == 0) throw InputError("a scaler cannot be fitted to 0 samples");
  Scaler<T> scaler{Tensor<T>(Shape{1, d}), Tensor<T>(Shape{1, d}, T{1})};
  for (Index j = 0; j < d; ++j) {
    T low = training[j];
    T high = training[j];
    for (Index i = 0; i < n; ++i) {
      const T x = training[i * d + j];
      if (!std::isfinite(x)) {
        throw NumericError(fmt::format("row {} of column {} of the features is {}", i, j, x));
      }
      low = std::min(low, x);
      high = std::max(high, x);
    }
    if (!std::isfinite(high - low)) {
      throw NumericError(
          fmt::format("column {} of the features spans {} to {}: too wide to scale", j, low, high));
    }
    fit(scaler, j, low, high);
    if (low == high || scaler.divisor[j] == 0) scaler.divisor[j] = 1;
  }
  return scaler;
}

}  // namespace

template <Real T>
Tensor<T> feature_matrix(const Dataset& set, T divisor) {
  Tensor<T> features(Shape{set.count, set.width()});
  std::transform(set.pixels.begin(), set.pixels.end(), features.begin(),
                 [=](std::uint8_t pixel) { return static_cast<T>(pixel) / divisor; });
  return features;
}

template <Real T>
Tensor<T> one_hot(std::span<const std::uint8_t> labels, Index classes) {
  Tensor<T> result(Shape{static_cast<Index>(labels.size()), classes});
  for (Index i = 0; i < result.shape()[0]; ++i) {
    const Index label = labels[static_cast<std::size_t>(i)];
    if (label >= classes) {
      throw InputError(fmt::format("label {} at position {} is not one of the {} classes, 0 to {}",
                                   label, i, classes, classes - 1));
    }
    result[i * classes + label] = 1;
  }
  return result;
}

template <Real T>
Tensor<T> with_ones_column(const Tensor<T>& features) {
  require_matrix(features);
  const Index n = features.shape()[0];
  const Index d = features.shape()[1];
  Tensor<T> result(Shape{n, d + 1}, T{1});
  for (Index i = 0; i < n; ++i) {
    std::copy_n(features.data() + i * d, d, result.data() + i * (d + 1));
  }
  return result;
}

template <Real T>
Tensor<T> Scaler<T>::operator()(const Tensor<T>& features) const {
  require_matrix(features);
  const Index d = features.shape()[1];
  if (d != shift.elements()) {
    throw ShapeError(fmt::format("the scaler was fitted to {} columns, but the features {} have {}",
                                 shift.elements(), to_string(features.shape()), d));
  }
  Tensor<T> result(features.shape());
  for (Index i = 0; i < features.elements(); ++i) {
    result[i] = (features[i] - shift[i % d]) / divisor[i % d];
  }
  return result;
}

template <Real T>
Scaler<T> min_max_scaler(const Tensor<T>& training) {
  return fit_columns(training, [](Scaler<T>& scaler, Index j, T low, T high) {
    scaler.shift[j] = low;
    scaler.divisor[j] = high - low;
  });
}

template <Real T>
Scaler<T> standard_scaler(const Tensor<T>& training) {
  return fit_columns(training, [&](Scaler<T>& scaler, Index j, T low, T high) {
    const Index n = training.shape()[0];
    const Index d = training.shape()[1];
    // Measured from the middle, and twice over the data, so that no digits cancel (Chan, Golub and
    // LeVeque, 1983, "Algorithms for computing the sample variance").
    const double middle = low + (static_cast<double>(high) - low) / 2;
    double sum = 0;
    for (Index i = 0; i < n; ++i) sum += training[i * d + j] - middle;
    const double mean = sum / static_cast<double>(n);
    double squares = 0;
    for (Index i = 0; i < n; ++i) {
      const double difference = training[i * d + j] - middle - mean;
      squares += difference * difference;
    }
    scaler.shift[j] = static_cast<T>(middle + mean);
    scaler.divisor[j] = static_cast<T>(std::sqrt(squares / static_cast<double>(n)));
  });
}

template struct Scaler<float>;
template struct Scaler<double>;
template Tensor<float> feature_matrix(const Dataset&, float);
template Tensor<double> feature_matrix(const Dataset&, double);
template Tensor<float> one_hot(std::span<const std::uint8_t>, Index);
template Tensor<double> one_hot(std::span<const std::uint8_t>, Index);
template Tensor<float> with_ones_column(const Tensor<float>&);
template Tensor<double> with_ones_column(const Tensor<double>&);
template Scaler<float> min_max_scaler(const Tensor<float>&);
template Scaler<double> min_max_scaler(const Tensor<double>&);
template Scaler<float> standard_scaler(const Tensor<float>&);
template Scaler<double> standard_scaler(const Tensor<double>&);

}  // namespace gradus::data
