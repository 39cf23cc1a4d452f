#include "gradus/graph/html.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <limits>

#include "gradus/base/error.hpp"
#include "gradus/graph/dot_text.hpp"
#include "gradus/graph/node_text.hpp"
#include "gradus/graph/page.hpp"
#include "gradus/graph/palette.hpp"
#include "gradus/graph/svg.hpp"
#include "gradus/io/json.hpp"

namespace gradus {
namespace embedded {
extern const std::string_view graph_html, graph_css, graph_js;
}

namespace {

constexpr double frame_margin = 10;
constexpr double frame_label = 18;
constexpr double label_size = 11;

/// A rectangle that grows around others.
struct Frame {
  double left = std::numeric_limits<double>::infinity();
  double top = left;
  double right = -left;
  double bottom = -left;

  bool empty() const { return right < left; }
  void hold(double l, double t, double r, double b) {
    left = std::min(left, l);
    top = std::min(top, t);
    right = std::max(right, r);
    bottom = std::max(bottom, b);
  }
};

class GraphPage {
 public:
  GraphPage(const Drawing& drawing, const HtmlOptions& options)
      : drawing_(drawing), options_(options) {
    for (std::size_t i = 0; i < drawing.nodes.size(); ++i) boxes_.push_back(box(i));
    collect();
    layout_ = lay_out(diagram_, options.graphviz);
    find_frames();
  }

  std::string picture() const {
    std::string out;
    svg::open(out, layout_, "The graph",
              fmt::format("{} nodes and {} edges; data flows from the top to the bottom.",
                          drawing_.nodes.size(), drawing_.edges.size()));
    for (std::size_t s = 1; s < drawing_.scopes.size(); ++s) frame(out, s);
    for (std::size_t e = 0; e < drawing_.edges.size(); ++e) edge(out, e);
    for (std::size_t i = 0; i < boxes_.size(); ++i) svg::write(out, boxes_[i], layout_.boxes[i]);
    for (std::size_t s = 1; s < drawing_.scopes.size(); ++s) folded(out, s);
    svg::close(out);
    return out;
  }

  /// What the script needs to know: nodes and edges by the ids of their elements.
  std::string data() const {
    std::string out = "{\"nodes\":{";
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      out += fmt::format("{}\n\"{}\":{}", i == 0 ? "" : ",", boxes_[i].id, about(i));
    }
    out += "},\"edges\":[";
    for (std::size_t e = 0; e < drawing_.edges.size(); ++e) {
      const DrawnEdge& edge = drawing_.edges[e];
      out += fmt::format("{}\n{{\"id\":\"{}\",\"from\":\"{}\",\"to\":\"{}\",\"role\":{}}}",
                         e == 0 ? "" : ",", edge_id(e), boxes_[edge.from].id, boxes_[edge.to].id,
                         io::json_quote(edge.role));
    }
    out += "],\"scopes\":[";
    for (std::size_t s = 0; s < drawing_.scopes.size(); ++s) {
      out += fmt::format("{}{}", s == 0 ? "" : ",", drawing_.scopes[s].parent);
    }
    return out + "]}";
  }

  std::string legend() const {
    std::array<bool, node_styles.size()> occurs{};
    for (std::size_t i = 0; i < drawing_.nodes.size(); ++i) {
      const auto style =
          std::find(node_styles.begin(), node_styles.end(), &node_style(drawing_, i));
      occurs[static_cast<std::size_t>(style - node_styles.begin())] = true;
    }
    std::string out;
    for (std::size_t i = 0; i < node_styles.size(); ++i) {
      if (!occurs[i]) continue;
      out += fmt::format("<li><span class=\"sample {0}\"></span>{0}</li>", node_styles[i]->meaning);
    }
    return out;
  }

  std::string remarks() const {
    std::string out;
    for (const std::string& note : notes(drawing_)) {
      out += "<p class=\"note\">" + svg::escape(note, 400) + "</p>";
    }
    return out;
  }

 private:
  svg::Box box(std::size_t i) const {
    const DrawnNode& n = drawing_.nodes[i];
    const NodeText text = node_text(drawing_, i);
    svg::Box box;
    box.id = fmt::format("n{}", n.id);
    box.css = fmt::format("node {}", node_style(drawing_, i).meaning);
    if (n.kind == DrawnKind::fold) box.css += " block";
    box.title = visible(text.head, 40);
    if (!text.attributes.empty()) box.title += " " + visible(text.attributes, 20);
    box.details.push_back(visible(text.detail + (text.id.empty() ? "" : " " + text.id), 48));
    if (!text.adjoint.empty()) box.details.push_back(visible(text.adjoint, 48));
    for (const std::string& fact : text.facts) box.details.push_back(visible(fact, 48));
    box.rounded = n.kind == DrawnKind::op;
    box.doubled = n.output;
    box.description = box.title;
    for (const std::string& line : box.details) box.description += ", " + line;
    return box;
  }

