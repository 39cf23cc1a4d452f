#include "plot.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace gradus::tools {
namespace {

// A cell of the terminal has 2 x 4 dots: those of a braille character.
constexpr int dots_across = 2;
constexpr int dots_down = 4;

/// Values along one direction, and where they are in the picture.
class Axis {
 public:
  /// Of these values and about this many ticks. `rounded` widens the range to whole ticks.
  Axis(double low, double high, bool logarithmic, int ticks, bool rounded)
      : logarithmic_(logarithmic), low_(low), high_(high) {
    if (logarithmic) {
      low_ = std::log10(low);
      high_ = std::log10(high);
    }
    // As good as constant: its ticks could not be told apart, or not be counted.
    const double largest = std::max(std::abs(low_), std::abs(high_));
    if (high_ / 2 - low_ / 2 <= std::max(1e-12 * largest, 1e-300)) {
      const double wider = std::max(1.0, std::abs(low_) / 2);
      low_ -= wider;
      high_ += wider;
    }
    step_ = nice(high_ / ticks - low_ / ticks);
    if (rounded) {
      low_ = std::max(std::floor(low_ / step_) * step_, std::numeric_limits<double>::lowest());
      high_ = std::min(std::ceil(high_ / step_) * step_, std::numeric_limits<double>::max());
    }
  }

  /// Where a value lies: 0 at the low end, 1 at the high end. Halves, as the range may overflow.
  double part(double value) const {
    const double at = logarithmic_ ? std::log10(value) : value;
    return (at / 2 - low_ / 2) / (high_ / 2 - low_ / 2);
  }
  /// Whether a value is strictly inside.
  bool crosses(double value) const { return !logarithmic_ && low_ < value && value < high_; }

  struct Tick {
    double part;
    std::string label;
  };
  std::vector<Tick> ticks() const {
    const double largest = std::max(std::abs(low_), std::abs(high_));
    const int digits =
        std::clamp(static_cast<int>(std::floor(std::log10(largest / step_))) + 2, 6, 17);
    std::vector<Tick> result;
    // A little slack, as low / step is rounded.
    for (double k = std::ceil(low_ / step_ - 1e-9); k <= high_ / step_ + 1e-9; ++k) {
      const double at = k == 0 ? 0.0 : k * step_;
      const double where = (at / 2 - low_ / 2) / (high_ / 2 - low_ / 2);
      const std::string label = !logarithmic_ ? fmt::format("{:.{}g}", at, digits)
                                : at == 0     ? std::string("1")
                                              : fmt::format("1e{:g}", at);
      result.push_back({std::clamp(where, 0.0, 1.0), label});
    }
    return result;
  }

 private:
  /// The next of 1, 2, 5, 10, ... from here on; a logarithmic axis has ticks at whole powers.
  double nice(double step) const {
    const double power = std::pow(10, std::floor(std::log10(step)));
    double result = 10 * power;
    for (const double factor : {5.0, 2.0, 1.0}) {
      if (factor * power >= step * (1 - 1e-9)) result = factor * power;
    }
    return logarithmic_ ? std::max(result, 1.0) : result;
  }

