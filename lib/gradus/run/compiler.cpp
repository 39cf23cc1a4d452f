#include "gradus/run/compiler.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "gradus/run/instructions.hpp"

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
    to[-1].op = a_is_product ? ScalarStep::accumulate_after : ScalarStep::accumulate;
    return to;
  }
  to[-1].op = ScalarStep::multiply_add;
  *to = {ScalarStep::general, 0, c, a_is_product ? 1u : 0u};
  return to + 1;
}

}  // namespace

void Compiler::run() {
  program_.tape_ = &recorded_;
  program_.instructions_ = std::make_shared<Instructions>();
  find_last_uses();
  choose_updates_in_place();
  make_room();
  add_leaves();
  const auto end = static_cast<NodeId>(lives_.size());
  for (NodeId id = add_numbers(0); id < end; id = add_numbers(id + 1)) {
    if (is_op(id)) add(id);
  }
  program_.steps_.push_back({ScalarStep::general, 0, ScalarStep::end, 0});
  list_outputs();
  list_copies();
  list_reads();
  settle_places();
  if (!origin_.empty()) name_by_recorded();
}

/// Only what an output or an update needs is live. Going back, the first use that is met is the
/// last one.
void Compiler::find_last_uses() {
  NodeId last = 0;
  for (const Var v : outputs_) last = std::max(last, v.id());
  for (const Var v : kept_) last = std::max(last, v.id());
  for (const Update& u : updates_) last = std::max({last, u.value.id(), u.parameter.id()});
  const std::size_t nodes = std::size_t{last} + 1;
  std::fill_n(lives_.extend(nodes), nodes, Life{dead, 0});
  for (const Var v : kept_) lives_[v.id()].last_use = unread;
  for (const Update& u : updates_) lives_[u.parameter.id()].last_use = unread;
  for (const Update& u : updates_) lives_[u.value.id()].last_use = forever;
  for (const Var v : outputs_) lives_[v.id()].last_use = forever;
  Life* const lives = lives_.data();
  std::size_t live = 0;
  for (NodeId id = last;; --id) {
    if (lives[id].last_use != dead) {
      // Processors foresee what is read backwards less well.
      if (id > 32) __builtin_prefetch(&tape_.node(id - 32));
      const auto operands = tape_.operands(id);
      ++live;
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

/// Room for all steps, so that nothing is copied while a program of millions grows.
void Compiler::make_room() {
  program_.nodes_.reserve(live_ - leaves_.size());
  // An instruction is one step, rarely two or three.
  program_.steps_.reserve(live_ + 1);
  program_.attributes_.emplace_back();
}

/// Leaves and constants are there from the beginning, so that the memory of constants comes
/// before all that shares it.
void Compiler::add_leaves() {
  for (std::size_t i = leaves_.size(); i-- > 0;) add_leaf(leaves_[i]);
  // Positions begin behind all leaves, so that they are known now.
  for (const Program::Value& value : program_.given_) set_place(value.node, value.place);
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
  lives_[id].last_use = forever;
  program_.given_.push_back({place, shape, id});
}

void Compiler::set_place(NodeId id, Program::Place place) {
  if (is_number(id)) {
    lives_[id].position = program_.position(place);
  } else {
    lives_[id].position = static_cast<std::uint32_t>(places_.size());
    places_.push_back(place);
  }
}

/// The next instruction.
void Compiler::add(NodeId id) {
  const auto operands = tape_.operands(id);
  bool dying = false, numbers = tape_.op(id).position() >= 0 && is_number(id);
  for (const NodeId operand : operands) {
    dying = dying || lives_[operand].last_use == id;
    numbers = numbers && is_number(operand);
  }
  // What dies is marked when its place is given away, which a step must know of.
  const NodeId product = product_;
  const bool used_up = product != no_node && lives_[product].last_use == id;
  set_place(id, choose_place(id, operands, dying));
  product_ = used_up ? product : no_node;
  numbers ? add_step(id, operands) : add_call(id, operands);
  program_.nodes_.push_back(id);
  if (dying && passes_.has(Pass::sharing)) give_back(id, operands);
}

void Compiler::add_call(NodeId id, std::span<const NodeId> operands) {
  GrowingArray<ScalarStep>& steps = program_.steps_;
  const auto first = static_cast<std::uint32_t>(program_.call_operands_.size());
  for (const NodeId operand : operands) program_.call_operands_.push_back(value(operand));
  program_.most_operands_ = std::max(program_.most_operands_, operands.size());
  const auto call = static_cast<std::uint32_t>(program_.calls_.size());
  const Program::Value result = value(id);
  const auto count = static_cast<std::uint32_t>(operands.size());
  program_.calls_.push_back({&tape_.op(id), first, count, attributes_row(id), result});
  steps.push_back({ScalarStep::general, 0, call, 0});
  if (result.place < 0 && is_number(id)) {  // steps find a leaf in the array
    const auto leaf = static_cast<std::uint32_t>(~result.place);
    steps.push_back({ScalarStep::fetch, leaf + 1, leaf, 0});
  }
  product_ = no_node;
}

void Compiler::add_step(NodeId id, std::span<const NodeId> operands) {
  GrowingArray<ScalarStep>& steps = program_.steps_;
  const auto op = static_cast<std::uint32_t>(tape_.op(id).position());
  const NodeId a = operands[0], b = operands[operands.size() > 1 ? 1 : 0];
  const std::uint32_t y = lives_[id].position;
  ScalarStep step{op, y, lives_[a].position, lives_[b].position};
  // Ops that have a number have one operand. It stays where it is for those that follow.
  const auto* number = std::get_if<Number>(&tape_.attributes(id));
  if (number && operands.size() == 1) {
    step.b = 0;
    const auto halves = std::bit_cast<std::array<std::uint32_t, 2>>(number->value);
    if (number_ != halves) steps.push_back({ScalarStep::number, 0, halves[0], halves[1]});
    number_ = halves;
  }
  ScalarStep* const to = steps.extend(1);
  const ScalarStep* const next = write_step(to, step, a == product_, b == product_);
  steps.shrink(static_cast<std::size_t>(next - steps.data()));
  if (operands.size() > 2) {
    steps.push_back({ScalarStep::general, 0, lives_[operands[2]].position, 0});
  }
  const bool published = y < program_.first_small();
  if (published) steps.push_back({ScalarStep::publish, y, y - 1, 0});
  product_ = !published && op == ScalarStep::code<Mul> ? id : no_node;
}

/// Adds the nodes from `id` on that are ops of one or two single numbers, of which long tapes are
/// made, and returns the first that is another op. The same as add(), without what only others
/// need: some 95 instructions of the processor a node.
NodeId Compiler::add_numbers(NodeId id) {
  if (shape_rows_[0] == nowhere || !passes_.has(Pass::in_place) || !passes_.has(Pass::sharing)) {
    return id;
  }
  // Copies of members, as what is written could be one of them.
  const auto end = static_cast<NodeId>(lives_.size());
  const bool are_updates = !target_of_.empty();
  Life* const lives = lives_.data();
  const auto first_small = static_cast<std::uint32_t>(program_.first_small());
  const std::size_t most = live_ - program_.given_.size() - program_.nodes_.size();
  GrowingArray<NodeId>& nodes = program_.nodes_;
  NodeId* node_of = nodes.extend(most);
  GrowingArray<ScalarStep>& steps = program_.steps_;
  ScalarStep* step = steps.extend(most);
  NodeId product = product_;
  for (; id < end; ++id) {
    const NodeId last_use = lives[id].last_use;
    if (last_use == dead) continue;
    const Node& node = tape_.node(id);
    const auto x = tape_.operands(id);
    if (x.empty()) continue;  // a leaf
    const auto op = static_cast<std::uint32_t>(node.op->position());
    const bool other = (node.shape | node.attributes) != 0 || x.size() > 2 ||
                       static_cast<std::int32_t>(op) < 0 || (last_use == forever && are_updates);
    if (other) break;
    const NodeId x0 = x.front(), x1 = x.back();
    const std::uint32_t a = lives[x0].position, b = lives[x1].position;
    const bool a_dies = lives[x0].last_use == id, b_dies = lives[x1].last_use == id;
    std::uint32_t to = 0;
    if (a_dies || b_dies) {
      // What dies leaves its place to the result, a second one to any.
      to = a_dies ? a : b;
      if (a_dies && b_dies && x0 != x1) plan_.give_back({Program::Place{b} - first_small}, 1);
    } else {
      to = static_cast<std::uint32_t>(plan_.take(1).code) + first_small;
    }
    step = write_step(step, {op, to, a, b}, a_dies && x0 == product, b_dies && x1 == product);
    product = op == ScalarStep::code<Mul> ? id : no_node;
    lives[id].position = to;
    *node_of++ = id;
  }
  steps.shrink(static_cast<std::size_t>(step - steps.data()));
  nodes.shrink(static_cast<std::size_t>(node_of - nodes.data()));
  product_ = product;
  return id;
}

/// Where a result goes: into the parameter that it is the new value of, over an operand that
/// nothing reads later, or into new room.
Program::Place Compiler::choose_place(NodeId id, std::span<const NodeId> operands, bool dying) {
  if (lives_[id].last_use == forever && !target_of_.empty()) {
    const auto target = target_of_.find(id);
    if (target != target_of_.end()) return place_of(target->second);
  }
  if (dying && passes_.has(Pass::in_place)) {
    for (const NodeId operand : operands) {
      if (lives_[operand].last_use != id || !may_overwrite(id, operands, operand)) continue;
      lives_[operand].last_use = dead;  // its room has an heir
      return place_of(operand);
    }
  }
  return plan_.take(elements_[shape_row(id)]).code;
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
    plan_.give_back({place_of(operand)}, elements_[shape_row(operand)]);
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
    program_.attributes_.push_back(tape_.attributes(id));
  }
  return row;
}

void Compiler::list_outputs() {
  for (const Var v : outputs_) program_.outputs_.push_back(value(v.id()));
}

void Compiler::list_copies() {
  for (const Update& u : updates_) {
    const Program::Place from = place_of(u.value.id()), to = place_of(u.parameter.id());
    const bool empty = u.parameter.shape().elements() == 0;
    if (from != to && !empty) {
      program_.copies_.push_back({from, static_cast<std::uint32_t>(~to)});
    }
  }
}

/// Finds the values that calls read by their nodes, which stand in order.
void Compiler::list_reads() {
  const auto& given = program_.given_;
  const auto& nodes = program_.nodes_;
  for (const Program::Value& operand : program_.call_operands_) {
    const NodeId id = operand.node;
    const auto leaf = std::lower_bound(
        given.begin(), given.end(), id,
        [](const Program::Value& value, NodeId node) { return value.node < node; });
    const bool found = leaf != given.end() && leaf->node == id;
    const auto at = found ? leaf - given.begin()
                          : std::lower_bound(nodes.begin(), nodes.end(), id) - nodes.begin() +
                                static_cast<std::ptrdiff_t>(given.size());
    program_.call_reads_.push_back(static_cast<std::uint32_t>(at));
  }
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
  const auto settle = [this](Program::Place& place) {
    if (place >= 0) place = plan_.offset({place});
  };
  for (Program::Constant& constant : program_.constants_) settle(constant.place);
  for (Program::Copy& copy : program_.copies_) settle(copy.from);
  for (Program::Value& value : program_.given_) settle(value.place);
  for (Program::Value& value : program_.outputs_) settle(value.place);
  for (Program::Value& value : program_.call_operands_) settle(value.place);
  for (Program::Call& call : program_.calls_) settle(call.result.place);
}

/// People know values by the nodes that they recorded.
void Compiler::name_by_recorded() {
  for (NodeId& node : program_.nodes_) node = origin_[node];
  for (Program::Value& value : program_.given_) value.node = origin_[value.node];
  for (Program::Value& value : program_.outputs_) value.node = origin_[value.node];
  for (Program::Value& value : program_.call_operands_) value.node = origin_[value.node];
  for (Program::Call& call : program_.calls_) call.result.node = origin_[call.result.node];
}

}  // namespace gradus
