#include "gradus/graph/dot.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <set>
#include <sstream>

#include "gradus/base/error.hpp"
#include "gradus/graph/dot_text.hpp"
#include "gradus/graph/node_text.hpp"
#include "gradus/graph/palette.hpp"

namespace gradus {
namespace {

/// What is lit stands out by its colour and by its weight.
constexpr std::string_view lit_colour = "#d55e00";  // vermilion
constexpr double lit_width = 3;

/// Code points of a line such as "for ∂loss/∂(matmul #7)"; names in it may be long.
constexpr std::size_t longest_line = 2 * longest_dot_name;

std::string sized(int points, const std::string& text) {
  return fmt::format("<font point-size=\"{}\">{}</font>", points, text);
}

class DotWriter {
 public:
  DotWriter(std::ostream& out, const Drawing& drawing, const DotOptions& options)
      : out_(out), drawing_(drawing), options_(options) {
    for (const Wire& wire : options.lit) {
      lit_wires_.emplace(wire.to, wire.operand);
      lit_nodes_.insert({wire.from, wire.to});
    }
  }

  void write() {
    head();
    scopes();
    if (options_.legend) legend();
    for (const DrawnEdge& e : drawing_.edges) edge(e);
    out_ << "}\n";
  }

 private:
  template <class... Args>
  void line(std::size_t depth, fmt::format_string<Args...> text, Args&&... args) {
    line_.clear();
    line_.append(2 * depth, ' ');
    line_ += fmt::format(text, std::forward<Args>(args)...);
    line_.push_back('\n');
    out_.write(line_.data(), static_cast<std::streamsize>(line_.size()));
  }

  void head() {
    line(0, "digraph gradus {{");
    line(1, "rankdir={}", options_.rankdir);
    line(1, "bgcolor=transparent");
    line(1, "fontname=\"Helvetica,Arial,sans-serif\" fontcolor=\"{}\" fontsize=12", outside_grey);
    line(1, "nodesep=0.25 ranksep=0.35");
    const std::string& title = options_.title.empty() ? drawing_.title : options_.title;
    std::string label;
    if (!title.empty()) label = "<font point-size=\"16\"><b>" + html(title, 200) + "</b></font>";
    for (const std::string& note : notes(drawing_)) {
      label += (label.empty() ? "" : "<br/>") + sized(10, html(note, 200));
    }
    if (!label.empty()) line(1, "labelloc=t label=<{}>", label);
    line(
        1,
        "node [fontname=\"Helvetica,Arial,sans-serif\" fontsize=12 fontcolor=\"#1a1a1a\" shape=box "
        "style=\"rounded,filled\" fillcolor=\"{}\" color=\"{}\" penwidth=1.2 height=0.3 width=0.4 "
        "margin=\"0.12,0.05\"]",
        op_style.fill, op_style.border);
    line(1,
         "edge [fontname=\"Helvetica,Arial,sans-serif\" fontsize=9 fontcolor=\"{0}\" color=\"{0}\" "
         "arrowsize=0.7 labeldistance=1.4]",
         outside_grey);
  }

  // --- Nodes ---

  std::string label(std::size_t node) const {
    const NodeText text = node_text(drawing_, node);
    const bool number = drawing_.nodes[node].kind == DrawnKind::constant && text.id.empty() &&
                        drawing_.nodes[node].name.empty();
    // Of names of nodes, an adjoint's may have two in it.
    const bool named = drawing_.nodes[node].given_name;
    std::string label = html(text.head, named ? longest_dot_name : longest_line);
    if (!number) label = "<b>" + label + "</b>";
    // Browsers leave out a plain blank at the start of a piece of text.
    if (!text.attributes.empty()) label += "&#160;" + html(text.attributes);
    if (!text.id.empty())
      label += " <font point-size=\"9\" color=\"#666666\">" + text.id + "</font>";
    label += (number ? " " : "<br/>") + sized(10, html(text.detail, longest_line));
    if (!text.adjoint.empty() && !number) {
      label += "<br/>" + sized(10, "<i>" + html(text.adjoint, longest_line) + "</i>");
    }
    for (const std::string& fact : text.facts)
      label += "<br/>" + sized(10, html(fact, longest_line));
    return label;
  }

