/// The parts of a text, as lists: operands stand before what uses them, as on a tape. So no walk
/// recurses, whatever the nesting.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradus::lang {

/// The position of an expression in its list.
using ExpressionId = std::uint32_t;

struct Expression {
  enum class Kind {
    number,
    name,       ///< text: "x", "hidden.S", "x.T"
    list,       ///< of the operands
    unary,      ///< text: "-"
    binary,     ///< text: "+", "==", ...
    transpose,  ///< .T
    index,      ///< operand 0 at the other operands
    range,      ///< start:stop:step; missing ones are `none`
    none,
    call,     ///< text: the function
    keyword,  ///< text: the name of an argument; operand 0 is its value
  };
  Kind kind = Kind::none;
  std::uint32_t at = 0;  ///< where a caret points
  std::uint32_t first_operand = 0;
  std::uint32_t operand_count = 0;
  std::string_view text = {};
  double number = 0;
};

struct Statement {
  enum class Kind { input, param, assign, expression, open_scope, close_scope };
  Kind kind = Kind::expression;
  std::uint32_t at = 0;        ///< of the name, or of the expression
  std::string_view name = {};  ///< what is named
  /// Its expressions; the last one is the whole. None for an input whose value comes from outside.
  ExpressionId first = 0;
  ExpressionId end = 0;
};

/// Views into the text, which must outlive this.
struct Syntax {
  std::vector<Statement> statements;
  std::vector<Expression> expressions;
  std::vector<ExpressionId> operand_list;

  std::span<const ExpressionId> operands(const Expression& e) const {
    return {operand_list.data() + e.first_operand, e.operand_count};
  }
};

}  // namespace gradus::lang
