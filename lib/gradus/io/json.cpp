#include "gradus/io/json.hpp"

#include <fmt/core.h>

#include <charconv>
#include <limits>

#include "gradus/base/error.hpp"
#include "gradus/base/utf8.hpp"

namespace gradus::io {

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    const char c = text.front();
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (length == 1 && (c < ' ' || c == '\x7f')) {  // DEL: errors quote what they found
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out += '"';
}

void JsonReader::fail(std::string_view reason) const {
  throw InputError(fmt::format("{} (byte {} of the JSON text)", reason, at_));
}

void JsonReader::skip_space() {
  while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != text_.npos) ++at_;
}

bool JsonReader::accept(char wanted) {
  skip_space();
  if (at_ == text_.size() || text_[at_] != wanted) return false;
  ++at_;
  return true;
}

void JsonReader::expect(char wanted) {
  if (accept(wanted)) return;
  fail(
      fmt::format("expected '{}', found {}", wanted,
                  at_ == text_.size() ? std::string("the end") : json_quote(text_.substr(at_, 1))));
}

void JsonReader::end() {
  skip_space();
  if (at_ != text_.size()) fail("there is more text after the end");
}

std::string JsonReader::string() {
  expect('"');
  std::string out;
  while (true) {
    if (at_ == text_.size()) fail("the string has no closing quote");
    const char c = text_[at_];
    const std::size_t length = utf8_sequence(text_.substr(at_));
    if (length == 0) fail("the string is not UTF-8");
    if (length == 1 && c >= 0 && c < ' ') fail("a control character stands bare in a string");
    if (c == '\\') {
      ++at_;
      escape(out);
    } else if (c == '"') {
      ++at_;
      return out;
    } else {
      out += text_.substr(at_, length);
      at_ += length;
    }
  }
}

void JsonReader::escape(std::string& out) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const char letter = at_ < text_.size() ? text_[at_] : '\0';
  if (const std::size_t which = letters.find(letter); which != letters.npos) {
    ++at_;
    out += meanings[which];
    return;
  }
  if (letter != 'u') fail("an unknown escape in a string");
  ++at_;
  unsigned code = hex4();
  if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    const unsigned low = hex4();
    if (low < 0xdc00 || low > 0xdfff) fail("half of a surrogate pair in a string");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  if (code >= 0xd800 && code < 0xe000) fail("half of a surrogate pair in a string");
  append_utf8(out, code);
}

unsigned JsonReader::hex4() {
  unsigned code = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c >= '0' && c <= '9') {
      code = code * 16 + static_cast<unsigned>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      code = code * 16 + static_cast<unsigned>((c | ' ') - 'a') + 10;
    } else {
      fail("\\u needs four hexadecimal digits");
    }
  }
  return code;
}

std::int64_t JsonReader::integer() {
  skip_space();
  const std::size_t start = at_;
  std::int64_t value = 0;
  while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
    const int digit = text_[at_] - '0';
    if (value > (std::numeric_limits<std::int64_t>::max() - digit) / 10) {
      fail("the integer does not fit into 64 bits");
    }
    value = value * 10 + digit;
    ++at_;
  }
  if (at_ == start) fail("expected an integer of at least 0");
  if (text_[start] == '0' && at_ - start > 1) fail("an integer begins with a needless 0");
  return value;
}

double JsonReader::number() {
  skip_space();
  const std::size_t start = at_;
  const auto digits = [&] {
    const std::size_t first = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ - first;
  };
  const auto next_is = [&](std::string_view letters) {
    return at_ < text_.size() && letters.find(text_[at_]) != letters.npos;
  };
  const auto refuse = [&](std::string_view reason) {
    at_ = start;
    fail(reason);
  };
  if (next_is("-")) ++at_;
  const bool zero = next_is("0");
  const std::size_t whole = digits();
  if (whole == 0) refuse("expected a number");
  if (zero && whole > 1) refuse("a number begins with a needless 0");
  if (next_is(".")) {
    ++at_;
    if (digits() == 0) refuse("a number ends with its point");
  }
  if (next_is("eE")) {
    ++at_;
    if (next_is("+-")) ++at_;
    if (digits() == 0) refuse("a number has no digits in its exponent");
  }
  double value = 0;
  const auto result = std::from_chars(text_.data() + start, text_.data() + at_, value);
  if (result.ec != std::errc()) refuse("the number is out of a double's range");
  return value;
}

bool JsonReader::string_is_next() {
  skip_space();
  return at_ < text_.size() && text_[at_] == '"';
}

}  // namespace gradus::io
