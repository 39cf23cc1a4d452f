/// The networks that are measured, their first weights and their data: the same in every library
/// that they are trained with, so that their losses can be compared.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "gradus/tensor/tensor.hpp"
#include "options.hpp"

namespace benchmark {

using gradus::Index;
using gradus::Shape;

struct Network {
  std::vector<Index> layers;  ///< inputs, hidden widths, classes
  std::string activation;     ///< sigmoid or relu, after every layer but the last
  /// Of the last layer's sums: the mean cross-entropy of their softmax, or the sum of squares of
  /// their sigmoid's errors, averaged over the examples.
  bool squares;
  Index batch;
  double rate;

  std::size_t depth() const { return layers.size() - 1; }  ///< layers with weights
  Index parameters() const;
  /// Floating-point operations that a step cannot do without: products forward, of the gradients of
  /// all weights, and of those of all layers' inputs but the first; and two for each parameter.
  double flops() const;
  std::string name() const;  ///< mlp784-400-10-sigmoid-b32
};

/// The options that choose a network, with their defaults: model (a, b, c, d), and for another one
/// layers, act, out, batch and lr.
std::map<std::string, std::string> network_options();
/// And those of one that is timed.
std::map<std::string, std::string> timed_network_options();
Network read_network(const Options& options);

/// The first weight of row i / layers[layer], column i % layers[layer], of the layer 1, 2, ...:
/// Glorot and Bengio's uniform rule. Biases start at 0.
double first_weight(const Network& network, std::size_t layer, Index i);

/// Training digits, in the order of the file.
template <class T>
struct Digits {
  gradus::Tensor<T> x;       ///< (count, pixels), 0 to 1
  gradus::Tensor<T> target;  ///< (count, classes), one-hot
  std::vector<std::uint8_t> labels;

  /// Rows of x or of target that batch number `step` has; after the last whole batch comes the
  /// first.
  std::span<const T> batch(const gradus::Tensor<T>& rows, Index size, Index step) const {
    const Index width = rows.shape()[1];
    const Index first = step % (rows.shape()[0] / size) * size;
    return rows.span().subspan(static_cast<std::size_t>(first * width),
                               static_cast<std::size_t>(size * width));
  }
};

/// Reads the folder that the option `data` names. Throws std::exception for files that cannot be
/// read and images that do not fit the network.
template <class T>
Digits<T> read_digits(const Options& options, const Network& network);

}  // namespace benchmark
