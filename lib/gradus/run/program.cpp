#include "gradus/run/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "gradus/base/pages.hpp"
#include "gradus/run/buffer_plan.hpp"
#include "gradus/run/optimise.hpp"

namespace gradus {

/// Makes a program of the nodes of a tape as they are.
class Compiler {
 public:
  /// Of a recorded tape.
  Compiler(Program& program, const Tape& tape, std::span<const Var> outputs,
           std::span<const Update> updates, Passes passes)
      : program_(program),
        tape_(tape),
        recorded_(tape),
        outputs_(outputs),
        updates_(updates),
        passes_(passes) {}
  /// Of a draft, by its own nodes.
  Compiler(Program& program, const Draft& draft, Passes passes)
      : Compiler(program, *draft.tape, draft.outputs, draft.updates, passes) {
    kept_ = draft.kept;
  }
  /// Of a draft that was made of a recorded tape.
  Compiler(Program& program, const Tape& recorded, const Draft& draft, Passes passes)
      : program_(program),
        tape_(*draft.tape),
        recorded_(recorded),
        outputs_(draft.outputs),
        updates_(draft.updates),
        kept_(draft.kept),
        origin_(draft.origin),
        passes_(passes) {}

  void run() {
    program_.tape_ = &recorded_;
    find_live_nodes();
    number_values();
    find_last_uses();
    choose_updates_in_place();
    place_values();
    list_copies();
  }

 private:
  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t forever = nowhere;  // a last use after the last instruction

  NodeId recorded(NodeId id) const { return origin_.empty() ? id : origin_[id]; }

  /// Only what an output or an update needs is live.
  void find_live_nodes() {
    NodeId last = 0;
    for (const Var v : outputs_) last = std::max(last, v.id());
    for (const Var v : kept_) last = std::max(last, v.id());
    for (const Update& u : updates_) last = std::max({last, u.value.id(), u.parameter.id()});
    live_.assign(std::size_t{last} + 1, 0);
    for (const Var v : outputs_) live_[v.id()] = 1;
    for (const Var v : kept_) live_[v.id()] = 1;
    for (const Update& u : updates_) live_[u.value.id()] = live_[u.parameter.id()] = 1;
    for (NodeId id = last;; --id) {
      if (live_[id]) {
        for (const NodeId operand : tape_.operands(id)) live_[operand] = 1;
      }
      if (id == 0) break;
    }
  }

  /// Rows of the tape's tables, and those of the program's for them.
  class RowMap {
   public:
    /// The row for `key`, and whether it is `next` now, because there was none.
    std::pair<std::uint32_t, bool> find_or_add(std::uint32_t key, std::uint32_t next) {
      if (key >= rows_.size()) rows_.resize(std::size_t{key} + 1, nowhere);
      const bool is_new = rows_[key] == nowhere;
      if (is_new) rows_[key] = next;
      return {rows_[key], is_new};
    }

   private:
    std::vector<std::uint32_t> rows_;
  };

  /// Room for all values, so that nothing is copied while a program of millions grows.
  void reserve_values() {
    std::size_t values = 0, instructions = 0, operands = 0;
    for (NodeId id = 0; id < live_.size(); ++id) {
      if (!live_[id]) continue;
      const std::size_t count = tape_.operands(id).size();
      ++values;
      instructions += count > 0 ? 1 : 0;
      operands += count;
    }
    reserve(program_.values_, values);
    reserve(program_.instructions_, instructions);
    reserve(program_.operands_, operands);
    reserve(value_of_, live_.size());
    reserve(last_use_, values);
  }

