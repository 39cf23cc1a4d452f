/// What a program costs to run.
#pragma once

#include <string>

#include "gradus/run/program.hpp"

namespace gradus {

/// A table with a line for each op of the program, in the order they run: its node, op, shape,
/// floating-point operations (transcendental functions count as one) and bytes of its result, in
/// elements of `element_size` bytes; then the sums, the most bytes that are in use at once, and the
/// least that lifetimes allow.
std::string cost_table(const Program& program, std::size_t element_size = sizeof(float));

/// The bytes that one instruction reads and writes: each of its operands and its result once, as if
/// none of it were in a cache.
Index bytes_moved(const Program& program, std::size_t instruction, std::size_t element_size);

}  // namespace gradus
