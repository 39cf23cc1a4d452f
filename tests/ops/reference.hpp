/// What the structural ops mean, as plain loops over indices: in long double, or over numbers that
/// carry a derivative.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "gradus/tape/attributes.hpp"
#include "gradus/tensor/tensor.hpp"

namespace reference {

using gradus::Index;
using gradus::Shape;
using Position = std::array<Index, Shape::max_rank>;

/// A tensor that is read and written by position; positions past its rank are not looked at.
template <class R>
struct ArrayOf {
  Shape shape;
  std::vector<R> elements;

  explicit ArrayOf(const Shape& s, R fill = 0)
      : shape(s), elements(static_cast<std::size_t>(s.elements()), fill) {}
  template <class T>
  explicit ArrayOf(const gradus::Tensor<T>& t) : shape(t.shape()), elements(t.begin(), t.end()) {}

  R& operator[](const Position& p) {
    Index at = 0;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      at = at * shape[axis] + p[static_cast<std::size_t>(axis)];
    }
    return elements.at(static_cast<std::size_t>(at));
  }
  R operator[](const Position& p) const { return const_cast<ArrayOf&>(*this)[p]; }
};
using Array = ArrayOf<long double>;

template <class F>
void for_each(const Shape& shape, const F& f) {
  Position p{};
  for (Index i = 0; i < shape.elements(); ++i) {
    Index rest = i;
    for (int axis = shape.rank(); axis-- > 0;) {
      p[static_cast<std::size_t>(axis)] = rest % shape[axis];
      rest /= shape[axis];
    }
    f(p);
  }
}

inline std::size_t u(Index i) { return static_cast<std::size_t>(i); }

/// The position in an operand of shape `from` that broadcasting reads for position p of `to`.
inline Position broadcast_position(const Position& p, const Shape& from, const Shape& to) {
  Position q{};
  for (int axis = 0; axis < from.rank(); ++axis) {
    q[u(axis)] = from[axis] == 1 ? 0 : p[u(axis + to.rank() - from.rank())];
  }
  return q;
}

/// p without the axes in `mask` (or with 0 there).
inline Position without(const Position& p, int rank, unsigned mask, bool keepdims) {
  Position q{};
  std::size_t at = 0;
  for (int axis = 0; axis < rank; ++axis) {
    const bool gone = mask >> axis & 1u;
    if (!gone || keepdims) q[at++] = gone ? 0 : p[u(axis)];
  }
  return q;
}

template <class R>
ArrayOf<R> sum(const ArrayOf<R>& x, unsigned mask, bool keepdims) {
  ArrayOf<R> y(gradus::reduced(x.shape, mask, keepdims));
  for_each(x.shape,
           [&](const Position& p) { y[without(p, x.shape.rank(), mask, keepdims)] += x[p]; });
  return y;
}

template <class R>
ArrayOf<R> max(const ArrayOf<R>& x, unsigned mask, bool keepdims) {
  ArrayOf<R> y(gradus::reduced(x.shape, mask, keepdims), R(-INFINITY));
  for_each(x.shape, [&](const Position& p) {
    R& best = y[without(p, x.shape.rank(), mask, keepdims)];
    best = std::max(best, x[p]);
  });
  return y;
}

template <class R>
ArrayOf<R> argmax(const ArrayOf<R>& x, int axis) {
  const unsigned mask = 1u << axis;
  const ArrayOf<R> best = max(x, mask, false);
  ArrayOf<R> y(best.shape, R(-1));
  for_each(x.shape, [&](const Position& p) {
    const Position q = without(p, x.shape.rank(), mask, false);
    if (y[q] < 0 && x[p] == best[q]) y[q] = static_cast<R>(p[u(axis)]);
  });
  return y;
}

template <class R>
ArrayOf<R> softmax(const ArrayOf<R>& x, int axis, bool logarithm) {
  using std::exp, std::log;  // those of other numbers are found beside them
  ArrayOf<R> e = x;
  const unsigned mask = 1u << axis;
  const ArrayOf<R> top = max(x, mask, true);
  for_each(x.shape, [&](const Position& p) {
    e[p] = exp(x[p] - top[without(p, x.shape.rank(), mask, true)]);
  });
  const ArrayOf<R> total = sum(e, mask, true);
  ArrayOf<R> y = x;
  for_each(x.shape, [&](const Position& p) {
    const Position q = without(p, x.shape.rank(), mask, true);
    y[p] = logarithm ? x[p] - top[q] - log(total[q]) : e[p] / total[q];
  });
  return y;
}

template <class R>
ArrayOf<R> matmul(const ArrayOf<R>& a, const ArrayOf<R>& b, bool transpose_a, bool transpose_b) {
  const int ra = a.shape.rank(), rb = b.shape.rank(), rank = std::max(ra, rb);
  const Index m = a.shape[transpose_a ? ra - 1 : ra - 2];
  const Index k = a.shape[transpose_a ? ra - 2 : ra - 1];
  const Index n = b.shape[transpose_b ? rb - 2 : rb - 1];
  // The leading axes broadcast; the last two are (m, n).
  Position extents{};
  for (int i = 3; i <= rank; ++i) {
    const Index x = i <= ra ? a.shape[ra - i] : 1;
    const Index y = i <= rb ? b.shape[rb - i] : 1;
    extents[u(rank - i)] = x == 1 ? y : x;
  }
  extents[u(rank - 2)] = m;
  extents[u(rank - 1)] = n;
  const auto at = [rank](const ArrayOf<R>& x, const Position& p, Index row, Index column,
                         bool swap) {
    Position q = broadcast_position(p, x.shape, Shape(std::span<const Index>(p.data(), u(rank))));
    for (int axis = 0; axis + 2 < x.shape.rank(); ++axis) {
      q[u(axis)] = x.shape[axis] == 1 ? 0 : p[u(axis + rank - x.shape.rank())];
    }
    q[u(x.shape.rank() - 2)] = swap ? column : row;
    q[u(x.shape.rank() - 1)] = swap ? row : column;
    return x[q];
  };
  ArrayOf<R> y(Shape(std::span<const Index>(extents.data(), u(rank))));
  for_each(y.shape, [&](const Position& p) {
    for (Index i = 0; i < k; ++i) {
      y[p] += at(a, p, p[u(rank - 2)], i, transpose_a) * at(b, p, i, p[u(rank - 1)], transpose_b);
    }
  });
  return y;
}

