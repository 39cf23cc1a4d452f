#include "gradus/graph/mermaid.hpp"

#include <fmt/core.h>

#include <ostream>
#include <sstream>

#include "gradus/graph/dot_text.hpp"
#include "gradus/graph/node_text.hpp"
#include "gradus/graph/palette.hpp"

namespace gradus {
namespace {

/// `text` for a quoted label. Mermaid reads entities with # in place of &; what means something to
/// it, to Markdown or to HTML is written so.
std::string escaped(std::string_view text, std::size_t longest = longest_dot_name) {
  std::string result;
  for (const char c : visible(text, longest)) {
    if (std::string_view("\"#&<>`*_\\[]{}|;~").find(c) != std::string_view::npos) {
      result += fmt::format("#{};", static_cast<int>(c));
    } else {
      result += c;
    }
  }
  return result;
}

class MermaidWriter {
 public:
  MermaidWriter(std::ostream& out, const Drawing& drawing) : out_(out), drawing_(drawing) {}

  void write() {
    if (!drawing_.title.empty()) {
      // In YAML: quoted, with the two characters that mean something there.
      std::string title;
      for (const char c : visible(drawing_.title, 200)) {
        if (c == '"' || c == '\\') title += '\\';
        title += c;
      }
      out_ << "---\ntitle: \"" << title << "\"\n---\n";
    }
    out_ << "flowchart TB\n";
    scopes();
    for (std::size_t i = 0; i < drawing_.edges.size(); ++i) edge(i);
    styles();
  }

 private:
  void indent(std::size_t depth) {
    for (std::size_t i = 0; i < depth; ++i) out_ << "  ";
  }

  void node(std::size_t depth, std::size_t at) {
    const DrawnNode& n = drawing_.nodes[at];
    const NodeText text = node_text(drawing_, at);
    std::string label = "<b>" + escaped(text.head, 2 * longest_dot_name) + "</b>";
    if (!text.attributes.empty()) label += " " + escaped(text.attributes);
    if (!text.id.empty()) label += " " + escaped(text.id);
    label += "<br/>" + escaped(text.detail, 2 * longest_dot_name);
    if (!text.adjoint.empty()) {
      label += "<br/><i>" + escaped(text.adjoint, 2 * longest_dot_name) + "</i>";
    }
    for (const std::string& fact : text.facts) {
      label += "<br/>" + escaped(fact, 2 * longest_dot_name);
    }
    // Leaves are boxes, ops rounded, outputs and folds framed.
    const char* open = "[";
    const char* close = "]";
    if (n.output || n.kind == DrawnKind::fold) {
      open = "[[";
      close = "]]";
    } else if (n.kind == DrawnKind::op) {
      open = "(";
      close = ")";
    }
    indent(depth);
    out_ << fmt::format("n{}{}\"{}\"{}:::{}\n", n.id, open, label, close,
                        node_style(drawing_, at).meaning);
  }

  void scopes() {
    const std::size_t count = drawing_.scopes.size();
    std::vector<std::vector<std::size_t>> members(count);
    for (std::size_t i = 0; i < drawing_.nodes.size(); ++i) {
      members[drawing_.nodes[i].scope].push_back(i);
    }
    std::vector<std::vector<std::size_t>> children(count);
    for (std::size_t s = count; s-- > 1;) children[drawing_.scopes[s].parent].push_back(s);
    for (const std::size_t at : members[0]) node(1, at);
    std::vector<std::size_t> open{0};
    while (!open.empty()) {
      const std::size_t s = open.back();
      if (children[s].empty()) {
        open.pop_back();
        if (s != 0) {
          indent(open.size());
          out_ << "end\n";
        }
        continue;
      }
      const std::size_t child = children[s].back();
      children[s].pop_back();
      indent(open.size());
      out_ << fmt::format("subgraph s{}[\"{}\"]\n", child, escaped(drawing_.scopes[child].name));
      open.push_back(child);
      for (const std::size_t at : members[child]) node(open.size(), at);
    }
  }

  void edge(std::size_t at) {
    const DrawnEdge& e = drawing_.edges[at];
    const bool dotted = e.flow == DrawnFlow::across || e.flow == DrawnFlow::update;
    const std::string text = edge_text(e);
    const std::string label =
        text.empty() ? "" : "|\"" + escaped(text, 2 * longest_dot_name) + "\"|";
    out_ << fmt::format("  n{} {}{} n{}\n", drawing_.nodes[e.from].id, dotted ? "-.->" : "-->",
                        label, drawing_.nodes[e.to].id);
  }

  void styles() {
    for (const NodeStyle* style : node_styles) {
      bool occurs = false;
      for (std::size_t i = 0; i < drawing_.nodes.size() && !occurs; ++i) {
        occurs = &node_style(drawing_, i) == style;
      }
      if (!occurs) continue;
      out_ << fmt::format("  classDef {} fill:{},stroke:{},color:#1a1a1a{}\n", style->meaning,
                          style->fill, style->border,
                          style == &derivative_style ? ",stroke-dasharray:4 3" : "");
    }
    std::string updates;
    for (std::size_t i = 0; i < drawing_.edges.size(); ++i) {
      if (drawing_.edges[i].flow != DrawnFlow::update) continue;
      updates += fmt::format("{}{}", updates.empty() ? "" : ",", i);
    }
    if (!updates.empty()) {
      out_ << fmt::format("  linkStyle {} stroke:{}\n", updates, parameter_style.border);
    }
  }

  std::ostream& out_;
  const Drawing& drawing_;
};

}  // namespace

void write_mermaid(std::ostream& out, const Drawing& drawing) {
  MermaidWriter(out, drawing).write();
}

std::string to_mermaid(const Drawing& drawing) {
  std::ostringstream out;
  write_mermaid(out, drawing);
  return std::move(out).str();
}

}  // namespace gradus
