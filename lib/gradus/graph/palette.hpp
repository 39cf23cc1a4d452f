/// Colours of nodes and edges, the same in every format.
#pragma once

#include <array>
#include <string_view>

#include "gradus/graph/drawing.hpp"

namespace gradus {

/// The fill and the border of a class of nodes: a tint (about a third of the colour on white), and
/// the colour of Okabe and Ito's palette itself.
struct NodeStyle {
  std::string_view fill;
  std::string_view border;
  std::string_view meaning;
};
inline constexpr NodeStyle input_style{"#cfe8f8", "#56b4e9", "input"};          // sky blue
inline constexpr NodeStyle parameter_style{"#fbe2ae", "#e69f00", "parameter"};  // orange
inline constexpr NodeStyle constant_style{"#eeeeee", "#999999", "constant"};    // greys stay back
inline constexpr NodeStyle op_style{"#ffffff", "#767676", "op"};
inline constexpr NodeStyle output_style{"#b5e3d5", "#009e73", "output"};          // bluish green
inline constexpr NodeStyle derivative_style{"#f7e3ee", "#cc79a7", "derivative"};  // reddish purple
inline constexpr NodeStyle dropped_style{"#f7f7f7", "#bbbbbb", "dropped"};
inline constexpr std::array node_styles{&input_style,  &parameter_style, &constant_style,
                                        &op_style,     &output_style,    &derivative_style,
                                        &dropped_style};

/// Lines and text outside of nodes: read on white and on black.
inline constexpr std::string_view outside_grey = "#767676";

inline bool is_dropped(const Drawing& drawing, std::size_t node) {
  return !drawing.places.empty() && drawing.nodes[node].kind != DrawnKind::fold &&
         drawing.places[node].kind == DrawnPlace::Kind::dropped;
}

inline const NodeStyle& node_style(const Drawing& drawing, std::size_t node) {
  const DrawnNode& n = drawing.nodes[node];
  if (is_dropped(drawing, node)) return dropped_style;
  if (n.derivative) return derivative_style;
  switch (n.kind) {
    case DrawnKind::input:
      return input_style;
    case DrawnKind::parameter:
      return parameter_style;
    case DrawnKind::constant:
      return constant_style;
    default:
      return n.updated ? parameter_style : n.output ? output_style : op_style;
  }
}

}  // namespace gradus
