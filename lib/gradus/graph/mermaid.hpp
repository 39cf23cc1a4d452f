/// A graph as a Mermaid flowchart, which GitHub and other sites draw from Markdown.
#pragma once

#include <iosfwd>
#include <string>

#include "gradus/graph/drawing.hpp"

namespace gradus {

/// Mermaid itself refuses charts with more edges unless its page allows them.
inline constexpr std::size_t most_mermaid_edges = 500;

/// A flowchart from top to bottom, with scopes as subgraphs. Nodes and edges are those of the DOT
/// text, in the same colours. Equal drawings give equal bytes.
void write_mermaid(std::ostream& out, const Drawing& drawing);
std::string to_mermaid(const Drawing& drawing);

}  // namespace gradus
