/// What an expression is while it is recorded, and the arguments of a call.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/lang/functions.hpp"
#include "gradus/lang/limits.hpp"
#include "gradus/lang/source_text.hpp"
#include "gradus/ops/ops.hpp"

namespace gradus::lang {

/// The value of an expression. Numbers stay plain numbers as long as they meet no variable, as in
/// C++, so that x^2 has a fixed exponent. A number with a name is both: a node, and a number where
/// one is needed.
struct Value {
  enum class Kind { none, number, variable, list, range };
  Kind kind = Kind::none;
  std::optional<double> number = {};
  Var var = {};
  std::vector<Value> items = {};  ///< of a list; start, stop and step of a range
  std::uint32_t at = 0;           ///< where it stands

  bool is_plain_number() const { return number && !var; }
};

/// Where expressions are recorded.
struct Workshop {
  const SourceText& source;
  Tape& tape;
  Random& random;
  Index& elements;  ///< of all leaf values that the text has made

  /// Throws FormulaError unless that many more elements are allowed.
  void reserve(const Shape& shape, std::uint32_t at) const;
  /// The value as a node: numbers and lists of numbers become constants, other lists are stacked.
  Var to_var(const Value& value) const;
  /// A whole number. Throws FormulaError for any other value; `what` says what it is for.
  Index whole(const Value& value, std::string_view what) const;
};

/// The arguments of a call, each in its parameter's place.
class Call {
 public:
  /// Throws FormulaError for an argument too many, too few, twice or of an unknown name.
  Call(const Workshop& workshop, const Function& function, std::uint32_t at,
       std::vector<Value> positional, std::vector<std::pair<std::string, Value>> keywords);

  Tape& tape() const { return workshop_.tape; }

  /// The first n arguments as operands of an op. A number stays one if there is a variable among
  /// them.
  template <std::size_t n>
  std::array<Operand, n> operands() const {
    return operands(std::make_index_sequence<n>());
  }
  /// The argument as a node.
  Var variable(std::size_t i) const;
  /// The items of a list, as nodes.
  std::vector<Var> variables(std::size_t i) const;

  double number(std::size_t i) const;
  bool flag(std::size_t i) const;
  Index whole(std::size_t i) const;
  bool given(std::size_t i) const { return arguments_[i].kind != Value::Kind::none; }
  /// A number or a list of them; nothing for `none`. A `none` in the list stands for `missing`.
  std::vector<Index> wholes(std::size_t i, std::optional<Index> missing = {}) const;
  std::vector<int> axes(std::size_t i) const;
  int axis(std::size_t i) const;
  /// Extents, of which no value is allocated.
  Shape shape(std::size_t i) const;

  /// A constant on the tape whose elements `draw` gives, if the shape is not too large.
  template <class Draw>
  Var leaf(const Shape& shape, Draw&& draw) const {
    workshop_.reserve(shape, at_);
    return workshop_.tape.constant(draw(shape));
  }
  /// What draws the numbers: with the seed in argument i, or the next ones of the text's.
  Random& random(std::size_t i);

  [[noreturn]] void fail(std::size_t i, std::string_view message) const;

 private:
  template <std::size_t... i>
  std::array<Operand, sizeof...(i)> operands(std::index_sequence<i...>) const {
    bool variable = false;
    ((variable = variable || !arguments_[i].is_plain_number()), ...);
    // Braces fix the order in which constants are recorded.
    return {operand(i, i > 0 || variable)...};
  }
  Operand operand(std::size_t i, bool may_be_number) const;

  const Workshop& workshop_;
  const Function& function_;
  std::uint32_t at_;
  std::vector<std::string_view> names_;  // of the parameters
  std::vector<Value> arguments_;
  std::optional<Random> seeded_;
};

}  // namespace gradus::lang
