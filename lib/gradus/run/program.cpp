#include "gradus/run/program.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

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
    find_last_uses();
    choose_updates_in_place();
    make_room();
    place_constants();
    for (NodeId id = 0; id < last_use_.size(); ++id) {
      id = add_numbers(id);
      if (id < last_use_.size() && last_use_[id] != dead) add(id);
    }
    for (const Var v : outputs_) program_.outputs_.push_back(value_of_[v.id()]);
    settle_places();
    list_copies();
  }

 private:
  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();
  // The last use of a node is the node that reads it last, or one of these.
  static constexpr NodeId dead = 0;    // nothing needs it; node 0 reads nothing
  static constexpr NodeId unread = 1;  // it is needed, but no op reads it later than node 1
  static constexpr NodeId forever = no_node;

  NodeId recorded(NodeId id) const { return origin_.empty() ? id : origin_[id]; }

  /// Only what an output or an update needs is live. Going back, the first use that is met is the
  /// last one.
  void find_last_uses() {
    NodeId last = 0;
    for (const Var v : outputs_) last = std::max(last, v.id());
    for (const Var v : kept_) last = std::max(last, v.id());
    for (const Update& u : updates_) last = std::max({last, u.value.id(), u.parameter.id()});
    reserve(last_use_, std::size_t{last} + 1);
    last_use_.assign(std::size_t{last} + 1, dead);
    for (const Var v : kept_) last_use_[v.id()] = unread;
    for (const Update& u : updates_) last_use_[u.parameter.id()] = unread;
    for (const Update& u : updates_) last_use_[u.value.id()] = forever;
    for (const Var v : outputs_) last_use_[v.id()] = forever;
    for (NodeId id = last;; --id) {
      if (last_use_[id] != dead) {
        const auto operands = tape_.operands(id);
        ++live_;
        if (operands.empty()) {
          ++leaves_;
          if (is_constant(tape_.op(id))) constants_.push_back(id);
        }
        edges_ += operands.size();
        for (const NodeId operand : operands) {
          if (last_use_[operand] <= unread) last_use_[operand] = id;
        }
      }
      if (id == 0) break;
    }
  }

  /// Constants stand in the buffer from the beginning, so that they come before all that shares it.
  void place_constants() {
    for (std::size_t i = constants_.size(); i-- > 0;) {
      const Index elements = tape_.shape(constants_[i]).elements();
      program_.constants_.push_back({plan_.take(elements).code, {}});
    }
  }

  /// Room for all values, so that nothing is copied while a program of millions grows.
  void make_room() {
    values_ = program_.values_.extend(live_);
    instructions_ = program_.instructions_.extend(live_ - leaves_);
    operands_ = program_.operands_.extend(edges_);
    reserve(value_of_, last_use_.size());
    value_of_.resize(last_use_.size());
    program_.attributes_.emplace_back();
  }

  /// Rows of the tape's tables, and those of the program's for them.
  class RowMap {
   public:
    /// The row for `key`, or `nowhere` if there is none yet.
    std::uint32_t& operator[](std::uint32_t key) {
      if (key >= rows_.size()) rows_.resize(std::size_t{key} + 1, nowhere);
      return rows_[key];
    }

   private:
    std::vector<std::uint32_t> rows_;
  };

  std::uint32_t shape_row(NodeId id) {
    std::uint32_t& row = shape_rows_[tape_.node(id).shape];
    if (row == nowhere) {
      row = static_cast<std::uint32_t>(program_.shapes_.size());
      program_.shapes_.push_back(tape_.shape(id));
      elements_.push_back(tape_.shape(id).elements());
    }
    return row;
  }

  std::uint32_t attributes_row(NodeId id) {
    if (tape_.node(id).attributes == 0) return 0;
    std::uint32_t& row = attribute_rows_[tape_.node(id).attributes];
    if (row == nowhere) {
      row = static_cast<std::uint32_t>(program_.attributes_.size());
      program_.attributes_.push_back(tape_.attributes(id));
    }
    return row;
  }

  /// The next value, and the instruction that computes it.
  void add(NodeId id) {
    const Node& node = tape_.node(id);
    const auto operands = tape_.operands(id);
    const std::uint32_t shape = shape_row(id);
    value_of_[id] = next_value_;
    if (operands.empty()) {
      add_leaf(id, shape);
      return;
    }
    instructions_[next_instruction_++] = {node.op, next_operand_, attributes_row(id), next_value_};
    bool dying = false;
    for (const NodeId operand : operands) {
      operands_[next_operand_++] = value_of_[operand];
      dying |= last_use_[operand] == id;
    }
    values_[next_value_++] = {place(id, operands, elements_[shape], dying), shape, recorded(id)};
    if (dying && passes_.has(Pass::sharing)) give_back(id, operands);
  }

  /// Adds the nodes from `id` on that are ops of one or two single numbers, of which long tapes are
  /// made, and returns the first that is not. The same as add(), without what only others need:
  /// 156 instructions of the processor a node in place of 239.
  NodeId add_numbers(NodeId id) {
    const auto end = static_cast<NodeId>(last_use_.size());
    const std::uint32_t shape = shape_rows_[0];
    if (shape == nowhere || !passes_.has(Pass::in_place) || !passes_.has(Pass::sharing)) return id;
    NodeId* const last_use = last_use_.data();
    std::uint32_t* const value_of = value_of_.data();
    for (; id < end; ++id) {
      if (last_use[id] == dead) continue;
      const Node& node = tape_.node(id);
      const auto x = tape_.operands(id);
      const bool other = node.shape != 0 || node.attributes != 0 || x.empty() || x.size() > 2 ||
                         (last_use[id] == forever && !target_of_.empty());
      if (other) break;
      const NodeId a = x.front(), b = x.back();
      const bool a_dies = last_use[a] == id, b_dies = last_use[b] == id && b != a;
      Program::Place place = 0;
      if (a_dies || b_dies) {
        if (tape_.node(a).shape != 0 || tape_.node(b).shape != 0) break;
        // The heir is an operand over which the op may write wherever it reads it.
        const auto allows = [&](int k) { return node.op->in_place(k, program_.attributes_[0]); };
        const bool twice = x.size() == 2 && a == b;
        if (!allows(a_dies ? 0 : 1) || (twice && !allows(1))) break;
        place = values_[value_of[a_dies ? a : b]].place;
        if (a_dies && b_dies) plan_.give_back({values_[value_of[b]].place}, 1);
        if (a_dies) last_use[a] = dead;
        if (b_dies) last_use[b] = dead;
      } else {
        place = plan_.take(1).code;
      }
      value_of[id] = next_value_;
      instructions_[next_instruction_++] = {node.op, next_operand_, 0, next_value_};
      for (const NodeId operand : x) operands_[next_operand_++] = value_of[operand];
      values_[next_value_++] = {place, shape, recorded(id)};
    }
    return id;
  }

  /// Gives the room of operands back that nothing reads later, and that have no heir.
  void give_back(NodeId id, std::span<const NodeId> operands) {
    for (const NodeId operand : operands) {
      if (last_use_[operand] != id) continue;
      const Program::Value& dying = values_[value_of_[operand]];
      plan_.give_back({dying.place}, elements_[dying.shape]);
      last_use_[operand] = dead;  // an operand may be named twice
    }
  }

  /// Leaves keep their memory: it is not given back after their last use.
  void add_leaf(NodeId id, std::uint32_t shape) {
    const Op& op = tape_.op(id);
    const double* first =
        is_constant(op) ? tape_.leaf_value(id) : recorded_.leaf_value(recorded(id));
    std::vector<double> elements;
    if (first) elements.assign(first, first + elements_[shape]);
    Program::Place place = ~static_cast<Program::Place>(program_.leaves_.size());
    if (is_constant(op)) {
      Program::Constant& constant = program_.constants_[next_constant_++];
      constant.elements = std::move(elements);
      place = constant.place;
    } else {
      program_.leaves_.push_back({recorded(id), shape, is_parameter(op), std::move(elements),
                                  recorded_.label(recorded(id))});
    }
    values_[next_value_++] = {place, shape, recorded(id)};
    last_use_[id] = forever;
  }

  /// Where a result goes: into the parameter that it is the new value of, over an operand that
  /// nothing reads later, or into new room.
  Program::Place place(NodeId id, std::span<const NodeId> operands, Index elements, bool dying) {
    if (last_use_[id] == forever && !target_of_.empty()) {
      const auto target = target_of_.find(id);
      if (target != target_of_.end()) return program_.values_[value_of_[target->second]].place;
    }
    if (dying && passes_.has(Pass::in_place)) {
      for (const NodeId operand : operands) {
        if (last_use_[operand] != id || !may_overwrite(id, operands, operand)) continue;
        last_use_[operand] = dead;  // its room has an heir
        return program_.values_[value_of_[operand]].place;
      }
    }
    return plan_.take(elements).code;
  }

  /// Whether a node may write its result over the value of an operand: they have one shape, and it
  /// allows that wherever it reads it. Of a value that it does not read, any node may.
  bool may_overwrite(NodeId id, std::span<const NodeId> operands, NodeId target) const {
    const Node& node = tape_.node(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (operands[k] != target) continue;
      // One shape may stand in several rows, as a tape looks back a little only.
      if (tape_.node(target).shape != node.shape && tape_.shape(target) != tape_.shape(id)) {
        return false;
      }
      if (!node.op->in_place(static_cast<int>(k), tape_.attributes(id))) return false;
    }
    return true;
  }

  /// A new parameter is computed straight into the old one if its op allows it, and nothing reads
  /// the old one after it.
  void choose_updates_in_place() {
    if (!passes_.has(Pass::in_place)) return;
    for (const Update& u : updates_) {
      const NodeId target = u.parameter.id(), id = u.value.id();
      const auto operands = tape_.operands(id);
      // A parameter that comes later has no place yet when its new value gets one.
      if (target < id && !operands.empty() && last_use_[target] <= id && !target_of_.contains(id) &&
          may_overwrite(id, operands, target)) {
        target_of_.emplace(id, target);
        ++program_.updates_in_place_;
      }
    }
  }

  /// Turns rooms of the plan into places of the buffer.
  void settle_places() {
    plan_.settle();
    program_.buffer_elements_ = plan_.elements();
    program_.least_elements_ = plan_.least_elements();
    if (plan_.small()) return;  // rooms are places
    for (Program::Value& value : program_.values_) {
      if (value.place >= 0) value.place = plan_.offset({value.place});
    }
    for (Program::Constant& constant : program_.constants_) {
      constant.place = plan_.offset({constant.place});
    }
  }

  void list_copies() {
    for (const Update& u : updates_) {
      const Program::Place from = program_.values_[value_of_[u.value.id()]].place;
      const Program::Place to = program_.values_[value_of_[u.parameter.id()]].place;
      const bool empty = u.parameter.shape().elements() == 0;
      if (from != to && !empty) {
        program_.copies_.push_back({from, static_cast<std::uint32_t>(~to)});
      }
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
  std::vector<NodeId> last_use_;                   // of each node
  std::vector<std::uint32_t> value_of_;            // of each node
  std::vector<NodeId> constants_;                  // the last one first
  std::unordered_map<NodeId, NodeId> target_of_;   // parameters that are updated in place
  std::size_t live_ = 0, leaves_ = 0, edges_ = 0;  // counts: live nodes, leaves of them, operands
  // The program's tables, and the rows of them that come next.
  Program::Value* values_ = nullptr;
  Program::Instruction* instructions_ = nullptr;
  std::uint32_t* operands_ = nullptr;
  std::uint32_t next_value_ = 0, next_instruction_ = 0, next_operand_ = 0, next_constant_ = 0;
  RowMap shape_rows_, attribute_rows_;
  std::vector<Index> elements_;  // of each of the program's shapes
  BufferPlan plan_;
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
      instructions_.bytes() + values_.bytes() + operands_.bytes() +
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
