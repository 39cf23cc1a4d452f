#include "key.hpp"

#include <string_view>

namespace gradus::tools {

bool take_key(std::string& bytes, Key& key, bool more) {
  using Kind = Key::Kind;
  if (bytes.empty()) return false;
  const auto take = [&](std::size_t count, Kind kind, std::string text = {}) {
    bytes.erase(0, count);
    key = {kind, std::move(text)};
    return true;
  };
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first == 0x1b) {
    if (bytes.size() == 1) return more ? false : take(1, Kind::escape);
    if (bytes[1] != '[' && bytes[1] != 'O') return take(1, Kind::escape);
    std::size_t end = 2;
    while (end < bytes.size() && (bytes[end] < 0x40 || bytes[end] > 0x7e)) ++end;
    if (end == bytes.size()) return more ? false : take(end, Kind::character);
    struct Sequence {
      std::string_view bytes;
      Kind kind;
    };
    // As xterm, the Linux console, tmux and rxvt send them.
    constexpr Sequence known[] = {
        {"A", Kind::up},   {"B", Kind::down}, {"C", Kind::right},    {"D", Kind::left},
        {"H", Kind::home}, {"F", Kind::end},  {"1~", Kind::home},    {"7~", Kind::home},
        {"4~", Kind::end}, {"8~", Kind::end}, {"5~", Kind::page_up}, {"6~", Kind::page_down},
        {"M", Kind::enter}};
    const std::string_view sequence = std::string_view(bytes).substr(2, end - 1);
    for (const Sequence& s : known) {
      if (s.bytes == sequence) return take(end + 1, s.kind);
    }
    return take(end + 1, Kind::character);
  }
  if (first == '\r' || first == '\n') return take(1, Kind::enter);
  if (first == 0x7f || first == '\b') return take(1, Kind::backspace);
  if (first == '\t') return take(1, Kind::tab);
  if (first == 4) return take(1, Kind::character, "q");  // Ctrl-D
  if (first < 0x20) return take(1, Kind::character);
  const std::size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (bytes.size() < length) return more ? false : take(bytes.size(), Kind::character);
  return take(length, Kind::character, bytes.substr(0, length));
}

}  // namespace gradus::tools
