/// Drawings as GraphML (graphml.graphdrawing.org), which NetworkX, igraph, Gephi and yEd read.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "gradus/graph/drawing.hpp"

namespace gradus {

/// A directed graph whose nodes and edges have what stands in fields.cpp as data; lists are joined
/// by spaces, and what is empty is left out. Node n7 is the tape's node 7. Equal drawings give
/// equal bytes.
void write_graphml(std::ostream& out, const Drawing& drawing);
std::string to_graphml(const Drawing& drawing);

/// Reads what `write_graphml` wrote: writing it again gives the same bytes. Throws InputError that
/// says where and what is wrong for any other text. (Boost's own reader needs a compiled library,
/// and accepts a "7 seconds" for a 7.)
Drawing read_graphml(std::string_view text);

}  // namespace gradus
