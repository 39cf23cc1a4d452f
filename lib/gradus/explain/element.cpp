#include "gradus/explain/element.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "gradus/base/element.hpp"
#include "gradus/explain/formula.hpp"
#include "gradus/explain/words.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

namespace gradus::explain {
namespace {

/// Terms of a sum that are written down.
constexpr std::size_t most_terms = 4;

/// An index with letters where a sum runs: "i,7".
using Pattern = std::array<std::string, Shape::max_rank>;

std::string joined(const Pattern& pattern, int rank) {
  std::string text;
  for (int axis = 0; axis < rank; ++axis) {
    if (axis > 0) text += ',';
    text += pattern[static_cast<std::size_t>(axis)];
  }
  return text;
}

std::array<Index, Shape::max_rank> coordinates(const Shape& shape, Index position) {
  std::array<Index, Shape::max_rank> at{};
  for (int axis = shape.rank(); axis-- > 0;) {
    at[static_cast<std::size_t>(axis)] = position % shape[axis];
    position /= shape[axis];
  }
  return at;
}

/// The pattern of an operand, whose axes of extent 1 are always read at 0.
std::string operand_pattern(const Shape& from, const Shape& to, const Pattern& pattern) {
  Pattern own;
  const int added = to.rank() - from.rank();
  for (int axis = 0; axis < from.rank(); ++axis) {
    own[static_cast<std::size_t>(axis)] =
        from[axis] == 1 ? "0" : pattern[static_cast<std::size_t>(axis + added)];
  }
  return joined(own, from.rank());
}

/// What all positions have in common, and letters along the axes where they differ.
Pattern pattern_of(const Shape& shape, const std::vector<Index>& positions, std::string& letters) {
  Pattern pattern;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto k = static_cast<std::size_t>(axis);
    const Index first = coordinates(shape, positions[0])[k];
    const bool same = std::all_of(positions.begin(), positions.end(),
                                  [&](Index p) { return coordinates(shape, p)[k] == first; });
    if (same) {
      pattern[k] = std::to_string(first);
    } else {
      pattern[k] = std::string(1, "ijkl"[(letters.size() + 1) / 2]);
      letters += (letters.empty() ? "" : ",") + pattern[k];
    }
  }
  return pattern;
}

/// dy[j]/dx[element] for all j: the derivative of the element of the rule's result by the adjoint
/// that it was given, as rules are linear in that. One run for any op.
Tensor<double> column(Tape& tape, const Element& element, const Wire& wire) {
  const Var dy = tape.constant(Tensor<double>(tape.shape(wire.to), 1.0));
  const Var back = pullback(tape.var(wire.to), wire.operand, dy);
  Tensor<double> here(back.shape());
  here[element.position] = 1;
  return value(gradient(sum(back * tape.constant(here)), dy, Disconnected::zeros));
}

/// The elements of y that an element of an operand can reach, by the op's structure. Nothing if
/// that is not known.
std::vector<Index> reached(const Tape& tape, const Element& element, const Wire& wire) {
  const Op& op = tape.op(wire.to);
  const Shape& y = tape.shape(wire.to);
  const Shape& x = tape.shape(wire.from);
  std::vector<Index> positions;
  if (op.pointwise()) {
    for (Index j = 0; j < y.elements(); ++j) {
      if (read_at(x, y, j) == element.position) positions.push_back(j);
    }
  } else if (&op == &gradus::op<Matmul>() && y.rank() == 2) {
    const auto [ta, tb] = std::get<Transposes>(tape.attributes(wire.to));
    const auto at = coordinates(x, element.position);
    const bool left = wire.operand == 0;
    const Index along = left ? at[ta ? 1 : 0] : at[tb ? 0 : 1];  // its row of y, or its column
    for (Index j = 0; j < y[left ? 1 : 0]; ++j) {
      positions.push_back(left ? along * y[1] + j : j * y[1] + along);
    }
  }
  return positions;
}

/// The local derivative at one place, "X[i,3]".
Math local_symbol(Tape& tape, const Element& element, const Wire& wire, const Pattern& pattern,
                  const Symbols& symbols, int digits) {
  const Op& op = tape.op(wire.to);
  const Shape y = tape.shape(wire.to);
  if (op.pointwise()) {
    std::vector<Var> x;
    for (const NodeId id : tape.operands(wire.to)) x.emplace_back(tape, id);
    const Attributes attributes = tape.attributes(wire.to);
    const Var one = tape.constant(1.0);
    const Var slope =
        op.vjp({static_cast<int>(wire.operand), one, x, Var(tape, wire.to), attributes});
    const Math read_off = read(
        tape, slope.id(),
        [&](NodeId id) {
          if (id == one.id()) return Math::number(1);
          if (id > one.id()) return Math();
          return element_of(symbols.of(id), operand_pattern(tape.shape(id), y, pattern));
        },
        true, digits);
    if (!read_off.empty()) return read_off;
  }
  if (&op == &gradus::op<Matmul>() && y.rank() == 2) {
    const auto [ta, tb] = std::get<Transposes>(tape.attributes(wire.to));
    const auto at = coordinates(tape.shape(wire.from), element.position);
    const auto operands = tape.operands(wire.to);
    if (wire.operand == 0) {  // y[i,j] = Σ_k a[i,k] b[k,j]: the slope by a[i,k] is b[k,j]
      const std::string k = std::to_string(at[ta ? 0 : 1]);
      const std::string index = tb ? pattern[1] + "," + k : k + "," + pattern[1];
      return Math::element(symbols.of(operands[1]), index);
    }
    const std::string k = std::to_string(at[tb ? 1 : 0]);
    const std::string index = ta ? k + "," + pattern[0] : pattern[0] + "," + k;
    return Math::element(symbols.of(operands[0]), index);
  }
  return Math::partial(element_of(symbols.of(wire.to), joined(pattern, y.rank())),
                       element_of(symbols.of(wire.from), element.index));
}

}  // namespace

