/// What a formula is made of. For the writers of math_*.cpp and for who simplifies formulas.
#pragma once

#include "gradus/explain/math.hpp"

namespace gradus::explain {

enum class MathKind : std::uint8_t {
  symbol,
  number,
  words,
  ellipsis,
  tensor,
  sum,
  negative,
  product,
  elementwise,
  matmul,
  fraction,
  power,
  call,
  condition,
  transpose,
  element,
  partial,
  sum_over,
  chain,
  compact
};

struct Math::Part {
  MathKind kind;
  std::string text = {};         ///< a name, a number as text, an index, a relation
  std::vector<Math> parts = {};  ///< the operands; of a tensor its elements, row by row
  double number = 0;
  bool rounded = false;  ///< it shows a rounded number, somewhere inside
  int rows = 0;          ///< of a tensor; 0 for a list
};

/// How tightly a formula holds together. A part gets parentheses when it is looser than its place
/// asks for.
enum class Binding : std::uint8_t { loose, sum, product, signed_number, tight, power, atom };

Binding binding(const Math::Part& part);

/// What the place of a first factor asks for. A formula that is the name of a node stays
/// recognisable: (a·b) · c.
Binding first_place(const Math& math);

/// What the place behind the minus of a negative asks for: -(-2), -(a·b).
Binding behind_minus(const Math& math);

/// Whether a name reads as one word in a formula: letters, digits, _ . / ' and what is not ASCII.
bool is_plain_name(std::string_view name);

}  // namespace gradus::explain
