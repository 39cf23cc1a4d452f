/// Formulas as text: `loss = mean((X @ W - Z)^2)` becomes nodes of a tape.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/base/error.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus::lang {

/// Values of names, given from outside.
using Values = std::map<std::string, Tensor<double>, std::less<>>;

/// What a text recorded.
struct Formula {
  Var result;                   ///< the last expression
  std::vector<Var> parameters;  ///< `param` names, in the order of the text
  std::vector<Var> inputs;      ///< `input` names
  std::vector<Var> free;        ///< names whose values were given from outside; inputs of the tape
  /// Every name that was given a meaning, with its scopes: "Y", "hidden/S".
  std::map<std::string, Var, std::less<>> names;

  /// What one differentiates by: the parameters, then the free names; the inputs if there are
  /// neither.
  std::vector<Var> variables() const;
  /// The node that is called so: "hidden/S" or "hidden.S", or "S" alone if there is only one; "#7"
  /// is node 7. Throws InputError with the nearest name.
  Var find(std::string_view name) const;
};

/// A mistake in a text. The message is of several lines: what is wrong, and under it the place, the
/// line and a caret. It holds no control characters but the ends of its lines.
class FormulaError : public InputError {
 public:
  using InputError::InputError;
};

/// Operands whose shapes do not fit an op.
class MisfitError : public FormulaError {
 public:
  using FormulaError::FormulaError;
};

/// A free name without a value. Whoever asked for the formula knows how one is given.
class MissingValue : public FormulaError {
 public:
  MissingValue(const std::string& message, std::vector<std::string> names)
      : FormulaError(message), names_(std::move(names)) {}
  /// All that have none, in the order of the text.
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

/// Reads a text and records it. `file` stands in errors and in the places of the nodes: a file's
/// name, or "formula". A value is that of a free name, or takes the place of what the text gives an
/// input or a parameter. `seed` is that of draws which name none. Throws FormulaError with a caret
/// under the place, what was expected and the nearest known name, and InputError for a value that
/// nothing in the text takes; whatever the text, it neither crashes nor allocates before shapes are
/// checked. What was recorded before an error stays on the tape.
Formula record(Tape& tape, std::string_view text, const Values& values = {},
               std::string_view file = "formula", std::uint64_t seed = 1);

/// Records one more expression in the names of a formula: a claim about a derivative, say. Throws
/// FormulaError; MisfitError where all is well but the shapes.
Var record_expression(Formula& formula, std::string_view text,
                      std::string_view file = "expression");

/// The value of a text in which no name is free: "2", "pi/2", "[[1, 2], [3, 4]]",
/// "normal(3, 2, seed=1)". Throws FormulaError.
Tensor<double> parse_value(std::string_view text, std::string_view file = "value");

/// Throws InputError unless the values of a tape, with all that leads to them, fit into memory.
void check_size(const Tape& tape);

}  // namespace gradus::lang
