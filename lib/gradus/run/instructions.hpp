/// What a program runs, op by op.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "gradus/run/program.hpp"

namespace gradus {

/// The instructions of a program, which runs steps: to look at, to run one by one, and to count
/// what they cost.
struct Instructions {
  std::once_flag listed;
  std::atomic<std::size_t> bytes{0};  ///< that they take, once they are listed
  std::vector<Program::Instruction> list;
  std::vector<Program::Value> values;
  std::vector<std::uint32_t> operands;
  std::vector<Attributes> attributes;  ///< those of the program, and the numbers of steps
};

}  // namespace gradus
