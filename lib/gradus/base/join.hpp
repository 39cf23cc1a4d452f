/// Lists as text.
#pragma once

#include <concepts>
#include <ranges>
#include <string>
#include <string_view>

namespace gradus {

/// The texts or whole numbers of `values` with `separator` between them: "a, b, c". (fmt::join()
/// has need of <fmt/format.h>, with which each file compiles half of fmt, for seconds; and so has
/// fmt::format_to(), if clang++ links with what g++ compiled.)
template <std::ranges::input_range Range>
std::string join(const Range& values, std::string_view separator) {
  std::string text;
  bool first = true;
  for (const auto& value : values) {
    if (!first) text += separator;
    first = false;
    if constexpr (std::integral<std::ranges::range_value_t<Range>>) {
      text += std::to_string(value);
    } else {
      text += value;
    }
  }
  return text;
}

}  // namespace gradus
