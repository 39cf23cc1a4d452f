/// A strict look at the JSON that the command prints.
#pragma once

#include <string>
#include <string_view>

namespace cli {

/// Checks that `text` is one JSON value (RFC 8259) and one line feed, and returns it with a line
/// for each member, and "#" for every number that is no whole one: what is the same everywhere.
/// Throws std::runtime_error that says where it is not JSON.
std::string json_outline(std::string_view text);

}  // namespace cli
