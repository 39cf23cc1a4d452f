/// Formulas for people: made once, and written as plain text, LaTeX or MathML.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/tensor/tensor.hpp"

namespace gradus::explain {

/// How many significant digits a number is shown with, if nobody says otherwise.
inline constexpr int default_digits = 5;

/// A formula. A value: copies share their parts. Text that comes from outside (names) is escaped by
/// each of the three writers. The functions that make formulas change nothing: 1 · x stays 1 · x.
class Math {
 public:
  /// Nothing: written as nothing.
  Math() = default;

  /// A variable. What is no plain name ("a+b") gets parentheses inside of formulas.
  static Math symbol(std::string_view name);
  /// A number with so many significant digits; whole numbers below a million with all of theirs.
  static Math number(double x, int digits = default_digits);
  /// Words inside a formula: "8 more".
  static Math words(std::string_view text);
  /// Something was left out: …
  static Math ellipsis();
  /// Its elements in brackets: all if there are at most 4 a side, else a corner and dots. Of a
  /// tensor of rank 3 or 4 the first matrix.
  static Math tensor(const Tensor<double>& x, int digits = default_digits);

  static Math sum(std::vector<Math> terms);
  static Math negative(Math x);
  /// a · b
  static Math product(std::vector<Math> factors);
  /// a ⊙ b, element by element
  static Math elementwise(std::vector<Math> factors);
  /// A B (in text A @ B)
  static Math matmul(Math a, Math b);
  static Math fraction(Math above, Math below);
  static Math power(Math base, Math exponent);
  /// f(x, y). sqrt and abs are drawn as such.
  static Math call(std::string_view function, std::vector<Math> arguments);
  /// [a < b]: 1 if it is so, else 0. `relation` is one of < ≤ =.
  static Math condition(Math a, std::string_view relation, Math b);
  static Math transpose(Math x);
  /// x[i,7]
  static Math element(Math x, std::string_view index);
  /// ∂of/∂by
  static Math partial(Math of, Math by);
  /// Σ over an index
  static Math sum_over(std::string_view index, Math body);
  /// a = b = c. The sign is ≈ before a part that shows a rounded number.
  static Math chain(std::vector<Math> parts);
  /// The same, written without spaces in text: a·b, as a name for what it computes.
  static Math compact(Math x);

  bool empty() const { return !part_; }
  std::string text() const;    ///< "∂L/∂a = ∂L/∂m · b = 2 · -3"
  std::string latex() const;   ///< without the $
  std::string mathml() const;  ///< a <math> element, which browsers typeset by themselves

  struct Part;  ///< see math_part.hpp
  const Part& part() const { return *part_; }

 private:
  explicit Math(Part part);
  std::shared_ptr<const Part> part_;
};

/// A number for people: `digits` significant ones, no more zeros than it needs, never "-0".
std::string number_text(double x, int digits = default_digits);

}  // namespace gradus::explain
