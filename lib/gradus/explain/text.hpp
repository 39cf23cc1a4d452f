/// Walks as text to read and to paste into notes.
#pragma once

#include <string>
#include <vector>

#include "gradus/explain/walk.hpp"

namespace gradus::explain {

/// The whole story in lines of at most 80 columns (names may be longer), for a terminal or notes.
std::string to_text(const Walk& walk);

/// The same as Markdown, with LaTeX between dollar signs.
std::string to_markdown(const Walk& walk);

/// One step in lines of at most `width` columns: its formulas, its value if that is a tensor, and
/// its words.
std::vector<std::string> step_lines(const Walk& walk, const Step& step, int width);

/// Columns that a text takes on a screen: its code points.
int columns(std::string_view text);

/// The text in lines of at most `width` columns, broken between words; lines after the first are
/// indented.
std::vector<std::string> wrapped(std::string_view text, int width, int indent = 0);

}  // namespace gradus::explain
