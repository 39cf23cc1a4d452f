/// What a program runs, op by op.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "gradus/run/program.hpp"

namespace gradus {

/// The instructions of a program, which runs steps: to look at, to run one by one, and to count
/// what they cost. They take more memory than the steps, and as long to list as to compile, so that
/// they are listed when they are first asked for.
struct Instructions {
  std::once_flag listed;
  std::vector<Program::Instruction> list;
  std::vector<Program::Value> values;
  std::vector<std::uint32_t> operands;
  std::vector<Attributes> attributes;  ///< those of the program, and the numbers of steps
};

/// Lists the instructions of a program.
class Lister {
 public:
  Lister(const Program& program, Instructions& to);
  void run();

 private:
  /// The position in values of the one that is listed next.
  std::uint32_t next() const { return static_cast<std::uint32_t>(to_.values.size()); }
  Program::Place place(std::uint32_t position) const;
  std::uint32_t shape_of(const Op& op, std::span<const std::uint32_t> operands,
                         std::uint32_t attributes) const;
  void add(const Op& op, std::span<const std::uint32_t> operands, std::uint32_t attributes,
           std::uint32_t y, Program::Place place);
  void add_call(const Program::Call& call);
  const ScalarStep* add_op(const ScalarStep* step);

  const Program& program_;
  Instructions& to_;
  std::vector<std::uint32_t> numbers_;  // the value that stands at each position of the array
  std::vector<std::uint32_t> leaves_;   // and in each leaf
};

}  // namespace gradus
