/// UTF-8, byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gradus {

/// The length of the well-formed UTF-8 sequence that `text` begins with, or 0 (The Unicode
/// Standard, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_sequence(std::string_view text);

/// The code point of a sequence that `utf8_sequence` found.
std::uint32_t utf8_code_point(std::string_view sequence);

/// Appends a code point, which must be one of Unicode's.
void append_utf8(std::string& out, std::uint32_t code);

/// Whether all of `text` is well-formed.
bool is_utf8(std::string_view text);

}  // namespace gradus
