/// The picture of a walk: for the stepper.
#pragma once

#include <string>

#include "gradus/explain/walk.hpp"
#include "gradus/graph/layout.hpp"

namespace gradus::explain {

/// "e7-0": the id of the element that draws a wire, operand 0 of node 7.
std::string wire_id(const Wire& wire);

/// The graph as SVG, from left to right. A node has the id n7; what is known from a step on has
/// that step's number, from 0, in data-step (-1: from the start). On a wire: its value above, and
/// below the share of the adjoint that comes back through it; where shares are added up, their sum
/// stands below the node.
std::string picture(const Walk& walk, const Graphviz& graphviz);

}  // namespace gradus::explain
