#include "gradus/lang/source_text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "gradus/base/utf8.hpp"

namespace gradus::lang {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// A character of UTF-8; of one byte if it is none.
struct Character {
  std::uint32_t code = 0xFFFD;
  std::size_t bytes = 1;
};

Character character(std::string_view text) {
  const std::size_t bytes = utf8_sequence(text);
  return bytes == 0 ? Character{} : Character{utf8_code_point(text.substr(0, bytes)), bytes};
}

/// Controls, and what turns the direction of writing: they could make a terminal lie.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

/// The columns that a terminal takes for it: East Asian characters are wide, accents sit on others.
int width(std::uint32_t code) {
  if (code >= 0x300 && code <= 0x36F) return 0;
  const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                    (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                    (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                    (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x1F300 && code <= 0x1FAFF) ||
                    (code >= 0x20000 && code <= 0x3FFFD);
  return wide ? 2 : 1;
}

/// A printable form of a character, and the columns it takes.
std::pair<std::string_view, int> printable(const Character& c, std::string_view text) {
  if (is_control(c.code)) return {" ", 1};
  if (c.code == 0xFFFD) return {replacement, 1};
  return {text.substr(0, c.bytes), width(c.code)};
}

}  // namespace

std::string without_places(std::string text) {
  constexpr std::string_view opening = " (recorded at ";
  for (std::size_t i = 0; (i = text.find(opening, i)) != std::string::npos;) {
    const std::size_t end = text.find(')', i);
    text.erase(i, end == std::string::npos ? end : end + 1 - i);
  }
  return text;
}

std::string_view first_character(std::string_view text) {
  return text.substr(0, character(text).bytes);
}

std::string shown(std::string_view text, std::size_t most) {
  std::string result;
  std::size_t count = 0;
  while (!text.empty()) {
    if (count++ == most) return result + "...";
    const Character c = character(text);
    result += printable(c, text).first;
    text.remove_prefix(c.bytes);
  }
  return result;
}

SourceText::SourceText(std::string_view text, std::string_view file) : text_(text), file_(file) {
  for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1)) {
    line_ends_.push_back(i);
  }
}

std::uint32_t SourceText::line(std::size_t place) const {
  const auto end = std::lower_bound(line_ends_.begin(), line_ends_.end(), place);
  return 1 + static_cast<std::uint32_t>(end - line_ends_.begin());
}

std::string SourceText::point_at(std::size_t place, std::string_view message) const {
  place = std::min(place, text_.size());
  const std::size_t last_end = place == 0 ? std::string_view::npos : text_.rfind('\n', place - 1);
  const std::size_t start = last_end == std::string_view::npos ? 0 : last_end + 1;
  const std::size_t end = std::min(text_.find('\n', place), text_.size());
  // Of a long line, what is around the place.
  constexpr std::size_t before_most = 60, after_most = 40;
  std::size_t column = 0;
  std::vector<std::size_t> starts;  // of the characters before the place
  for (std::size_t i = start; i < place;) {
    starts.push_back(i);
    i += character(text_.substr(i)).bytes;
    ++column;
  }
  const bool cut_before = starts.size() > before_most;
  std::size_t i = cut_before ? starts[starts.size() - before_most] : start;
  std::string line = cut_before ? "..." : "";
  auto caret = static_cast<std::size_t>(cut_before ? 3 : 0);
  for (std::size_t after = 0; i < end;) {
    if (i >= place && after++ == after_most) {
      line += "...";
      break;
    }
    const Character c = character(text_.substr(i));
    const auto [print, columns] = printable(c, text_.substr(i));
    line += print;
    if (i < place) caret += static_cast<std::size_t>(columns);
    i += c.bytes;
  }
  line.insert(0, 4, ' ');
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return fmt::format("{}\n  {}:{}:{}\n{}\n    {:>{}}", message, shown(file_), this->line(place),
                     column + 1, line, '^', caret + 1);
}

void SourceText::fail(std::size_t place, std::string_view message) const {
  throw FormulaError(point_at(place, message));
}

}  // namespace gradus::lang
