#include "gradus/tape/tape.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "gradus/base/error.hpp"

namespace gradus {

void Var::throw_unassigned() { throw Error("a Var that was never assigned is used"); }

const Shape& Var::shape() const {
  tape().check(*this);
  return tape_->shape(id_);
}

std::string_view Var::name() const {
  tape().check(*this);
  return tape_->name(id_);
}

Var Var::named(std::string_view name) const {
  tape().check(*this);
  tape_->set_name(id_, name);
  return *this;
}

Var Operand::constant_on(Tape& tape) const { return tape.constant(number_, where_); }

Tape::Tape() {
  shapes_.emplace_back();
  attributes_.emplace_back();
  names_.emplace_back();
  scopes_.push_back({0, {}});
  locations_.emplace_back();
}

Tape::Tape(Like other) : Tape() {
  names_ = other.tape.names_;
  scopes_ = other.tape.scopes_;
  scope_rows_ = other.tape.scope_rows_;
  locations_ = other.tape.locations_;
  location_rows_ = other.tape.location_rows_;
}

// --- Leaves ---

Var Tape::leaf(const Op& op, const Shape& shape, std::optional<Tensor<double>> value,
               std::string_view name, const SourceLocation& where) {
  leaf_values_.push_back(std::move(value));
  const Var var = append(op, std::span<const Var>(), shape_row(shape),
                         static_cast<std::uint32_t>(leaf_values_.size() - 1), where);
  if (!name.empty()) set_name(var.id(), name);
  return var;
}

Var Tape::input(const Shape& shape, std::string_view name, SourceLocation where) {
  return leaf(input_op(), shape, std::nullopt, name, where);
}
Var Tape::input(const Tensor<double>& value, std::string_view name, SourceLocation where) {
  return leaf(input_op(), value.shape(), value, name, where);
}
Var Tape::input(double value, std::string_view name, SourceLocation where) {
  return input(Tensor<double>(Shape{}, value), name, where);
}
Var Tape::parameter(const Tensor<double>& value, std::string_view name, SourceLocation where) {
  return leaf(parameter_op(), value.shape(), value, name, where);
}
Var Tape::parameter(double value, std::string_view name, SourceLocation where) {
  return parameter(Tensor<double>(Shape{}, value), name, where);
}

Var Tape::constant(const Tensor<double>& value, SourceLocation where) {
  const auto start = static_cast<std::uint32_t>(constants_.size());
  constants_.append(value.begin(), value.end());
  return append(constant_op(), std::span<const Var>(), shape_row(value.shape()), start, where);
}

Var Tape::constant(double value, SourceLocation where) {
  constants_.push_back(value);
  return append(constant_op(), std::span<const Var>(), 0,
                static_cast<std::uint32_t>(constants_.size() - 1), where);
}

void Tape::set(Var leaf, const Tensor<double>& value) {
  check(leaf);
  if (!is_input(op(leaf.id())) && !is_parameter(op(leaf.id()))) {
    throw Error(fmt::format("{} is computed: only inputs and parameters can be given a value",
                            label(leaf.id())));
  }
  if (value.shape() != shape(leaf.id())) {
    throw ShapeError(fmt::format("{} has shape {}; a value of shape {} does not fit",
                                 label(leaf.id()), to_string(shape(leaf.id())),
                                 to_string(value.shape())));
  }
  leaf_values_[node(leaf.id()).attributes] = value;
  values_.clear();
}

const double* Tape::leaf_value(NodeId id) const {
  static constexpr double nothing = 0;  // what an empty value points at, as nullptr says "no value"
  const Node& n = node(id);
  if (is_constant(*n.op)) {
    return shape(id).elements() == 0 ? &nothing : constants_.data() + n.attributes;
  }
  if (!is_leaf(*n.op)) throw Error(label(id) + " is computed: it is not a leaf");
  const auto& value = leaf_values_[n.attributes];
  return !value ? nullptr : value->elements() == 0 ? &nothing : value->data();
}

// --- Recording ---

Var Tape::append(const Op& op, std::span<const Var> operands, std::uint32_t shape,
                 std::uint32_t attributes, const SourceLocation& where) {
  if (nodes_.size() >= no_node) throw Error("a tape holds at most 2^32 - 1 nodes");
  if (operands_.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw Error("a tape holds at most 2^32 - 1 operands");
  }
  const std::uint32_t place =
      context_.where != Context::callers_place ? context_.where : location_row(where);
  const auto first_operand = static_cast<std::uint32_t>(operands_.size());
  nodes_.make_room(1);
  NodeId* to = operands_.extend(operands.size());
  for (const Var& operand : operands) *to++ = operand.id();
  return append_within(op, first_operand, shape, attributes, place);
}

void Tape::throw_count(const Op& op, std::size_t operands) {
  const int arity = op.arity();
  throw Error(fmt::format("[{}] takes {} operands, not {}", op.name(),
                          arity < 0 ? std::string("1 or more") : std::to_string(arity), operands));
}

Var Tape::record(const Op& op, std::span<const Var> operands, const Attributes& attributes,
                 SourceLocation where) {
  const int arity = op.arity();
  if (arity < 0 ? operands.empty() : operands.size() != static_cast<std::size_t>(arity)) {
    throw_count(op, operands.size());
  }
  std::uint32_t shapes = 0;  // their rows, or'ed: 0 if all are single numbers
  for (const Var& operand : operands) {
    check(operand);
    shapes |= nodes_[operand.id()].shape;
  }
  const std::uint32_t shape =
      shapes == 0 && op.pointwise() ? 0 : result_shape(op, operands, attributes, where);
  const std::uint32_t row = attributes.index() == 0 ? 0 : attributes_row(attributes);
  return append(op, operands, shape, row, where);
}

Var Tape::record_others(const Op& op, std::initializer_list<Var> x, const SourceLocation& where) {
  return record(op, std::span(x.begin(), x.size()), {}, where);
}

std::uint32_t Tape::result_shape(const Op& op, std::span<const Var> operands,
                                 const Attributes& attributes, const SourceLocation& where) {
  std::vector<Shape> many;
  std::array<Shape, 3> few;
  if (operands.size() > few.size()) many.resize(operands.size());
  const std::span<Shape> shapes =
      many.empty() ? std::span<Shape>(few.data(), operands.size()) : std::span<Shape>(many);
  std::transform(operands.begin(), operands.end(), shapes.begin(),
                 [this](Var operand) { return shape(operand.id()); });
  try {
    return shape_row(op.shape(shapes, attributes));
  } catch (const ShapeError& error) {
    explain_misfit(op.name(), operands, attributes, where, error.what());
  }
}

void Tape::explain_misfit(std::string_view op, std::span<const Var> operands,
                          const Attributes& attributes, const SourceLocation& where,
                          const std::string& rule) const {
  std::vector<NodeId> ids;
  for (const Var operand : operands) ids.push_back(operand.id());
  const bool inside = context_.where != Context::callers_place;  // a composition
  throw ShapeError(
      misfit_text(op, ids, attributes, inside ? locations_[context_.where] : where, rule));
}

std::string Tape::misfit(NodeId id, const std::string& rule) const {
  return misfit_text(op(id).name(), operands(id), attributes(id), location(id), rule);
}

std::string Tape::misfit_text(std::string_view op, std::span<const NodeId> operands,
                              const Attributes& attributes, const SourceLocation& place,
                              const std::string& rule) const {
  std::string text = fmt::format("[{}] ", op);
  std::string origins;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const NodeId id = operands[i];
    text += fmt::format("{}{}:{}",
                        i == 0                     ? ""
                        : i + 1 == operands.size() ? " and "
                                                   : ", ",
                        label(id), to_string(shape(id)));
    origins += fmt::format(", {} at {}", label(id), this->where(id));
  }
  const std::string given = to_string(attributes);
  if (!given.empty()) text += fmt::format(" with {}", given);
  std::string_view file = place.file_name();
  file.remove_prefix(std::min(file.find_last_of("/\\") + 1, file.size()));
  return fmt::format("{}: {} (recorded at {}:{}{})", text, rule, file, place.line(), origins);
}

