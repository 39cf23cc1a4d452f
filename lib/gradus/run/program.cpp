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
    add_leaves();
    for (NodeId id = 0; id < lives_.size(); ++id) {
      id = add_numbers(id);
      if (id < lives_.size() && is_op(id)) add(id);
    }
    for (const Var v : outputs_) program_.outputs_.push_back(lives_[v.id()].value);
    settle_places();
    list_copies();
    if (!origin_.empty()) {
      for (Program::Value& value : program_.values_) value.node = origin_[value.node];
    }
  }

 private:
  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();
  // The last use of a node is the node that reads it last, or one of these.
  static constexpr NodeId dead = 0;    // nothing needs it; node 0 reads nothing
  static constexpr NodeId unread = 1;  // it is needed, but no op reads it later than node 1
  static constexpr NodeId forever = no_node;

  /// What is known of a node: it lives from where it is computed to its last use.
  struct Life {
    NodeId last_use = dead;
    std::uint32_t value = 0;  // its position among the program's values
  };

  bool is_op(NodeId id) const { return lives_[id].last_use != dead && !is_leaf(tape_.op(id)); }

  NodeId recorded(NodeId id) const { return origin_.empty() ? id : origin_[id]; }

  /// Only what an output or an update needs is live. Going back, the first use that is met is the
  /// last one.
  void find_last_uses() {
    NodeId last = 0;
    for (const Var v : outputs_) last = std::max(last, v.id());
    for (const Var v : kept_) last = std::max(last, v.id());
    for (const Update& u : updates_) last = std::max({last, u.value.id(), u.parameter.id()});
    std::fill_n(lives_.extend(std::size_t{last} + 1), std::size_t{last} + 1, Life{});
    for (const Var v : kept_) lives_[v.id()].last_use = unread;
    for (const Update& u : updates_) lives_[u.parameter.id()].last_use = unread;
    for (const Update& u : updates_) lives_[u.value.id()].last_use = forever;
    for (const Var v : outputs_) lives_[v.id()].last_use = forever;
    Life* const lives = lives_.data();
    std::size_t live = 0, edges = 0;
    for (NodeId id = last;; --id) {
      if (lives[id].last_use != dead) {
        const auto operands = tape_.operands(id);
        ++live;
        edges += operands.size();
        const auto read = [lives, id](NodeId operand) {
          if (lives[operand].last_use <= unread) lives[operand].last_use = id;
        };
        if (operands.empty()) {
          leaves_.push_back(id);
        } else if (operands.size() <= 2) {
          read(operands.front());
          read(operands.back());
        } else {
          std::for_each(operands.begin(), operands.end(), read);
        }
      }
      if (id == 0) break;
    }
    live_ = live;
    edges_ = edges;
  }

  /// Leaves and constants are there from the beginning, so that the memory of constants comes
  /// before all that shares it.
  void add_leaves() {
    for (std::size_t i = leaves_.size(); i-- > 0;) add_leaf(leaves_[i]);
  }

  /// Room for all values, so that nothing is copied while a program of millions grows.
  void make_room() {
    values_ = program_.values_.extend(live_);
    instructions_ = program_.instructions_.extend(live_ - leaves_.size());
    operands_ = program_.operands_.extend(edges_);
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
    lives_[id].value = next_value_;
    instructions_[next_instruction_++] = {node.op, next_operand_, attributes_row(id) & 0x7FFFFFFF,
                                          0};
    bool dying = false;
    for (const NodeId operand : operands) {
      const Life& life = lives_[operand];
      operands_[next_operand_++] = life.value;
      if (life.last_use != id) continue;
      dying = true;
      // Only results die, so that the value before this one is the result of the op before.
      if (life.value + 1 == next_value_) instructions_[next_instruction_ - 2].feeds_next = 1;
    }
    program_.most_operands_ = std::max(program_.most_operands_, operands.size());
    values_[next_value_++] = {place(id, operands, elements_[shape], dying), shape, id};
    if (dying && passes_.has(Pass::sharing)) give_back(id, operands);
  }

  /// Adds the nodes from `id` on that are ops of one or two single numbers, of which long tapes are
  /// made, and returns the first that is another op. The same as add(), without what only others
  /// need: 97 instructions of the processor a node in place of 267.
  NodeId add_numbers(NodeId id) {
    const std::uint32_t shape = shape_rows_[0];
    if (shape == nowhere || !passes_.has(Pass::in_place) || !passes_.has(Pass::sharing)) return id;
    // Copies of members, as what is written could be one of them.
    const auto end = static_cast<NodeId>(lives_.size());
    const bool are_updates = !target_of_.empty();
    Life* const lives = lives_.data();
    Program::Value* const values = values_;
    Program::Instruction* const instructions = instructions_;
    std::uint32_t* const operands = operands_;
    std::uint32_t i = next_instruction_, next_operand = next_operand_;
    const std::uint32_t given = next_value_ - i;  // leaves
    Program::Value* const results = values + given;
    for (; id < end; ++id) {
      const NodeId last_use = lives[id].last_use;
      if (last_use == dead) continue;
      const Node& node = tape_.node(id);
      const auto x = tape_.operands(id);
      if (x.empty()) continue;  // a leaf
      const bool other = (node.shape | node.attributes) != 0 || x.size() > 2 ||
                         !node.op->pointwise() || (last_use == forever && are_updates);
      if (other) break;
      Life& a = lives[x.front()];
      Life& b = lives[x.back()];
      Program::Place place = 0;
      if (a.last_use == id || b.last_use == id) {
        // What dies leaves its place to the result, a second one to any.
        const std::uint32_t before = given + i - 1;
        if ((a.value == before && a.last_use == id) || (b.value == before && b.last_use == id)) {
          instructions[i - 1].feeds_next = 1;
        }
        Life& left = a.last_use == id ? a : b;
        place = values[left.value].place;
        left.last_use = dead;
        if (b.last_use == id) {
          b.last_use = dead;
          plan_.give_back({values[b.value].place}, 1);
        }
      } else {
        place = plan_.take(1).code;
      }
      instructions[i] = {node.op, next_operand, 0, 0};
      operands[next_operand] = a.value;
      next_operand += static_cast<std::uint32_t>(x.size());
      operands[next_operand - 1] = b.value;  // or a's again
      lives[id].value = given + i;
      results[i++] = {place, shape, id};
    }
    next_value_ = given + i;
    next_instruction_ = i;
    next_operand_ = next_operand;
    return id;
  }

  /// Gives the room of operands back that nothing reads later, and that have no heir.
  void give_back(NodeId id, std::span<const NodeId> operands) {
    for (const NodeId operand : operands) {
      if (lives_[operand].last_use != id) continue;
      const Program::Value& dying = values_[lives_[operand].value];
      plan_.give_back({dying.place}, elements_[dying.shape]);
      lives_[operand].last_use = dead;  // an operand may be named twice
    }
  }

  /// Leaves keep their memory: it is not given back after their last use.
  void add_leaf(NodeId id) {
    const Op& op = tape_.op(id);
    const std::uint32_t shape = shape_row(id);
    const double* first =
        is_constant(op) ? tape_.leaf_value(id) : recorded_.leaf_value(recorded(id));
    std::vector<double> elements;
    if (first) elements.assign(first, first + elements_[shape]);
    Program::Place place = ~static_cast<Program::Place>(program_.leaves_.size());
    if (is_constant(op)) {
      place = plan_.take(elements_[shape]).code;
      program_.constants_.push_back({place, std::move(elements)});
    } else {
      program_.leaves_.push_back({recorded(id), shape, is_parameter(op), std::move(elements),
                                  recorded_.label(recorded(id))});
    }
    lives_[id] = {forever, next_value_};
    values_[next_value_++] = {place, shape, id};
  }

  /// Where a result goes: into the parameter that it is the new value of, over an operand that
  /// nothing reads later, or into new room.
  Program::Place place(NodeId id, std::span<const NodeId> operands, Index elements, bool dying) {
    if (lives_[id].last_use == forever && !target_of_.empty()) {
      const auto target = target_of_.find(id);
      if (target != target_of_.end()) return program_.values_[lives_[target->second].value].place;
    }
    if (dying && passes_.has(Pass::in_place)) {
      for (const NodeId operand : operands) {
        if (lives_[operand].last_use != id || !may_overwrite(id, operands, operand)) continue;
        lives_[operand].last_use = dead;  // its room has an heir
        return program_.values_[lives_[operand].value].place;
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
      if (!operands.empty() && lives_[target].last_use <= id && !target_of_.contains(id) &&
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
      const Program::Place from = program_.values_[lives_[u.value.id()].value].place;
      const Program::Place to = program_.values_[lives_[u.parameter.id()].value].place;
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
  GrowingArray<Life> lives_;                      // of each node
  std::vector<NodeId> leaves_;                    // that are live, the last one first
  std::unordered_map<NodeId, NodeId> target_of_;  // parameters that are updated in place
  std::size_t live_ = 0, edges_ = 0;              // counts: live nodes, their operands
  // The program's tables, and the rows of them that come next.
  Program::Value* values_ = nullptr;
  Program::Instruction* instructions_ = nullptr;
  std::uint32_t* operands_ = nullptr;
  std::uint32_t next_value_ = 0, next_instruction_ = 0, next_operand_ = 0;
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
