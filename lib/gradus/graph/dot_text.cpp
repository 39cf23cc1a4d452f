#include "gradus/graph/dot_text.hpp"

#include <cstdint>

namespace gradus {
namespace {

constexpr std::uint32_t replacement = 0xFFFD;

/// Takes the first code point off `text`: `replacement` and a single byte if it is not well-formed
/// (The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::uint32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const std::uint32_t first = byte(0);
  std::size_t length = 1;
  std::uint32_t code = first;
  if (first >= 0x80) {
    length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    code = first & (0xFFu >> (length + 1));
    bool good = first >= 0xC2 && first <= 0xF4;
    for (std::size_t i = 1; i < length; ++i) {
      good = good && (byte(i) & 0xC0) == 0x80;
      code = (code << 6) | (byte(i) & 0x3F);
    }
    const std::uint32_t least = length == 4 ? 0x10000u : length == 3 ? 0x800u : 0x80u;
    good = good && code >= least && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    if (!good) {
      length = 1;
      code = replacement;
    }
  }
  text.remove_prefix(length);
  return code;
}

void put(std::string& to, std::uint32_t code) {
  const auto put_byte = [&](std::uint32_t byte) { to += static_cast<char>(byte); };
  if (code < 0x80) {
    put_byte(code);
  } else if (code < 0x800) {
    put_byte(0xC0 | (code >> 6));
    put_byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put_byte(0xE0 | (code >> 12));
    put_byte(0x80 | ((code >> 6) & 0x3F));
    put_byte(0x80 | (code & 0x3F));
  } else {
    put_byte(0xF0 | (code >> 18));
    put_byte(0x80 | ((code >> 12) & 0x3F));
    put_byte(0x80 | ((code >> 6) & 0x3F));
    put_byte(0x80 | (code & 0x3F));
  }
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
      put(result, 0x2026);
      break;
    }
    last = result.size();
    put(result, picture(take_code_point(text)));
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