  void collect() {
    diagram_.flow = Diagram::Flow::down;
    diagram_.group_parents.clear();
    for (const DrawnScope& scope : drawing_.scopes) diagram_.group_parents.push_back(scope.parent);
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      diagram_.boxes.push_back({boxes_[i].width(), boxes_[i].height(), drawing_.nodes[i].scope});
    }
    for (const DrawnEdge& edge : drawing_.edges) {
      Diagram::Link link{edge.from, edge.to};
      if (mirrored(edge)) std::swap(link.from, link.to);
      link.pulls = edge.flow != DrawnFlow::across;
      first_links_.push_back(diagram_.links.size());
      if (has_room(edge)) {
        const std::size_t label = diagram_.boxes.size();
        const std::uint32_t a = drawing_.nodes[edge.from].scope;
        const std::uint32_t b = drawing_.nodes[edge.to].scope;
        diagram_.boxes.push_back(
            {svg::text_width(edge_text(edge), label_size) + 8, label_size + 5, a == b ? a : 0});
        Diagram::Link in{link.from, label};
        in.to_middle = true;
        diagram_.links.push_back(in);
        link.from = label;
        link.from_middle = true;
      }
      diagram_.links.push_back(link);
    }
  }

  /// Whether the layout makes room for what an edge says: a number, not the place of an operand
  /// alone, which stands beside its arrow.
  static bool has_room(const DrawnEdge& edge) {
    return !edge.label.empty() && edge.flow != DrawnFlow::across;
  }

  /// The backward pass is laid out beside the forward pass, against its own direction.
  static bool mirrored(const DrawnEdge& edge) { return edge.flow == DrawnFlow::backward; }

  static std::string edge_id(std::size_t e) { return fmt::format("e{}", e); }

  // --- Scopes ---

