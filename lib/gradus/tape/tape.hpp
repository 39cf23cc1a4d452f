/// The tape: a linear list of recorded operations.
#pragma once

#include <array>
#include <deque>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gradus/base/pages.hpp"
#include "gradus/tape/leaf.hpp"
#include "gradus/tape/node.hpp"
#include "gradus/tape/op.hpp"
#include "gradus/tape/value_cache.hpp"
#include "gradus/tensor/tensor.hpp"

namespace gradus {

/// Records what is done with its variables. Operands always precede the node that uses them, so
/// that the order of ids is a topological order. A tape has no precision: a node is a rule, not a
/// number. Not copyable, since variables point at it.
class Tape {
  /// What nodes are given beside what is recorded: the last members of a node.
  struct Context {
    static constexpr std::uint32_t callers_place = ~std::uint32_t{0};
    std::uint32_t scope = 0;
    std::uint32_t where = callers_place;
    NodeId adjoint_of = no_node;
    NodeId through = no_node;
  };

 public:
  Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  /// An empty tape with the names, scopes and places in the source of another: see `record_like`.
  struct Like {
    const Tape& tape;
  };
  explicit Tape(Like other);

  // --- Leaves ---

  /// An input whose value comes later: from `set`, or from an executor.
  Var input(const Shape& shape, std::string_view name = {},
            SourceLocation where = SourceLocation::current());
  Var input(const Tensor<double>& value, std::string_view name = {},
            SourceLocation where = SourceLocation::current());
  Var input(double value, std::string_view name = {},
            SourceLocation where = SourceLocation::current());
  /// A parameter and its first value.
  Var parameter(const Tensor<double>& value, std::string_view name = {},
                SourceLocation where = SourceLocation::current());
  Var parameter(double value, std::string_view name = {},
                SourceLocation where = SourceLocation::current());
  Var constant(const Tensor<double>& value, SourceLocation where = SourceLocation::current());
  Var constant(double value, SourceLocation where = SourceLocation::current());

  /// Gives an input or a parameter a value; what was evaluated before is forgotten. Throws Error
  /// for other nodes, ShapeError if the shape differs.
  void set(Var leaf, const Tensor<double>& value);
  void set(Var leaf, double value) { set(leaf, Tensor<double>(Shape{}, value)); }
  /// The value of a leaf, or nullptr for an input that has none yet. Throws Error for other nodes.
  const double* leaf_value(NodeId id) const;

  // --- Recording ---

  /// Records `op`. Throws ShapeError with the operands' names, shapes and origins if they do not
  /// fit, Error if an operand is on another tape or was rewound.
  Var record(const Op& op, std::span<const Var> operands, const Attributes& attributes = {},
             SourceLocation where = SourceLocation::current());
  /// The same without attributes, for one operand and for two: what long tapes are made of.
  Var record(const Op& op, Var x, const SourceLocation& where) { return record_few(op, where, x); }
  Var record(const Op& op, Var a, Var b, const SourceLocation& where) {
    return record_few(op, where, a, b);
  }

  /// While it lives, nodes are recorded in a named scope inside the current one.
  class [[nodiscard]] Scope {
   public:
    ~Scope() { tape_.context_.scope = outer_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    friend class Tape;
    Scope(Tape& tape, std::uint32_t outer) : tape_(tape), outer_(outer) {}
    Tape& tape_;
    std::uint32_t outer_;
  };
  /// `auto hidden = tape.scope("hidden");` A scope that is entered again is the same scope.
  Scope scope(std::string_view name);

  /// A point to come back to.
  struct Mark {
    std::size_t nodes, operands, shapes, attributes, names, constants, leaf_values;
  };
  Mark mark() const;
  /// Forgets all that was recorded after the mark, so that a loop does not grow the tape. Variables
  /// recorded after it must not be used again.
  void rewind(const Mark& mark);
  /// Makes room for this many nodes.
  void reserve(std::size_t nodes);

  // --- Looking ---

