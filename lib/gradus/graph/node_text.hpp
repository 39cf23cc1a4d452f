/// The words of a drawing, that pictures and listings share. Nothing is escaped yet.
#pragma once

#include <string>
#include <vector>

#include "gradus/graph/drawing.hpp"

namespace gradus {

/// The lines of a node. One without a name is called "matmul #7", as errors call it.
struct NodeText {
  std::string head;                ///< its name, its op, or a constant's number
  std::string attributes;          ///< beside the head, if that is an op
  std::string id;                  ///< "#7" beside the head, if that is an op
  std::string detail;              ///< how it is computed and its shape; of a fold, what is in it
  std::string adjoint;             ///< of what it is a derivative, if the head does not say so
  std::vector<std::string> facts;  ///< value, adjoint, cost, place: what was asked for
};

/// Of the node at this position.
NodeText node_text(const Drawing& drawing, std::size_t node);

/// "min -1, mean 0.5, max 2", or "[[1, 2], [3, 4]]"; of something unknown, why.
std::string value_text(const DrawnValue& value, const Shape& shape);

/// What an edge says: "left", "×11", a derivative; its parts with a comma between them.
std::string edge_text(const DrawnEdge& edge);

/// What stands beneath: the drawing's notes and the total cost.
std::vector<std::string> notes(const Drawing& drawing);

/// A number for people, with so many digits; "nan" has no sign, which machines do not agree on.
std::string short_text(double number, int digits);

/// 13002 -> "13,002".
std::string grouped(std::int64_t number);

}  // namespace gradus
