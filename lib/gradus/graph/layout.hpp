/// Where the boxes and the lines of a picture go: by Graphviz, or by an own layout without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

struct Position {
  double x = 0;
  double y = 0;
};

/// What is to be laid out. All lengths are in points, as Graphviz and CSS' pixels have them here.
struct Diagram {
  enum class Flow : std::uint8_t { right, down };

  struct Box {
    double width = 0;
    double height = 0;
    std::uint32_t group = 0;  ///< 0 is the outermost
  };
  struct Link {
    std::size_t from = 0;  ///< a box
    std::size_t to = 0;
    bool from_middle = false;  ///< leaves in the middle of the side of `from`
    bool to_middle = false;    ///< enters in the middle of the side of `to`
    bool pulls = true;         ///< puts `to` after `from`; else it is drawn as the rest allows
  };

  Flow flow = Flow::right;
  std::vector<Box> boxes;
  std::vector<Link> links;  ///< those that pull make no cycle
  /// The group around each group, which has a smaller number. Group 0 is all of it.
  std::vector<std::uint32_t> group_parents{0};
};

/// The middle of each box and the way of each link: a chain of cubic Bézier curves, 3k + 1 points.
/// y grows downwards, and everything lies between 0 and the size.
struct Layout {
  double width = 0;
  double height = 0;
  std::vector<Position> boxes;
  std::vector<std::vector<Position>> links;
};

/// Runs Graphviz: takes DOT text and gives what `dot -Tplain` prints of it, or nothing where there
/// is no Graphviz.
using Graphviz = std::function<std::optional<std::string>(std::string_view dot_text)>;

/// By Graphviz, if there is one; else by `simple_layout`.
Layout lay_out(const Diagram& diagram, const Graphviz& graphviz);

/// The question to Graphviz: boxes of the sizes given, without text.
std::string layout_dot(const Diagram& diagram);

/// Its answer. Throws InputError if the text is not what `dot -Tplain` makes of this diagram.
Layout parse_plain(std::string_view plain, const Diagram& diagram);

/// Layers by the longest way from a source, ordered by the mean of the neighbours (Sugiyama, Tagawa
/// and Toda, 1981), each box as near to its neighbours as the order allows. Every group has a lane
/// of its own, so that the boxes around groups do not overlap. O(n log n) for n boxes and links.
Layout simple_layout(const Diagram& diagram);

}  // namespace gradus
