/// A part of a tape, compiled once to be run many times.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gradus/base/pages.hpp"
#include "gradus/run/passes.hpp"
#include "gradus/run/scalar_code.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus {

struct Draft;

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

  /// Where a value is kept: an offset in elements into the executor's buffer if >= 0, else leaf
  /// ~place.
  using Place = std::int64_t;

  /// A value that the program computes or reads. `node` is the one on the tape that has it: of
  /// several ops that run as one the last.
  struct Value {
    Place place;
    std::uint32_t shape;
    NodeId node;
  };
  /// One op to run: its operands' values stand in `operands()` from `first_operand` up to the next
  /// instruction's.
  struct Instruction {
    const Op* op;
    std::uint32_t first_operand;
    std::uint32_t attributes;
  };
  static_assert(sizeof(Instruction) == 16 && sizeof(Value) == 16);
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

  std::span<const Instruction> instructions() const {
    return {instructions_.data(), instructions_.size()};
  }
  /// Leaves and constants first, then the result of each instruction.
  std::span<const Value> values() const { return {values_.data(), values_.size()}; }
  /// The position in values() of what an instruction computes.
  std::uint32_t result(std::size_t instruction) const {
    return static_cast<std::uint32_t>(values_.size() - instructions_.size() + instruction);
  }
  std::span<const std::uint32_t> operands(std::size_t instruction) const {
    const std::size_t first = instructions_[instruction].first_operand;
    const std::size_t end = instruction + 1 < instructions_.size()
                                ? instructions_[instruction + 1].first_operand
                                : operands_.size();
    return {operands_.data() + first, end - first};
  }
  /// Those of all instructions, end to end.
  std::span<const std::uint32_t> operands() const { return {operands_.data(), operands_.size()}; }
  /// What to run: the instructions in order, those on single numbers as steps of their own.
  const ScalarStep* steps() const { return steps_.data(); }
  std::span<const Leaf> leaves() const { return leaves_; }
  std::span<const Constant> constants() const { return constants_; }
  std::span<const Copy> copies() const { return copies_; }
  std::span<const std::uint32_t> outputs() const { return outputs_; }  ///< as positions in values()
  std::span<const Shape> shapes() const { return shapes_; }
  const Shape& shape(std::uint32_t row) const { return shapes_[row]; }
  const Attributes& attributes(std::uint32_t row) const { return attributes_[row]; }

  /// The most operands that an instruction has, or more.
  std::size_t most_operands() const { return most_operands_; }
  /// The elements of the buffer that holds all computed values and constants.
  Index buffer_elements() const { return buffer_elements_; }
  /// In the buffer, where values of fewer than 16 elements begin, which come last.
  Index small_start() const { return small_start_; }
  /// The numbers of the array that steps are about, and the position of the first small value in
  /// it.
  Index numbers() const { return first_small() + buffer_elements_ - small_start_; }
  Index first_small() const { return 1 + static_cast<Index>(leaves_.size()); }
  /// Bytes that the program itself takes.
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
  /// Floating-point operations of one instruction, and of a run.
  Index flops(std::size_t instruction) const;
  Index flops() const;
  /// The text of an error about an instruction whose operands break a rule: "[gather #5] W:(4, 2)
  /// and at:(3,): the rule". The tape may be gone, and with it names of what is computed.
  std::string misfit(std::size_t instruction, const std::string& rule) const;
  /// How many parameter updates are computed in place, without a copy.
  std::size_t updates_in_place() const { return updates_in_place_; }
  /// The tape it was compiled from: only to be compared, as it may be gone.
  const Tape* tape() const { return tape_; }

 private:
  friend class Compiler;
  const Tape* tape_ = nullptr;
  GrowingArray<Instruction> instructions_;
  GrowingArray<Value> values_;
  GrowingArray<std::uint32_t> operands_;
  GrowingArray<ScalarStep> steps_;
  std::vector<Leaf> leaves_;
  std::vector<Constant> constants_;
  std::vector<Copy> copies_;
  std::vector<std::uint32_t> outputs_;
  std::vector<Shape> shapes_;
  std::vector<Attributes> attributes_;
  std::size_t most_operands_ = 2;
  Index buffer_elements_ = 0;
  Index least_elements_ = 0;
  Index small_start_ = 0;
  std::size_t updates_in_place_ = 0;
};

}  // namespace gradus
