#include "gradus/run/program.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/run/compiler.hpp"
#include "gradus/run/instructions.hpp"
#include "gradus/run/optimise.hpp"

namespace gradus {
namespace {

/// The tape of a program that makes sense.
const Tape& checked_tape(std::span<const Var> outputs, std::span<const Update> updates) {
  if (outputs.empty() && updates.empty()) {
    throw Error("a program needs something to compute: an output or an update");
  }
  const Tape& tape = outputs.empty() ? updates[0].value.tape() : outputs[0].tape();
  for (const Var v : outputs) tape.check(v);
  std::vector<NodeId> seen;
  for (const Update& update : updates) {
    tape.check(update.parameter);
    tape.check(update.value);
    const NodeId target = update.parameter.id();
    if (!is_parameter(tape.op(target))) {
      throw Error(tape.label(target) + " is not a parameter: only parameters are updated");
    }
    if (update.value.shape() != update.parameter.shape()) {
      throw ShapeError(fmt::format("the update of {}:{} has shape {}", tape.label(target),
                                   to_string(update.parameter.shape()),
                                   to_string(update.value.shape())));
    }
    if (std::find(seen.begin(), seen.end(), target) != seen.end()) {
      throw Error(tape.label(target) + " is updated twice in one program");
    }
    seen.push_back(target);
  }
  return tape;
}

/// Passes cost about as much for a node as running a single number several hundred times. A
/// thousand nodes tell of what kind a tape is: scattered ones, as the nodes of loops take turns.
bool has_many_single_numbers(const Tape& tape) {
  constexpr std::size_t many = 1000;
  if (tape.size() < many) return false;
  std::size_t single = 0;
  for (std::size_t i = 0; i < many; ++i) {
    const std::size_t id =
        i * 2654435761u % tape.size();  // a prime: Knuth's multiplicative hashing
    single += tape.shape(static_cast<NodeId>(id)).elements() == 1;
  }
  return 4 * single > 3 * many && single * tape.size() >= many * many;
}

}  // namespace

Draft optimise(std::span<const Var> outputs, std::span<const Update> updates, Passes passes) {
  const Tape& tape = checked_tape(outputs, updates);
  Rewriter rewriter(tape, outputs, updates, !passes.has(Pass::dead_code));
  for (const NodeId id : rewriter.nodes()) rewriter.copy(id);
  Draft draft = rewriter.finish();
  if (passes.has(Pass::constants)) draft = fold_constants(draft);
  if (passes.has(Pass::algebra)) draft = simplify_algebra(draft);
  if (passes.has(Pass::common_subexpressions)) draft = share_common_subexpressions(draft);
  return fuse(draft, passes);
}

Program::Program(std::span<const Var> outputs, std::span<const Update> updates, Passes passes) {
  const Tape& tape = checked_tape(outputs, updates);
  const bool rewrite = passes.rewrite() && !has_many_single_numbers(tape);
  if (rewrite || !passes.has(Pass::dead_code)) {
    Compiler(*this, tape, optimise(outputs, updates, passes), passes).run();
  } else {
    Compiler(*this, tape, outputs, updates, passes).run();
  }
}

Program::Program(const Draft& draft, Passes passes) { Compiler(*this, draft, passes).run(); }

Program::Program(std::initializer_list<Var> outputs, std::initializer_list<Update> updates,
                 Passes passes)
    : Program(std::span<const Var>(outputs.begin(), outputs.size()),
              std::span<const Update>(updates.begin(), updates.size()), passes) {}

std::size_t Program::bytes() const {
  const auto of = [](const auto& table) { return table.capacity() * sizeof(table[0]); };
  std::size_t bytes = steps_.bytes() + nodes_.bytes() + calls_.bytes() + call_operands_.bytes() +
                      call_reads_.bytes() + of(given_) + of(outputs_) + of(leaves_) +
                      of(constants_) + of(copies_) + of(shapes_) + of(attributes_) +
                      (instructions_ ? instructions_->bytes.load() : 0);
  for (const Leaf& leaf : leaves_) bytes += leaf.first.capacity() * sizeof(double);
  for (const Constant& constant : constants_)
    bytes += constant.elements.capacity() * sizeof(double);
  return bytes;
}

Index Program::flops(std::size_t instruction) const {
  const Instructions& all = list();
  std::vector<Shape> x;
  for (const std::uint32_t operand : operands(instruction)) {
    x.push_back(shapes_[all.values[operand].shape]);
  }
  const Instruction& op = all.list[instruction];
  return op.op->flops(x, shapes_[all.values[result(instruction)].shape], attributes(op.attributes));
}

Index Program::flops() const {
  Index total = 0;
  for (std::size_t i = 0; i < size(); ++i) total += flops(i);
  return total;
}

std::string Program::misfit(const Op& op, std::span<const Value> operands, const Value& result,
                            const std::string& rule) const {
  std::string given;
  for (const Value& operand : operands) {
    const std::string name = operand.place < 0
                                 ? leaves_[static_cast<std::size_t>(~operand.place)].label
                                 : fmt::format("#{}", operand.node);
    given += fmt::format("{}{}:{}", given.empty() ? "" : " and ", name,
                         to_string(shapes_[operand.shape]));
  }
  return fmt::format("[{} #{}] {}: {}", op.name(), result.node, given, rule);
}

}  // namespace gradus
