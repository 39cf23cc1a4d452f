/// From raw data to the matrices that a model takes. A row is a sample, a column is a feature.
#pragma once

#include <cstdint>
#include <span>

#include "gradus/data/images.hpp"
#include "gradus/tensor/tensor.hpp"

namespace gradus::data {

/// The pixels as (count, rows * cols), each divided by `divisor`: in [0, 1] as it is.
template <Real T>
Tensor<T> feature_matrix(const Dataset& set, T divisor = 255);

/// The labels as (count, classes): row i is 0 but for a 1 in column labels[i]. Throws InputError
/// for a label that is not below `classes`.
template <Real T>
Tensor<T> one_hot(std::span<const std::uint8_t> labels, Index classes);

/// (n, d) -> (n, d + 1): a last column of ones, whose weight is a bias.
template <Real T>
Tensor<T> with_ones_column(const Tensor<T>& features);

/// Scales each column: x -> (x - shift) / divisor. Fitted on the training data, it is applied to
/// the test data too, whose values may so leave the range that the training data have. Both tensors
/// are (1, d), so that they broadcast in a recorded formula and fit into a checkpoint.
template <Real T>
struct Scaler {
  Tensor<T> shift;
  Tensor<T> divisor;

  /// Scales (n, d). Throws ShapeError for another number of columns.
  Tensor<T> operator()(const Tensor<T>& features) const;
};

/// Takes each column of the training data (n, d) to [0, 1] by its minimum and maximum. A constant
/// column, which nothing can be learnt from, has divisor 1 and becomes 0. Throws InputError without
/// rows, and NumericError for a value, or a maximum - minimum, that is not finite.
template <Real T>
Scaler<T> min_max_scaler(const Tensor<T>& training);

/// Takes each column of the training data (n, d) to mean 0 and standard deviation 1 (that of a
/// population: divided by n, not n - 1). Constant columns and errors as for min_max_scaler.
template <Real T>
Scaler<T> standard_scaler(const Tensor<T>& training);

}  // namespace gradus::data
