/// Where something was recorded: a line of the user's program, or of a formula that is read as
/// text.
#pragma once

#include <cstdint>

namespace gradus {

/// A file and a line. std::source_location would do for C++ alone, but clang 14 lacks it, and
/// nobody can make one of a place in a formula.
class SourceLocation {
 public:
  constexpr SourceLocation() = default;
  /// A place in any text. `file` must outlive every tape that records there; a literal does.
  constexpr SourceLocation(const char* file, std::uint_least32_t line) : file_(file), line_(line) {}

  /// As a default argument: the place of the call.
  static constexpr SourceLocation current(const char* file = __builtin_FILE(),
                                          std::uint_least32_t line = __builtin_LINE()) {
    return {file, line};
  }

  constexpr const char* file_name() const { return file_; }
  constexpr std::uint_least32_t line() const { return line_; }
  /// Whether they name the same line of the same text, by its address.
  bool operator==(const SourceLocation&) const = default;

 private:
  const char* file_ = "";
  std::uint_least32_t line_ = 0;
};

}  // namespace gradus
