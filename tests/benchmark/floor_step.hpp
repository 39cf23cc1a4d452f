/// The floor under all training steps: one that is written by hand for its network, without a tape,
/// on a given matrix product.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "blas.hpp"
#include "network.hpp"

namespace benchmark {

/// How several threads share a product: each takes rows of the batch, or, where a layer has 64
/// columns or more, columns of its weights.
enum class Split { rows, columns };

/// Forward, gradients, and new parameters. Weights are updated by the product that makes their
/// gradient (alpha = -rate, beta = 1), so that the gradient is never stored; each thread always
/// updates the same part of them. Nothing is allocated in a step.
///
/// With a batch of 1 there is no matrix product: each thread owns rows of the first layer's
/// weights, sums its multiples of them, and later adds a multiple of one vector to each. The layers
/// after it are so small that each thread has them for itself, and waits for the others once.
template <class T>
class FloorStep {
 public:
  /// `blas` makes the products, or Gradus where there is none; it must keep to the thread that
  /// calls it. With `skip_zeros`, rows of weights that meet a pixel of 0 are neither read nor
  /// written; for a batch of 1 only, else throws std::invalid_argument.
  FloorStep(const Network& network, int threads, std::optional<Blas> blas, Split split,
            bool skip_zeros);

  /// x is (batch, inputs), target (batch, classes), one-hot.
  void run(std::span<const T> x, std::span<const T> target);
  /// Of the last batch, before the parameters changed.
  double loss() const;

 private:
  using Buffer = gradus::AlignedVector<T>;
  /// A layer: its weights and biases, its results, and the loss' derivative by its sums.
  struct Layer {
    Index inputs, outputs;
    Buffer weights;  // (inputs, outputs)
    Buffer bias, result, delta;
    bool by_columns;
  };
  /// What a thread has for itself.
  struct Worker {
    double loss = 0;            // of its rows of the batch
    Buffer sums;                // with a batch of 1: what its rows of the weights add up to,
    std::vector<Index> rows;    // those of its rows that are multiplied, and
    std::vector<Layer> layers;  // all layers, weights transposed; the first one's are shared
  };

  void gemm(bool transpose_a, bool transpose_b, Index m, Index n, Index k, T alpha, const T* a,
            Index lda, const T* b, Index ldb, T beta, T* c, Index ldc) const;
  Layer make_layer(std::size_t number, bool transposed) const;
  void activate(T* y, Index n, bool last) const;
  void differentiate(T* delta, const T* y, Index n) const;
  double finish(const T* target, Index rows, T* y, T* delta) const;

  void run_matrices(int me, const T* x, const T* target);
  void forward(int me, const T* x);
  void backward(int me);
  void update(int me, const T* x);

  void run_vectors(int me, const T* x, const T* target);
  void multiply_rows(Worker& worker, Index first, Index last, const T* x) const;
  void update_rows(const Worker& worker, const T* x, const T* delta);

  Network network_;
  int threads_;
  std::optional<Blas> blas_;
  bool skip_zeros_;
  std::vector<Layer> layers_;  // with a batch of 1 only the first
  std::vector<Worker> workers_;
};

}  // namespace benchmark
