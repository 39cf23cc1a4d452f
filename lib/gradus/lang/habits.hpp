/// What people bring along from textbooks and from other languages.
#pragma once

#include <string>
#include <string_view>

namespace gradus::lang {

/// What is written for a function of another language that there is none of here: "log(x)" for
/// "ln". Empty for a name that is not known.
std::string_view written_instead_of(std::string_view function);

/// What is written for d(x^2)/dx, in which `f` is "x^2" and `divisor` "dx", or "" for d(x^2) alone.
std::string written_instead_of_d(std::string_view f, std::string_view divisor);

/// Whether a name is that of a library whose functions are written without it here: "np".
bool is_library(std::string_view name);

}  // namespace gradus::lang