  bool logarithmic_;
  double low_, high_;  // of the logarithms, on a logarithmic axis
  double step_;
};

/// The area inside the axes.
class Canvas {
 public:
  Canvas(int width, int height, bool ascii)
      : width_(width),
        height_(height),
        ascii_(ascii),
        dots_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)),
        marks_(dots_.size()),
        behind_(dots_.size(), " ") {}

  int dot_columns() const { return width_ * dots_across; }
  int dot_rows() const { return height_ * dots_down; }

  void dot(int x, int y) {
    static constexpr std::array<std::array<std::uint8_t, dots_across>, dots_down> bits{
        {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
    const std::size_t cell = cell_of(x, y);
    marks_[cell] = 0;
    dots_[cell] |=
        bits[static_cast<std::size_t>(y % dots_down)][static_cast<std::size_t>(x % dots_across)];
  }
  void mark(int x, int y, char character) { marks_[cell_of(x, y)] = character; }
  /// What shows where nothing else is.
  void behind(int column, int row, std::string_view character) {
    behind_[static_cast<std::size_t>(row * width_ + column)] = character;
  }

  /// Dots along a straight line (Bresenham's algorithm).
  void line(int x0, int y0, int x1, int y1) {
    const int dx = std::abs(x1 - x0), dy = -std::abs(y1 - y0);
    const int right = x0 < x1 ? 1 : -1, down = y0 < y1 ? 1 : -1;
    int error = dx + dy;
    while (true) {
      dot(x0, y0);
      if (x0 == x1 && y0 == y1) break;
      const int twice = 2 * error;
      if (twice >= dy) {
        error += dy;
        x0 += right;
      }
      if (twice <= dx) {
        error += dx;
        y0 += down;
      }
    }
  }

  std::string row(int row) const {
    std::string text;
    for (int column = 0; column < width_; ++column) {
      const auto cell = static_cast<std::size_t>(row * width_ + column);
      if (marks_[cell] != 0) {
        text += marks_[cell];
      } else if (dots_[cell] == 0) {
        text += behind_[cell];
      } else if (ascii_) {
        const bool upper = (dots_[cell] & 0x1B) != 0, lower = (dots_[cell] & 0xE4) != 0;
        text += upper && lower ? ':' : upper ? '\'' : '.';
      } else {
        // U+2800 and the dots' bits, as UTF-8.
        text += '\xE2';
        text += static_cast<char>(0xA0 | (dots_[cell] >> 6));
        text += static_cast<char>(0x80 | (dots_[cell] & 0x3F));
      }
    }
    return text;
  }

 private:
  std::size_t cell_of(int x, int y) const {
    return static_cast<std::size_t>(y / dots_down * width_ + x / dots_across);
  }

  int width_, height_;
  bool ascii_;
  std::vector<std::uint8_t> dots_;
  std::vector<char> marks_;
  std::vector<std::string_view> behind_;
};

/// The characters that axes are made of.
struct Pieces {
  std::string_view side, side_tick, corner, bottom, bottom_tick, zero_y, zero_x, line;
};
constexpr Pieces boxes{"│", "┤", "└", "─", "┬", "┄", "┊", "⠤⠤"};
constexpr Pieces letters{"|", "+", "+", "-", "+", "-", ":", "''"};

std::string spaces(std::size_t count) { return std::string(count, ' '); }

/// A line without the spaces at its end.
std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

int at(double part, int count) {
  return std::clamp(static_cast<int>(std::lround(part * (count - 1))), 0, count - 1);
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string plot(std::span<const Series> series, const PlotOptions& options) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto shown = [&](double x, double y) {
    return std::isfinite(x) && std::isfinite(y) && (!options.log_x || x > 0) &&
           (!options.log_y || y > 0);
  };
  const auto size = [](const Series& s) { return std::min(s.x.size(), s.y.size()); };
  double x_low = infinity, x_high = -infinity, y_low = infinity, y_high = -infinity;
  for (const Series& s : series) {
    for (std::size_t i = 0; i < size(s); ++i) {
      if (!shown(s.x[i], s.y[i])) continue;
      x_low = std::min(x_low, s.x[i]);
      x_high = std::max(x_high, s.x[i]);
      y_low = std::min(y_low, s.y[i]);
      y_high = std::max(y_high, s.y[i]);
    }
  }
  if (x_low > x_high) return "nothing to plot: no point has finite coordinates\n";

  const int height = std::max(options.height, 4);
  const Axis y_axis(y_low, y_high, options.log_y, std::max(height / 3, 2), true);
  const std::vector<Axis::Tick> y_ticks = y_axis.ticks();
  std::size_t margin = 0;
  for (const Axis::Tick& tick : y_ticks) margin = std::max(margin, tick.label.size());
  const int width = std::max(options.width, 24) - static_cast<int>(margin) - 2;
  const Axis x_axis(x_low, x_high, options.log_x, std::max(width / 8, 2), false);

  const Pieces& pieces = options.ascii ? letters : boxes;
  Canvas canvas(width, height, options.ascii);
  if (x_axis.crosses(0)) {
    const int column = at(x_axis.part(0), canvas.dot_columns()) / dots_across;
    for (int row = 0; row < height; ++row) canvas.behind(column, row, pieces.zero_x);
  }
  if (y_axis.crosses(0)) {
    const int row = at(1 - y_axis.part(0), canvas.dot_rows()) / dots_down;
    for (int column = 0; column < width; ++column) canvas.behind(column, row, pieces.zero_y);
  }
  for (const Series& s : series) {
    bool joined = false;
    int last_x = 0, last_y = 0;
    for (std::size_t i = 0; i < size(s); ++i) {
      if (!shown(s.x[i], s.y[i])) {
        joined = false;
        continue;
      }
      const int x = at(x_axis.part(s.x[i]), canvas.dot_columns());
      const int y = at(1 - y_axis.part(s.y[i]), canvas.dot_rows());
      if (s.mark != 0) {
        canvas.mark(x, y, s.mark);
      } else if (joined) {
        canvas.line(last_x, last_y, x, y);
      } else {
        canvas.dot(x, y);
      }
      joined = true;
      last_x = x;
      last_y = y;
    }
  }

  std::string legend;
  for (const Series& s : series) {
    if (s.name.empty()) continue;
    legend += fmt::format("{}{} {}", legend.empty() ? "" : "   ",
                          s.mark == 0 ? std::string(pieces.line) : std::string(1, s.mark), s.name);
  }
  std::string text;
  if (!legend.empty()) text += trimmed(spaces(margin + 2) + legend);
  if (!options.y_label.empty()) text += trimmed(spaces(margin + 1) + options.y_label);
  std::vector<std::string> row_labels(static_cast<std::size_t>(height));
  for (const Axis::Tick& tick : y_ticks) {
    row_labels[static_cast<std::size_t>(at(1 - tick.part, canvas.dot_rows()) / dots_down)] =
        tick.label;
  }
  for (int row = 0; row < height; ++row) {
    const std::string& label = row_labels[static_cast<std::size_t>(row)];
    text += trimmed(fmt::format("{:>{}} {}{}", label, margin,
                                label.empty() ? pieces.side : pieces.side_tick, canvas.row(row)));
  }

  std::vector<bool> ticked(static_cast<std::size_t>(width));
  const std::size_t left = margin + 2;  // where the area begins
  std::string below;
  for (const Axis::Tick& tick : x_axis.ticks()) {
    const auto column = static_cast<std::size_t>(at(tick.part, canvas.dot_columns()) / dots_across);
    ticked[column] = true;
    const std::size_t half = tick.label.size() / 2;
    const std::size_t total = left + static_cast<std::size_t>(width);
    std::size_t from = left + column - std::min(half, left + column);
    from = std::min(from, total - std::min(tick.label.size(), total));
    if (below.empty() ? from > 0 : from > below.size()) {  // else there is no room for it
      below += spaces(from - below.size()) + tick.label;
    }
  }
  text += spaces(margin + 1) + std::string(pieces.corner);
  for (const bool tick : ticked) text += tick ? pieces.bottom_tick : pieces.bottom;
  text += '\n' + trimmed(below);
  if (!options.x_label.empty()) {
    const std::size_t free = static_cast<std::size_t>(width) -
                             std::min(columns(options.x_label), static_cast<std::size_t>(width));
    text += trimmed(spaces(left + free / 2) + options.x_label);
  }
  return text;
}

}  // namespace gradus::tools
