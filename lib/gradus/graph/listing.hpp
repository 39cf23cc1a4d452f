/// A graph as lines of text.
#pragma once

#include <iosfwd>
#include <string>

#include "gradus/graph/drawing.hpp"

namespace gradus {

/// A table: a line for each node, in the tape's order, with its operands, shape and scope, and what
/// else is shown. Equal drawings give equal bytes.
void write_listing(std::ostream& out, const Drawing& drawing);
std::string to_listing(const Drawing& drawing);

}  // namespace gradus
