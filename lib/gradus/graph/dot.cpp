#include "gradus/graph/dot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <set>
#include <sstream>

#include "gradus/base/error.hpp"
#include "gradus/graph/boost_graph.hpp"
#include "gradus/graph/dot_text.hpp"
#include "gradus/ops/list.hpp"

namespace gradus {
namespace {

/// The fill and the border of a class of nodes: a tint (about a third of the colour on white), and
/// the colour of Okabe and Ito's palette itself.
struct Style {
  std::string_view fill;
  std::string_view border;
  std::string_view meaning;
};
constexpr Style input_style{"#cfe8f8", "#56b4e9", "input"};          // sky blue
constexpr Style parameter_style{"#fbe2ae", "#e69f00", "parameter"};  // orange
constexpr Style constant_style{"#eeeeee", "#999999", "constant"};    // greys: never stand out
constexpr Style op_style{"#ffffff", "#767676", "op"};
constexpr Style output_style{"#b5e3d5", "#009e73", "output"};        // bluish green
constexpr Style gradient_style{"#f7e3ee", "#cc79a7", "derivative"};  // reddish purple
constexpr std::array styles{&input_style, &parameter_style, &constant_style,
                            &op_style,    &output_style,    &gradient_style};

/// What is lit stands out by its colour and by its weight.
constexpr std::string_view lit_colour = "#d55e00";  // vermilion
constexpr double lit_width = 3;

/// Lines and text outside of nodes: read on white and on black.
constexpr std::string_view grey = "#767676";

/// Code points of a line such as "for ∂loss/∂(matmul #7)"; names in it may be long.
constexpr std::size_t longest_adjoint = 2 * longest_dot_name;

/// Deeper scopes are drawn as part of their ancestor at this depth: Graphviz' parser is recursive.
constexpr std::size_t deepest_cluster = 30;

const Style& style_of(const Vertex& v) {
  if (v.is_gradient()) return gradient_style;
  if (v.updates != no_node) return parameter_style;
  switch (v.kind) {
    case VertexKind::input:
      return input_style;
    case VertexKind::parameter:
      return parameter_style;
    case VertexKind::constant:
      return constant_style;
    default:
      return v.output ? output_style : op_style;
  }
}

/// Whether it matters which operand is which.
bool order_matters(const Op& op) {
  return &op != &gradus::op<Add>() && &op != &gradus::op<Mul>() && &op != &gradus::op<Maximum>() &&
         &op != &gradus::op<Minimum>() && &op != &gradus::op<Equal>();
}

class Writer {
 public:
  Writer(std::ostream& out, const Graph& graph, const DotOptions& options)
      : out_(out), graph_(graph), tape_(graph.tape()), options_(options) {
    for (const Wire& wire : options.lit) {
      lit_wires_.emplace(wire.to, wire.operand);
      lit_nodes_.insert({wire.from, wire.to});
    }
  }

  void write() {
    head();
    scopes();
    if (options_.legend) legend();
    edges();
    out_ << "}\n";
  }

 private:
  template <class... Args>
  void line(std::size_t depth, fmt::format_string<Args...> text, Args&&... args) {
    line_.clear();
    line_.append(std::string_view("                                                                "
                                  "                ")
                     .substr(0, 2 * depth));
    fmt::format_to(std::back_inserter(line_), text, std::forward<Args>(args)...);
    line_.push_back('\n');
    out_.write(line_.data(), static_cast<std::streamsize>(line_.size()));
  }

  void head() {
    line(0, "digraph gradus {{");
    line(1, "rankdir={}", options_.rankdir);
    line(1, "bgcolor=transparent");
    line(1, "fontname=\"Helvetica,Arial,sans-serif\" fontcolor=\"{}\" fontsize=12", grey);
    line(1, "nodesep=0.25 ranksep=0.35");
    if (!options_.title.empty()) {
      line(1, "labelloc=t label=<<font point-size=\"16\"><b>{}</b></font>>",
           html(options_.title, 200));
    }
    line(
        1,
        "node [fontname=\"Helvetica,Arial,sans-serif\" fontsize=12 fontcolor=\"#1a1a1a\" shape=box "
        "style=\"rounded,filled\" fillcolor=\"{}\" color=\"{}\" penwidth=1.2 height=0.3 width=0.4 "
        "margin=\"0.12,0.05\"]",
        op_style.fill, op_style.border);
    line(1,
         "edge [fontname=\"Helvetica,Arial,sans-serif\" fontsize=9 fontcolor=\"{0}\" color=\"{0}\" "
         "arrowsize=0.7 labeldistance=1.4]",
         grey);
  }

  // --- Nodes ---

  static std::string small(const std::string& text) {
    return "<font point-size=\"10\">" + text + "</font>";
  }

  /// " A Bᵀ": the attributes of an op, if they say more than the result's shape does.
  std::string attributes(NodeId id) const {
    const Attributes& all = tape_.attributes(id);
    const std::string text =
        std::holds_alternative<Target>(all) ? std::string() : html(to_string(all));
    return text.empty() ? text : " " + text;
  }

