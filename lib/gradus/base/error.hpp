/// Errors that teach: every exception that Gradus throws on bad input derives from `Error`, and its
/// text names what was given, the rule that broke and, where there is one, the likely fix.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gradus {

/// The base of all of Gradus' exceptions.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Shapes that do not fit together.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// An index that names no row or class.
class IndexError : public Error {
 public:
  using Error::Error;
};

/// A derivative that cannot be taken: no scalar loss, no way from the variable to the loss.
class GradientError : public Error {
 public:
  using Error::Error;
};

/// Bad input from outside: an option, a file, a value. The command line exits with status 2 on it.
class InputError : public Error {
 public:
  using Error::Error;
};

/// A number that turned NaN or infinite where a finite one is needed.
class NumericError : public Error {
 public:
  using Error::Error;
};

/// Whether two words have the same letters, some of them as capitals in one word only.
bool differ_in_case(std::string_view a, std::string_view b);

/// The member of `known` that differs from `word` in capitals only; or else the one that is closest
/// (Levenshtein distance, where two letters that changed places count as 1; at most 2 or a third of
/// the longer word's letters, and less than its own length); or an empty view when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// "unknown activation 'rleu': did you mean 'relu'? Known: elu, relu, ...". For every option that
/// takes a name from a list.
std::string unknown_name(std::string_view what, std::string_view word,
                         std::span<const std::string_view> known);

}  // namespace gradus
