/// A computation that passes rewrite before it is compiled.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "gradus/run/program.hpp"

namespace gradus {

/// What some outputs and updates need, on a tape of its own. Its inputs and parameters have no
/// values: they are those of the tape that was recorded.
struct Draft {
  std::unique_ptr<Tape> tape;
  std::vector<Var> outputs;
  std::vector<Update> updates;
  /// Computed though nothing needs them: dead code that is to stay.
  std::vector<Var> kept;
  /// For each node, the recorded node that has its value.
  std::vector<NodeId> origin;
};

/// Copies what some outputs and updates need from one tape to another, node by node in the order
/// of ids. A pass does so, with changes.
class Rewriter {
 public:
  /// From a recorded tape; with the dead code before the last output, if that is to stay: what
  /// reads no inputs but those that are needed.
  Rewriter(const Tape& recorded, std::span<const Var> outputs, std::span<const Update> updates,
           bool keep_dead_code);
  /// From a draft, which must live until `finish`.
  explicit Rewriter(const Draft& draft);

  const Tape& from() const { return from_; }
  Tape& to() { return *draft_.tape; }
  /// The nodes to go through, in order.
  std::vector<NodeId> nodes() const;
  /// By how many operands, outputs and updates a node is used.
  std::uint32_t uses(NodeId id) const { return uses_[id]; }
  bool is_output(NodeId id) const;
  /// The parameter whose new value a node is.
  std::optional<NodeId> updated_by(NodeId id) const;

  /// What takes the place of a node: itself copied, if nothing else is said.
  Var copy(NodeId id);
  Var replace(NodeId id, Var by) { return with_[id] = by; }
  /// Records what takes the place of a node.
  Var replace(NodeId id, const Op& op, std::span<const Var> operands, Attributes attributes = {});
  Var replace(NodeId id, const Tensor<double>& constant);
  /// What took the place of a node.
  Var of(NodeId id) const { return with_[id]; }
  std::vector<Var> operands_of(NodeId id) const;

  Draft finish();

 private:
  void look(std::span<const Var> outputs, std::span<const Update> updates,
            std::span<const Var> kept);
  NodeId recorded(NodeId id) const { return origin_.empty() ? id : origin_[id]; }
  NodeId here(NodeId there) const;
  Var note(Var made, NodeId id);

  const Tape& from_;
  std::span<const NodeId> origin_;  // of from_; empty if that is the recorded tape
  std::span<const Var> outputs_;
  std::span<const Update> updates_;
  std::vector<Var> kept_;
  std::vector<std::uint32_t> uses_;  // 0 for what is not needed
  std::vector<Var> with_;
  Draft draft_;
};

}  // namespace gradus
