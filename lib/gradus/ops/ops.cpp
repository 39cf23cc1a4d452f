// The functions of the catalogue that normalise their arguments before they record.
#include "gradus/ops/ops.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "gradus/base/join.hpp"

namespace gradus {
namespace {

[[noreturn]] void no_tape(const Op& op) {
  throw Error(fmt::format("[{}] needs a variable: plain numbers are on no tape", op.name()));
}

/// The tape of an op's operands.
Tape& tape_of(const Op& op, std::span<const Operand> operands) {
  for (const Operand& operand : operands) {
    if (!operand.is_number()) return operand.var().tape();
  }
  no_tape(op);
}
Tape& tape_of(const Op& op, std::initializer_list<Operand> operands) {
  return tape_of(op, std::span(operands.begin(), operands.size()));
}

[[gnu::noinline]] Var record_with_number(const Op& op, const Operand& a, const Operand& b) {
  Tape& tape = tape_of(op, {a.is_number() ? &b : &a, 1});
  const Var left = a.on(tape);
  const Var right = b.on(tape);
  return tape.record(op, left, right, a.where());
}

/// The error of an argument that x's shape does not allow.
[[noreturn]] void misfit(std::string_view op, const Operand& x, const std::string& rule) {
  const Var var = x.var();
  var.tape().explain_misfit(op, std::span<const Var>(&var, 1), {}, x.where(), rule);
}

/// Axes of x as bits.
unsigned mask_of(const Op& op, const Operand& x, AxisList axes) {
  const Var var = x.on(tape_of(op, {x}));
  try {
    return axes_mask(var.shape(), std::span<const int>(axes.begin(), axes.size()));
  } catch (const ShapeError& error) {
    misfit(op.name(), x, error.what());
  }
}

int axis_of(const Op& op, const Operand& x, int axis) {
  // The one bit that is set tells the axis, counted from the front.
  unsigned mask = mask_of(op, x, {axis});
  int position = 0;
  while (mask >>= 1) ++position;
  return position;
}

}  // namespace

Var record(const Op& op, std::initializer_list<Operand> operands, const Attributes& attributes) {
  Tape& tape = tape_of(op, operands);
  std::array<Var, 4> vars;
  if (operands.size() > vars.size()) throw Error("record() takes at most 4 operands");
  for (std::size_t i = 0; i < operands.size(); ++i) vars[i] = operands.begin()[i].on(tape);
  return tape.record(op, std::span<const Var>(vars.data(), operands.size()), attributes,
                     operands.begin()->where());
}

Var record(const Op& op, const Operand& x) {
  if (x.is_number()) no_tape(op);
  return x.var().tape().record(op, x.var(), x.where());
}

Var record(const Op& op, const Operand& a, const Operand& b) {
  if (a.is_number() || b.is_number()) return record_with_number(op, a, b);
  return a.var().tape().record(op, a.var(), b.var(), a.where());
}

Var sum(Operand x, AxisList axes, bool keepdims) {
  return record(op<Sum>(), {x}, Axes{mask_of(op<Sum>(), x, axes), keepdims});
}

Var max(Operand x, AxisList axes, bool keepdims) {
  return record(op<Max>(), {x}, Axes{mask_of(op<Max>(), x, axes), keepdims});
}

Var argmax(Operand x, int axis) {
  return record(op<Argmax>(), {x}, Axis{axis_of(op<Argmax>(), x, axis)});
}

Var softmax(Operand x, int axis) {
  return record(op<Softmax>(), {x}, Axis{axis_of(op<Softmax>(), x, axis)});
}

Var log_softmax(Operand x, int axis) {
  return record(op<LogSoftmax>(), {x}, Axis{axis_of(op<LogSoftmax>(), x, axis)});
}

Var matmul(Operand a, Operand b, bool transpose_a, bool transpose_b) {
  Tape& tape = tape_of(op<Matmul>(), {a, b});
  Var left = a.on(tape);
  Var right = b.on(tape);
  const bool row = left.shape().rank() == 1;
  const bool column = right.shape().rank() == 1;
  if (!row && !column) {
    return record(op<Matmul>(), {a, b}, Transposes{transpose_a, transpose_b});
  }
  const Tape::RecordedAt here(tape, a.where());
  if (row) left = reshape(left, {1, left.shape()[0]});
  if (column) right = reshape(right, {right.shape()[0], 1});
  const Var product =
      record(op<Matmul>(), {left, right}, Transposes{transpose_a && !row, transpose_b && !column});
  // The axis of extent 1 that was added goes again.
  std::vector<Index> extents(product.shape().begin(), product.shape().end());
  if (row) extents.erase(extents.end() - 2);
  if (column) extents.pop_back();
  return reshape(product, Shape(std::span<const Index>(extents)));
}

Var reshape(Operand x, const Shape& shape) { return record(op<Reshape>(), {x}, Target{shape}); }

Var reshape(Operand x, std::initializer_list<Index> extents) {
  const auto shape_of = [&x](std::span<const Index> given) {
    try {
      return Shape(given);
    } catch (const ShapeError& error) {
      misfit("reshape", x, error.what());
    }
  };
  const auto open = std::count(extents.begin(), extents.end(), Index{-1});
  if (open == 0) return reshape(x, shape_of({extents.begin(), extents.size()}));
  const Index elements = x.on(tape_of(op<Reshape>(), {x})).shape().elements();
  std::vector<Index> known(extents);
  const auto free = std::find(known.begin(), known.end(), Index{-1});
  *free = 1;
  const Index rest = open == 1 ? shape_of(known).elements() : 0;
  if (rest == 0 || elements % rest != 0) {
    misfit("reshape", x,
           fmt::format("{} elements do not fit ({}): at most one extent may be -1, and the others "
                       "must divide",
                       elements, join(extents, ", ")));
  }
  *free = elements / rest;
  return reshape(x, shape_of(known));
}

Var permute(Operand x, AxisList axes) {
  const Var var = x.on(tape_of(op<Permute>(), {x}));
  if (axes.size() > Shape::max_rank) misfit("permute", x, "more axes than a shape can have");
  Permutation permutation{{}, static_cast<int>(axes.size())};
  // Axes that are out of range are left to the shape rule, which says so.
  std::transform(axes.begin(), axes.end(), permutation.axes.begin(),
                 [rank = var.shape().rank()](int axis) {
                   return axis < 0 && axis >= -rank ? axis + rank : axis;
                 });
  return record(op<Permute>(), {x}, permutation);
}

Var transpose(Operand x) {
  const Var var = x.on(tape_of(op<Permute>(), {x}));
  const int rank = var.shape().rank();
  if (rank < 2) misfit("transpose", x, "there are no two axes to swap");
  Permutation swap{{0, 1, 2, 3}, rank};
  std::swap(swap.axes[static_cast<std::size_t>(rank - 1)],
            swap.axes[static_cast<std::size_t>(rank - 2)]);
  return record(op<Permute>(), {x}, swap);
}

Var broadcast_to(Operand x, const Shape& shape) {
  return record(op<BroadcastTo>(), {x}, Target{shape});
}

Var slice(Operand x, std::span<const Range> ranges) {
  const Var var = x.on(tape_of(op<Slice>(), {x}));
  const Shape& shape = var.shape();
  if (static_cast<int>(ranges.size()) > shape.rank()) {
    misfit("slice", x, fmt::format("{} ranges are given for {} axes", ranges.size(), shape.rank()));
  }
  Slices slices{{}, {}, {}, shape};
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const Range range = i < ranges.size() ? ranges[i] : Range{};
    if (range.step < 1) {
      misfit("slice", x, fmt::format("the step is {}, not positive", range.step));
    }
    const Index extent = shape[axis];
    // As NumPy: negative positions count from the end, and what lies outside is cut off.
    const auto position = [extent](Index i_or_negative) {
      return std::clamp(i_or_negative < 0 ? i_or_negative + extent : i_or_negative, Index{0},
                        extent);
    };
    const Index start = position(range.start);
    const Index stop = position(range.stop);
    slices.start[i] = start;
    slices.step[i] = std::min(range.step, std::max(extent, Index{1}));  // longer ones take one, too
    slices.count[i] = stop > start ? (stop - start - 1) / range.step + 1 : 0;
  }
  return record(op<Slice>(), {x}, slices);
}

Var slice(Operand x, std::initializer_list<Range> ranges) {
  return slice(x, std::span<const Range>(ranges.begin(), ranges.size()));
}

Var unslice(Operand x, const Slices& slices) { return record(op<Unslice>(), {x}, slices); }

Var concat(std::span<const Var> parts, int axis, SourceLocation where) {
  if (parts.empty()) throw ShapeError("[concat] needs at least one part");
  const int from_front = axis_of(op<Concat>(), Operand(parts[0], where), axis);
  return parts[0].tape().record(op<Concat>(), parts, Axis{from_front}, where);
}

}  // namespace gradus
