#include "gradus/run/compiler.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace gradus {
namespace {

/// Writes the step y = op(a, b), and tells where the next one goes. If one operand is a product
/// that the step before has made for this one alone, a sum becomes one step with it.
ScalarStep* write_step(ScalarStep* to, const ScalarStep& step, bool a_is_product,
                       bool b_is_product) {
  if (step.op != ScalarStep::code<Add> || a_is_product == b_is_product) {
    *to = step;
    return to + 1;
  }
  const std::uint32_t c = a_is_product ? step.b : step.a;
  to[-1].y = step.y;
  if (c == step.y) {
    to[-1].op = ScalarStep::accumulate;
    return to;
  }
  to[-1].op = ScalarStep::multiply_add;
  *to = {ScalarStep::general, 0, c, 0};
  return to + 1;
}

}  // namespace

void Compiler::run() {
  program_.tape_ = &recorded_;
  find_last_uses();
  choose_updates_in_place();
  make_room();
  add_leaves();
  const auto end = static_cast<NodeId>(last_uses_.size());
  for (NodeId id = add_numbers(0); id < end; id = add_numbers(id + 1)) {
    if (is_op(id)) add(id);
  }
  program_.steps_.push_back({ScalarStep::general, 0, ScalarStep::end, 0});
  for (const Var v : outputs_) program_.outputs_.push_back(positions_[v.id()].value);
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
  const std::size_t nodes = std::size_t{last} + 1;
  std::fill_n(last_uses_.extend(nodes), nodes, dead);
  positions_.extend(nodes);
  for (const Var v : kept_) last_uses_[v.id()] = unread;
  for (const Update& u : updates_) last_uses_[u.parameter.id()] = unread;
  for (const Update& u : updates_) last_uses_[u.value.id()] = forever;
  for (const Var v : outputs_) last_uses_[v.id()] = forever;
  NodeId* const last_uses = last_uses_.data();
  std::size_t live = 0, edges = 0;
  for (NodeId id = last;; --id) {
    if (last_uses[id] != dead) {
      const auto operands = tape_.operands(id);
      ++live;
      edges += operands.size();
      const auto read = [last_uses, id](NodeId operand) {
        if (last_uses[operand] <= unread) last_uses[operand] = id;
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
    if (!operands.empty() && last_uses_[target] <= id && !target_of_.contains(id) &&
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
  // An instruction is one step, rarely two or three.
  program_.steps_.reserve(live_ + 1);
  program_.attributes_.emplace_back();
}

/// Leaves and constants are there from the beginning, so that the memory of constants comes
/// before all that shares it.
void Compiler::add_leaves() {
  for (std::size_t i = leaves_.size(); i-- > 0;) add_leaf(leaves_[i]);
  for (const NodeId id : leaves_) {
    positions_[id].number = position(values_[positions_[id].value].place);
  }
  for (std::uint32_t leaf = 0; leaf < program_.leaves_.size(); ++leaf) {
    if (elements_[program_.leaves_[leaf].shape] != 1) continue;
    program_.steps_.push_back({ScalarStep::fetch, leaf + 1, leaf, 0});
  }
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
  last_uses_[id] = forever;
  positions_[id].value = next_value_;
  values_[next_value_++] = {place, shape, id};
}

/// The next value, and the instruction that computes it.
void Compiler::add(NodeId id) {
  const Node& node = tape_.node(id);
  const auto operands = tape_.operands(id);
  const std::uint32_t shape = shape_row(id);
  instructions_[next_instruction_] = {node.op, next_operand_, attributes_row(id)};
  bool dying = false, single = node.op->position() >= 0 && elements_[shape] == 1;
  std::uint32_t product = nowhere;  // an operand that is used up
  for (const NodeId operand : operands) {
    const std::uint32_t value = positions_[operand].value;
    operands_[next_operand_++] = value;
    single = single && elements_[values_[value].shape] == 1;
    if (last_uses_[operand] != id) continue;
    dying = true;
    if (value == product_) product = operand;
  }
  program_.most_operands_ = std::max(program_.most_operands_, operands.size());
  const Program::Place to = place(id, operands, elements_[shape], dying);
  values_[next_value_] = {to, shape, id};
  positions_[id] = {next_value_, position(to)};
  add_step(id, operands, single, product);
  ++next_value_;
  ++next_instruction_;
  if (dying && passes_.has(Pass::sharing)) give_back(id, operands);
}

/// The step of the instruction that was added last. `single`: it is of single numbers. `product`:
/// an operand that the last step makes for this one alone.
void Compiler::add_step(NodeId id, std::span<const NodeId> operands, bool single, NodeId product) {
  GrowingArray<ScalarStep>& steps = program_.steps_;
  const Node& node = tape_.node(id);
  const std::uint32_t y = positions_[id].number;
  const Program::Place place = values_[positions_[id].value].place;
  const auto leaf = static_cast<std::uint32_t>(~place);
  product_ = nowhere;
  if (!single) {
    steps.push_back({ScalarStep::general, 0, next_instruction_, 0});
    // Steps find a leaf in the array.
    const bool is_fetched = place < 0 && elements_[values_[positions_[id].value].shape] == 1;
    if (is_fetched) steps.push_back({ScalarStep::fetch, y, leaf, 0});
    return;
  }
  const auto op = static_cast<std::uint32_t>(node.op->position());
  const NodeId a = operands[0], b = operands[operands.size() > 1 ? 1 : 0];
  ScalarStep step{op, y, positions_[a].number, positions_[b].number};
  // Ops that have a number have one operand. It stays where it is for those that follow.
  const auto* number = std::get_if<Number>(&tape_.attributes(id));
  if (number && operands.size() == 1) {
    step.b = 0;
    const auto halves = std::bit_cast<std::array<std::uint32_t, 2>>(number->value);
    if (number_ != halves) steps.push_back({ScalarStep::number, 0, halves[0], halves[1]});
    number_ = halves;
  }
  ScalarStep* const to = steps.extend(1);
  const ScalarStep* const next = write_step(to, step, a == product, b == product);
  steps.shrink(static_cast<std::size_t>(next - steps.data()));
  if (operands.size() > 2) {
    steps.push_back({ScalarStep::general, 0, positions_[operands[2]].number, 0});
  }
  if (place < 0) {
    steps.push_back({ScalarStep::publish, y, leaf, 0});
  } else if (op == ScalarStep::code<Mul>) {
    product_ = positions_[id].value;
  }
}

/// Adds the nodes from `id` on that are ops of one or two single numbers, of which long tapes are
/// made, and returns the first that is another op. The same as add(), without what only others
/// need: some 130 instructions of the processor a node.
NodeId Compiler::add_numbers(NodeId id) {
  const std::uint32_t shape = shape_rows_[0];
  if (shape == nowhere || !passes_.has(Pass::in_place) || !passes_.has(Pass::sharing)) return id;
  // Copies of members, as what is written could be one of them.
  const auto end = static_cast<NodeId>(last_uses_.size());
  const bool are_updates = !target_of_.empty();
  const NodeId* const last_uses = last_uses_.data();
  Position* const positions = positions_.data();
  Program::Value* const values = values_;
  Program::Instruction* const instructions = instructions_;
  std::uint32_t* const operands = operands_;
  std::uint32_t i = next_instruction_, next_operand = next_operand_;
  const std::uint32_t given = next_value_ - i;  // leaves
  Program::Value* const results = values + given;
  const auto first = static_cast<std::uint32_t>(program_.first_small());
  GrowingArray<ScalarStep>& steps = program_.steps_;
  ScalarStep* step = steps.extend(live_ - next_value_);
  std::uint32_t product = product_;
  for (; id < end; ++id) {
    const NodeId last_use = last_uses[id];
    if (last_use == dead) continue;
    const Node& node = tape_.node(id);
    const auto x = tape_.operands(id);
    if (x.empty()) continue;  // a leaf
    const bool other = (node.shape | node.attributes) != 0 || x.size() > 2 ||
                       !node.op->pointwise() || (last_use == forever && are_updates);
    if (other) break;
    const Position a = positions[x.front()], b = positions[x.back()];
    const bool a_dies = last_uses[x.front()] == id, b_dies = last_uses[x.back()] == id;
    std::uint32_t to = 0;
    if (a_dies || b_dies) {
      // What dies leaves its place to the result, a second one to any.
      to = a_dies ? a.number : b.number;
      if (a_dies && b_dies && a.value != b.value) {
        plan_.give_back({Program::Place{b.number} - first}, 1);
      }
    } else {
      to = static_cast<std::uint32_t>(plan_.take(1).code) + first;
    }
    const auto op = static_cast<std::uint32_t>(node.op->position());
    if (static_cast<std::int32_t>(op) < 0) {  // a person's own
      *step++ = {ScalarStep::general, 0, i, 0};
    } else {
      step = write_step(step, {op, to, a.number, b.number}, a_dies && a.value == product,
                        b_dies && b.value == product);
    }
    product = op == ScalarStep::code<Mul> ? given + i : nowhere;
    instructions[i] = {node.op, next_operand, 0};
    operands[next_operand] = a.value;
    next_operand += static_cast<std::uint32_t>(x.size());
    operands[next_operand - 1] = b.value;  // or a's again
    positions[id] = {given + i, to};
    results[i++] = {Program::Place{to} - first, shape, id};
  }
  steps.shrink(static_cast<std::size_t>(step - steps.data()));
  product_ = product;
  next_value_ = given + i;
  next_instruction_ = i;
  next_operand_ = next_operand;
  return id;
}

/// Where a result goes: into the parameter that it is the new value of, over an operand that
/// nothing reads later, or into new room.
Program::Place Compiler::place(NodeId id, std::span<const NodeId> operands, Index elements,
                               bool dying) {
  if (last_uses_[id] == forever && !target_of_.empty()) {
    const auto target = target_of_.find(id);
    if (target != target_of_.end()) return program_.values_[positions_[target->second].value].place;
  }
  if (dying && passes_.has(Pass::in_place)) {
    for (const NodeId operand : operands) {
      if (last_uses_[operand] != id || !may_overwrite(id, operands, operand)) continue;
      last_uses_[operand] = dead;  // its room has an heir
      return program_.values_[positions_[operand].value].place;
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
    if (last_uses_[operand] != id) continue;
    const Program::Value& dying = values_[positions_[operand].value];
    plan_.give_back({dying.place}, elements_[dying.shape]);
    last_uses_[operand] = dead;  // an operand may be named twice
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
    program_.attributes_.push_back(tape_.attributes(id));
  }
  return row;
}

/// Turns rooms of the plan into places of the buffer.
void Compiler::settle_places() {
  plan_.settle();
  program_.buffer_elements_ = plan_.elements();
  program_.least_elements_ = plan_.least_elements();
  program_.small_start_ = plan_.small_start();
  if (program_.numbers() > Index{nowhere}) {
    throw Error("a program holds at most 2^32 - 1 numbers in values of fewer than 16 elements");
  }
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
    const Program::Place from = program_.values_[positions_[u.value.id()].value].place;
    const Program::Place to = program_.values_[positions_[u.parameter.id()].value].place;
    const bool empty = u.parameter.shape().elements() == 0;
    if (from != to && !empty) {
      program_.copies_.push_back({from, static_cast<std::uint32_t>(~to)});
    }
  }
}

}  // namespace gradus
