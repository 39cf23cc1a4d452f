/// Where in a computation a derivative stops to exist, or to tell anything.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gradus/tape/tape.hpp"

namespace gradus {

/// An element of a node's result.
struct Site {
  NodeId node = no_node;
  Index element = -1;  ///< row-major; -1 for the node as a whole
};

/// "relu #4, element [2, 1]"; with a name, "h (relu #4), element [2, 1]".
std::string to_string(const Tape& tape, const Site& site);
/// "relu #4"; with a name, "h (relu #4)".
std::string site_label(const Tape& tape, NodeId node);

/// The nodes on the ways from `leaves` to the loss, in the tape's order, without the leaves.
std::vector<NodeId> ways(Var loss, std::span<const Var> leaves);

/// The first op that takes different branches at x - h, x and x + h, where x is an element of a
/// leaf. h starts tiny and grows until a branch changes, to at most `farthest`. A branch is seen by
/// what it does to the derivative: the op's own, with respect to each of its operands, jumps; or,
/// where it has none (a comparison, argmax), by the result itself. Ops that state kinks are looked
/// at first, and then all others, as people's own ops state none. Nothing if no op is found.
std::optional<Site> branch_change(Var loss, Var leaf, Index element, double farthest);

/// The first op whose result is NaN or infinite at x - h or x + h, but not at x: where the way out
/// of the loss's domain begins. As above, the smallest h counts.
std::optional<Site> domain_exit(Var loss, Var leaf, Index element, double farthest);

/// The op nearest to the loss at which the whole derivative by `leaf` becomes 0, although it comes
/// to it as something else: a saturated or dead activation, a product with 0, a flat op. Nothing if
/// it never vanishes.
std::optional<NodeId> vanishing_point(Var loss, Var leaf);

}  // namespace gradus
