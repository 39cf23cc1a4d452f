#include "gradus/explain/origin.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "gradus/base/join.hpp"
#include "gradus/explain/element.hpp"
#include "gradus/explain/formula.hpp"
#include "gradus/explain/symbols.hpp"
#include "gradus/explain/words.hpp"
#include "gradus/run/value.hpp"

namespace gradus::explain {
namespace {

/// The position of the first element that is NaN or infinite; -1 if there is none.
Index first_not_finite(const Tensor<double>& x) {
  const auto bad = std::find_if_not(x.begin(), x.end(), [](double v) { return std::isfinite(v); });
  return bad == x.end() ? -1 : bad - x.begin();
}

/// "x = -1", for each operand of a pointwise op that is no plain number, at an element of its
/// result.
std::vector<std::string> operands_at(const Tape& tape, NodeId node, Index position,
                                     const Symbols& symbols) {
  std::vector<std::string> all;
  for (const NodeId operand : tape.operands(node)) {
    const Shape& shape = tape.shape(operand);
    if (!tape.op(node).pointwise() || is_number(tape, operand)) continue;
    const Index at = read_at(shape, tape.shape(node), position);
    Math name = symbols.of(operand);
    if (shape.rank() > 0) name = element_of(name, index_text(shape, at));
    const Math equation =
        Math::chain({name, Math::number(value(tape, operand)[at], default_digits)});
    if (std::find(all.begin(), all.end(), equation.text()) == all.end()) {
      all.push_back(equation.text());
    }
  }
  return all;
}

/// Whether an operand of a pointwise op is 0 there. Of the ops that become infinite at a number,
/// all do so at 0: 1/x, log(x), x^-1.
bool has_zero_operand(const Tape& tape, NodeId node, Index position) {
  const auto operands = tape.operands(node);
  return tape.op(node).pointwise() &&
         std::any_of(operands.begin(), operands.end(), [&](NodeId operand) {
           const Index at = read_at(tape.shape(operand), tape.shape(node), position);
           return value(tape, operand)[at] == 0;
         });
}

std::string sentence(const Tape& tape, NodeId node, const Tensor<double>& y, Index position,
                     const Symbols& symbols) {
  const Op& op = tape.op(node);
  const Math name = symbols.of(node);
  const bool nan = std::isnan(y[position]);
  const std::string element =
      y.elements() > 1 ? fmt::format(", element [{}]", index_text(y.shape(), position)) : "";
  if (is_leaf(op))
    return fmt::format("{}{} is {} from the start.", name.text(), element,
                       nan ? "NaN" : "infinity");
  std::string text = fmt::format("The {} begins at ", nan ? "NaN" : "infinity");
  const Math formula = read_node(tape, node, [&](NodeId operand) { return symbols.of(operand); });
  text += tape.name(node).empty() ? formula.text() : Math::chain({name, formula}).text();
  text += element;
  const std::vector<std::string> where = operands_at(tape, node, position, symbols);
  if (!where.empty()) text += fmt::format(", where {}", join(where, " and "));
  const bool outside = nan || has_zero_operand(tape, node, position);
  if (outside && !op.doc().defined.empty()) {
    return text + fmt::format(": {} is defined for {}.", op.name(), op.doc().defined);
  }
  return text + ": the result is beyond what a double holds, about 1.8e308.";
}

}  // namespace

std::string origin_of_not_finite(Var v) {
  if (first_not_finite(value(v)) < 0) return {};
  const Tape& tape = v.tape();
  const std::vector<NodeId> nodes = ancestors(tape, v.id());
  const Symbols symbols(tape, nodes, no_node);
  for (const NodeId node : nodes) {
    const Tensor<double> y = value(tape, node);
    const Index position = first_not_finite(y);
    if (position >= 0) return sentence(tape, node, y, position, symbols);
  }
  return {};
}

}  // namespace gradus::explain
