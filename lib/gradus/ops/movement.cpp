#include "gradus/ops/movement.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/kernels/move.hpp"

namespace gradus {
namespace {

/// Where a slice's elements stand in a buffer of the full shape.
template <class T>
kernels::Strided<T> sliced(T* data, const Slices& slices) {
  kernels::Strided<T> block{data, strides(slices.full)};
  for (std::size_t i = 0; i < Shape::max_rank; ++i) {
    block.data += slices.start[i] * block.stride[i];
    block.stride[i] *= slices.step[i];
  }
  return block;
}

Shape slice_shape(const Slices& slices) {
  return Shape(
      std::span<const Index>(slices.count.data(), static_cast<std::size_t>(slices.full.rank())));
}

}  // namespace

// --- reshape ---

Shape Reshape::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const Shape& target = std::get<Target>(attributes).shape;
  if (target.elements() != x[0].elements()) {
    throw ShapeError(fmt::format("{} has {} elements, {} has {}", to_string(x[0]), x[0].elements(),
                                 to_string(target), target.elements()));
  }
  return target;
}
template <class T>
void Reshape::run(const Forward<T>& args) {
  std::copy_n(args.x[0].data, args.y.elements(), args.y.data);
}
Var Reshape::vjp_of(const Vjp& v) { return reshape(v.dy, v.x[0].shape()); }

// --- permute ---

Shape Permute::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const Permutation& p = std::get<Permutation>(attributes);
  std::array<Index, Shape::max_rank> extents{};
  unsigned seen = 0;
  for (int i = 0; i < p.rank; ++i) {
    const int axis = p.axes[static_cast<std::size_t>(i)];
    if (axis < 0 || axis >= x[0].rank()) {
      throw ShapeError(fmt::format("axis {} is out of range", axis));
    }
    extents[static_cast<std::size_t>(i)] = x[0][axis];
    seen |= 1u << axis;
  }
  if (p.rank != x[0].rank() || seen != (1u << p.rank) - 1u) {
    throw ShapeError(fmt::format("each of the {} axes must be named once", x[0].rank()));
  }
  return Shape(std::span<const Index>(extents.data(), static_cast<std::size_t>(p.rank)));
}
template <class T>
void Permute::run(const Forward<T>& args) {
  const Permutation& p = std::get<Permutation>(args.attributes);
  const auto from = strides(*args.x[0].shape);
  kernels::Strides stride{};
  for (std::size_t i = 0; i < static_cast<std::size_t>(p.rank); ++i) {
    stride[i] = from[static_cast<std::size_t>(p.axes[i])];
  }
  kernels::copy<T>(*args.y.shape, {args.x[0].data, stride}, {args.y.data, strides(*args.y.shape)});
}
Var Permute::vjp_of(const Vjp& v) {
  const Permutation& p = std::get<Permutation>(v.attributes);
  Permutation back{{}, p.rank};
  for (int i = 0; i < p.rank; ++i) {
    back.axes[static_cast<std::size_t>(p.axes[static_cast<std::size_t>(i)])] = i;
  }
  return record(op<Permute>(), {v.dy}, back);
}

// --- broadcast_to ---

Shape BroadcastTo::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const Shape& target = std::get<Target>(attributes).shape;
  if (!broadcasts_to(x[0], target)) {
    throw ShapeError(
        fmt::format("{} cannot be broadcast to {}: counted from the right, each of its "
                    "extents must be equal or 1",
                    to_string(x[0]), to_string(target)));
  }
  return target;
}
template <class T>
void BroadcastTo::run(const Forward<T>& args) {
  kernels::copy<T>(*args.y.shape,
                   {args.x[0].data, broadcast_strides(*args.x[0].shape, *args.y.shape)},
                   {args.y.data, strides(*args.y.shape)});
}
Var BroadcastTo::vjp_of(const Vjp& v) { return v.dy; }  // gradient() sums what was broadcast

// --- slice and unslice ---

Shape Slice::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const Slices& s = std::get<Slices>(attributes);
  for (int axis = 0; axis < s.full.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const bool inside =
        s.start[i] >= 0 && s.step[i] >= 1 && s.count[i] >= 0 &&
        (s.count[i] == 0 || s.start[i] + (s.count[i] - 1) * s.step[i] < s.full[axis]);
    if (!inside) throw ShapeError("the slice does not lie inside " + to_string(s.full));
  }
  if (s.full != x[0]) throw ShapeError("the slice is one of " + to_string(s.full));
  return slice_shape(s);
}
template <class T>
void Slice::run(const Forward<T>& args) {
  kernels::copy<T>(*args.y.shape, sliced(args.x[0].data, std::get<Slices>(args.attributes)),
                   {args.y.data, strides(*args.y.shape)});
}
Var Slice::vjp_of(const Vjp& v) { return unslice(v.dy, std::get<Slices>(v.attributes)); }

