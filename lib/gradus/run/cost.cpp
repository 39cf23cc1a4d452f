#include "gradus/run/cost.hpp"

#include <fmt/core.h>

namespace gradus {

std::string cost_table(const Program& program, std::size_t element_size) {
  std::string table =
      fmt::format("{:>8}  {:<14} {:<18} {:>16} {:>14}\n", "node", "op", "shape", "FLOPs", "bytes");
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Program::Instruction& instruction = program.instructions()[i];
    const Program::Value& value = program.values()[program.result(i)];
    const Shape& shape = program.shape(value.shape);
    table += fmt::format("{:>8}  {:<14} {:<18} {:>16} {:>14}\n", fmt::format("#{}", value.node),
                         instruction.op->name(), to_string(shape), program.flops(i),
                         shape.elements() * static_cast<Index>(element_size));
  }
  table += fmt::format("{} ops, {} FLOPs; {} bytes at most at once, lifetimes allow {}\n",
                       program.size(), program.flops(), program.peak_bytes(element_size),
                       program.least_bytes(element_size));
  return table;
}

Index bytes_moved(const Program& program, std::size_t instruction, std::size_t element_size) {
  const auto elements = [&](std::uint32_t value) {
    return program.shape(program.values()[value].shape).elements();
  };
  Index count = elements(program.result(instruction));
  for (const std::uint32_t operand : program.operands(instruction)) count += elements(operand);
  return count * static_cast<Index>(element_size);
}

}  // namespace gradus
