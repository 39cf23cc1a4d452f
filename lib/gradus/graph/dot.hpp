/// A graph as text for Graphviz' dot.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "gradus/graph/drawing.hpp"

namespace gradus {

struct DotOptions {
  std::string title;           ///< above the picture; if empty, that of the drawing
  std::string rankdir = "TB";  ///< where the computation flows: TB, LR, BT or RL
  bool legend = false;         ///< what the colours mean, for those that occur
  bool scopes = true;          ///< draws scopes as boxes inside each other
  /// Lays the backward pass beside the forward pass, each adjoint near what it differentiates by:
  /// edges between adjoints are written from the user to the operand, with dir=back, so that arrows
  /// still point the way data flows. Else the backward pass follows the forward pass.
  bool mirror = true;
  std::vector<Wire> lit = {};  ///< drawn bold, with the nodes at their ends: a path, say
};

/// DOT text of a graph. The text depends on the nodes alone: equal recordings give equal bytes.
/// Node n7 is the tape's node 7. Throws InputError for an unknown rankdir.
///
/// Leaves are boxes, ops are rounded, folded scopes are solid boxes; all but these show a shape. A
/// node without a name is called "relu #7", as errors and steps call it. Outputs have a double
/// border. Where the order of operands matters, the edge says which it is. A part of a derivative
/// is dashed and says of which; what it needs of the forward pass comes in dotted. The new value of
/// a parameter is called "new W" and has an orange dashed edge back to it.
///
/// Colours are Okabe and Ito's, which the colour-blind can tell apart (jfly.uni-koeln.de/color), as
/// borders around light tints of them. The background is transparent, nodes have their own fill
/// with dark text on it, and what stands outside of nodes is of a grey that can be read on white
/// and on black (contrast 4.5 and 4.6): the picture fits in light and dark pages alike.
std::string to_dot(const Graph& graph, const DotOptions& options = {});
std::string to_dot(const Drawing& drawing, const DotOptions& options = {});

/// The same, written piece by piece, for tapes of millions of nodes.
void write_dot(std::ostream& out, const Graph& graph, const DotOptions& options = {});
void write_dot(std::ostream& out, const Drawing& drawing, const DotOptions& options = {});

}  // namespace gradus
