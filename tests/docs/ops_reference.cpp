/// Prints docs/ops.md: what every op of the catalogue says about itself. See tools/update-docs.sh.
#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "gradus/ops/ops.hpp"

namespace {

using gradus::Flow;
using gradus::Op;

/// A cell of a table in code letters: a bar would end the cell.
std::string code(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out.empty() ? "" : "`" + out + "`";
}

std::string operands(const Op& op) {
  return op.arity() < 0 ? "1 or more" : std::to_string(op.arity());
}

bool any(const Op& op, Flow flow) {
  for (int k = 0; k < std::max(op.arity(), 1); ++k) {
    if (op.flow(k) == flow) return true;
  }
  return false;
}

/// Which operands no derivative passes to, and in which way.
std::string derivative(const Op& op) {
  if (!op.doc().derivative.empty()) return code(op.doc().derivative);
  return any(op, Flow::cut) ? "none passes" : "0";
}

struct Group {
  std::string_view title;
  std::string_view text;
  bool pointwise;
  bool (*has)(const Op& op);
};

constexpr std::array groups{
    Group{"Element by element, with a derivative",
          "The operands are broadcast to one shape. Tests and examples draw them from the last "
          "column.",
          true, [](const Op& op) { return op.pointwise() && any(op, Flow::smooth); }},
    Group{"Element by element, flat", "Constant wherever they have a derivative, so that 0 passes.",
          true, [](const Op& op) { return op.pointwise() && !any(op, Flow::smooth); }},
    Group{"Along axes, and between elements",
          "Each has a rule for its operands' shapes; an error says which one is broken.", false,
          [](const Op& op) { return !op.pointwise(); }},
};

}  // namespace

int main() {
  fmt::print(
      "# The ops\n\n"
      "Written by the ops themselves (`tests/docs/ops_reference.cpp`); do not edit it by hand.\n\n"
      "`dy` is the adjoint of the result, dL/dy; a derivative gives what it adds to the adjoint\n"
      "of an operand: `dx`, or `da` and `db` in their order. Where nothing else is said, an op is\n"
      "defined for all numbers. `gradus ops NAME` draws an op and its derivative. How each is\n"
      "called in C++, with its arguments, stands in [`ops.hpp`](../lib/gradus/ops/ops.hpp), and\n"
      "so do the functions that are made of these ops and have no rule of their own (`-`,\n"
      "`square`, `mean`, `variance`, `logsumexp`, `swish`, the losses, ...).\n");
  std::size_t printed = 0;
  for (const Group& group : groups) {
    fmt::print("\n## {}\n\n{}\n\n", group.title, group.text);
    fmt::print("| op | operands | formula | derivative | kinks | defined for |{}\n",
               group.pointwise ? " drawn from |" : "");
    fmt::print("|---|---|---|---|---|---|{}\n", group.pointwise ? "---|" : "");
    for (const Op* op : gradus::all_ops()) {
      if (!group.has(*op)) continue;
      ++printed;
      fmt::print("| `{}` | {} | {} | {} | {} | {} |", op->name(), operands(*op),
                 code(op->doc().formula), derivative(*op), op->doc().kinks, op->doc().defined);
      if (group.pointwise) fmt::print(" [{}, {}] |", op->domain().low, op->domain().high);
      fmt::print("\n");
    }
  }
  return printed == gradus::all_ops().size() ? 0 : 1;
}