  void node(std::size_t depth, std::size_t at) {
    const DrawnNode& n = drawing_.nodes[at];
    const NodeStyle& style = node_style(drawing_, at);
    std::string attributes;
    const bool lit = lit_nodes_.count(n.id) > 0;
    if (&style != &op_style || lit) {
      attributes += fmt::format(" fillcolor=\"{}\" color=\"{}\"", style.fill,
                                lit ? lit_colour : style.border);
    }
    if (lit) attributes += fmt::format(" penwidth={}", lit_width);
    const bool leaf = n.kind != DrawnKind::op && n.kind != DrawnKind::fold;
    if (n.kind == DrawnKind::fold) attributes += " penwidth=3";
    const bool dropped = is_dropped(drawing_, at);
    if (leaf || n.derivative || dropped || n.kind == DrawnKind::fold) {
      attributes +=
          fmt::format(" style=\"{}filled{}\"", leaf || n.kind == DrawnKind::fold ? "" : "rounded,",
                      dropped        ? ",dotted"
                      : n.derivative ? ",dashed"
                                     : "");
    }
    if (dropped) attributes += fmt::format(" fontcolor=\"{}\"", outside_grey);
    if (n.output) attributes += " peripheries=2";
    line(depth, "n{} [label=<{}>{}]", n.id, label(at), attributes);
  }

  // --- Scopes ---

  /// Writes every node inside the clusters of its scopes. Linear, and without recursion.
  void scopes() {
    const std::size_t count = options_.scopes ? drawing_.scopes.size() : 1;
    std::vector<std::vector<std::size_t>> members(count);
    for (std::size_t i = 0; i < drawing_.nodes.size(); ++i) {
      members[options_.scopes ? drawing_.nodes[i].scope : 0].push_back(i);
    }
    std::vector<std::vector<std::size_t>> children(count);
    for (std::size_t s = count; s-- > 1;) {
      children[drawing_.scopes[s].parent].push_back(s);  // the last first: taken from the end
    }
    for (const std::size_t at : members[0]) node(1, at);
    std::vector<std::size_t> open{0};
    while (!open.empty()) {
      const std::size_t s = open.back();
      if (children[s].empty()) {
        open.pop_back();
        if (s != 0) line(open.size(), "}}");
        continue;
      }
      const std::size_t child = children[s].back();
      children[s].pop_back();
      open_cluster(open.size(), child);
      open.push_back(child);
      for (const std::size_t at : members[child]) node(open.size(), at);
    }
  }

  void open_cluster(std::size_t depth, std::size_t scope) {
    line(depth, "subgraph cluster_{} {{", scope);
    line(depth + 1,
         "label=<{}> labeljust=l style=\"rounded,filled\" color=\"#76767680\" "
         "fillcolor=\"#76767614\"",
         html(drawing_.scopes[scope].name));
  }

  // --- Edges ---

  void edge(const DrawnEdge& e) {
    const DrawnNode& from = drawing_.nodes[e.from];
    const DrawnNode& to = drawing_.nodes[e.to];
    // Mirrored, new values stand before the parameters. Else an update would make a cycle.
    const bool mirrored = options_.mirror && e.flow == DrawnFlow::backward;
    std::string attributes;
    if (!e.role.empty()) {
      attributes += fmt::format(" {}=<{}>", mirrored ? "taillabel" : "headlabel", html(e.role));
    }
    std::string label = html(e.label);
    if (e.count > 1) label = fmt::format("×{}{}{}", e.count, label.empty() ? "" : " ", label);
    if (!label.empty()) attributes += fmt::format(" label=<{}>", label);
    if (lit_wires_.count({to.id, e.operand}) > 0) {
      attributes += fmt::format(" color=\"{}\" penwidth={}", lit_colour, lit_width);
    } else if (e.flow == DrawnFlow::update) {
      attributes += fmt::format(" color=\"{}\" style=dashed penwidth=1.5{}", parameter_style.border,
                                options_.mirror ? "" : " constraint=false");
    } else if (from.derivative && e.flow == DrawnFlow::backward) {
      attributes += fmt::format(" color=\"{}\"", derivative_style.border);
    } else if (e.flow == DrawnFlow::across) {
      // What the backward pass needs of the forward pass: dotted, so that both stand out.
      attributes += options_.mirror ? " style=dotted constraint=false" : " style=dotted";
    }
    if (mirrored) attributes += " dir=back";
    const NodeId first = mirrored ? to.id : from.id;
    const NodeId second = mirrored ? from.id : to.id;
    if (attributes.empty()) {
      line(1, "n{} -> n{}", first, second);
    } else {
      line(1, "n{} -> n{} [{}]", first, second, attributes.substr(1));
    }
  }

