/// Pictures by other programs: of graphs by Graphviz, of curves by gnuplot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradus::tools {

/// What Graphviz' dot makes of DOT text, in a format that it knows ("svg", "png", "pdf"). Throws
/// InputError if dot is not installed or fails, which says what could be written `instead`.
std::string render(std::string_view dot_text, std::string_view format,
                   std::string_view instead = "a .dot file");

/// What `dot -Tplain` prints, for the pages' layouts. Without dot nothing; and a line on the
/// standard error says that a simpler layout is taken.
std::optional<std::string> plain_layout(std::string_view dot_text);

/// What a program writes to its standard output when it reads `input`. Throws InputError if it is
/// not installed or fails, which names it, and what could be written in its place: "a .dot file".
std::string filter(std::vector<std::string> command, std::string_view input, std::string_view name,
                   std::string_view instead);

}  // namespace gradus::tools