Tape::Scope Tape::scope(std::string_view name) {
  const std::uint32_t outer = context_.scope;
  const auto [row, is_new] = scope_rows_.try_emplace({outer, std::string(name)},
                                                     static_cast<std::uint32_t>(scopes_.size()));
  if (is_new) scopes_.push_back({outer, std::string(name)});
  context_.scope = row->second;
  return Scope(*this, outer);
}

Tape::Mark Tape::mark() const {
  return {nodes_.size(), operands_.size(),  shapes_.size(),     attributes_.size(),
          names_.size(), constants_.size(), leaf_values_.size()};
}

void Tape::rewind(const Mark& mark) {
  const bool gone =
      mark.nodes > nodes_.size() || mark.operands > operands_.size() ||
      mark.shapes > shapes_.size() || mark.attributes > attributes_.size() ||
      mark.constants > constants_.size() || mark.leaf_values > leaf_values_.size() ||
      (mark.nodes < nodes_.size() && nodes_[mark.nodes].first_operand != mark.operands);
  if (gone) throw Error("the tape was already rewound past this mark");
  nodes_.shrink(mark.nodes);
  operands_.shrink(mark.operands);
  shapes_.resize(mark.shapes);
  attributes_.resize(mark.attributes);
  constants_.shrink(mark.constants);
  leaf_values_.resize(mark.leaf_values);
  if (names_.size() > mark.names) {
    // A node from before the mark may have been named after it: its name stays.
    std::size_t kept = mark.names;
    for (const Node& n : nodes_) kept = std::max(kept, std::size_t{n.name} + 1);
    names_.resize(kept);
  }
  values_.forget_from(static_cast<NodeId>(mark.nodes));
}

void Tape::reserve(std::size_t nodes) {
  nodes_.reserve(nodes);
  operands_.reserve(nodes);
}

