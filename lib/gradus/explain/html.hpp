/// A walk as a page to step through: one HTML file that needs no network.
#pragma once

#include <string>

#include "gradus/explain/walk.hpp"
#include "gradus/graph/layout.hpp"

namespace gradus::explain {

struct HtmlOptions {
  std::string title;  ///< the formula, as people wrote it; the walk's own title if empty
  Graphviz graphviz;  ///< lays the picture out; without it, a simpler layout does
};

/// More nodes than this make no page that anyone could read.
inline constexpr std::size_t most_stepper_nodes = 1000;

/// The stepper: the graph with values above and adjoints below the wires, the current node and its
/// wires lit, the text of the step with typeset formulas, a slider, keys, and a quiz. The address
/// FILE#step=12 opens it at step 12. Without scripts it shows all steps, one below the other.
/// Throws InputError for a walk over more than `most_stepper_nodes` nodes.
std::string to_html(const Walk& walk, const HtmlOptions& options = {});

}  // namespace gradus::explain