template <class R>
ArrayOf<R> reshape(const ArrayOf<R>& x, const Shape& shape) {
  ArrayOf<R> y(shape);
  y.elements = x.elements;
  return y;
}

template <class R>
ArrayOf<R> permute(const ArrayOf<R>& x, const std::vector<int>& axes) {
  std::vector<Index> extents;
  for (const int axis : axes) extents.push_back(x.shape[axis]);
  ArrayOf<R> y{Shape(std::span<const Index>(extents))};
  for_each(y.shape, [&](const Position& p) {
    Position q{};
    for (std::size_t i = 0; i < axes.size(); ++i) q[u(axes[i])] = p[i];
    y[p] = x[q];
  });
  return y;
}

template <class R>
ArrayOf<R> broadcast_to(const ArrayOf<R>& x, const Shape& shape) {
  ArrayOf<R> y(shape);
  for_each(shape, [&](const Position& p) { y[p] = x[broadcast_position(p, x.shape, shape)]; });
  return y;
}

/// Calls f(position in the slice, position in the full shape).
template <class F>
void for_each_sliced(const gradus::Slices& s, const F& f) {
  const Shape taken(std::span<const Index>(s.count.data(), u(s.full.rank())));
  for_each(taken, [&](const Position& p) {
    Position q{};
    for (std::size_t i = 0; i < u(s.full.rank()); ++i) q[i] = s.start[i] + p[i] * s.step[i];
    f(p, q);
  });
}

template <class R>
ArrayOf<R> slice(const ArrayOf<R>& x, const gradus::Slices& s) {
  ArrayOf<R> y{Shape(std::span<const Index>(s.count.data(), u(s.full.rank())))};
  for_each_sliced(s, [&](const Position& p, const Position& q) { y[p] = x[q]; });
  return y;
}

template <class R>
ArrayOf<R> unslice(const ArrayOf<R>& x, const gradus::Slices& s) {
  ArrayOf<R> y(s.full);
  for_each_sliced(s, [&](const Position& p, const Position& q) { y[q] = x[p]; });
  return y;
}

template <class R>
ArrayOf<R> concat(std::span<const ArrayOf<R>> parts, int axis) {
  Position extents{};
  std::copy(parts[0].shape.begin(), parts[0].shape.end(), extents.begin());
  extents[u(axis)] = 0;
  for (const ArrayOf<R>& part : parts) extents[u(axis)] += part.shape[axis];
  ArrayOf<R> y(Shape(std::span<const Index>(extents.data(), u(parts[0].shape.rank()))));
  Index start = 0;
  for (const ArrayOf<R>& part : parts) {
    for_each(part.shape, [&](const Position& p) {
      Position q = p;
      q[u(axis)] += start;
      y[q] = part[p];
    });
    start += part.shape[axis];
  }
  return y;
}

/// gather (y = rows of x) and its mirror: calls f(flat position of an index, the row it names).
template <class R>
ArrayOf<R> gather(const ArrayOf<R>& x, const ArrayOf<R>& indices) {
  std::vector<Index> extents(indices.shape.begin(), indices.shape.end());
  extents.insert(extents.end(), x.shape.begin() + 1, x.shape.end());
  ArrayOf<R> y{Shape(std::span<const Index>(extents))};
  y.elements.clear();
  const std::size_t width = x.elements.size() / u(x.shape[0]);
  for (const R& row : indices.elements) {
    for (std::size_t j = 0; j < width; ++j) {
      y.elements.push_back(x.elements[static_cast<std::size_t>(row) * width + j]);
    }
  }
  return y;
}

template <class R>
ArrayOf<R> scatter_rows(const ArrayOf<R>& x, const ArrayOf<R>& indices, Index rows) {
  std::vector<Index> extents{rows};
  extents.insert(extents.end(), x.shape.begin() + indices.shape.rank(), x.shape.end());
  ArrayOf<R> y{Shape(std::span<const Index>(extents))};
  const std::size_t width = y.elements.size() / u(rows);
  for (std::size_t i = 0; i < indices.elements.size(); ++i) {
    for (std::size_t j = 0; j < width; ++j) {
      y.elements[static_cast<std::size_t>(indices.elements[i]) * width + j] +=
          x.elements[i * width + j];
    }
  }
  return y;
}

template <class R>
ArrayOf<R> one_hot(const ArrayOf<R>& indices, Index classes) {
  std::vector<Index> extents(indices.shape.begin(), indices.shape.end());
  extents.push_back(classes);
  ArrayOf<R> y{Shape(std::span<const Index>(extents))};
  for (std::size_t i = 0; i < indices.elements.size(); ++i) {
    y.elements[i * u(classes) + static_cast<std::size_t>(indices.elements[i])] = 1;
  }
  return y;
}

}  // namespace reference
