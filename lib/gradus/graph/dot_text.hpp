/// Text that is safe inside DOT, whatever it holds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gradus {

/// Names longer than this many code points are cut, and end in "…".
inline constexpr std::size_t longest_dot_name = 48;

/// `text` as people should see it: valid UTF-8 that XML may hold, in one line. Control characters
/// become their pictures (a newline ␊, a tab ␉), bytes that are no UTF-8 and code points that XML
/// forbids U+FFFD, and what is longer than `longest` code points ends in "…".
std::string visible(std::string_view text, std::size_t longest = longest_dot_name);

/// `text` for an HTML-like label: what `visible` gives, with &, <, > and quotes as entities, and
/// backslashes doubled.
std::string html(std::string_view text, std::size_t longest = longest_dot_name);

}  // namespace gradus
