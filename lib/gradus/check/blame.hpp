/// Which op's rule makes a gradient wrong.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gradus/check/diagnosis.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus {

/// A recorded op whose derivative rule is wrong for one of its operands.
struct Blame {
  NodeId node = no_node;
  std::uint32_t operand = 0;
  std::string op;     ///< "halve"
  std::string label;  ///< "halve #4", with its name if it has one
  std::string where;  ///< where it was recorded: "network.cpp:12"
  Diagnosis diagnosis;
};

/// "the rule of halve #4 (network.cpp:12) for its operand 0: the sign is flipped".
std::string to_string(const Blame& blame);

/// Tests each op on the ways from `wrt` to the loss by itself, at the operands it was recorded
/// with: <J^T u, v> by its rule against <u, J v> by differences of its result, for a random u, and
/// v both random and along single elements. A rule that is right where nothing is broadcast, or
/// where u is 1, is told as such. Of ops that occur often, 32 nodes are tested, from the first to
/// the last.
///
/// Rules that are wrong come in the tape's order; none if the ops are right, or cannot be tested by
/// themselves. Throws Error if an input has no value.
std::vector<Blame> find_blame(Var loss, std::span<const Var> wrt, double tolerance = 1e-5);

}  // namespace gradus
