/// Curves in the terminal.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradus::tools {

/// Points, in the order in which they are joined.
struct Series {
  std::string name = {};               ///< in the legend above; none if empty
  std::vector<double> x = {}, y = {};  ///< equally many
  /// 0 joins the points by a fine line; a character stands at each point, and nothing joins them.
  char mark = 0;
};

struct PlotOptions {
  int width = 72;   ///< columns of the whole picture, with the numbers at its left; at least 24
  int height = 16;  ///< rows of the area inside the axes; at least 4
  bool log_x = false;
  bool log_y = false;
  std::string x_label = {}, y_label = {};  ///< below the middle, and above the upper left corner
  bool ascii = false;                      ///< no braille and no box characters
};

/// The lines of a picture, each with its end of line. Its area holds all points, and dotted lines
/// where x or y is 0. A point that is not finite (on a logarithmic axis, not positive) is left out
/// and breaks the line: that is how a jump is shown. Where series meet, the last one is on top.
/// Without any point, it is one line that says so.
std::string plot(std::span<const Series> series, const PlotOptions& options = {});

/// Columns that UTF-8 text takes, if each of its characters takes one.
std::size_t columns(std::string_view text);

}  // namespace gradus::tools