std::uint32_t Tape::shape_row(const Shape& shape) {
  if (shape.rank() == 0) return 0;
  // Looking back a little finds nearly every shape that was used before; a miss costs one more row.
  const std::size_t last = shapes_.size() > 32 ? shapes_.size() - 32 : 1;
  for (std::size_t i = shapes_.size(); i-- > last;) {
    if (shapes_[i] == shape) return static_cast<std::uint32_t>(i);
  }
  shapes_.push_back(shape);
  return static_cast<std::uint32_t>(shapes_.size() - 1);
}

std::uint32_t Tape::attributes_row(const Attributes& attributes) {
  if (attributes_.back() != attributes) attributes_.push_back(attributes);
  return static_cast<std::uint32_t>(attributes_.size() - 1);
}

std::uint32_t Tape::location_row(const SourceLocation& where) {
  const std::uint32_t known = recent_row(where);
  if (known != Context::callers_place) return known;
  const auto [row, is_new] =
      location_rows_.try_emplace(where, static_cast<std::uint32_t>(locations_.size()));
  if (is_new) locations_.push_back(where);
  recent_locations_[LocationHash()(where) % recent_count] = {where.file_name(), where.line(),
                                                             row->second};
  return row->second;
}

// --- Looking ---

void Tape::throw_stranger(Var var) const {
  if (&var.tape() != this)
    throw Error("a Var of another tape is used: one tape holds a computation");
  throw Error(fmt::format("node #{} is not on the tape any more: it was rewound", var.id()));
}

void Tape::set_name(NodeId id, std::string_view name) {
  if (name.empty()) {
    nodes_[id].name = 0;
    return;
  }
  // Looking back a little finds the names of a loop's last turn.
  const std::size_t last = names_.size() > 32 ? names_.size() - 32 : 1;
  std::size_t row = names_.size();
  while (row > last && names_[row - 1] != name) --row;
  if (row == last) {
    names_.emplace_back(name);
    row = names_.size();
  }
  nodes_[id].name = static_cast<std::uint32_t>(row - 1);
}

std::string Tape::label(NodeId id) const {
  if (!name(id).empty()) return std::string(name(id));
  if (is_constant(op(id)) && shape(id).rank() == 0) return fmt::format("{:.6g}", *leaf_value(id));
  return fmt::format("{} #{}", op(id).name(), id);
}

std::string Tape::where(NodeId id) const {
  const SourceLocation& place = location(id);
  std::string_view file = place.file_name();
  file.remove_prefix(std::min(file.find_last_of("/\\") + 1, file.size()));
  return fmt::format("{}:{}", file, place.line());
}

std::string Tape::scope_path(std::uint32_t scope) const {
  std::vector<std::string_view> names;  // from the inside out
  for (; scope != 0; scope = scopes_[scope].parent) names.push_back(scopes_[scope].name);
  std::string path;
  for (std::size_t i = names.size(); i-- > 0;) {
    if (!path.empty()) path += '/';
    path += names[i];
  }
  return path;
}

std::size_t Tape::bytes() const {
  return nodes_.bytes() + operands_.bytes() + shapes_.size() * sizeof(Shape) +
         attributes_.size() * sizeof(Attributes) + names_.size() * sizeof(std::string) +
         constants_.bytes() + leaf_values_.capacity() * sizeof(leaf_values_[0]) +
         scopes_.capacity() * sizeof(ScopeEntry) +
         scope_rows_.size() * sizeof(*scope_rows_.begin()) +
         locations_.capacity() * sizeof(SourceLocation) +
         location_rows_.size() * sizeof(*location_rows_.begin());
}

// --- For passes that rewrite a tape ---

Var Tape::record_like(const Node& node, const Op& op, std::span<const Var> operands,
                      const Attributes& attributes, NodeId adjoint_of, NodeId through) {
  return made_like(record(op, operands, attributes), node, adjoint_of, through);
}

Var Tape::made_like(Var var, const Node& node, NodeId adjoint_of, NodeId through) {
  Node& made = nodes_[var.id()];
  made.name = node.name;
  made.scope = node.scope;
  made.where = node.where;
  made.adjoint_of = adjoint_of;
  made.through = through;
  return var;
}

Var Tape::leaf_like(const Tape& tape, NodeId leaf, NodeId adjoint_of, NodeId through) {
  const Node& node = tape.node(leaf);
  const Shape& shape = tape.shape(leaf);
  const auto elements = static_cast<std::size_t>(shape.elements());
  const Var var = is_constant(*node.op)
                      ? constant({shape, std::span(tape.leaf_value(leaf), elements)})
                      : this->leaf(*node.op, shape, std::nullopt, {}, {});
  return made_like(var, node, adjoint_of, through);
}

// --- For compositions and gradient() ---

Tape::RecordedAt::RecordedAt(Tape& tape, const SourceLocation& where)
    : tape_(tape), outer_(tape.context_.where) {
  if (outer_ == Context::callers_place) tape.context_.where = tape.location_row(where);
}

Tape::RecordedAt::~RecordedAt() { tape_.context_.where = outer_; }

}  // namespace gradus
