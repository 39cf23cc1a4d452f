#include "gradus/graph/layout.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "gradus/base/error.hpp"

namespace gradus {
namespace {

constexpr double points_per_inch = 72;

/// The words of the lines that dot prints. A name may be quoted, which ours never need.
class PlainReader {
 public:
  explicit PlainReader(std::string_view text) : text_(text) {}

  /// The first word of the next line; nothing at the end.
  std::string_view line() {
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    line_ = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    return line_.empty() ? line_ : word();
  }

  std::string_view word() {
    const std::size_t end = std::min(line_.find(' '), line_.size());
    const std::string_view result = line_.substr(0, end);
    line_.remove_prefix(std::min(end + 1, line_.size()));
    if (result.empty()) fail("a line ends too soon");
    return result;
  }

  double number() {
    // from_chars of a double is not in every C++20 library yet
    const std::string text(word());
    char* end = nullptr;
    const double x = std::strtod(text.c_str(), &end);
    if (end != text.c_str() + text.size() || !std::isfinite(x)) fail("'" + text + "' is no number");
    return x * points_per_inch;
  }

  /// A count or, after `prefix`, an index; below `limit`.
  std::size_t whole(std::string_view prefix, std::size_t limit) {
    std::string_view text = word();
    if (text.substr(0, prefix.size()) != prefix) fail("it names what it was not asked about");
    text.remove_prefix(prefix.size());
    std::size_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || end != text.data() + text.size() || n >= limit) {
      fail("'" + std::string(text) + "' is out of range");
    }
    return n;
  }

  [[noreturn]] static void fail(const std::string& why) {
    throw InputError("Graphviz' layout cannot be read: " + why);
  }

 private:
  std::string_view text_;
  std::string_view line_;
};

void write_boxes(std::string& out, const Diagram& diagram) {
  const std::size_t groups = diagram.group_parents.size();
  std::vector<std::vector<std::size_t>> members(groups);
  for (std::size_t i = 0; i < diagram.boxes.size(); ++i) {
    members[diagram.boxes[i].group].push_back(i);
  }
  std::vector<std::vector<std::uint32_t>> inner(groups);
  for (auto g = static_cast<std::uint32_t>(groups); g-- > 1;) {
    inner[diagram.group_parents[g]].push_back(g);  // the last first, as they are taken from the end
  }
  const auto write_members = [&](std::uint32_t group) {
    for (const std::size_t i : members[group]) {
      out += fmt::format("b{} [width={:.4f} height={:.4f}]\n", i,
                         diagram.boxes[i].width / points_per_inch,
                         diagram.boxes[i].height / points_per_inch);
    }
  };
  std::vector<std::uint32_t> open{0};
  write_members(0);
  while (!open.empty()) {
    if (inner[open.back()].empty()) {
      if (open.back() != 0) out += "}\n";
      open.pop_back();
      continue;
    }
    const std::uint32_t group = inner[open.back()].back();
    inner[open.back()].pop_back();
    open.push_back(group);
    out += fmt::format("subgraph cluster_{} {{\nmargin=14\n", group);
    write_members(group);
  }
}

}  // namespace

std::string layout_dot(const Diagram& diagram) {
  const bool right = diagram.flow == Diagram::Flow::right;
  std::string out = fmt::format(
      "digraph {{\nrankdir={} nodesep={} ranksep={}\n"
      "node [shape=box fixedsize=true label=\"\"]\nedge [arrowhead=none]\n",
      right ? "LR" : "TB", right ? 0.14 : 0.3, right ? 0.14 : 0.3);
  write_boxes(out, diagram);
  for (const Diagram::Link& link : diagram.links) {
    out += fmt::format("b{} -> b{} [{}{}{}]\n", link.from, link.to,
                       !link.from_middle ? ""
                       : right           ? "tailport=e "
                                         : "tailport=s ",
                       !link.to_middle ? ""
                       : right         ? "headport=w "
                                       : "headport=n ",
                       link.pulls ? "" : "constraint=false");
  }
  out += "}\n";
  return out;
}

Layout parse_plain(std::string_view plain, const Diagram& diagram) {
  const std::size_t boxes = diagram.boxes.size();
  const std::size_t links = diagram.links.size();
  Layout result;
  result.boxes.resize(boxes, {NAN, NAN});
  result.links.resize(links);
  // dot lists the edges from each node in the order in which they were made
  std::vector<std::vector<std::size_t>> from(boxes);
  for (std::size_t i = links; i-- > 0;) from[diagram.links[i].from].push_back(i);

  PlainReader in(plain);
  std::size_t boxes_seen = 0;
  std::size_t links_seen = 0;
  for (std::string_view what = in.line(); what != "stop"; what = in.line()) {
    if (what == "graph") {
      in.number();  // the scale
      result.width = in.number();
      result.height = in.number();
    } else if (what == "node") {
      Position& at = result.boxes[in.whole("b", boxes)];
      boxes_seen += std::isnan(at.x);
      at.x = in.number();
      at.y = result.height - in.number();
    } else if (what == "edge") {
      const std::size_t tail = in.whole("b", boxes);
      const std::size_t head = in.whole("b", boxes);
      const auto link = std::find_if(from[tail].rbegin(), from[tail].rend(), [&](std::size_t i) {
        return diagram.links[i].to == head && result.links[i].empty();
      });
      if (link == from[tail].rend()) in.fail("it has a link that was not asked for");
      const std::size_t points = in.whole("", plain.size());
      if (points < 4 || points % 3 != 1) in.fail("a link is no chain of cubic curves");
      std::vector<Position>& way = result.links[*link];
      for (std::size_t k = 0; k < points; ++k) {
        const double x = in.number();
        way.push_back({x, result.height - in.number()});
      }
      ++links_seen;
    } else {
      in.fail(what.empty() ? "it ends too soon" : "'" + std::string(what) + "' is unknown");
    }
  }
  if (boxes_seen != boxes || links_seen != links) in.fail("it is not whole");
  return result;
}

Layout lay_out(const Diagram& diagram, const Graphviz& graphviz) {
  if (graphviz) {
    if (const auto plain = graphviz(layout_dot(diagram))) return parse_plain(*plain, diagram);
  }
  return simple_layout(diagram);
}

}  // namespace gradus
