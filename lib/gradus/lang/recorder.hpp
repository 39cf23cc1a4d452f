/// From the parts of a text to nodes.
#pragma once

#include "gradus/lang/call.hpp"
#include "gradus/lang/names.hpp"
#include "gradus/lang/syntax.hpp"

namespace gradus::lang {

/// What names mean, as far as the text has been recorded.
struct Meanings {
  std::vector<Value> declared;  ///< of `Names::declarations`
  std::vector<Value> free;      ///< of `Names::free`
};

/// Records expressions of one text on one tape. Its errors, and those of the ops, point into the
/// text.
class Recorder {
 public:
  /// `file` is the text's name, in the places of nodes.
  Recorder(const Workshop& workshop, const Syntax& syntax, const Names& names,
           const Meanings& meanings, const char* file)
      : workshop_(workshop), syntax_(syntax), names_(names), meanings_(meanings), file_(file) {}

  /// Only numbers may be used by name: what is recorded gives a first value.
  bool constants_only = false;

  /// The value of the last of some expressions that lie together.
  Value record(ExpressionId first, ExpressionId end);
  /// A value as a node.
  Var node(const Value& value);

 private:
  /// Does something whose nodes and errors belong to a place.
  template <class Action>
  void at(std::uint32_t place, Action&& action);
  Value record_one(ExpressionId id);
  Value name(ExpressionId id);
  Value unary(const Expression& e);
  Value binary(const Expression& e);
  Value index(const Expression& e);
  Value call(const Expression& e);
  void check_derivative(const Expression& e);
  void check_max(const Expression& e);
  void check_size(const Expression& e) const;
  Value& operand(const Expression& e, std::size_t i) {
    return values_[syntax_.operands(e)[i] - first_];
  }

  const Workshop& workshop_;
  const Syntax& syntax_;
  const Names& names_;
  const Meanings& meanings_;
  const char* file_;
  std::vector<Value> values_;  // of the expressions from first_ on
  ExpressionId first_ = 0;
};

}  // namespace gradus::lang
