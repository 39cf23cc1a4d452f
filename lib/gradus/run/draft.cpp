#include "gradus/run/draft.hpp"

#include <algorithm>

namespace gradus {

Rewriter::Rewriter(const Tape& recorded, std::span<const Var> outputs,
                   std::span<const Update> updates, bool keep_dead_code)
    : from_(recorded), outputs_(outputs), updates_(updates) {
  look(outputs, updates, {});
  if (!keep_dead_code) return;
  // Dead code that reads an input which nothing else reads cannot run: it may have no value.
  Tape& tape = outputs.empty() ? updates[0].value.tape() : outputs[0].tape();
  std::vector<bool> runs(uses_.size());
  for (NodeId id = 0; id < uses_.size(); ++id) {
    const auto operands = tape.operands(id);
    runs[id] = uses_[id] > 0 || is_constant(tape.op(id)) || is_parameter(tape.op(id)) ||
               (!operands.empty() && std::all_of(operands.begin(), operands.end(),
                                                 [&](NodeId operand) { return runs[operand]; }));
    if (runs[id] && !operands.empty()) kept_.push_back(tape.var(id));
  }
  uses_.clear();
  look(outputs, updates, kept_);
}

Rewriter::Rewriter(const Draft& draft)
    : from_(*draft.tape),
      origin_(draft.origin),
      outputs_(draft.outputs),
      updates_(draft.updates),
      kept_(draft.kept) {
  look(draft.outputs, draft.updates, draft.kept);
}

void Rewriter::look(std::span<const Var> outputs, std::span<const Update> updates,
                    std::span<const Var> kept) {
  NodeId last = 0;
  const auto need = [&](Var v) {
    last = std::max(last, v.id());
    if (uses_.size() <= last) uses_.resize(std::size_t{last} + 1);
    ++uses_[v.id()];
  };
  for (const Var v : outputs) need(v);
  for (const Var v : kept) need(v);
  for (const Update& u : updates) {
    need(u.value);
    need(u.parameter);
  }
  for (NodeId id = last;; --id) {
    if (uses_[id] > 0) {
      for (const NodeId operand : from_.operands(id)) ++uses_[operand];
    }
    if (id == 0) break;
  }
  with_.resize(uses_.size());
  draft_.tape = std::make_unique<Tape>(Tape::Like{from_});
}

std::vector<NodeId> Rewriter::nodes() const {
  std::vector<NodeId> ids;
  for (NodeId id = 0; id < uses_.size(); ++id) {
    if (uses_[id] > 0) ids.push_back(id);
  }
  return ids;
}

bool Rewriter::is_output(NodeId id) const {
  return std::any_of(outputs_.begin(), outputs_.end(), [&](Var v) { return v.id() == id; });
}

std::optional<NodeId> Rewriter::updated_by(NodeId id) const {
  for (const Update& u : updates_) {
    if (u.value.id() == id) return u.parameter.id();
  }
  return std::nullopt;
}

std::vector<Var> Rewriter::operands_of(NodeId id) const {
  std::vector<Var> operands;
  for (const NodeId operand : from_.operands(id)) operands.push_back(of(operand));
  return operands;
}

Var Rewriter::note(Var made, NodeId id) {
  draft_.origin.resize(draft_.tape->size(), no_node);
  draft_.origin[made.id()] = recorded(id);
  return with_[id] = made;
}

NodeId Rewriter::here(NodeId there) const {
  return there < with_.size() && with_[there] ? with_[there].id() : no_node;
}

Var Rewriter::copy(NodeId id) {
  if (is_leaf(from_.op(id))) {
    const Node& node = from_.node(id);
    return note(to().leaf_like(from_, id, here(node.adjoint_of), here(node.through)), id);
  }
  return replace(id, from_.op(id), operands_of(id), from_.attributes(id));
}

Var Rewriter::replace(NodeId id, const Op& op, std::span<const Var> operands,
                      Attributes attributes) {
  const Node& node = from_.node(id);
  return note(to().record_like(node, op, operands, std::move(attributes), here(node.adjoint_of),
                               here(node.through)),
              id);
}

Var Rewriter::replace(NodeId id, const Tensor<double>& constant) {
  return note(to().constant(constant, from_.location(id)), id);
}

Draft Rewriter::finish() {
  for (const Var v : outputs_) draft_.outputs.push_back(of(v.id()));
  for (const Update& u : updates_)
    draft_.updates.push_back({of(u.parameter.id()), of(u.value.id())});
  for (const Var v : kept_) draft_.kept.push_back(of(v.id()));
  return std::move(draft_);
}

}  // namespace gradus
