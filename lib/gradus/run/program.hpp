/// A part of a tape, compiled once to be run many times.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gradus/base/pages.hpp"
#include "gradus/run/passes.hpp"
#include "gradus/run/scalar_code.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus {

struct Draft;
struct Instructions;

/// After a run, `parameter` has the value of `value`, which must have its shape.
struct Update {
  Var parameter;
  Var value;
};

/// What computes some outputs and updates: the nodes they need in the tape's order, and a place for
/// every value. It is free of precision, and owes nothing to the tape once it is made (but for node
/// ids, by which leaves are named).
///
/// Passes (see passes.hpp) leave work out and make one op of several; a program of very many single
/// numbers runs as it was recorded, since there is little to gain. Then each value lives from where
/// it is computed to its last use, and values that do not live together share memory; an op that
/// can writes over an operand that dies with it; a new parameter is computed straight into the old
/// one where nothing needs the old one later.
///
/// What runs are steps: single numbers' in the compact form of scalar_code.hpp, and calls of all
/// other ops. Whoever wants to look at the program finds its instructions, one for each op, which
/// are listed when they are first asked for.
class Program {
 public:
  /// Throws Error if there is nothing to compute, ShapeError if an update does not fit its
  /// parameter, Error if an update's target is not a parameter or is named twice.
  Program(std::span<const Var> outputs, std::span<const Update> updates = {},
          Passes passes = Passes::all());
  Program(std::initializer_list<Var> outputs, std::initializer_list<Update> updates = {},
          Passes passes = Passes::all());
  Program(std::initializer_list<Var> outputs, std::span<const Update> updates,
          Passes passes = Passes::all())
      : Program(std::span<const Var>(outputs.begin(), outputs.size()), updates, passes) {}
  explicit Program(Var output, Passes passes = Passes::all()) : Program({output}, {}, passes) {}
  Program(std::span<const Var> outputs, Passes passes) : Program(outputs, {}, passes) {}

  /// A program of a draft as it is, which names its nodes: to look at, as it has no values of
  /// inputs and parameters but those that the draft's tape was given.
  Program(const Draft& draft, Passes passes);

  /// Where a value is kept: an offset in elements into the executor's buffer if >= 0, or passing(),
  /// which is its end; else leaf ~place.
  using Place = std::int64_t;

  /// A value that the program computes or reads. `node` is the one on the tape that has it: of
  /// several ops that run as one the last.
  struct Value {
    Place place;
    std::uint32_t shape;
    NodeId node;
  };
  /// One op. `attributes` is a row for `attributes()`.
  struct Instruction {
    const Op* op;
    std::uint32_t first_operand;  ///< see `operands()`
    std::uint32_t attributes;
  };
  /// An op that is no step of its own: on more than single numbers, or a person's own.
  struct Call {
    const Op* op;
    std::uint32_t first_operand, operand_count;  ///< see `operands()`
    std::uint32_t attributes;
    Value result;
  };
  /// A leaf whose value comes from outside: an input or a parameter.
  struct Leaf {
    NodeId node;
    std::uint32_t shape;
    bool parameter;
    std::vector<double> first;  ///< its value on the tape when compiled; empty if it had none
    std::string label;
  };
  /// A constant, put in its place once.
  struct Constant {
    Place place;
    std::vector<double> elements;
  };
  /// A value copied to a parameter after a run, where it could not be computed in place.
  struct Copy {
    Place from;
    std::uint32_t leaf;
  };

  // --- To run ---

  const ScalarStep* steps() const { return steps_.data(); }
  const Call& call(std::uint32_t i) const { return calls_[i]; }
  std::span<const Value> operands(const Call& call) const {
    return {call_operands_.data() + call.first_operand, call.operand_count};
  }
  /// The values that are asked for, in the order of the outputs.
  std::span<const Value> outputs() const { return outputs_; }

  // --- To look at ---

  // Whichever of these is called first lists the instructions, which takes longer than to compile
  // them and twice the memory again. A program and its copies keep the list; threads may ask at
  // once.

