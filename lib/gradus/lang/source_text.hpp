/// A text that is read, and errors that point into it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/base/source_location.hpp"
#include "gradus/lang/formula.hpp"

namespace gradus::lang {

/// The text and what it is called. Places are offsets in bytes.
class SourceText {
 public:
  /// Both must outlive this.
  SourceText(std::string_view text, std::string_view file);

  std::string_view text() const { return text_; }
  std::string_view file() const { return file_; }
  /// From 1.
  std::uint32_t line(std::size_t place) const;

  /// `message`, with the place, its line and a caret under it.
  std::string point_at(std::size_t place, std::string_view message) const;
  /// Throws it as a FormulaError.
  [[noreturn]] void fail(std::size_t place, std::string_view message) const;

 private:
  std::string_view text_;
  std::string_view file_;
  std::vector<std::size_t> line_ends_;
};

/// An error's words without " (recorded at ...)".
std::string without_places(std::string text);

/// The first character of a text that is not empty; a byte, if that is not UTF-8.
std::string_view first_character(std::string_view text);

/// Part of an untrusted text, fit for a message: cut if it is long, and without control characters.
std::string shown(std::string_view text, std::size_t most = 64);

}  // namespace gradus::lang
