#include "graph_format.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "command.hpp"
#include "gradus/base/join.hpp"
#include "gradus/base/named.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/graph/graphml.hpp"
#include "gradus/graph/html.hpp"
#include "gradus/graph/json_graph.hpp"
#include "gradus/graph/listing.hpp"
#include "gradus/graph/mermaid.hpp"
#include "render.hpp"

namespace gradus::tools {
namespace {

/// A format that says nothing of places in the source.
template <std::string (*write)(const Drawing&)>
std::string plain(const Drawing& drawing, const Tape&) {
  return write(drawing);
}

std::string dot(const Drawing& drawing) {
  DotOptions options;
  options.legend = true;
  return to_dot(drawing, options);
}

/// Laid out by Graphviz. Its time grows with the square of the nodes and more: of a network's
/// gradient 1,000 take some seconds, and a picture of several thousands shows nothing.
template <const char* format>
std::string picture(const Drawing& drawing) {
  constexpr std::size_t most = 5000;
  if (drawing.nodes.size() > most) {
    throw InputError(fmt::format(
        "the graph has {} nodes, too many for a layout ({} at most): --depth 1 folds scopes, "
        "--around NODE and --from X --to Y show a part, and a .dot, .graphml, .json or .txt file "
        "holds all of it",
        with_commas(static_cast<Index>(drawing.nodes.size())), with_commas(most)));
  }
  return render(dot(drawing), format, "an .html, .json, .mmd or .dot file");
}
constexpr char svg[] = "svg";
constexpr char png[] = "png";
constexpr char pdf[] = "pdf";

std::string page(const Drawing& drawing, const Tape& tape) {
  HtmlOptions options;
  options.tape = &tape;
  options.graphviz = plain_layout;
  return to_html(drawing, options);
}

std::string mermaid(const Drawing& drawing) {
  if (drawing.edges.size() > most_mermaid_edges) {
    throw InputError(fmt::format(
        "the graph has {} edges, and Mermaid draws {} at most: --depth 1 folds scopes, --around "
        "NODE and --from X --to Y show a part",
        with_commas(static_cast<Index>(drawing.edges.size())), most_mermaid_edges));
  }
  return to_mermaid(drawing);
}

std::string markdown(const Drawing& drawing) { return "```mermaid\n" + mermaid(drawing) + "```\n"; }

constexpr GraphFormat all_formats[] = {
    {"dot", " .dot .gv ", plain<dot>},
    {"svg", " .svg ", plain<picture<svg>>},
    {"png", " .png ", plain<picture<png>>},
    {"pdf", " .pdf ", plain<picture<pdf>>},
    {"html", " .html .htm ", page},
    {"graphml", " .graphml ", plain<to_graphml>},
    {"json", " .json ", plain<to_json>},
    {"mermaid", " .mmd .mermaid ", plain<mermaid>},
    {"markdown", " .md .markdown ", plain<markdown>},
    {"text", " .txt .text ", plain<to_listing>},
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

std::string graph_formats() {
  std::vector<std::string_view> names;
  for (const GraphFormat& format : all_formats) names.push_back(format.name);
  return join(names, ", ");
}

const GraphFormat& find_graph_format(const std::optional<std::string>& name,
                                     const std::optional<std::string>& output) {
  if (name) return find_named<GraphFormat>("format", lower(*name), all_formats);
  if (!output || *output == "-") return all_formats[0];
  const std::string extension = lower(std::filesystem::path(*output).extension().string());
  if (extension.size() < 2) {
    throw InputError(fmt::format(
        "{}: the end of the name says the format, as in graph.svg; or --format does, one of {}",
        *output, graph_formats()));
  }
  for (const GraphFormat& format : all_formats) {
    if (format.extensions.find(" " + extension + " ") != std::string_view::npos) return format;
  }
  try {
    return find_named<GraphFormat>("format", extension.substr(1), all_formats);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", *output, error.what()));
  }
}

}  // namespace gradus::tools
