/// Pictures of graphs, by Graphviz.
#pragma once

#include <string>
#include <string_view>

namespace gradus::tools {

/// What Graphviz' dot makes of DOT text, in a format that it knows ("svg", "png", "pdf"). Throws
/// InputError if dot is not installed or fails.
std::string render(std::string_view dot_text, std::string_view format);

}  // namespace gradus::tools
