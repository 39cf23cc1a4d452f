#include "gradus/ops/linear.hpp"

#include <fmt/core.h>

#include "gradus/kernels/gemm.hpp"

namespace gradus {
namespace {

struct Sides {
  Index rows, columns;  // as the product reads them
};

Sides sides(const Shape& x, bool transposed) {
  const Index rows = x[x.rank() - 2];
  const Index columns = x[x.rank() - 1];
  return transposed ? Sides{columns, rows} : Sides{rows, columns};
}

Shape leading(const Shape& x) {
  return Shape(x.extents().first(static_cast<std::size_t>(x.rank() - 2)));
}

}  // namespace

Shape Matmul::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const auto [transpose_a, transpose_b] = std::get<Transposes>(attributes);
  if (x[0].rank() < 2 || x[1].rank() < 2) {
    throw ShapeError("a matrix product needs operands of rank 2 or more");
  }
  const Sides a = sides(x[0], transpose_a);
  const Sides b = sides(x[1], transpose_b);
  if (a.columns != b.rows) {
    throw ShapeError(
        fmt::format("they do not fit: the {} columns of the left must meet {} rows of the "
                    "right, not {}",
                    a.columns, a.columns, b.rows));
  }
  const Shape batch = broadcast(leading(x[0]), leading(x[1]));
  std::array<Index, Shape::max_rank> extents{};
  std::copy(batch.begin(), batch.end(), extents.begin());
  const auto rank = static_cast<std::size_t>(batch.rank());
  extents[rank] = a.rows;
  extents[rank + 1] = b.columns;
  return Shape(std::span<const Index>(extents.data(), rank + 2));
}

template <class T>
void Matmul::run(const Forward<T>& args) {
  const auto [transpose_a, transpose_b] = std::get<Transposes>(args.attributes);
  const Shape& a = *args.x[0].shape;
  const Shape& b = *args.x[1].shape;
  const Shape& y = *args.y.shape;
  const Sides left = sides(a, transpose_a);
  const Index n = y[y.rank() - 1];
  const Shape batch = leading(y);
  const auto step_a = broadcast_strides(leading(a), batch);
  const auto step_b = broadcast_strides(leading(b), batch);
  for (Index i = 0; i < batch.elements(); ++i) {
    Index rest = i;
    Index at_a = 0;
    Index at_b = 0;
    for (int axis = batch.rank(); axis-- > 0;) {
      const Index position = rest % batch[axis];
      rest /= batch[axis];
      at_a += position * step_a[static_cast<std::size_t>(axis)];
      at_b += position * step_b[static_cast<std::size_t>(axis)];
    }
    kernels::gemm(transpose_a, transpose_b, left.rows, n, left.columns, T{1},
                  args.x[0].data + at_a * left.rows * left.columns, a[a.rank() - 1],
                  args.x[1].data + at_b * left.columns * n, b[b.rank() - 1], T{0},
                  args.y.data + i * left.rows * n, n);
  }
}

Var Matmul::vjp_of(const Vjp& v) {
  const auto [transpose_a, transpose_b] = std::get<Transposes>(v.attributes);
  const Var a = v.x[0];
  const Var b = v.x[1];
  if (v.operand == 0) {
    return transpose_a ? matmul(b, v.dy, transpose_b, true) : matmul(v.dy, b, false, !transpose_b);
  }
  return transpose_b ? matmul(v.dy, a, true, transpose_a) : matmul(a, v.dy, !transpose_a, false);
}

Index Matmul::flops(std::span<const Shape> x, const Shape& y, const Attributes&) const {
  // The extent that is summed over is what x[0] has beside y's rows.
  const Index rows = y[y.rank() - 2];
  const Index k = rows == 0 ? 0 : x[0][x[0].rank() - 1] * x[0][x[0].rank() - 2] / rows;
  return 2 * y.elements() * k;
}

template void Matmul::run<float>(const Forward<float>&);
template void Matmul::run<double>(const Forward<double>&);

}  // namespace gradus
