/// Shuffled mini-batches.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/data/images.hpp"
#include "gradus/tensor/tensor.hpp"

namespace gradus::data {

/// One epoch: the samples 0 ... count - 1 in random order, cut into batches; the last one is
/// smaller when `batch_size` does not divide `count`.
///
/// The order is drawn here and depends on the state of `random` alone. To resume inside an epoch,
/// save `random.state()` from *before* the epoch and the number of the next batch; then set the
/// state, make the Batches again, and go on from that batch.
class Batches {
 public:
  /// Throws InputError for a batch size below 1 or a negative count.
  Batches(Index count, Index batch_size, Random& random);
  /// The same in the order that the data have, without shuffling.
  Batches(Index count, Index batch_size);

  /// The number of batches.
  Index size() const;
  /// The samples of one batch, from 0 to size() - 1.
  std::span<const Index> operator[](Index batch) const;

 private:
  std::vector<Index> order_;
  Index batch_size_;
};

/// Copies rows of `from` into `to`, one after the other, without allocating: `to` must have the
/// elements of exactly these rows. `from` is (n, ...); row i is all elements with first index i.
/// Throws ShapeError for a `to` of another size or a row that is not there.
template <Real T>
void gather_rows(const Tensor<T>& from, std::span<const Index> rows, std::span<T> to);

/// The same for images: writes these rows of feature_matrix(set), which takes four or eight times
/// the memory of the pixels, and after each of them a 1 with `ones_column`. Equal bits.
template <Real T>
void gather_features(const Dataset& set, std::span<const Index> rows, bool ones_column,
                     std::span<T> to);

/// The same for labels: to[i] = labels[rows[i]].
void gather_rows(std::span<const std::uint8_t> labels, std::span<const Index> rows,
                 std::span<std::uint8_t> to);

}  // namespace gradus::data