  void number_values() {
    RowMap shape_rows;
    RowMap attribute_rows;
    reserve_values();
    value_of_.assign(live_.size(), nowhere);
    program_.attributes_.emplace_back();
    for (NodeId id = 0; id < live_.size(); ++id) {
      if (!live_[id]) continue;
      const Node& node = tape_.node(id);
      const auto [shape, new_shape] =
          shape_rows.find_or_add(node.shape, static_cast<std::uint32_t>(program_.shapes_.size()));
      if (new_shape) program_.shapes_.push_back(tape_.shape(id));
      const auto value = static_cast<std::uint32_t>(program_.values_.size());
      value_of_[id] = value;
      program_.values_.push_back({0, shape, recorded(id)});
      const auto operands = tape_.operands(id);
      if (operands.empty()) {
        add_leaf(id, value, shape);
        continue;
      }
      std::uint32_t attributes = 0;
      if (node.attributes != 0) {
        const auto [row, is_new] = attribute_rows.find_or_add(
            node.attributes, static_cast<std::uint32_t>(program_.attributes_.size()));
        if (is_new) program_.attributes_.push_back(tape_.attributes(id));
        attributes = row;
      }
      program_.instructions_.push_back(
          {node.op, static_cast<std::uint32_t>(program_.operands_.size()), attributes, value});
      for (const NodeId operand : operands) program_.operands_.push_back(value_of_[operand]);
    }
    for (const Var v : outputs_) program_.outputs_.push_back(value_of_[v.id()]);
  }

  void add_leaf(NodeId id, std::uint32_t value, std::uint32_t shape) {
    const Op& op = tape_.op(id);
    const double* first =
        is_constant(op) ? tape_.leaf_value(id) : recorded_.leaf_value(recorded(id));
    std::vector<double> elements;
    if (first) elements.assign(first, first + tape_.shape(id).elements());
    if (is_constant(op)) {
      constants_.push_back(value);
      program_.constants_.push_back({0, std::move(elements)});
    } else {
      program_.values_[value].place = ~static_cast<Program::Place>(program_.leaves_.size());
      program_.leaves_.push_back({recorded(id), shape, is_parameter(op), std::move(elements),
                                  recorded_.label(recorded(id))});
    }
  }

  void find_last_uses() {
    last_use_.assign(program_.values_.size(), 0);
    for (std::size_t i = 0; i < program_.instructions_.size(); ++i) {
      for (const std::uint32_t operand : program_.operands(i)) {
        last_use_[operand] = static_cast<std::uint32_t>(i);
      }
    }
    for (const std::uint32_t output : program_.outputs_) last_use_[output] = forever;
    for (const Update& u : updates_) last_use_[value_of_[u.value.id()]] = forever;
  }

  /// One shape may stand in several rows, as a tape looks back a little only.
  bool same_shape(std::uint32_t a, std::uint32_t b) const {
    const std::uint32_t row_a = program_.values_[a].shape;
    const std::uint32_t row_b = program_.values_[b].shape;
    return row_a == row_b || program_.shapes_[row_a] == program_.shapes_[row_b];
  }

  /// Whether an instruction may write its result over a value: it reads nothing of that, or only
  /// through operands of the result's shape over which it may write.
  bool may_overwrite(std::size_t i, std::uint32_t value) const {
    const Program::Instruction& instruction = program_.instructions_[i];
    const auto operands = program_.operands(i);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (operands[k] != value) continue;
      if (!same_shape(value, instruction.value) ||
          !instruction.op->in_place(static_cast<int>(k),
                                    program_.attributes_[instruction.attributes])) {
        return false;
      }
    }
    return true;
  }

  /// A new parameter is computed straight into the old one if its op allows it, and nothing reads
  /// the old one after it.
  void choose_updates_in_place() {
    if (updates_.empty() || !passes_.has(Pass::in_place)) return;
    std::vector<std::uint32_t> instruction_of(program_.values_.size(), nowhere);
    for (std::size_t i = 0; i < program_.instructions_.size(); ++i) {
      instruction_of[program_.instructions_[i].value] = static_cast<std::uint32_t>(i);
    }
    for (const Update& u : updates_) {
      const std::uint32_t target = value_of_[u.parameter.id()];
      const std::uint32_t value = value_of_[u.value.id()];
      const std::uint32_t at = instruction_of[value];
      if (at != nowhere && program_.values_[value].place == 0 && last_use_[target] <= at &&
          may_overwrite(at, target)) {
        program_.values_[value].place = program_.values_[target].place;
        ++program_.updates_in_place_;
      }
    }
  }

  Index elements_of(std::uint32_t value) const {
    return program_.shapes_[program_.values_[value].shape].elements();
  }