  std::size_t size() const { return nodes_.size(); }
  const Node& node(NodeId id) const { return nodes_[id]; }
  const Op& op(NodeId id) const { return *nodes_[id].op; }
  Var var(NodeId id) { return Var(*this, id); }
  std::span<const NodeId> operands(NodeId id) const {
    const std::size_t first = nodes_[id].first_operand;
    const std::size_t end =
        id + 1 < nodes_.size() ? nodes_[id + 1].first_operand : operands_.size();
    return {operands_.data() + first, end - first};
  }
  const Shape& shape(NodeId id) const { return shapes_[nodes_[id].shape]; }
  /// The attributes; none for leaves. They stay in their place while more is recorded.
  const Attributes& attributes(NodeId id) const {
    const std::uint32_t row = nodes_[id].attributes;
    return row == 0 || is_leaf(*nodes_[id].op) ? none_ : attributes_[row];
  }
  std::string_view name(NodeId id) const { return names_[nodes_[id].name]; }
  void set_name(NodeId id, std::string_view name);
  /// A name for people: the given name, the value of a constant number, or "add #7".
  std::string label(NodeId id) const;
  /// Where it was recorded: "train.cpp:12" (the file's name without its folders).
  std::string where(NodeId id) const;
  /// The text of an error about a node whose operands break a rule: "[gather] W:(4, 2) and at:(3,):
  /// the rule (recorded at train.cpp:12, W at ...)".
  std::string misfit(NodeId id, const std::string& rule) const;
  const SourceLocation& location(NodeId id) const { return locations_[nodes_[id].where]; }

  /// Scopes are numbered; 0 is the outermost, whose name is "".
  std::uint32_t scope_of(NodeId id) const { return nodes_[id].scope; }
  std::uint32_t scope_parent(std::uint32_t scope) const { return scopes_[scope].parent; }
  std::string_view scope_name(std::uint32_t scope) const { return scopes_[scope].name; }
  /// "mlp/hidden"; "" for the outermost.
  std::string scope_path(std::uint32_t scope) const;

  /// Bytes that the tape holds for its nodes (capacity, not use), without cached values.
  std::size_t bytes() const;

  /// Throws Error unless `var` is a node of this tape that is still there.
  void check(Var var) const {
    if (var.tape_ != this || var.id() >= nodes_.size()) throw_stranger(var);
  }

  /// Values that were looked at; see `value` in run/.
  ValueCache& values() const { return values_; }

  // --- For passes that rewrite a tape ---

  /// Records what takes the place of a node of the tape that this one is like: with its name, scope
  /// and place in the source, and as a part of the adjoint of `adjoint_of`, a node here.
  Var record_like(const Node& node, const Op& op, std::span<const Var> operands,
                  const Attributes& attributes, NodeId adjoint_of, NodeId through);
  /// Records the same for a leaf: a constant as it is, an input or a parameter without its value.
  Var leaf_like(const Tape& tape, NodeId leaf, NodeId adjoint_of, NodeId through);

  // --- For compositions and gradient() ---

  /// While it lives, nodes are recorded as if they stood at this place in the source: the caller of
  /// a composition. Inside another one it does nothing, so that the outermost caller counts.
  class [[nodiscard]] RecordedAt {
   public:
    RecordedAt(Tape& tape, const SourceLocation& where);
    ~RecordedAt();
    RecordedAt(const RecordedAt&) = delete;
    RecordedAt& operator=(const RecordedAt&) = delete;

   private:
    Tape& tape_;
    std::uint32_t outer_;
  };

  /// Throws the ShapeError of an op whose operands break a rule: their names, shapes and origins,
  /// the rule, and the place in the source (the caller's, inside a composition).
  [[noreturn]] void explain_misfit(std::string_view op, std::span<const Var> operands,
                                   const Attributes& attributes, const SourceLocation& where,
                                   const std::string& rule) const;

  /// While it lives, nodes are recorded as parts of an adjoint, in the scope and with the place in
  /// the source of the forward node they come through.
  class [[nodiscard]] AdjointOf {
   public:
    /// Of what `set` will say.
    explicit AdjointOf(Tape& tape) : tape_(tape), outer_(tape.context_) {}
    AdjointOf(Tape& tape, NodeId node, NodeId through) : AdjointOf(tape) { set(node, through); }
    ~AdjointOf() { tape_.context_ = outer_; }
    AdjointOf(const AdjointOf&) = delete;
    AdjointOf& operator=(const AdjointOf&) = delete;

    void set(NodeId node, NodeId through) {
      const Node& origin = tape_.nodes_[through != no_node ? through : node];
      tape_.context_ = {origin.scope, origin.where, node, through};
    }

   private:
    Tape& tape_;
    Context outer_;
  };

 private:
  struct ScopeEntry {
    std::uint32_t parent;
    std::string name;
  };
  struct LocationHash {
    std::size_t operator()(const SourceLocation& place) const {
      return std::hash<const char*>()(place.file_name()) ^ (place.line() * 0x9E3779B97F4A7C15u);
    }
  };