Shape Unslice::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const Slices& s = std::get<Slices>(attributes);
  const Shape taken = Slice::shape_of(std::span<const Shape>(&s.full, 1), attributes);
  if (taken != x[0]) {
    throw ShapeError(
        fmt::format("{} does not fit a slice of {}", to_string(x[0]), to_string(taken)));
  }
  return s.full;
}
template <class T>
void Unslice::run(const Forward<T>& args) {
  std::fill_n(args.y.data, args.y.elements(), T{0});
  kernels::copy<T>(*args.x[0].shape, {args.x[0].data, strides(*args.x[0].shape)},
                   sliced(args.y.data, std::get<Slices>(args.attributes)));
}
Var Unslice::vjp_of(const Vjp& v) { return record(op<Slice>(), {v.dy}, v.attributes); }

// --- concat ---

Shape Concat::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const int axis = x[0].axis(std::get<Axis>(attributes).axis);
  std::array<Index, Shape::max_rank> extents{};
  std::copy(x[0].begin(), x[0].end(), extents.begin());
  for (std::size_t i = 1; i < x.size(); ++i) {
    bool fits = x[i].rank() == x[0].rank();
    for (int k = 0; fits && k < x[0].rank(); ++k) fits = k == axis || x[i][k] == x[0][k];
    if (!fits) {
      throw ShapeError(fmt::format("{} and {} may differ along axis {} only", to_string(x[0]),
                                   to_string(x[i]), axis));
    }
    extents[static_cast<std::size_t>(axis)] += x[i][axis];
  }
  return Shape(std::span<const Index>(extents.data(), static_cast<std::size_t>(x[0].rank())));
}
template <class T>
void Concat::run(const Forward<T>& args) {
  const auto axis = static_cast<std::size_t>(std::get<Axis>(args.attributes).axis);
  const auto to = strides(*args.y.shape);
  T* part = args.y.data;
  for (const View<const T>& x : args.x) {
    kernels::copy<T>(*x.shape, {x.data, strides(*x.shape)}, {part, to});
    part += (*x.shape)[static_cast<int>(axis)] * to[axis];
  }
}
Var Concat::vjp_of(const Vjp& v) {
  const int axis = std::get<Axis>(v.attributes).axis;
  Slices part{{}, {}, {}, v.y.shape()};
  for (int i = 0; i < part.full.rank(); ++i) {
    part.step[static_cast<std::size_t>(i)] = 1;
    part.count[static_cast<std::size_t>(i)] = v.x[static_cast<std::size_t>(v.operand)].shape()[i];
  }
  for (int i = 0; i < v.operand; ++i) {
    part.start[static_cast<std::size_t>(axis)] += v.x[static_cast<std::size_t>(i)].shape()[axis];
  }
  return record(op<Slice>(), {v.dy}, part);
}

// --- gather, scatter_rows and one_hot ---

Shape Gather::shape_of(std::span<const Shape> x, const Attributes&) {
  if (x[0].rank() == 0) throw ShapeError("a scalar has no rows");
  std::vector<Index> extents(x[1].begin(), x[1].end());
  extents.insert(extents.end(), x[0].begin() + 1, x[0].end());
  return Shape(std::span<const Index>(extents));
}
template <class T>
void Gather::run(const Forward<T>& args) {
  kernels::gather_rows(args.x[0], args.x[1], args.y);
}
Var Gather::vjp_of(const Vjp& v) { return scatter_rows(v.dy, v.x[1], v.x[0].shape()[0]); }

Shape ScatterRows::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const Shape& rows = x[0];
  const Shape& index = x[1];
  if (index.rank() > rows.rank() || !std::equal(index.begin(), index.end(), rows.begin())) {
    throw ShapeError(
        fmt::format("rows of shape {} need an index each, in shape {} or its first axes",
                    to_string(rows), to_string(rows)));
  }
  std::vector<Index> extents(rows.begin() + index.rank(), rows.end());
  extents.insert(extents.begin(), std::get<Count>(attributes).count);
  return Shape(std::span<const Index>(extents));
}
template <class T>
void ScatterRows::run(const Forward<T>& args) {
  kernels::scatter_rows(args.x[0], args.x[1], args.y);
}
Var ScatterRows::vjp_of(const Vjp& v) { return gather(v.dy, v.x[1]); }

Shape OneHot::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  std::vector<Index> extents(x[0].begin(), x[0].end());
  extents.push_back(std::get<Count>(attributes).count);
  return Shape(std::span<const Index>(extents));
}
template <class T>
void OneHot::run(const Forward<T>& args) {
  kernels::one_hot(args.x[0], args.y);
}

template <class T>
void StopGradient::run(const Forward<T>& args) {
  std::copy_n(args.x[0].data, args.y.elements(), args.y.data);
}

#define GRADUS_INSTANTIATE(Op)                         \
  template void Op::run<float>(const Forward<float>&); \
  template void Op::run<double>(const Forward<double>&);
GRADUS_INSTANTIATE(Reshape)
GRADUS_INSTANTIATE(Permute)
GRADUS_INSTANTIATE(BroadcastTo)
GRADUS_INSTANTIATE(Slice)
GRADUS_INSTANTIATE(Unslice)
GRADUS_INSTANTIATE(Concat)
GRADUS_INSTANTIATE(Gather)
GRADUS_INSTANTIATE(ScatterRows)
GRADUS_INSTANTIATE(OneHot)
GRADUS_INSTANTIATE(StopGradient)
#undef GRADUS_INSTANTIATE

}  // namespace gradus
