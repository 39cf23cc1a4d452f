/// Catch2 for the tests, by version 3's names: `#include "catch.hpp"`. Debian 12 and Ubuntu 22.04
/// have version 2.13, Ubuntu 24.04 has version 3.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)

#include <catch2/catch_all.hpp>

#else

#include <catch2/catch.hpp>
#include <string>

namespace Catch::Matchers {

/// A string that contains `text`.
inline StdString::ContainsMatcher ContainsSubstring(
    const std::string& text, CaseSensitive::Choice sensitivity = CaseSensitive::Yes) {
  return Contains(text, sensitivity);
}

}  // namespace Catch::Matchers

#endif
