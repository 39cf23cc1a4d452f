/// Makes programs of tapes.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "gradus/base/pages.hpp"
#include "gradus/run/buffer_plan.hpp"
#include "gradus/run/draft.hpp"
#include "gradus/run/passes.hpp"
#include "gradus/run/program.hpp"

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

  void run();

 private:
  static constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();
  // The last use of a node is the node that reads it last, or one of these.
  static constexpr NodeId dead = 0;    // nothing needs it; node 0 reads nothing
  static constexpr NodeId unread = 1;  // it is needed, but no op reads it later than node 1
  static constexpr NodeId forever = no_node;
  /// Of a node.
  struct Life {
    NodeId last_use;         // until then its value is needed
    std::uint32_t position;  // of a single number in the executor's array, else a row of places_
  };

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

  bool is_op(NodeId id) const { return lives_[id].last_use != dead && !is_leaf(tape_.op(id)); }
  /// Whether the value of a node that was added is a single number.
  bool is_number(NodeId id) { return elements_[shape_row(id)] == 1; }
  Program::Place place_of(NodeId id) {
    const std::uint32_t position = lives_[id].position;
    return is_number(id) ? program_.place(position) : places_[position];
  }
  void set_place(NodeId id, Program::Place place);
  Program::Value value(NodeId id) { return {place_of(id), shape_row(id), id}; }
  NodeId recorded(NodeId id) const { return origin_.empty() ? id : origin_[id]; }

  void find_last_uses();
  void choose_updates_in_place();
  void make_room();
  void add_leaves();
  void add_leaf(NodeId id);
  void add(NodeId id);
  NodeId add_numbers(NodeId id);
  void add_call(NodeId id, std::span<const NodeId> operands);
  void add_step(NodeId id, std::span<const NodeId> operands);
  void list_outputs();
  void list_copies();
  void list_reads();
  void settle_places();
  void name_by_recorded();

  std::uint32_t shape_row(NodeId id);
  std::uint32_t attributes_row(NodeId id);
  Program::Place choose_place(NodeId id, std::span<const NodeId> operands, bool dying);
  bool may_overwrite(NodeId id, std::span<const NodeId> operands, NodeId target) const;
  void give_back(NodeId id, std::span<const NodeId> operands);

  Program& program_;
  const Tape& tape_;
  const Tape& recorded_;  // the tape that people know, by whose nodes values are named
  std::span<const Var> outputs_;
  std::span<const Update> updates_;
  std::span<const Var> kept_;
  std::span<const NodeId> origin_;  // of each node the recorded one; empty if it is that
  Passes passes_;
  GrowingArray<Life> lives_;                      // of each node
  GrowingArray<Program::Place> places_;           // of values that are not single numbers
  std::vector<NodeId> leaves_;                    // that are live, the last one first
  std::unordered_map<NodeId, NodeId> target_of_;  // parameters that are updated in place
  std::size_t live_ = 0;                          // nodes
  RowMap shape_rows_, attribute_rows_;
  std::vector<Index> elements_;  // of each of the program's shapes
  BufferPlan plan_;
  NodeId product_ = no_node;  // that the last step makes
  // The bits of an op's number, which stands in the array.
  std::optional<std::array<std::uint32_t, 2>> number_;
};

}  // namespace gradus