  // --- Legend ---

  void legend() {
    std::string rows;
    const auto row = [&](const std::string& sample, std::string_view meaning) {
      rows += fmt::format("<tr>{}<td align=\"left\">{}</td></tr>", sample, meaning);
    };
    std::array<bool, node_styles.size()> occurs{};
    bool output = false;
    bool fold = false;
    for (std::size_t i = 0; i < drawing_.nodes.size(); ++i) {
      const auto style =
          std::find(node_styles.begin(), node_styles.end(), &node_style(drawing_, i));
      occurs[static_cast<std::size_t>(style - node_styles.begin())] = true;
      output |= drawing_.nodes[i].output;
      fold |= drawing_.nodes[i].kind == DrawnKind::fold;
    }
    for (std::size_t i = 0; i < node_styles.size(); ++i) {
      if (!occurs[i] || node_styles[i] == &output_style) continue;
      const NodeStyle& style = *node_styles[i];
      const std::string_view line = &style == &derivative_style ? " style=\"dashed\""
                                    : &style == &dropped_style  ? " style=\"dotted\""
                                                                : "";
      row(fmt::format("<td bgcolor=\"{}\" color=\"{}\" border=\"1\" width=\"22\"{}></td>",
                      style.fill, style.border, line),
          style.meaning);
    }
    const NodeStyle& framed = occurs[4] ? output_style : op_style;
    if (output) {
      row(fmt::format("<td color=\"{0}\" border=\"1\" cellpadding=\"1\"><table border=\"1\" "
                      "color=\"{0}\" bgcolor=\"{1}\" cellborder=\"0\" cellspacing=\"0\" "
                      "cellpadding=\"0\"><tr><td width=\"16\" height=\"6\"></td></tr></table></td>",
                      framed.border, framed.fill),
          "output");
    }
    if (fold) {
      row(fmt::format("<td color=\"{}\" border=\"3\" width=\"18\"></td>", op_style.border),
          "a scope, folded; ×3: three that are alike");
    }
    legend_of_edges(row);
    line(1,
         "legend [shape=plain style=\"\" fontsize=10 fontcolor=\"{}\" label=<<table border=\"0\" "
         "cellspacing=\"3\" cellpadding=\"2\">{}</table>>]",
         outside_grey, rows);
  }

  template <class Row>
  void legend_of_edges(const Row& row) {
    bool roles = false;
    bool bundles = false;
    std::array<bool, 4> flows{};
    for (const DrawnEdge& e : drawing_.edges) {
      roles |= !e.role.empty();
      bundles |= e.count > 1;
      if (e.flow != DrawnFlow::backward || drawing_.nodes[e.from].derivative) {
        flows[static_cast<std::size_t>(e.flow)] = true;
      }
    }
    const auto arrow = [](std::string_view text, std::string_view colour) {
      return fmt::format("<td><font color=\"{}\">{}</font></td>", colour, text);
    };
    if (flows[1]) row(arrow("⟶", derivative_style.border), "an adjoint, on its way back");
    if (flows[2]) row(arrow("·····&gt;", outside_grey), "a value that the backward pass needs");
    if (flows[3]) {
      row(arrow("– – &gt;", parameter_style.border), "the parameter's value after the step");
    }
    if (roles) row("<td>left</td>", "which operand it is");
    if (bundles) row("<td>×2</td>", "so many edges");
  }

  std::ostream& out_;
  const Drawing& drawing_;
  const DotOptions& options_;
  std::set<std::pair<NodeId, std::uint32_t>> lit_wires_;  // the user and the operand's position
  std::set<NodeId> lit_nodes_;
  std::string line_;
};

}  // namespace

void write_dot(std::ostream& out, const Drawing& drawing, const DotOptions& options) {
  static constexpr std::array<std::string_view, 4> known{"BT", "LR", "RL", "TB"};
  if (std::find(known.begin(), known.end(), options.rankdir) == known.end()) {
    throw InputError(unknown_name("rankdir", options.rankdir, known));
  }
  DotWriter(out, drawing, options).write();
}

std::string to_dot(const Drawing& drawing, const DotOptions& options) {
  std::ostringstream out;
  write_dot(out, drawing, options);
  return std::move(out).str();
}

void write_dot(std::ostream& out, const Graph& graph, const DotOptions& options) {
  write_dot(out, draw(graph), options);
}

std::string to_dot(const Graph& graph, const DotOptions& options) {
  return to_dot(draw(graph), options);
}

}  // namespace gradus