  std::span<const Instruction> instructions() const;
  /// Leaves and constants first, then the result of each instruction.
  std::span<const Value> values() const;
  /// The position in values() of what an instruction computes.
  std::uint32_t result(std::size_t instruction) const {
    return static_cast<std::uint32_t>(given_.size() + instruction);
  }
  /// The positions in values() of what an instruction reads.
  std::span<const std::uint32_t> operands(std::size_t instruction) const;
  /// The attributes of an instruction, if its op reads any.
  const Attributes& attributes(std::uint32_t row) const;
  /// Floating-point operations of one instruction, and of a run.
  Index flops(std::size_t instruction) const;
  Index flops() const;

  // --- Without a list ---

  /// The number of instructions.
  std::size_t size() const { return nodes_.size(); }
  std::span<const Leaf> leaves() const { return leaves_; }
  std::span<const Constant> constants() const { return constants_; }
  std::span<const Copy> copies() const { return copies_; }
  std::span<const Shape> shapes() const { return shapes_; }
  const Shape& shape(std::uint32_t row) const { return shapes_[row]; }

  /// The most operands that an instruction has, or more.
  std::size_t most_operands() const { return most_operands_; }
  /// The elements of the buffer that holds all computed values and constants.
  Index buffer_elements() const { return buffer_elements_; }
  /// In the buffer, where values of fewer than 16 elements begin, which come last.
  Index small_start() const { return small_start_; }
  /// The end of the buffer. There stands a product that has no place, as one step makes and adds
  /// it, while instructions run one by one.
  Place passing() const { return buffer_elements_; }
  /// The numbers of the array that steps are about, and the position of the first small value in
  /// it.
  Index numbers() const { return first_small() + buffer_elements_ - small_start_; }
  Index first_small() const { return 1 + static_cast<Index>(leaves_.size()); }
  /// Bytes that the program itself takes, with the list of its instructions once there is one.
  std::size_t bytes() const;
  /// The most bytes that are in use at once for computed values and constants, with elements of
  /// `element_size` bytes; inputs and parameters are apart.
  Index peak_bytes(std::size_t element_size) const {
    return buffer_elements_ * static_cast<Index>(element_size);
  }
  /// The largest sum of the sizes of values that live at the same time: no placement needs less.
  Index least_bytes(std::size_t element_size) const {
    return least_elements_ * static_cast<Index>(element_size);
  }
  /// The text of an error about an op whose operands break a rule: "[gather #5] W:(4, 2) and
  /// at:(3,): the rule". The tape may be gone, and with it names of what is computed.
  std::string misfit(const Op& op, std::span<const Value> operands, const Value& result,
                     const std::string& rule) const;
  /// How many parameter updates are computed in place, without a copy.
  std::size_t updates_in_place() const { return updates_in_place_; }
  /// The tape it was compiled from: only to be compared, as it may be gone.
  const Tape* tape() const { return tape_; }

 private:
  friend class Compiler;
  friend class Lister;
  const Instructions& list() const;
  /// In the array that steps are about, of a single number; and its place.
  std::uint32_t position(Place place) const {
    return static_cast<std::uint32_t>(place < 0 ? -place : place - small_start_ + first_small());
  }
  Place place(std::uint32_t position) const {
    const Place behind_leaves = Place{position} - first_small();
    return behind_leaves < 0 ? -Place{position} : behind_leaves + small_start_;
  }

  const Tape* tape_ = nullptr;
  GrowingArray<ScalarStep> steps_;
  GrowingArray<NodeId> nodes_;  // of each instruction
  GrowingArray<Call> calls_;
  GrowingArray<Value> call_operands_;
  GrowingArray<std::uint32_t> call_reads_;  // the same as positions in values()
  std::vector<Value> given_;                // leaves and constants
  std::vector<Value> outputs_;
  std::vector<Leaf> leaves_;
  std::vector<Constant> constants_;
  std::vector<Copy> copies_;
  std::vector<Shape> shapes_;
  std::vector<Attributes> attributes_;
  std::size_t most_operands_ = 3;
  Index buffer_elements_ = 0;
  Index least_elements_ = 0;
  Index small_start_ = 0;
  std::size_t updates_in_place_ = 0;
  std::shared_ptr<Instructions> instructions_;  // of this program and its copies
};

}  // namespace gradus
