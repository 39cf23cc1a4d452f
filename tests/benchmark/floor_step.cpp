// Compiled for the processor that it is built on.
#include "floor_step.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "fast_math.hpp"
#include "gradus/kernels/gemm.hpp"

namespace benchmark {

namespace {

/// The part of [0, count) that a thread takes, in whole pieces of `grain`.
std::pair<Index, Index> part(Index count, int me, int threads, Index grain) {
  const Index pieces = (count + grain - 1) / grain;
  return {std::min(count, pieces * me / threads * grain),
          std::min(count, pieces * (me + 1) / threads * grain)};
}

constexpr Index line = 16;  // elements in a cache line, at most

}  // namespace

template <class T>
FloorStep<T>::FloorStep(const Network& network, int threads, std::optional<Blas> blas, Split split,
                        bool skip_zeros)
    : network_(network),
      threads_(threads),
      blas_(std::move(blas)),
      skip_zeros_(skip_zeros),
      workers_(static_cast<std::size_t>(threads)) {
  if (skip_zeros && network.batch > 1) {
    throw std::invalid_argument("--skip-zeros needs --batch 1");
  }
  if (network.batch > 1) {
    for (std::size_t i = 1; i <= network.depth(); ++i) layers_.push_back(make_layer(i, false));
    for (Layer& layer : layers_) layer.by_columns = split == Split::columns && layer.outputs >= 64;
    return;
  }
  layers_.push_back(make_layer(1, false));
  for (Worker& worker : workers_) {
    for (std::size_t i = 1; i <= network.depth(); ++i) worker.layers.push_back(make_layer(i, true));
    worker.layers[0].weights.clear();
    worker.sums.resize(worker.layers[0].result.size());
    worker.rows.reserve(static_cast<std::size_t>(network.layers[0]));
  }
}

template <class T>
typename FloorStep<T>::Layer FloorStep<T>::make_layer(std::size_t number, bool transposed) const {
  const Index inputs = network_.layers[number - 1], outputs = network_.layers[number];
  const auto results = Buffer(static_cast<std::size_t>(network_.batch * outputs));
  Layer layer{.inputs = inputs,
              .outputs = outputs,
              .weights = Buffer(static_cast<std::size_t>(inputs * outputs)),
              .bias = Buffer(static_cast<std::size_t>(outputs)),
              .result = results,
              .delta = results,
              .by_columns = false};
  for (Index i = 0; i < inputs * outputs; ++i) {
    const Index at = transposed ? i % outputs * inputs + i / outputs : i;
    layer.weights[static_cast<std::size_t>(at)] = static_cast<T>(first_weight(network_, number, i));
  }
  return layer;
}

template <class T>
void FloorStep<T>::gemm(bool transpose_a, bool transpose_b, Index m, Index n, Index k, T alpha,
                        const T* a, Index lda, const T* b, Index ldb, T beta, T* c,
                        Index ldc) const {
  if (m == 0 || n == 0) return;
  if (blas_) {
    blas_->gemm(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  } else {
    gradus::kernels::gemm(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
}

/// What stands between a layer's sums and its results; nothing for the last one's cross-entropy.
template <class T>
void FloorStep<T>::activate(T* y, Index n, bool last) const {
  if (network_.activation == "relu" && !last) {
#pragma omp simd
    for (Index i = 0; i < n; ++i) y[i] = y[i] > 0 ? y[i] : T(0);
  } else if (!last || network_.squares) {
#pragma omp simd
    for (Index i = 0; i < n; ++i) y[i] = 1 / (1 + exp_of(-y[i]));
  }
}

/// From the derivative by the results y of a hidden layer to that by its sums.
template <class T>
void FloorStep<T>::differentiate(T* delta, const T* y, Index n) const {
  if (network_.activation == "relu") {
#pragma omp simd
    for (Index i = 0; i < n; ++i) delta[i] = y[i] > 0 ? delta[i] : T(0);
  } else {
#pragma omp simd
    for (Index i = 0; i < n; ++i) delta[i] *= y[i] * (1 - y[i]);
  }
}

/// From the last layer's results y to the loss' derivative by its sums; returns these rows' share
/// of the loss.
template <class T>
double FloorStep<T>::finish(const T* target, Index rows, T* y, T* delta) const {
  const Index classes = network_.layers.back();
  const T share = T(1) / static_cast<T>(network_.batch);
  double loss = 0;
  if (network_.squares) {
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (Index i = 0; i < rows * classes; ++i) {
      const T error = y[i] - target[i];
      sum += error * error;
      delta[i] = 2 * share * error * y[i] * (1 - y[i]);
    }
    return static_cast<double>(sum * share);
  }
  // One logarithm for up to 64 rows: the sums are at most `classes`.
  double product = 1;
  for (Index row = 0; row < rows; ++row, y += classes, target += classes, delta += classes) {
    T largest = y[0];
    for (Index k = 1; k < classes; ++k) largest = std::max(largest, y[k]);
    T sum = 0, chosen = 0;
#pragma omp simd reduction(+ : sum, chosen)
    for (Index k = 0; k < classes; ++k) {
      const T z = y[k] - largest;
      chosen += target[k] * z;
      y[k] = exp_of(z);
      sum += y[k];
    }
    const T scale = share / sum;
#pragma omp simd
    for (Index k = 0; k < classes; ++k) delta[k] = y[k] * scale - target[k] * share;
    loss -= static_cast<double>(chosen);
    product *= static_cast<double>(sum);
    if (row % 64 == 63 || row + 1 == rows) {
      loss += std::log(product);
      product = 1;
    }
  }
  return loss / static_cast<double>(network_.batch);
}

template <class T>
void FloorStep<T>::run(std::span<const T> x, std::span<const T> target) {
#pragma omp parallel num_threads(threads_)
  {
    const int me = omp_get_thread_num();
    if (network_.batch == 1) {
      run_vectors(me, x.data(), target.data());
    } else {
      run_matrices(me, x.data(), target.data());
    }
  }
}

template <class T>
double FloorStep<T>::loss() const {
  if (network_.batch == 1) return workers_[0].loss;
  double sum = 0;
  for (const Worker& worker : workers_) sum += worker.loss;
  return sum;
}

// --- Batches of more than one ---

template <class T>
void FloorStep<T>::run_matrices(int me, const T* x, const T* target) {
  forward(me, x);
  Layer& last = layers_.back();
  const auto [row, end] = part(network_.batch, me, threads_, 1);
  if (last.by_columns) {
#pragma omp barrier
  }
  const Index at = row * last.outputs;
  workers_[static_cast<std::size_t>(me)].loss =
      finish(target + at, end - row, last.result.data() + at, last.delta.data() + at);
  backward(me);
#pragma omp barrier
  update(me, x);
}

template <class T>
void FloorStep<T>::forward(int me, const T* x) {
  const auto rows = part(network_.batch, me, threads_, 1);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    if (i > 0 && (layer.by_columns || layers_[i - 1].by_columns)) {
#pragma omp barrier
    }
    const T* const in = i == 0 ? x : layers_[i - 1].result.data();
    const Index n = layer.outputs;
    const auto [row, row_end] = layer.by_columns ? std::pair{Index{0}, network_.batch} : rows;
    const auto [column, column_end] =
        layer.by_columns ? part(n, me, threads_, line) : std::pair{Index{0}, n};
    T* const y = layer.result.data() + row * n + column;
    gemm(false, false, row_end - row, column_end - column, layer.inputs, 1, in + row * layer.inputs,
         layer.inputs, layer.weights.data() + column, n, 0, y, n);
    const bool last = i + 1 == layers_.size();
    for (Index r = 0; r < row_end - row; ++r) {
      T* const z = y + r * n;
      const T* const bias = layer.bias.data() + column;
#pragma omp simd
      for (Index k = 0; k < column_end - column; ++k) z[k] += bias[k];
      activate(z, column_end - column, last);
    }
  }
}

template <class T>
void FloorStep<T>::backward(int me) {
  const auto rows = part(network_.batch, me, threads_, 1);
  for (std::size_t i = layers_.size() - 1; i > 0; --i) {
    Layer& layer = layers_[i];
    Layer& below = layers_[i - 1];
    if (layer.by_columns || below.by_columns) {
#pragma omp barrier
    }
    const Index n = layer.inputs;
    const auto [row, row_end] = below.by_columns ? std::pair{Index{0}, network_.batch} : rows;
    const auto [column, column_end] =
        below.by_columns ? part(n, me, threads_, line) : std::pair{Index{0}, n};
    const Index at = row * n + column;
    gemm(false, true, row_end - row, column_end - column, layer.outputs, 1,
         layer.delta.data() + row * layer.outputs, layer.outputs,
         layer.weights.data() + column * layer.outputs, layer.outputs, 0, below.delta.data() + at,
         n);
    for (Index r = 0; r < row_end - row; ++r) {
      differentiate(below.delta.data() + at + r * n, below.result.data() + at + r * n,
                    column_end - column);
    }
  }
}

template <class T>
void FloorStep<T>::update(int me, const T* x) {
  const T rate = static_cast<T>(-network_.rate);
  for (std::size_t i = layers_.size(); i-- > 0;) {
    Layer& layer = layers_[i];
    const T* const in = i == 0 ? x : layers_[i - 1].result.data();
    const Index n = layer.outputs;
    const auto columns = part(n, me, threads_, line);
    const auto [row, row_end] = layer.by_columns ? std::pair{Index{0}, layer.inputs}
                                                 : part(layer.inputs, me, threads_, line);
    const auto [column, column_end] = layer.by_columns ? columns : std::pair{Index{0}, n};
    gemm(true, false, row_end - row, column_end - column, network_.batch, rate, in + row,
         layer.inputs, layer.delta.data() + column, n, 1, layer.weights.data() + row * n + column,
         n);
    T* const bias = layer.bias.data();
    for (Index b = 0; b < network_.batch; ++b) {
      const T* const delta = layer.delta.data() + b * n;
#pragma omp simd
      for (Index k = columns.first; k < columns.second; ++k) bias[k] += rate * delta[k];
    }
  }
}

// --- A batch of one ---

/// worker.sums = the sum of x[i] times row i of the first weights, eight rows at a time.
template <class T>
void FloorStep<T>::multiply_rows(Worker& worker, Index first, Index last, const T* x) const {
  const Layer& layer = layers_[0];
  const Index n = layer.outputs;
  T* const y = worker.sums.data();
  worker.rows.clear();
  for (Index i = first; i < last; ++i) {
    if (!skip_zeros_ || x[i] != 0) worker.rows.push_back(i);
  }
  std::fill_n(y, n, T(0));
  const auto count = worker.rows.size();
  std::size_t at = 0;
  for (; at + 8 <= count; at += 8) {
    const Index* const i = worker.rows.data() + at;
    const T* w[8];
    T f[8];
    for (int k = 0; k < 8; ++k) w[k] = layer.weights.data() + i[k] * n, f[k] = x[i[k]];
#pragma omp simd
    for (Index j = 0; j < n; ++j) {
      y[j] += ((f[0] * w[0][j] + f[1] * w[1][j]) + (f[2] * w[2][j] + f[3] * w[3][j])) +
              ((f[4] * w[4][j] + f[5] * w[5][j]) + (f[6] * w[6][j] + f[7] * w[7][j]));
    }
  }
  for (; at < count; ++at) {
    const T* const w = layer.weights.data() + worker.rows[at] * n;
    const T f = x[worker.rows[at]];
#pragma omp simd
    for (Index j = 0; j < n; ++j) y[j] += f * w[j];
  }
}

template <class T>
void FloorStep<T>::update_rows(const Worker& worker, const T* x, const T* delta) {
  Layer& layer = layers_[0];
  const Index n = layer.outputs;
  for (const Index i : worker.rows) {
    T* const w = layer.weights.data() + i * n;
    const T f = static_cast<T>(-network_.rate) * x[i];
#pragma omp simd
    for (Index j = 0; j < n; ++j) w[j] += f * delta[j];
  }
}

/// After the first layer's sums, each thread does the same, in its own memory, until the update.
template <class T>
void FloorStep<T>::run_vectors(int me, const T* x, const T* target) {
  Worker& worker = workers_[static_cast<std::size_t>(me)];
  std::vector<Layer>& layers = worker.layers;
  const auto [row, end] = part(layers_[0].inputs, me, threads_, 1);
  multiply_rows(worker, row, end, x);
#pragma omp barrier
  Layer& first = layers[0];
  std::copy(first.bias.begin(), first.bias.end(), first.result.begin());
  for (const Worker& other : workers_) {
    T* const y = first.result.data();
    const T* const sums = other.sums.data();
#pragma omp simd
    for (Index j = 0; j < first.outputs; ++j) y[j] += sums[j];
  }
  activate(first.result.data(), first.outputs, layers.size() == 1);

  for (std::size_t i = 1; i < layers.size(); ++i) {
    Layer& layer = layers[i];
    const T* const in = layers[i - 1].result.data();
    for (Index k = 0; k < layer.outputs; ++k) {
      const T* const w = layer.weights.data() + k * layer.inputs;
      T sum = 0;
#pragma omp simd reduction(+ : sum)
      for (Index j = 0; j < layer.inputs; ++j) sum += in[j] * w[j];
      layer.result[static_cast<std::size_t>(k)] = sum + layer.bias[static_cast<std::size_t>(k)];
    }
    activate(layer.result.data(), layer.outputs, i + 1 == layers.size());
  }
  worker.loss = finish(target, 1, layers.back().result.data(), layers.back().delta.data());

  for (std::size_t i = layers.size() - 1; i > 0; --i) {
    Layer& layer = layers[i];
    Layer& below = layers[i - 1];
    std::fill(below.delta.begin(), below.delta.end(), T(0));
    T* const down = below.delta.data();
    const T* const in = below.result.data();
    for (Index k = 0; k < layer.outputs; ++k) {
      T* const w = layer.weights.data() + k * layer.inputs;
      const T delta = layer.delta[static_cast<std::size_t>(k)];
      const T step = static_cast<T>(-network_.rate) * delta;
#pragma omp simd
      for (Index j = 0; j < layer.inputs; ++j) {
        down[j] += delta * w[j];
        w[j] += step * in[j];
      }
      layer.bias[static_cast<std::size_t>(k)] += step;
    }
    differentiate(down, in, layer.inputs);
  }
  for (Index j = 0; j < first.outputs; ++j) {
    const auto at = static_cast<std::size_t>(j);
    first.bias[at] += static_cast<T>(-network_.rate) * first.delta[at];
  }
  update_rows(worker, x, first.delta.data());
}

template class FloorStep<float>;
template class FloorStep<double>;

}  // namespace benchmark