  void place_values() {
    BufferPlan plan;
    std::vector<BufferPlan::Room> rooms;
    reserve(rooms, program_.values_.size());
    rooms.resize(program_.values_.size());
    for (const std::uint32_t constant : constants_)
      rooms[constant] = plan.take(elements_of(constant));
    // An instruction's own result may be dead at once if only its update target is wanted
    // elsewhere, so that a value is given back after its last use, and never before it was placed.
    std::vector<bool> computed(program_.values_.size());
    for (std::size_t i = 0; i < program_.instructions_.size(); ++i) {
      const Program::Instruction& instruction = program_.instructions_[i];
      const std::uint32_t value = instruction.value;
      const auto operands = program_.operands(i);
      const auto dies = [&](std::uint32_t operand) {
        return computed[operand] && last_use_[operand] == i;
      };
      if (program_.values_[value].place == 0) {
        const auto heir =
            std::find_if(operands.begin(), operands.end(), [&](std::uint32_t operand) {
              return dies(operand) && passes_.has(Pass::in_place) && same_shape(operand, value) &&
                     may_overwrite(i, operand);
            });
        if (heir != operands.end()) {
          rooms[value] = rooms[*heir];
          computed[*heir] = false;  // its room has an heir
        } else {
          rooms[value] = plan.take(elements_of(value));
        }
        computed[value] = true;
      }
      for (const std::uint32_t operand : operands) {
        if (!dies(operand) || !passes_.has(Pass::sharing)) continue;
        plan.give_back(rooms[operand], elements_of(operand));
        computed[operand] = false;  // an operand may be named twice
      }
    }
    plan.settle();
    for (std::size_t i = 0; i < program_.values_.size(); ++i) {
      if (program_.values_[i].place == 0) program_.values_[i].place = plan.offset(rooms[i]);
    }
    for (std::size_t i = 0; i < constants_.size(); ++i) {
      program_.constants_[i].place = program_.values_[constants_[i]].place;
    }
    program_.buffer_elements_ = plan.elements();
    program_.least_elements_ = plan.least_elements();
  }

  void list_copies() {
    for (const Update& u : updates_) {
      const Program::Place from = program_.values_[value_of_[u.value.id()]].place;
      const Program::Place to = program_.values_[value_of_[u.parameter.id()]].place;
      if (from != to) program_.copies_.push_back({from, static_cast<std::uint32_t>(~to)});
    }
  }

  Program& program_;
  const Tape& tape_;
  const Tape& recorded_;  // the tape that people know, by whose nodes values are named
  std::span<const Var> outputs_;
  std::span<const Update> updates_;
  std::span<const Var> kept_;
  std::span<const NodeId> origin_;  // of each node the recorded one; empty if it is that
  Passes passes_;
  std::vector<std::uint8_t> live_;  // for each node 1 if it is
  std::vector<std::uint32_t> value_of_;
  std::vector<std::uint32_t> last_use_;
  std::vector<std::uint32_t> constants_;
};

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

/// Passes cost about as much for a node as running a single number several hundred times.
bool has_many_single_numbers(const Tape& tape) {
  constexpr std::size_t many = 1000;
  if (tape.size() < many) return false;
  std::size_t single = 0;
  for (NodeId id = 0; id < tape.size(); ++id) single += tape.shape(id).elements() == 1;
  return single >= many && 2 * single > tape.size();
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
      instructions_.capacity() * sizeof(Instruction) + values_.capacity() * sizeof(Value) +
      operands_.capacity() * sizeof(std::uint32_t) + leaves_.capacity() * sizeof(Leaf) +
      constants_.capacity() * sizeof(Constant) + copies_.capacity() * sizeof(Copy) +
      outputs_.capacity() * sizeof(std::uint32_t) + shapes_.capacity() * sizeof(Shape) +
      attributes_.capacity() * sizeof(Attributes);
  for (const Leaf& leaf : leaves_) bytes += leaf.first.capacity() * sizeof(double);
  for (const Constant& constant : constants_)
    bytes += constant.elements.capacity() * sizeof(double);
  return bytes;
}

Index Program::flops(std::size_t instruction) const {
  std::vector<Shape> x;
  for (const std::uint32_t operand : operands(instruction))
    x.push_back(shapes_[values_[operand].shape]);
  return instructions_[instruction].op->flops(
      x, shapes_[values_[instructions_[instruction].value].shape],
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
  return fmt::format("[{} #{}] {}: {}", failed.op->name(), values_[failed.value].node, given, rule);
}

}  // namespace gradus
