/// Formulas of the tests of the language.
#pragma once

#include <string>

#include "catch.hpp"
#include "gradus/lang/formula.hpp"
#include "gradus/run/value.hpp"

namespace gradus::test {

inline Tensor<double> number(double x) { return Tensor<double>(Shape{}, x); }

/// Names and their values, as people write them.
inline lang::Values values(std::initializer_list<std::pair<const char*, const char*>> texts) {
  lang::Values result;
  for (const auto& [name, text] : texts) result.emplace(name, lang::parse_value(text));
  return result;
}

/// The value of a text's result.
inline Tensor<double> evaluate(std::string_view text, const lang::Values& given = {}) {
  Tape tape;
  return value(lang::record(tape, text, given).result);
}

/// The value of a text's result as text.
inline std::string shown(std::string_view text, const lang::Values& given = {}) {
  return to_string(evaluate(text, given), 10);
}

/// The message of the error that a text gives, or "" if it gives none.
inline std::string error_of(std::string_view text, const lang::Values& given = {},
                            std::string_view file = "f.gr") {
  try {
    Tape tape;
    lang::record(tape, text, given, file);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// A tape's nodes in a row of text: ops, operands, attributes and shapes.
inline std::string listing(const Tape& tape) {
  std::string text;
  for (NodeId id = 0; id < tape.size(); ++id) {
    text += std::to_string(id) + " " + std::string(tape.op(id).name());
    for (const NodeId operand : tape.operands(id)) text += " " + std::to_string(operand);
    text += " " + to_string(tape.attributes(id)) + " " + to_string(tape.shape(id)) + "\n";
  }
  return text;
}

}  // namespace gradus::test