Index read_at(const Shape& from, const Shape& to, Index position) {
  const auto at = coordinates(to, position);
  const auto stride = broadcast_strides(from, to);
  Index result = 0;
  for (int axis = 0; axis < to.rank(); ++axis) {
    result += at[static_cast<std::size_t>(axis)] * stride[static_cast<std::size_t>(axis)];
  }
  return result;
}

std::string index_text(const Shape& shape, Index position) {
  const auto at = coordinates(shape, position);
  Pattern pattern;
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = std::to_string(at[i]);
  return joined(pattern, shape.rank());
}

Math element_of(const Math& x, const std::string& index) {
  return index.empty() ? x : Math::element(x, index);
}

Element find_element(const Tape& tape, std::span<const NodeId> nodes, const Symbols& symbols,
                     std::string_view text) {
  const ElementText asked = split_element(text);
  Element element;
  std::vector<std::string> known;
  for (const NodeId id : nodes) known.push_back(symbols.of(id).text());
  element.node = find_called(tape, nodes, known, asked.name);
  if (element.node == no_node) {
    const std::vector<std::string_view> names(known.begin(), known.end());
    throw InputError(unknown_name("element", asked.name, names));
  }
  const Shape& shape = tape.shape(element.node);
  element.position = position_of(asked, shape);
  element.index = index_text(shape, element.position);
  return element;
}

