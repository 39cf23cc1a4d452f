#include "gradus/ops/reductions.hpp"

#include <fmt/core.h>

#include "gradus/kernels/reduce.hpp"

namespace gradus {
namespace {

/// dy with the reduced axes back as 1 where it needs them to broadcast against x: leading axes come
/// by themselves.
Var keep_axes(Var dy, Var x, const Axes& axes) {
  const bool only_leading = (axes.mask & (axes.mask + 1)) == 0;
  if (axes.keepdims || only_leading) return dy;
  return reshape(dy, reduced(x.shape(), axes.mask, true));
}

const Axes& axes_of(const Attributes& attributes) { return std::get<Axes>(attributes); }
int axis_of(const Attributes& attributes) { return std::get<Axis>(attributes).axis; }

void need_elements(const Shape& x, unsigned mask) {
  for (int i = 0; i < x.rank(); ++i) {
    if ((mask >> i & 1u) && x[i] == 0) {
      throw ShapeError(
          fmt::format("axis {} of {} is empty: nothing there is the largest", i, to_string(x)));
    }
  }
}

}  // namespace

// --- sum ---

Shape Sum::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  return reduced(x[0], axes_of(attributes).mask, axes_of(attributes).keepdims);
}
template <class T>
void Sum::run(const Forward<T>& args) {
  kernels::sum(args.x[0], axes_of(args.attributes).mask, args.y);
}
Var Sum::vjp_of(const Vjp& v) {
  return broadcast_to(keep_axes(v.dy, v.x[0], axes_of(v.attributes)), v.x[0].shape());
}

// --- max ---

Shape Max::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  need_elements(x[0], axes_of(attributes).mask);
  return reduced(x[0], axes_of(attributes).mask, axes_of(attributes).keepdims);
}
template <class T>
void Max::run(const Forward<T>& args) {
  kernels::max(args.x[0], axes_of(args.attributes).mask, args.y);
}
Var Max::vjp_of(const Vjp& v) {
  const Axes& axes = axes_of(v.attributes);
  const Var x = v.x[0];
  const Var is_largest = equal(x, keep_axes(v.y, x, axes));
  const Var ties = record(op<Sum>(), {is_largest}, Axes{axes.mask, true});
  return is_largest * (keep_axes(v.dy, x, axes) / ties);
}

// --- argmax ---

Shape Argmax::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  const unsigned mask = 1u << x[0].axis(axis_of(attributes));
  need_elements(x[0], mask);
  return reduced(x[0], mask, false);
}
template <class T>
void Argmax::run(const Forward<T>& args) {
  kernels::argmax(args.x[0], axis_of(args.attributes), args.y);
}

// --- softmax ---

Shape Softmax::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  static_cast<void>(x[0].axis(axis_of(attributes)));
  return x[0];
}
template <class T>
void Softmax::run(const Forward<T>& args) {
  kernels::softmax(args.x[0], axis_of(args.attributes), args.y);
}
Var Softmax::vjp_of(const Vjp& v) {
  return v.y * (v.dy - sum(v.dy * v.y, {axis_of(v.attributes)}, true));
}

// --- log_softmax ---

Shape LogSoftmax::shape_of(std::span<const Shape> x, const Attributes& attributes) {
  return Softmax::shape_of(x, attributes);
}
template <class T>
void LogSoftmax::run(const Forward<T>& args) {
  kernels::log_softmax(args.x[0], axis_of(args.attributes), args.y);
}
Var LogSoftmax::vjp_of(const Vjp& v) {
  const Var softmax_of_x = exp(v.y);
  return v.dy - softmax_of_x * sum(v.dy, {axis_of(v.attributes)}, true);
}

#define GRADUS_INSTANTIATE(Op)                         \
  template void Op::run<float>(const Forward<float>&); \
  template void Op::run<double>(const Forward<double>&);
GRADUS_INSTANTIATE(Sum)
GRADUS_INSTANTIATE(Max)
GRADUS_INSTANTIATE(Argmax)
GRADUS_INSTANTIATE(Softmax)
GRADUS_INSTANTIATE(LogSoftmax)
#undef GRADUS_INSTANTIATE

}  // namespace gradus
