#include "gradus/data/batches.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "gradus/base/error.hpp"

namespace gradus::data {
namespace {

/// Calls write(row, out) for each row, which has `width` elements in `to`.
template <class T, class Write>
void gather(Index count, Index width, std::span<const Index> rows, std::span<T> to, Write write) {
  const Index wanted = static_cast<Index>(rows.size()) * width;
  if (static_cast<Index>(to.size()) != wanted) {
    throw ShapeError(
        fmt::format("{} rows of {} elements need room for {}, but there is room for {}",
                    rows.size(), width, wanted, to.size()));
  }
  T* out = to.data();
  for (const Index row : rows) {
    if (row < 0 || row >= count) {
      throw ShapeError(fmt::format("there is no row {} among {} rows", row, count));
    }
    write(row, out);
    out += width;
  }
}

}  // namespace

Batches::Batches(Index count, Index batch_size) : batch_size_(batch_size) {
  if (batch_size < 1) {
    throw InputError(fmt::format("a batch needs at least 1 sample, not {}", batch_size));
  }
  if (count < 0) throw InputError(fmt::format("{} samples cannot be cut into batches", count));
  order_.resize(static_cast<std::size_t>(count));
  std::iota(order_.begin(), order_.end(), Index{0});
}

Batches::Batches(Index count, Index batch_size, Random& random) : Batches(count, batch_size) {
  order_ = random.permutation(count);
}

Index Batches::size() const {
  const auto count = static_cast<Index>(order_.size());
  return count / batch_size_ + (count % batch_size_ != 0);
}

std::span<const Index> Batches::operator[](Index batch) const {
  const auto begin = static_cast<std::size_t>(batch * batch_size_);
  const auto length = static_cast<std::size_t>(batch_size_);
  return std::span(order_).subspan(begin, std::min(length, order_.size() - begin));
}

template <Real T>
void gather_rows(const Tensor<T>& from, std::span<const Index> rows, std::span<T> to) {
  if (from.shape().rank() == 0) throw ShapeError("a scalar has no rows");
  const Index count = from.shape()[0];
  const Index width = count == 0 ? 0 : from.elements() / count;
  gather(count, width, rows, to,
         [&](Index row, T* out) { std::copy_n(from.data() + row * width, width, out); });
}
template void gather_rows(const Tensor<float>&, std::span<const Index>, std::span<float>);
template void gather_rows(const Tensor<double>&, std::span<const Index>, std::span<double>);

template <Real T>
void gather_features(const Dataset& set, std::span<const Index> rows, bool ones_column,
                     std::span<T> to) {
  const Index width = set.width();
  gather(set.count, width + (ones_column ? 1 : 0), rows, to, [&](Index row, T* out) {
    const std::uint8_t* const pixels = set.image(row).data();
    for (Index i = 0; i < width; ++i) out[i] = static_cast<T>(pixels[i]) / T{255};
    if (ones_column) out[width] = 1;
  });
}
template void gather_features(const Dataset&, std::span<const Index>, bool, std::span<float>);
template void gather_features(const Dataset&, std::span<const Index>, bool, std::span<double>);

void gather_rows(std::span<const std::uint8_t> labels, std::span<const Index> rows,
                 std::span<std::uint8_t> to) {
  gather(static_cast<Index>(labels.size()), 1, rows, to,
         [&](Index row, std::uint8_t* out) { *out = labels[static_cast<std::size_t>(row)]; });
}

}  // namespace gradus::data