Trail trail_back(Tape& tape, const Element& element, const Wire& wire,
                 const Tensor<double>& upstream, const Symbols& symbols, const Math& of,
                 int digits) {
  const Tensor<double> slopes = column(tape, element, wire);
  std::vector<Index> positions = reached(tape, element, wire);
  if (positions.empty()) {
    for (Index j = 0; j < slopes.elements(); ++j) {
      if (slopes[j] != 0) positions.push_back(j);
    }
  }
  Trail trail;
  trail.terms = static_cast<Index>(positions.size());
  if (positions.empty()) {
    trail.symbols = trail.numbers = Math::number(0);
    return trail;
  }
  std::string letters;
  const Shape y = tape.shape(wire.to);
  const Pattern pattern = pattern_of(y, positions, letters);
  const Math arrives =
      Math::partial(of, element_of(symbols.of(wire.to), joined(pattern, y.rank())));
  // "∂L/∂x[0] = ∂L/∂L · ∂L/∂x[0]" would say nothing: of a sum, say, the local derivative is 1.
  const bool alike = std::all_of(positions.begin(), positions.end(),
                                 [&](Index j) { return slopes[j] == slopes[positions[0]]; });
  const bool as_number =
      alike && !tape.op(wire.to).pointwise() && &tape.op(wire.to) != &op<Matmul>();
  const Math local = as_number ? Math::number(slopes[positions[0]], digits)
                               : local_symbol(tape, element, wire, pattern, symbols, digits);
  const Math product = Math::product({arrives, local});
  trail.symbols = letters.empty() ? product : Math::sum_over(letters, product);

  const auto is_zero = [&](Index j) { return upstream[j] * slopes[j] == 0; };
  trail.zeros = std::count_if(positions.begin(), positions.end(), is_zero);
  if (trail.zeros > 0 && trail.zeros < trail.terms) {
    positions.erase(std::remove_if(positions.begin(), positions.end(), is_zero), positions.end());
  }
  std::vector<Math> terms;
  for (const Index j : positions) {
    // One more that is left out would take no more room than to say so.
    if (terms.size() == most_terms && positions.size() > most_terms + 1) break;
    terms.push_back(
        Math::product({Math::number(upstream[j], digits), Math::number(slopes[j], digits)}));
  }
  if (terms.size() < positions.size()) {
    terms.push_back(Math::words(fmt::format("… ({} more)", positions.size() - terms.size())));
  }
  trail.numbers = Math::sum(std::move(terms));
  return trail;
}

std::vector<Math> trail_forward(Tape& tape, const Element& element, const Symbols& symbols,
                                int digits) {
  const NodeId id = element.node;
  const Op& op = tape.op(id);
  const Shape& y = tape.shape(id);
  if (op.pointwise() && !is_leaf(op)) {
    const auto at = [&](NodeId operand) {
      return read_at(tape.shape(operand), y, element.position);
    };
    return {
        read_node(
            tape, id,
            [&](NodeId x) { return element_of(symbols.of(x), index_text(tape.shape(x), at(x))); },
            digits),
        read_node(
            tape, id, [&](NodeId x) { return Math::number(value(Var(tape, x))[at(x)], digits); },
            digits)};
  }
  if (&op == &gradus::op<Matmul>() && y.rank() == 2) {
    const auto [ta, tb] = std::get<Transposes>(tape.attributes(id));
    const auto operands = tape.operands(id);
    const Tensor<double> a = value(Var(tape, operands[0]));
    const Tensor<double> b = value(Var(tape, operands[1]));
    const auto [row, column, unused2, unused3] = coordinates(y, element.position);
    const Index count = a.shape()[ta ? 0 : 1];
    const std::string r = std::to_string(row), c = std::to_string(column);
    std::vector<Math> terms;
    for (Index k = 0; k < count; ++k) {
      if (k == static_cast<Index>(most_terms) && count > k + 1) {
        terms.push_back(Math::words(fmt::format("… ({} more)", count - k)));
        break;
      }
      const double left = a[ta ? k * a.shape()[1] + row : row * a.shape()[1] + k];
      const double right = b[tb ? column * b.shape()[1] + k : k * b.shape()[1] + column];
      terms.push_back(Math::product({Math::number(left, digits), Math::number(right, digits)}));
    }
    if (terms.empty()) terms.push_back(Math::number(0));
    return {
        Math::sum_over(
            "k", Math::product({Math::element(symbols.of(operands[0]), ta ? "k," + r : r + ",k"),
                                Math::element(symbols.of(operands[1]), tb ? c + ",k" : "k," + c)})),
        Math::sum(std::move(terms))};
  }
  return {};
}

}  // namespace gradus::explain