  [[noreturn]] void throw_stranger(Var var) const;
  Var made_like(Var var, const Node& node, NodeId adjoint_of, NodeId through);
  /// Appends a node, for which there is room, and whose operands stand in their list.
  Var append_within(const Op& op, std::uint32_t first_operand, std::uint32_t shape,
                    std::uint32_t attributes, std::uint32_t place) {
    const auto id = static_cast<NodeId>(nodes_.size());
    *nodes_.extend_within(1) = {
        &op,   first_operand,       shape,           attributes, 0, context_.scope,
        place, context_.adjoint_of, context_.through};
    return Var(*this, id);
  }
  /// Appends a node and its operands. Makes room, and throws Error if the tape is full.
  Var append(const Op& op, std::span<const Var> operands, std::uint32_t shape,
             std::uint32_t attributes, const SourceLocation& where);
  template <class... X>
  Var record_few(const Op& op, const SourceLocation& where, X... x) {
    constexpr std::size_t count = sizeof...(x);
    // A pointwise op of single numbers needs no rule. All else that is rare is elsewhere, too
    // (errors, tables that grow, lines that are new), so that this calls nothing.
    const std::uint32_t place =
        context_.where != Context::callers_place ? context_.where : recent_row(where);
    const bool plain = op.pointwise() && op.arity() == static_cast<int>(count) &&
                       ((x.tape_ == this && x.id() < nodes_.size()) && ...) &&
                       (nodes_[x.id()].shape | ...) == 0 && place != Context::callers_place &&
                       (nodes_.size() | operands_.size()) < no_node && nodes_.has_room(1) &&
                       operands_.has_room(count);
    if (!plain) return record_others(op, {x...}, where);
    const auto first_operand = static_cast<std::uint32_t>(operands_.size());
    NodeId* to = operands_.extend_within(count);
    ((*to++ = x.id()), ...);
    return append_within(op, first_operand, 0, 0, place);
  }
  [[gnu::cold, gnu::noinline]] Var record_others(const Op& op, std::initializer_list<Var> x,
                                                 const SourceLocation& where);
  [[noreturn]] static void throw_count(const Op& op, std::size_t operands);
  Var leaf(const Op& op, const Shape& shape, std::optional<Tensor<double>> value,
           std::string_view name, const SourceLocation& where);
  std::string misfit_text(std::string_view op, std::span<const NodeId> operands,
                          const Attributes& attributes, const SourceLocation& place,
                          const std::string& rule) const;
  std::uint32_t result_shape(const Op& op, std::span<const Var> operands,
                             const Attributes& attributes, const SourceLocation& where);
  std::uint32_t shape_row(const Shape& shape);
  std::uint32_t attributes_row(const Attributes& attributes);
  /// The row of a place that was found lately, or `callers_place`.
  std::uint32_t recent_row(const SourceLocation& where) const {
    const RecentLocation& recent = recent_locations_[LocationHash()(where) % recent_count];
    const bool same = recent.file == where.file_name() && recent.line == where.line();
    return same ? recent.row : Context::callers_place;
  }
  std::uint32_t location_row(const SourceLocation& where);
  GrowingArray<Node> nodes_;
  GrowingArray<NodeId> operands_;
  std::deque<Shape> shapes_;           // row 0 is the scalar
  std::deque<Attributes> attributes_;  // row 0 is none
  // Nearly every node has none, and this costs no division, as a deque's row does.
  static inline const Attributes none_{};
  std::deque<std::string> names_;   // row 0 is ""
  GrowingArray<double> constants_;  // the elements of all constants, end to end
  std::vector<std::optional<Tensor<double>>> leaf_values_;
  std::vector<ScopeEntry> scopes_;  // row 0 is the outermost
  std::map<std::pair<std::uint32_t, std::string>, std::uint32_t, std::less<>> scope_rows_;
  std::vector<SourceLocation> locations_;
  std::unordered_map<SourceLocation, std::uint32_t, LocationHash> location_rows_;
  struct RecentLocation {
    const char* file = nullptr;
    std::uint_least32_t line = 0;
    std::uint32_t row = 0;
  };
  static constexpr std::size_t recent_count = 64;
  std::array<RecentLocation, recent_count> recent_locations_;  // the lines of a loop take turns

  Context context_;
  mutable ValueCache values_;
};

}  // namespace gradus