  void find_frames() {
    frames_.resize(drawing_.scopes.size());
    counts_.resize(drawing_.scopes.size());
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      const Position& at = layout_.boxes[i];
      const std::uint32_t scope = drawing_.nodes[i].scope;
      const double w = boxes_[i].width() / 2;
      const double h = boxes_[i].height() / 2;
      frames_[scope].hold(at.x - w, at.y - h, at.x + w, at.y + h);
      counts_[scope] += drawing_.nodes[i].count;
    }
    for (std::size_t s = frames_.size(); s-- > 1;) {  // inner ones first
      Frame& f = frames_[s];
      if (f.empty()) continue;
      f.hold(f.left - frame_margin, f.top - frame_margin - frame_label, f.right + frame_margin,
             f.bottom + frame_margin);
      frames_[drawing_.scopes[s].parent].hold(f.left, f.top, f.right, f.bottom);
      counts_[drawing_.scopes[s].parent] += counts_[s];
    }
  }

  void frame(std::string& out, std::size_t s) const {
    const Frame& f = frames_[s];
    if (f.empty()) return;
    out += fmt::format(
        "<g id=\"s{0}\" class=\"scope\" data-scope=\"{0}\"><rect x=\"{1}\" y=\"{2}\" "
        "width=\"{3}\" height=\"{4}\" rx=\"8\"/><g class=\"fold\" role=\"button\" tabindex=\"0\" "
        "aria-expanded=\"true\" aria-label=\"Scope {5}, {6} nodes: fold\"><rect class=\"handle\" "
        "x=\"{1}\" y=\"{2}\" width=\"{7}\" height=\"20\" rx=\"8\"/><text x=\"{8}\" "
        "y=\"{9}\">▾ {5}</text></g></g>\n",
        s, svg::number(f.left), svg::number(f.top), svg::number(f.right - f.left),
        svg::number(f.bottom - f.top), svg::escape(drawing_.scopes[s].name, 48), counts_[s],
        svg::number(std::min(f.right - f.left, 30 + svg::text_width(drawing_.scopes[s].name, 12))),
        svg::number(f.left + 9), svg::number(f.top + 14));
  }

  /// What a scope looks like when it is folded; not to be seen at first.
  void folded(std::string& out, std::size_t s) const {
    const Frame& f = frames_[s];
    if (f.empty()) return;
    svg::Box box;
    box.id = fmt::format("f{}", s);
    box.css = fmt::format("node folded\" data-scope=\"{}", s);
    box.title = "▸ " + visible(drawing_.scopes[s].name, 40);
    box.details = {fmt::format("{} nodes", grouped(counts_[s]))};
    box.description =
        fmt::format("Scope {}, {} nodes: unfold", drawing_.scopes[s].name, counts_[s]);
    box.rounded = false;
    svg::write(out, box, {(f.left + f.right) / 2, (f.top + f.bottom) / 2});
  }

  // --- Edges ---

  void edge(std::string& out, std::size_t e) const {
    static constexpr std::array<std::string_view, 4> classes{"forward", "backward", "across",
                                                             "update"};
    const DrawnEdge& drawn = drawing_.edges[e];
    const std::size_t first = first_links_[e];
    std::vector<Position> way = layout_.links[first];
    if (has_room(drawn)) {  // on through the text
      const std::vector<Position>& rest = layout_.links[first + 1];
      way.insert(way.end(), {way.back(), rest.front(), rest.front()});
      way.insert(way.end(), rest.begin() + 1, rest.end());
    }
    if (mirrored(drawn)) std::reverse(way.begin(), way.end());
    out += fmt::format("<g id=\"{}\" class=\"wire {}\"><path d=\"{}\"/>", edge_id(e),
                       classes[static_cast<std::size_t>(drawn.flow)], svg::path(way));
    const std::string text = edge_text(drawn);
    if (has_room(drawn)) {
      const Position at = layout_.boxes[diagram_.links[first].to];
      out += fmt::format("<text class=\"middle\" x=\"{}\" y=\"{}\">{}</text>", svg::number(at.x),
                         svg::number(at.y + 4), svg::escape(text, 60));
    } else if (!text.empty()) {
      const Position* last = &way[way.size() - 4];
      const auto along = [&](double Position::*c) {  // at 0.6 of the last curve
        return 0.064 * last[0].*c + 0.288 * last[1].*c + 0.432 * last[2].*c + 0.216 * last[3].*c;
      };
      out += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>", svg::number(along(&Position::x) + 5),
                         svg::number(along(&Position::y) + 4), svg::escape(text, 60));
    }
    out += "</g>\n";
  }

  // --- What is known of a node ---

  std::string about(std::size_t i) const {
    const DrawnNode& n = drawing_.nodes[i];
    const NodeText text = node_text(drawing_, i);
    std::string out = "{";
    const auto add = [&](std::string_view key, const std::string& value) {
      out += fmt::format("{}\"{}\":{}", out.size() > 1 ? "," : "", key, io::json_quote(value));
    };
    const bool fold = n.kind == DrawnKind::fold;
    add("title", text.head);
    add("op", fold ? text.detail : n.op + (n.attributes.empty() ? "" : " " + n.attributes));
    add("id", fmt::format("#{}", n.id));
    if (n.shape) add("shape", to_string(*n.shape));
    if (n.scope != 0) add("scope", scope_path(drawing_, n.scope));
    if (options_.tape != nullptr && !fold) add("where", options_.tape->where(n.id));
    if (!n.adjoint.empty()) add("adjoint", n.adjoint);
    const Shape shape = n.shape.value_or(Shape{});
    if (!drawing_.values.empty() && !fold) add("value", value_text(drawing_.values[i], shape));
    if (!n.backward && !fold) {
      add("gradient",
          drawing_.adjoints.empty() ? no_gradient() : value_text(drawing_.adjoints[i], shape));
    }
    return out + fmt::format(",\"inside\":{}}}", n.scope);
  }

  /// Where nodes are drawn without their gradients beside them.
  std::string no_gradient() const {
    const bool drawn = std::any_of(drawing_.nodes.begin(), drawing_.nodes.end(),
                                   [](const DrawnNode& n) { return n.derivative; });
    return drawn ? "a dashed node, if it was computed" : "not computed";
  }

  const Drawing& drawing_;
  const HtmlOptions& options_;
  std::vector<svg::Box> boxes_;
  Diagram diagram_;
  Layout layout_;
  std::vector<std::size_t> first_links_;  // of each edge, in the diagram
  std::vector<Frame> frames_;             // of each scope
  std::vector<std::int64_t> counts_;      // the nodes of the tape in each
};

}  // namespace

std::string to_html(const Drawing& drawing, const HtmlOptions& options) {
  if (drawing.nodes.size() > most_page_nodes) {
    throw InputError(fmt::format(
        "{} nodes are too many for a page (at most {}): --depth folds scopes, --around or --from "
        "with --to show a part",
        grouped(static_cast<std::int64_t>(drawing.nodes.size())), most_page_nodes));
  }
  const GraphPage graph(drawing, options);
  std::string title = options.title.empty() ? drawing.title : options.title;
  if (title.empty()) title = "Computation graph";
  Page page;
  page.title = "Gradus: " + title;
  page.name = "graph";
  page.style = embedded::graph_css;
  page.body = fill(embedded::graph_html, {{"heading", svg::escape(title, 160)},
                                          {"picture", graph.picture()},
                                          {"legend", graph.legend()},
                                          {"notes", graph.remarks()}});
  page.data = graph.data();
  page.script = embedded::graph_js;
  return write_page(page);
}

}  // namespace gradus
