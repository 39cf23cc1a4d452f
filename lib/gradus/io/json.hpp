/// The little JSON that Gradus needs: quoting strings, and a strict reader for strings, numbers,
/// arrays and objects (RFC 8259; no booleans or nulls).
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace gradus::io {

/// `text` as a JSON string, with its quotes: `a"b` gives `"a\"b"`. Bytes that are not UTF-8 become
/// U+FFFD, so that the result is always valid JSON on one line.
std::string json_quote(std::string_view text);

/// Reads JSON text front to back, by asking for what must come next. It builds no tree and its
/// depth is that of the calls, so hostile nesting costs nothing. Everything that is not what was
/// asked for throws InputError with the position and the reason.
class JsonReader {
 public:
  /// `text` must outlive the reader.
  explicit JsonReader(std::string_view text) : text_(text) {}

  /// Reads an object; `member(key)` must read the value of each member. A key that comes twice is
  /// an error.
  template <class Member>
  void object(Member&& member) {
    expect('{');
    if (accept('}')) return;
    std::set<std::string> seen;
    do {
      std::string key = string();
      const auto [place, is_new] = seen.insert(std::move(key));
      if (!is_new) fail("the key " + json_quote(place->substr(0, 64)) + " comes twice");
      expect(':');
      member(*place);
    } while (accept(','));
    expect('}');
  }

  /// Reads an array; `element()` must read each element.
  template <class Element>
  void array(Element&& element) {
    expect('[');
    if (accept(']')) return;
    do {
      element();
    } while (accept(','));
    expect(']');
  }

  /// Reads a string, as UTF-8.
  std::string string();
  /// Reads an integer of at least 0.
  std::int64_t integer();
  /// Reads a number as the nearest double; one that is out of its range is an error.
  double number();
  /// Whether what comes next is a string.
  bool string_is_next();
  /// Only white space may be left.
  void end();
  /// Throws InputError: `reason`, with the position.
  [[noreturn]] void fail(std::string_view reason) const;

 private:
  void skip_space();
  bool accept(char wanted);
  void expect(char wanted);
  unsigned hex4();
  void escape(std::string& out);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace gradus::io
