/// The functions that a formula can call: every op of the catalogue by its name, what is made of
/// them, and first values.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gradus/tape/var.hpp"

namespace gradus::lang {

class Call;

/// A function of the language.
struct Function {
  std::string_view name;
  /// "x, axis=none, keepdims=false": = stands before a default, ... behind what takes all that is
  /// left.
  std::string_view parameters;
  std::string_view formula;  ///< "y = x * x"
  Var (*record)(Call& call);
};

/// All of them, in the order of the catalogue.
std::span<const Function> functions();
/// The function with this name, or nullptr.
const Function* find_function(std::string_view name);
/// "sum(x, axis=none, keepdims=false)".
std::string signature(const Function& function);

}  // namespace gradus::lang
