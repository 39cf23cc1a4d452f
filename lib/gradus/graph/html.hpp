/// A graph as a page to look around in: one HTML file that needs no network.
#pragma once

#include <string>

#include "gradus/graph/drawing.hpp"
#include "gradus/graph/layout.hpp"

namespace gradus {

struct HtmlOptions {
  std::string title;           ///< if empty, that of the drawing
  Graphviz graphviz;           ///< lays it out; without it, a simpler layout does
  const Tape* tape = nullptr;  ///< says where each node was recorded, if it is given
};

/// More nodes than this make no page that a browser moves smoothly.
inline constexpr std::size_t most_page_nodes = 3000;

/// The page: move and zoom, fold scopes into one box and unfold them, search, and click a node for
/// its op, shape, place in the source, value and gradient, if the drawing has them. Throws
/// InputError for more than `most_page_nodes` nodes, with what to do about it.
std::string to_html(const Drawing& drawing, const HtmlOptions& options = {});

}  // namespace gradus
