/// The formats that `gradus graph` writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gradus/graph/drawing.hpp"

namespace gradus::tools {

struct GraphFormat {
  std::string_view name;
  std::string_view extensions;  ///< " .dot .gv ", in lower case
  /// The bytes of a drawing; the tape knows where its nodes were recorded. Throws InputError where
  /// Graphviz is needed and missing, or the drawing is too large for it.
  std::string (*write)(const Drawing& drawing, const Tape& tape);
};

/// The names of all formats, with commas between them.
std::string graph_formats();
/// The format that --format names, or else the end of the name of the output; DOT if there is
/// neither. Throws InputError for unknown ones.
const GraphFormat& find_graph_format(const std::optional<std::string>& name,
                                     const std::optional<std::string>& output);

}  // namespace gradus::tools
