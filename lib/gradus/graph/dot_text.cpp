#include "gradus/graph/dot_text.hpp"

#include <cstdint>

#include "gradus/base/utf8.hpp"

namespace gradus {
namespace {

constexpr std::uint32_t replacement = 0xFFFD;

/// Takes the first code point off `text`: `replacement` and a single byte if it is not well-formed.
std::uint32_t take_code_point(std::string_view& text) {
  const std::size_t length = utf8_sequence(text);
  const std::uint32_t code = length == 0 ? replacement : utf8_code_point(text.substr(0, length));
  text.remove_prefix(length == 0 ? 1 : length);
  return code;
}

std::uint32_t picture(std::uint32_t code) {
  if (code < 0x20) return 0x2400 + code;  // the block "Control Pictures"
  if (code == 0x7F) return 0x2421;
  if (code >= 0x80 && code < 0xA0) return replacement;
  return (code & 0xFFFE) == 0xFFFE ? replacement : code;
}

}  // namespace

std::string visible(std::string_view text, std::size_t longest) {
  std::string result;
  std::size_t last = 0;  // where the last code point starts
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == longest) {
      result.resize(last);
      append_utf8(result, 0x2026);
      break;
    }
    last = result.size();
    append_utf8(result, picture(take_code_point(text)));
  }
  return result;
}

std::string html(std::string_view text, std::size_t longest) {
  std::string result;
  for (const char c : visible(text, longest)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\\':
        result += "\\\\";  // dot reads \N, \G and the like in HTML-like labels too
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace gradus
