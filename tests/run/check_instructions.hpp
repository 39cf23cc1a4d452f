/// Compares what a program lists with what was recorded.
#pragma once

#include "catch.hpp"
#include "gradus/run/program.hpp"

/// `program` must have been compiled as it was recorded on `tape`.
inline void check_instructions(const gradus::Program& program, const gradus::Tape& tape) {
  const auto values = program.values();
  REQUIRE(program.instructions().size() == program.size());
  REQUIRE(values.size() > program.size());
  gradus::NodeId before = 0;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const gradus::Program::Instruction& instruction = program.instructions()[i];
    const gradus::Program::Value& result = values[program.result(i)];
    INFO(tape.label(result.node));
    CHECK(result.node > before);
    before = result.node;
    CHECK(instruction.op == &tape.op(result.node));
    CHECK(program.attributes(instruction.attributes) == tape.attributes(result.node));
    CHECK(program.shape(result.shape) == tape.shape(result.node));
    const auto wanted = tape.operands(result.node);
    const auto listed = program.operands(i);
    REQUIRE(listed.size() == wanted.size());
    for (std::size_t k = 0; k < listed.size(); ++k) CHECK(values[listed[k]].node == wanted[k]);
  }
}
