#include "gradus/graph/listing.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <sstream>

#include "gradus/base/utf8.hpp"
#include "gradus/graph/dot_text.hpp"
#include "gradus/graph/node_text.hpp"

namespace gradus {
namespace {

/// Columns grow no wider than this; a longer text moves the rest of its line.
constexpr std::size_t widest_column = 44;

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string cut(std::string_view text) { return visible(text); }

class ListingWriter {
 public:
  ListingWriter(std::ostream& out, const Drawing& drawing) : out_(out), drawing_(drawing) {
    // The edges into each node, end to end.
    first_edge_.resize(drawing.nodes.size() + 1);
    for (const DrawnEdge& e : drawing.edges) ++first_edge_[e.to + 1];
    for (std::size_t i = 0; i < drawing.nodes.size(); ++i) first_edge_[i + 1] += first_edge_[i];
    edges_.resize(drawing.edges.size());
    std::vector<std::size_t> next = first_edge_;
    for (std::size_t i = 0; i < drawing.edges.size(); ++i) edges_[next[drawing.edges[i].to]++] = i;
  }

  void write() {
    if (!drawing_.title.empty()) out_ << visible(drawing_.title, 200) << "\n";
    for (const std::string& note : notes(drawing_)) out_ << note << "\n";
    if (!drawing_.title.empty() || !notes(drawing_).empty()) out_ << "\n";
    constexpr std::array<std::string_view, columns> heads{"node", "name", "computed as", "shape",
                                                          "scope"};
    std::array<std::size_t, columns> widths{};
    for (std::size_t c = 0; c < columns; ++c) widths[c] = heads[c].size();
    for (std::size_t i = 0; i < drawing_.nodes.size(); ++i) {
      const Row row = cells(i);
      for (std::size_t c = 0; c < columns; ++c) {
        widths[c] = std::max(widths[c], std::min(widest_column, width(row[c])));
      }
    }
    Row head;
    std::copy(heads.begin(), heads.end(), head.begin());
    line(head, widths, "");
    for (std::size_t i = 0; i < drawing_.nodes.size(); ++i) {
      const NodeText text = node_text(drawing_, i);
      std::string more = drawing_.nodes[i].output ? "output" : "";
      const auto add = [&](const std::string& fact) {
        if (!fact.empty()) more += (more.empty() ? "" : "; ") + fact;
      };
      add(visible(text.adjoint, 2 * longest_dot_name));
      for (const std::string& fact : text.facts) add(fact);
      line(cells(i), widths, more);
    }
  }

 private:
  static constexpr std::size_t columns = 5;
  using Row = std::array<std::string, columns>;

  /// "x", or "#7" for what has no name.
  std::string called(std::size_t node) const {
    const DrawnNode& n = drawing_.nodes[node];
    if (n.kind == DrawnKind::fold) return cut(n.name);
    if (n.kind == DrawnKind::constant && n.name.empty() && !n.attributes.empty()) {
      return n.attributes;
    }
    return n.given_name ? cut(n.name) : fmt::format("#{}", n.id);
  }

  Row cells(std::size_t node) const {
    const DrawnNode& n = drawing_.nodes[node];
    std::string how;
    std::string updates;
    const auto add = [&](const std::string& operand) {
      how += (how.empty() ? "" : ", ") + operand;
    };
    std::uint32_t next = 0;                      // the first operand that is not written yet
    const auto outside = [&](std::size_t end) {  // what is not drawn has its name, too
      for (; next < std::min(end, n.operands.size()); ++next) add(cut(n.operands[next]));
    };
    for (std::size_t at = first_edge_[node]; at < first_edge_[node + 1]; ++at) {
      const DrawnEdge& e = drawing_.edges[edges_[at]];
      std::string operand = called(e.from);
      if (e.count > 1) operand += fmt::format(" ×{}", e.count);
      if (!e.label.empty()) operand += ": " + e.label;
      if (e.flow == DrawnFlow::update) {
        updates = fmt::format(", then {}", operand);
      } else {
        outside(e.operand);
        add(operand);
        next = e.operand + 1;
      }
    }
    outside(n.operands.size());
    if (n.kind == DrawnKind::fold) {
      how = how.empty() ? "a scope" : "from " + how;
      how = node_text(drawing_, node).detail + " " + how;
    } else if (n.kind == DrawnKind::op) {
      how = fmt::format("{}({}{}{})", n.op, how, n.attributes.empty() ? "" : "; ", n.attributes);
    } else {
      how = n.attributes.empty() ? n.op : n.op + " " + n.attributes;
    }
    std::string name = cut(n.name);
    if (n.repeats > 1) name += fmt::format(" ×{}", n.repeats);
    return {fmt::format("#{}", n.id), name, how + updates, n.shape ? to_string(*n.shape) : "",
            scope_path(drawing_, n.scope)};
  }

  void line(const Row& row, const std::array<std::size_t, columns>& widths,
            const std::string& more) {
    std::string text;
    for (std::size_t c = 0; c < columns; ++c) {
      text += row[c];
      const std::size_t mine = width(row[c]);
      text.append(2 + (widths[c] > mine ? widths[c] - mine : 0), ' ');
    }
    text += more;
    text.erase(text.find_last_not_of(' ') + 1);
    out_ << text << '\n';
  }

  std::ostream& out_;
  const Drawing& drawing_;
  std::vector<std::size_t> first_edge_;  // of each node, in edges_
  std::vector<std::size_t> edges_;
};

}  // namespace

void write_listing(std::ostream& out, const Drawing& drawing) {
  ListingWriter(out, drawing).write();
}

std::string to_listing(const Drawing& drawing) {
  std::ostringstream out;
  write_listing(out, drawing);
  return std::move(out).str();
}

}  // namespace gradus
