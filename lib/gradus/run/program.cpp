#include "gradus/run/program.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/run/compiler.hpp"
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
  std::size_t bytes =
      instructions_.bytes() + values_.bytes() + operands_.bytes() + steps_.bytes() +
      leaves_.capacity() * sizeof(Leaf) + constants_.capacity() * sizeof(Constant) +
      copies_.capacity() * sizeof(Copy) + outputs_.capacity() * sizeof(std::uint32_t) +
      shapes_.capacity() * sizeof(Shape) + attributes_.capacity() * sizeof(Attributes);
  for (const Leaf& leaf : leaves_) bytes += leaf.first.capacity() * sizeof(double);
  for (const Constant& constant : constants_)
    bytes += constant.elements.capacity() * sizeof(double);
  return bytes;
}

Index Program::flops(std::size_t instruction) const {
  std::vector<Shape> x;
  for (const std::uint32_t operand : operands(instruction))
    x.push_back(shapes_[values_[operand].shape]);
  return instructions_[instruction].op->flops(x, shapes_[values_[result(instruction)].shape],
                                              attributes_[instructions_[instruction].attributes]);
}

Index Program::flops() const {
  Index total = 0;
  for (std::size_t i = 0; i < instructions_.size(); ++i) total += flops(i);
  return total;
}

std::string Program::misfit(std::size_t instruction, const std::string& rule) const {
  const auto name = [this](const Value& value) {
    return value.place < 0 ? leaves_[static_cast<std::size_t>(~value.place)].label
                           : fmt::format("#{}", value.node);
  };
  const Instruction& failed = instructions_[instruction];
  std::string given;
  for (const std::uint32_t operand : operands(instruction)) {
    const Value& value = values_[operand];
    given += fmt::format("{}{}:{}", given.empty() ? "" : " and ", name(value),
                         to_string(shapes_[value.shape]));
  }
  return fmt::format("[{} #{}] {}: {}", failed.op->name(), values_[result(instruction)].node, given,
                     rule);
}

}  // namespace gradus
