#include "gradus/graph/svg.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/graph/dot_text.hpp"

namespace gradus::svg {
namespace {

constexpr double padding = 12;
constexpr double title_line = 19;
constexpr double detail_line = 15;

/// The width of a character of a sans-serif font, of its size 1: DejaVu Sans', the widest of those
/// that systems come with.
double width_of(char c) {
  if (std::string_view("iljI.,:;'|!").find(c) != std::string_view::npos) return 0.34;
  if (std::string_view("()[]{}ftr-/ ").find(c) != std::string_view::npos) return 0.42;
  if (std::string_view("mwMW@%").find(c) != std::string_view::npos) return 1.0;
  if (c >= 'A' && c <= 'Z') return 0.74;
  return 0.64;
}

std::string text(std::string_view css, double y, const std::string& content) {
  return fmt::format("<text class=\"{}\" y=\"{}\">{}</text>", css, number(y), escape(content));
}

}  // namespace

std::string escape(std::string_view text, std::size_t longest) {
  std::string out;
  for (const char c : visible(text, longest)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

double text_width(std::string_view text, double size) {
  double width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) width += byte < 0x80 ? width_of(c) : byte < 0xE3 ? 0.75 : 1.0;
  }
  return width * size;
}

std::string number(double length) {
  std::string text = fmt::format("{:.1f}", length);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

std::string path(std::span<const Position> curve) {
  std::string out;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    out += i == 0 ? "M" : i == 1 ? "C" : " ";
    out += number(curve[i].x) + "," + number(curve[i].y);
  }
  return out;
}

double Box::width() const {
  double text = text_width(title, title_size) * 1.06;  // bold
  for (const std::string& line : details) text = std::max(text, text_width(line, detail_size));
  return std::max(44.0, text + 2 * padding);
}

double Box::height() const {
  return title_line + static_cast<double>(details.size()) * detail_line + 14;
}

void write(std::string& out, const Box& box, Position middle) {
  const double width = box.width();
  const double height = box.height();
  const double radius = box.rounded ? 10 : 3;
  const auto rect = [&](double inset, std::string_view css) {
    out += fmt::format(
        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>", css,
        number(-width / 2 + inset), number(-height / 2 + inset), number(width - 2 * inset),
        number(height - 2 * inset), number(std::max(1.0, radius - inset)));
  };
  out += fmt::format(
      "<g id=\"{}\" class=\"{}\" transform=\"translate({} {})\" role=\"button\" "
      "tabindex=\"-1\" aria-label=\"{}\">",
      box.id, box.css, number(middle.x), number(middle.y), escape(box.description));
  rect(0, "box");
  if (box.doubled) rect(3, "inner");
  const double top = -height / 2 + 7;
  out += text("title", top + 14.5, box.title);
  double base = top + title_line + 11;
  for (const std::string& line : box.details) {
    out += text("detail", base, line);
    base += detail_line;
  }
  out += "</g>\n";
}

void open(std::string& out, const Layout& layout, std::string_view label,
          std::string_view description) {
  out += fmt::format(
      "<svg id=\"picture\" viewBox=\"0 0 {0} {1}\" data-width=\"{0}\" data-height=\"{1}\" "
      "role=\"group\" aria-labelledby=\"picture-title\" aria-describedby=\"picture-description\">\n"
      "<title id=\"picture-title\">{2}</title><desc id=\"picture-description\">{3}</desc>\n<defs>",
      number(layout.width), number(layout.height), escape(label), escape(description, 1000));
  for (const std::string_view kind : {"plain", "forward", "backward"}) {
    out += fmt::format(
        "<marker id=\"arrow-{0}\" class=\"{0}\" viewBox=\"0 0 8 8\" refX=\"7.5\" "
        "refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" "
        "orient=\"auto-start-reverse\"><path d=\"M0,0.5L8,4L0,7.5Z\"/></marker>",
        kind);
  }
  out += "</defs>\n<g class=\"camera\">\n";
}

void close(std::string& out) { out += "</g>\n</svg>\n"; }

}  // namespace gradus::svg