  /// Two or three lines: what the node is called, how it is computed and its shape; and for a part
  /// of a derivative, of which. A node without a name is called "matmul #7", as errors call it.
  std::string label(std::size_t vertex) const {
    const Vertex& v = graph_[vertex];
    const std::string op = html(tape_.op(v.node).name());
    const std::string id =
        fmt::format("<font point-size=\"9\" color=\"#666666\">#{}</font>", v.node);
    const std::string name = html(tape_.name(v.node));
    const std::string shape = html(to_string(tape_.shape(v.node)));
    const std::string adjoint = html(graph_.adjoint_text(vertex), longest_adjoint);
    const bool leaf = v.kind != VertexKind::op;
    const bool number = v.kind == VertexKind::constant && tape_.shape(v.node).rank() == 0;

    const bool new_value = name.empty() && !leaf && v.updates != no_node;
    const bool called_adjoint = name.empty() && !new_value && v.role == AdjointRole::whole;
    std::string text;
    if (!name.empty() || new_value || called_adjoint) {
      text = "<b>" +
             (new_value        ? "new " + html(tape_.label(v.updates))
              : called_adjoint ? adjoint
                               : name) +
             "</b><br/>";
      std::string how;
      if (!leaf) how = op + attributes(v.node) + " " + (name.empty() ? id + " " : "");
      if (v.kind == VertexKind::constant) how = number ? constant(v.node) + " " : "constant ";
      text += small(how + shape);
    } else if (number) {
      text = constant(v.node) + " " + small(shape);
    } else {
      text = "<b>" + op + "</b>" + attributes(v.node) + " " + id + "<br/>" + small(shape);
    }
    if (v.is_gradient() && !called_adjoint) text += "<br/>" + small("<i>" + adjoint + "</i>");
    return text;
  }

  std::string constant(NodeId id) const { return fmt::format("{:.6g}", *tape_.leaf_value(id)); }

  void node(std::size_t depth, std::size_t vertex) {
    const Vertex& v = graph_[vertex];
    const Style& style = style_of(v);
    std::string attributes;
    const bool lit = lit_nodes_.count(v.node) > 0;
    if (&style != &op_style || lit) {
      attributes += fmt::format(" fillcolor=\"{}\" color=\"{}\"", style.fill,
                                lit ? lit_colour : style.border);
    }
    if (lit) attributes += fmt::format(" penwidth={}", lit_width);
    const bool leaf = v.kind != VertexKind::op;
    if (leaf || v.is_gradient()) {
      attributes += fmt::format(" style=\"{}filled{}\"", leaf ? "" : "rounded,",
                                v.is_gradient() ? ",dashed" : "");
    }
    if (v.output) attributes += " peripheries=2";
    line(depth, "n{} [label=<{}>{}]", v.node, label(vertex), attributes);
  }

  // --- Scopes ---

  /// Writes every node inside the clusters of its scopes. Linear, and without recursion.
  void scopes() {
    const std::size_t size = graph_.size();
    std::uint32_t scopes = 1;
    if (options_.scopes) {
      for (std::size_t i = 0; i < size; ++i) scopes = std::max(scopes, graph_[i].scope + 1);
    }
    // A scope has a smaller number than those inside it.
    std::vector<std::size_t> depth(scopes);
    std::vector<std::uint32_t> drawn_as(scopes);
    for (std::uint32_t s = 1; s < scopes; ++s) {
      const std::uint32_t parent = drawn_as[tape_.scope_parent(s)];
      const bool too_deep = depth[parent] == deepest_cluster;
      drawn_as[s] = too_deep ? parent : s;
      depth[s] = depth[parent] + (too_deep ? 0 : 1);
    }
    std::vector<std::vector<std::size_t>> members(scopes);
    std::vector<bool> used(scopes);  // holds a node, itself or deeper
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint32_t scope = options_.scopes ? drawn_as[graph_[i].scope] : 0;
      members[scope].push_back(i);
      used[scope] = true;
    }
    std::vector<std::vector<std::uint32_t>> children(scopes);
    for (std::uint32_t s = scopes; s-- > 1;) {
      if (!used[s]) continue;
      const std::uint32_t parent = drawn_as[tape_.scope_parent(s)];
      used[parent] = true;
      children[parent].push_back(s);  // the last first, as they are taken from the end
    }

    for (const std::size_t vertex : members[0]) node(1, vertex);
    std::vector<std::uint32_t> open{0};
    while (!open.empty()) {
      const std::uint32_t s = open.back();
      if (children[s].empty()) {
        open.pop_back();
        if (s != 0) line(open.size(), "}}");
        continue;
      }
      const std::uint32_t child = children[s].back();
      children[s].pop_back();
      open_cluster(open.size(), child);
      open.push_back(child);
      for (const std::size_t vertex : members[child]) node(open.size(), vertex);
    }
  }

