/// The parts of SVG pictures in pages. They have ids and classes; page/page.css paints them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/graph/layout.hpp"

namespace gradus::svg {

/// Any text inside an element or a quoted attribute of HTML and SVG: visible() with & < > " ' as
/// entities. At most `longest` code points.
std::string escape(std::string_view text, std::size_t longest = 200);

/// How wide a text is at this size, a little more than less: browsers choose the font.
double text_width(std::string_view text, double size);

/// A length with one decimal, "12.5".
std::string number(double length);

/// The value of the attribute d of a <path>: "M1,2C3,4,5,6,7,8".
std::string path(std::span<const Position> curve);

/// A box with lines of text.
struct Box {
  std::string id;                    ///< of the element: "n7"
  std::string css;                   ///< its classes, "node parameter"
  std::string description;           ///< what a screen reader says
  std::string title;                 ///< in bold
  std::vector<std::string> details;  ///< below it, smaller
  bool rounded = true;
  bool doubled = false;  ///< with a second border

  static constexpr double title_size = 15;
  static constexpr double detail_size = 11.5;
  /// The size that it needs.
  double width() const;
  double height() const;
};

/// Adds <g> for a box around a point. It can be focused and clicked.
void write(std::string& out, const Box& box, Position middle);

/// Adds <svg ...> with its arrow heads, inside which a <g class="camera"> is open.
void open(std::string& out, const Layout& layout, std::string_view label,
          std::string_view description);
void close(std::string& out);

}  // namespace gradus::svg
