#include "gradus/run/compiler.hpp"

#include <algorithm>

namespace gradus {

void Compiler::run() {
  program_.tape_ = &recorded_;
  find_last_uses();
  choose_updates_in_place();
  make_room();
  add_leaves();
  const auto end = static_cast<NodeId>(lives_.size());
  for (NodeId id = add_numbers(0); id < end; id = add_numbers(id + 1)) {
    if (is_op(id)) add(id);
  }
  for (const Var v : outputs_) program_.outputs_.push_back(lives_[v.id()].value);
  settle_places();
  list_copies();
  if (!origin_.empty()) {
    for (Program::Value& value : program_.values_) value.node = origin_[value.node];
  }
}

/// Only what an output or an update needs is live. Going back, the first use that is met is the
/// last one.
void Compiler::find_last_uses() {
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

/// A new parameter is computed straight into the old one if its op allows it, and nothing reads
/// the old one after it.
void Compiler::choose_updates_in_place() {
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

/// Room for all values, so that nothing is copied while a program of millions grows.
void Compiler::make_room() {
  values_ = program_.values_.extend(live_);
  instructions_ = program_.instructions_.extend(live_ - leaves_.size());
  operands_ = program_.operands_.extend(edges_);
  program_.attributes_.emplace_back();
}

/// Leaves and constants are there from the beginning, so that the memory of constants comes
/// before all that shares it.
void Compiler::add_leaves() {
  for (std::size_t i = leaves_.size(); i-- > 0;) add_leaf(leaves_[i]);
}

/// Leaves keep their memory: it is not given back after their last use.
void Compiler::add_leaf(NodeId id) {
  const Op& op = tape_.op(id);
  const std::uint32_t shape = shape_row(id);
  const double* first = is_constant(op) ? tape_.leaf_value(id) : recorded_.leaf_value(recorded(id));
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

/// The next value, and the instruction that computes it.
void Compiler::add(NodeId id) {
  const Node& node = tape_.node(id);
  const auto operands = tape_.operands(id);
  const std::uint32_t shape = shape_row(id);
  lives_[id].value = next_value_;
  instructions_[next_instruction_++] = {node.op, next_operand_, attributes_row(id), 0};
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
NodeId Compiler::add_numbers(NodeId id) {
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

/// Where a result goes: into the parameter that it is the new value of, over an operand that
/// nothing reads later, or into new room.
Program::Place Compiler::place(NodeId id, std::span<const NodeId> operands, Index elements,
                               bool dying) {
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
bool Compiler::may_overwrite(NodeId id, std::span<const NodeId> operands, NodeId target) const {
  const Node& node = tape_.node(id);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    if (operands[k] != target) continue;
    // One shape may stand in several rows, as a tape looks back a little only.
    if (tape_.node(target).shape != node.shape && tape_.shape(target) != tape_.shape(id)) {
      return false;
    }
    if (!node.op->pointwise() && !node.op->in_place(static_cast<int>(k), tape_.attributes(id))) {
      return false;
    }
  }
  return true;
}

/// Gives the room of operands back that nothing reads later, and that have no heir.
void Compiler::give_back(NodeId id, std::span<const NodeId> operands) {
  for (const NodeId operand : operands) {
    if (lives_[operand].last_use != id) continue;
    const Program::Value& dying = values_[lives_[operand].value];
    plan_.give_back({dying.place}, elements_[dying.shape]);
    lives_[operand].last_use = dead;  // an operand may be named twice
  }
}

std::uint32_t Compiler::shape_row(NodeId id) {
  std::uint32_t& row = shape_rows_[tape_.node(id).shape];
  if (row == nowhere) {
    row = static_cast<std::uint32_t>(program_.shapes_.size());
    program_.shapes_.push_back(tape_.shape(id));
    elements_.push_back(tape_.shape(id).elements());
  }
  return row;
}

std::uint32_t Compiler::attributes_row(NodeId id) {
  if (tape_.node(id).attributes == 0) return 0;
  std::uint32_t& row = attribute_rows_[tape_.node(id).attributes];
  if (row == nowhere) {
    row = static_cast<std::uint32_t>(program_.attributes_.size());
    if (row > Program::Instruction::most_attributes) {
      throw Error("a program holds at most 2^31 - 1 different attributes");
    }
    program_.attributes_.push_back(tape_.attributes(id));
  }
  return row;
}

/// Turns rooms of the plan into places of the buffer.
void Compiler::settle_places() {
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

void Compiler::list_copies() {
  for (const Update& u : updates_) {
    const Program::Place from = program_.values_[lives_[u.value.id()].value].place;
    const Program::Place to = program_.values_[lives_[u.parameter.id()].value].place;
    const bool empty = u.parameter.shape().elements() == 0;
    if (from != to && !empty) {
      program_.copies_.push_back({from, static_cast<std::uint32_t>(~to)});
    }
  }
}

}  // namespace gradus
