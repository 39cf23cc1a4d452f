#pragma once

#include <string_view>

namespace gradus {

/// As in CMakeLists.txt; a test compares the two.
inline constexpr std::string_view version = "0.1.0";

}  // namespace gradus