  void open_cluster(std::size_t depth, std::uint32_t scope) {
    line(depth, "subgraph cluster_{} {{", scope);
    const std::string name = html(tape_.scope_name(scope));
    line(depth + 1,
         "label={} labeljust=l style=\"rounded,filled\" color=\"#76767680\" "
         "fillcolor=\"#76767614\"",
         name.empty() ? "\"\"" : "<" + name + ">");
  }

  // --- Edges ---

  /// Which vertices are laid out against the flow: derivatives, what is computed from them, and the
  /// leaves that only these use (a learning rate).
  std::vector<bool> backward_pass() const {
    const BoostGraph& g = boost_graph(graph_);
    std::vector<bool> backward(graph_.size());
    for (std::size_t v = 0; v < graph_.size(); ++v) {
      const auto [first, last] = boost::in_edges(v, g);
      backward[v] = g[v].is_gradient() || std::any_of(first, last, [&](const auto& e) {
                      return backward[boost::source(e, g)];
                    });
    }
    for (std::size_t v = 0; v < graph_.size(); ++v) {
      const auto [first, last] = boost::out_edges(v, g);
      if (g[v].kind != VertexKind::op && first != last) {
        backward[v] =
            std::all_of(first, last, [&](const auto& e) { return backward[boost::target(e, g)]; });
      }
    }
    return backward;
  }

  void edges() {
    const BoostGraph& g = boost_graph(graph_);
    const std::vector<bool> backward = backward_pass();
    for (std::size_t user = 0; user < graph_.size(); ++user) {
      const NodeId id = g[user].node;
      const bool numbered = tape_.operands(id).size() > 1 && order_matters(tape_.op(id));
      const auto [first, last] = boost::in_edges(user, g);
      for (auto e = first; e != last; ++e) {
        const std::size_t operand = boost::source(*e, g);
        const bool mirrored = options_.mirror && backward[operand];
        std::string attributes;
        if (numbered) {
          attributes += fmt::format(" {}={}", mirrored ? "taillabel" : "headlabel", g[*e].operand);
        }
        if (lit_wires_.count({id, g[*e].operand}) > 0) {
          attributes += fmt::format(" color=\"{}\" penwidth={}", lit_colour, lit_width);
        } else if (g[operand].is_gradient()) {
          attributes += fmt::format(" color=\"{}\"", gradient_style.border);
        } else if (backward[user] && !backward[operand]) {
          // What the backward pass needs of the forward pass: dotted, so that both stand out.
          attributes += options_.mirror ? " style=dotted constraint=false" : " style=dotted";
        }
        if (mirrored) attributes += " dir=back";
        edge(g[operand].node, id, mirrored, attributes);
      }
    }
    // Mirrored, new values stand before the parameters. Else such an edge would make a cycle.
    for (const Update& update : graph_.updates()) {
      edge(update.value.id(), update.parameter.id(), false,
           fmt::format(" color=\"{}\" style=dashed penwidth=1.5{}", parameter_style.border,
                       options_.mirror ? "" : " constraint=false"));
    }
  }

  void edge(NodeId from, NodeId to, bool mirrored, std::string_view attributes) {
    if (mirrored) std::swap(from, to);
    if (attributes.empty()) {
      line(1, "n{} -> n{}", from, to);
    } else {
      line(1, "n{} -> n{} [{}]", from, to, attributes.substr(1));
    }
  }

  void legend() {
    std::array<bool, styles.size()> occurs{};
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const Style* style = &style_of(graph_[i]);
      occurs[static_cast<std::size_t>(std::find(styles.begin(), styles.end(), style) -
                                      styles.begin())] = true;
    }
    std::string rows;
    for (std::size_t i = 0; i < styles.size(); ++i) {
      if (!occurs[i]) continue;
      rows += fmt::format(
          "<tr><td bgcolor=\"{}\" color=\"{}\" border=\"1\" width=\"16\"></td>"
          "<td align=\"left\">{}</td></tr>",
          styles[i]->fill, styles[i]->border, styles[i]->meaning);
    }
    line(1,
         "legend [shape=plain style=\"\" fontsize=10 fontcolor=\"{}\" label=<<table border=\"0\" "
         "cellspacing=\"3\" cellpadding=\"2\">{}</table>>]",
         grey, rows);
  }

  std::ostream& out_;
  const Graph& graph_;
  const Tape& tape_;
  const DotOptions& options_;
  std::set<std::pair<NodeId, std::uint32_t>> lit_wires_;  // the user and the operand's position
  std::set<NodeId> lit_nodes_;
  fmt::memory_buffer line_;
};

}  // namespace

void write_dot(std::ostream& out, const Graph& graph, const DotOptions& options) {
  static constexpr std::array<std::string_view, 4> known{"BT", "LR", "RL", "TB"};
  if (std::find(known.begin(), known.end(), options.rankdir) == known.end()) {
    throw InputError(unknown_name("rankdir", options.rankdir, known));
  }
  Writer(out, graph, options).write();
}

std::string to_dot(const Graph& graph, const DotOptions& options) {
  std::ostringstream out;
  write_dot(out, graph, options);
  return std::move(out).str();
}

}  // namespace gradus
