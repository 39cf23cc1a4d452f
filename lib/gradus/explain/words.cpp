#include "gradus/explain/words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gradus/ops/ops.hpp"

namespace gradus::explain {
namespace {

/// A slope below this lets so little pass that training would hardly notice.
constexpr double saturated = 0.01;

std::string shape_text(std::initializer_list<Index> extents) { return to_string(Shape(extents)); }

/// The product that gives the operand's contribution, with its shapes.
std::string matmul_structure(const Tape& tape, const Wire& wire) {
  const auto operands = tape.operands(wire.to);
  const Shape& y = tape.shape(wire.to);
  const Shape& a = tape.shape(operands[0]);
  const auto [ta, tb] = std::get<Transposes>(tape.attributes(wire.to));
  const Index m = y[y.rank() - 2];
  const Index n = y[y.rank() - 1];
  const Index k = a[a.rank() - (ta ? 2 : 1)];
  std::string shapes;
  if (wire.operand == 0) {
    shapes = ta ? fmt::format("dA = B dYᵀ: {} @ {}", shape_text({k, n}), shape_text({n, m}))
                : fmt::format("dA = dY Bᵀ: {} @ {}", shape_text({m, n}), shape_text({n, k}));
  } else {
    shapes = tb ? fmt::format("dB = dYᵀ A: {} @ {}", shape_text({n, m}), shape_text({m, k}))
                : fmt::format("dB = Aᵀ dY: {} @ {}", shape_text({k, m}), shape_text({m, n}));
  }
  const Shape& x = tape.shape(wire.from);
  std::string text = fmt::format("matrix product: {} gives {}", shapes,
                                 shape_text({x[x.rank() - 2], x[x.rank() - 1]}));
  if (y.rank() > 2) text += ", for each matrix of the batch";
  return text;
}

std::string broadcast_words(const Shape& from, const Shape& to) {
  if (from == to) return {};
  const unsigned mask = repeated_axes(from, to);
  return mask == 0 ? std::string() : "; broadcast, so summed over " + axes_words(mask, to);
}

std::string pointwise_structure(const Tape& tape, const Wire& wire) {
  const Op& op = tape.op(wire.to);
  const std::string_view kind = &op == &gradus::op<Add>()   ? "the identity: passed on as it is"
                                : &op == &gradus::op<Neg>() ? "the identity with a minus"
                                                            : "diagonal: element by element";
  return std::string(kind) + broadcast_words(tape.shape(wire.from), tape.shape(wire.to));
}

struct Said {
  const Op& op;
  std::string_view words;
};

/// The ops that move elements or look along axes.
std::string structural_words(const Op& op) {
  const std::array said{
      Said{gradus::op<Sum>(), "a row of ones: every summand gets the number of its sum"},
      Said{gradus::op<Max>(), "to the winner: only the largest element gets something"},
      Said{gradus::op<Softmax>(), "diag(y) - y yᵀ along the axis: each output feels each input"},
      Said{gradus::op<LogSoftmax>(), "identity minus softmax(x) along the axis"},
      Said{gradus::op<Reshape>(), "the same numbers, back in the old shape"},
      Said{gradus::op<Permute>(), "the same numbers, with the axes in the old order"},
      Said{gradus::op<Slice>(), "put back into place, 0 elsewhere"},
      Said{gradus::op<Unslice>(), "taken from the place where it was put"},
      Said{gradus::op<Concat>(), "its own part is cut out"},
      Said{gradus::op<Gather>(), "rows are put back; what was taken twice is added up"},
      Said{gradus::op<ScatterRows>(), "each row is taken from where it was added"},
  };
  for (const Said& s : said) {
    if (&s.op == &op) return std::string(s.words);
  }
  return op.doc().derivative.empty() ? "by the op's own rule"
                                     : fmt::format("by its own rule: {}", op.doc().derivative);
}

}  // namespace

std::string count_word(std::size_t count) {
  constexpr std::array words{"no", "one", "two", "three", "four", "five", "six"};
  return count < words.size() ? words[count] : std::to_string(count);
}

std::string axes_words(unsigned mask, const Shape& shape) {
  if (mask == (1u << shape.rank()) - 1u) return "all elements";
  if (shape.rank() == 2) return mask == 1u ? "rows (axis 0)" : "columns (axis 1)";
  std::vector<int> axes;
  for (int i = 0; i < shape.rank(); ++i) {
    if (mask >> i & 1u) axes.push_back(i);
  }
  std::string text = axes.size() == 1 ? "axis " : "axes ";
  for (std::size_t i = 0; i < axes.size(); ++i) {
    text += i == 0 ? "" : i + 1 == axes.size() ? " and " : ", ";
    text += std::to_string(axes[i]);
  }
  return text;
}

unsigned repeated_axes(const Shape& from, const Shape& to) {
  unsigned mask = 0;
  const int added = to.rank() - from.rank();
  for (int axis = 0; axis < to.rank(); ++axis) {
    if (axis < added || (from[axis - added] == 1 && to[axis] != 1)) mask |= 1u << axis;
  }
  return mask;
}

Index not_finite(const Tensor<double>& x) {
  return std::count_if(x.begin(), x.end(), [](double v) { return !std::isfinite(v); });
}

std::string structure(const Tape& tape, const Wire& wire) {
  const Op& op = tape.op(wire.to);
  if (&op == &gradus::op<Matmul>()) return matmul_structure(tape, wire);
  if (tape.shape(wire.from).elements() == 1 && tape.shape(wire.to).elements() == 1) {
    return "one number: the slope";
  }
  if (&op == &gradus::op<BroadcastTo>()) {
    return "the identity, repeated" + broadcast_words(tape.shape(wire.from), tape.shape(wire.to));
  }
  return op.pointwise() ? pointwise_structure(tape, wire) : structural_words(op);
}

std::string slope_words(const Tape& tape, const Wire& wire, const Tensor<double>& operand,
                        const Tensor<double>& slope, int digits) {
  const Op& op = tape.op(wire.to);
  if (!op.pointwise() || op.arity() != 1 || slope.elements() == 0) return {};
  const auto flat = std::count(slope.begin(), slope.end(), 0.0);
  const auto small = std::count_if(slope.begin(), slope.end(),
                                   [](double s) { return s != 0 && std::abs(s) < saturated; });
  if (slope.elements() == 1) {
    // A kink is where both sides have slopes of their own, and the rule has to take one.
    if (operand[0] == 0 && op.doc().kinks.substr(0, 4) == "at 0") {
      return fmt::format("{} stands at its kink ({}).", op.name(), op.doc().kinks);
    }
    if (&op == &gradus::op<Relu>()) {
      return flat ? "relu is off: nothing passes." : "relu is on: everything passes unchanged.";
    }
    if (flat) return fmt::format("{} is flat here: nothing passes.", op.name());
    if (small) {
      return fmt::format("{} is saturated here: its slope is {}, so almost no gradient passes.",
                         op.name(), number_text(slope[0], std::min(digits, 2)));
    }
    return {};
  }
  if (flat > 0) {
    return fmt::format("{} is {} for {} of {} elements: nothing passes there.", op.name(),
                       &op == &gradus::op<Relu>() ? "off" : "flat", flat, slope.elements());
  }
  if (small > 0) {
    return fmt::format(
        "{} is saturated in {} of {} elements (a slope below {}): almost no gradient passes there.",
        op.name(), small, slope.elements(), saturated);
  }
  return {};
}

std::vector<std::string> value_words(const Tape& tape, const Step& step,
                                     const std::vector<std::string>& operands) {
  std::vector<std::string> words;
  const NodeId id = step.node;
  const Op& op = tape.op(id);
  const Shape& shape = tape.shape(id);
  if (is_leaf(op)) {
    const std::string_view what = is_input(op)       ? "An input"
                                  : is_parameter(op) ? "A parameter"
                                                     : "A constant";
    if (shape.rank() > 0) words.push_back(fmt::format("{} of shape {}.", what, to_string(shape)));
  } else {
    const bool function = (op.arity() == 1 && op.pointwise() && &op != &gradus::op<Neg>()) ||
                          &op == &gradus::op<Softmax>() || &op == &gradus::op<LogSoftmax>();
    // "y = tanh(x)" says no more than the step itself.
    if (function && op.doc().formula != fmt::format("y = {}(x)", op.name()))
      words.push_back(fmt::format("{}: {}.", op.name(), op.doc().formula));
    const auto ids = tape.operands(id);
    if (&op == &gradus::op<Matmul>()) {
      words.push_back(fmt::format("Shapes: {} @ {} gives {}.", to_string(tape.shape(ids[0])),
                                  to_string(tape.shape(ids[1])), to_string(shape)));
    } else if (shape.rank() > 0) {
      words.push_back(fmt::format("Shape {}.", to_string(shape)));
    }
    if (&op == &gradus::op<Pow>() && shape.elements() > 1) {
      words.push_back("The power is taken element by element.");
    }
    for (std::size_t k = 0; op.pointwise() && k < ids.size(); ++k) {
      const Shape& from = tape.shape(ids[k]);
      const unsigned mask = repeated_axes(from, shape);
      if (mask == 0 || from.rank() == 0) continue;
      words.push_back(fmt::format("{}, of shape {}, is broadcast over {}.", operands[k],
                                  to_string(from), axes_words(mask, shape)));
    }
  }
  if (const Index bad = not_finite(step.value); bad > 0) {
    words.push_back(
        step.value.elements() == 1
            ? "It is no finite number: nothing after it can be trusted."
            : fmt::format("{} of {} elements are NaN or infinite.", bad, step.value.elements()));
  }
  return words;
}

}  // namespace gradus::explain
