#include "gradus/lang/recorder.hpp"

#include <fmt/core.h>

#include <cmath>

namespace gradus::lang {
namespace {

using Kind = Expression::Kind;

Value variable(Var var, std::uint32_t at) { return {Value::Kind::variable, {}, var, {}, at}; }

double compute(std::string_view op, double a, double b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return a / b;
  if (op == "<") return a < b ? 1 : 0;
  if (op == "<=") return a <= b ? 1 : 0;
  if (op == ">") return a > b ? 1 : 0;
  if (op == ">=") return a >= b ? 1 : 0;
  if (op == "==") return a == b ? 1 : 0;
  if (op == "!=") return a != b ? 1 : 0;
  return std::pow(a, b);
}

Var combine(std::string_view op, Operand a, Operand b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return a / b;
  if (op == "@") return matmul(a, b);
  if (op == "<") return less(a, b);
  if (op == "<=") return less_equal(a, b);
  if (op == ">") return greater(a, b);
  if (op == ">=") return greater_equal(a, b);
  if (op == "==") return equal(a, b);
  if (op == "!=") return not_equal(a, b);
  return pow(a, b);
}

}  // namespace

Value Recorder::record(ExpressionId first, ExpressionId end) {
  values_.clear();
  first_ = first;
  values_.reserve(end - first);
  for (ExpressionId id = first; id < end; ++id) {
    const Expression& e = syntax_.expressions[id];
    at(e.at, [&] { values_.push_back(record_one(id)); });
    values_.back().at = e.at;
    check_size(e);
  }
  return std::move(values_.back());
}

Var Recorder::node(const Value& value) {
  Var var;
  at(value.at, [&] { var = workshop_.to_var(value); });
  return var;
}

template <class Action>
void Recorder::at(std::uint32_t place, Action&& action) {
  const Tape::RecordedAt here(workshop_.tape, {file_, workshop_.source.line(place)});
  try {
    action();
  } catch (const FormulaError&) {
    throw;
  } catch (const ShapeError& error) {
    throw MisfitError(workshop_.source.point_at(place, without_places(error.what())));
  } catch (const Error& error) {
    workshop_.source.fail(place, without_places(error.what()));
  }
}

void Recorder::check_size(const Expression& e) const {
  if (workshop_.tape.size() > max_nodes) {
    workshop_.source.fail(
        e.at, fmt::format("this is too long: a formula has at most {} nodes", max_nodes));
  }
}

Value Recorder::record_one(ExpressionId id) {
  const Expression& e = syntax_.expressions[id];
  switch (e.kind) {
    case Kind::number:
      return {Value::Kind::number, e.number, {}, {}, e.at};
    case Kind::name:
      return name(id);
    case Kind::list:
    case Kind::range: {
      Value list{e.kind == Kind::list ? Value::Kind::list : Value::Kind::range, {}, {}, {}, e.at};
      for (std::size_t i = 0; i < e.operand_count; ++i) {
        list.items.push_back(std::move(operand(e, i)));
      }
      return list;
    }
    case Kind::none:
      return {};
    case Kind::keyword:
      return std::move(operand(e, 0));
    case Kind::unary:
      return unary(e);
    case Kind::binary:
      return binary(e);
    case Kind::transpose:
      return variable(transpose(workshop_.to_var(operand(e, 0))), e.at);
    case Kind::index:
      return index(e);
    case Kind::call:
      return call(e);
  }
  return {};
}

Value Recorder::name(ExpressionId id) {
  const Expression& e = syntax_.expressions[id];
  const Reference& reference = names_.references.at(id);
  Value value;
  if (reference.kind == Reference::Kind::constant) {
    if (!reference.value) return {};
    value = {Value::Kind::number, reference.value, {}, {}, e.at};
  } else {
    value = reference.kind == Reference::Kind::free ? meanings_.free[reference.index]
                                                    : meanings_.declared[reference.index];
    if (constants_only) {
      if (!value.number) {
        workshop_.source.fail(e.at,
                              fmt::format("the value of an input or a parameter cannot depend "
                                          "on '{}', which may change",
                                          shown(e.text)));
      }
      value.var = {};
    }
  }
  if (reference.transposes == 0) return value;
  Var var = workshop_.to_var(value);
  for (int i = 0; i < reference.transposes; ++i) var = transpose(var);
  return variable(var, e.at);
}

Value Recorder::unary(const Expression& e) {
  const Value& x = operand(e, 0);
  if (x.is_plain_number()) return {Value::Kind::number, -*x.number, {}, {}, e.at};
  Value result = variable(-Operand(workshop_.to_var(x)), e.at);
  if (x.number) result.number = -*x.number;
  return result;
}

Value Recorder::binary(const Expression& e) {
  const Value& a = operand(e, 0);
  const Value& b = operand(e, 1);
  const bool numbers = a.number && b.number && e.text != "@";
  if (numbers && a.is_plain_number() && b.is_plain_number()) {
    return {Value::Kind::number, compute(e.text, *a.number, *b.number), {}, {}, e.at};
  }
  // As the catalogue has them: numbers stay numbers beside a variable.
  const auto as_operand = [&](const Value& v) {
    return v.is_plain_number() ? Operand(*v.number) : Operand(workshop_.to_var(v));
  };
  const Operand left = as_operand(a);
  const Operand right = as_operand(b);
  if (left.is_number() && right.is_number()) {
    return variable(combine(e.text, workshop_.to_var(a), right), e.at);
  }
  Value result = variable(combine(e.text, left, right), e.at);
  if (numbers) result.number = compute(e.text, *a.number, *b.number);
  return result;
}

Value Recorder::index(const Expression& e) {
  const Var x = workshop_.to_var(operand(e, 0));
  const Shape shape = x.shape();
  const std::size_t count = e.operand_count - 1;
  if (static_cast<int>(count) > shape.rank()) {
    workshop_.source.fail(
        e.at, fmt::format("{} positions are given for shape {}, which has {} {}", count,
                          to_string(shape), shape.rank(), shape.rank() == 1 ? "axis" : "axes"));
  }
  std::vector<Range> ranges;
  std::vector<Index> extents;  // without the axes that go
  for (std::size_t i = 0; i < count; ++i) {
    const Value& at = operand(e, i + 1);
    if (at.kind == Value::Kind::range) {
      const auto part = [&](std::size_t k, Index fallback) {
        const Value& v = at.items[k];
        return v.kind == Value::Kind::none ? fallback : workshop_.whole(v, "a position");
      };
      ranges.push_back({part(0, 0), part(1, Range::all), part(2, 1)});
      extents.push_back(-1);
      continue;
    }
    if (at.kind == Value::Kind::list || (at.kind == Value::Kind::variable && !at.number)) {
      workshop_.source.fail(at.at,
                            "a position must be a number that is known before anything is "
                            "computed; for others there is gather(x, indices)");
    }
    const Index extent = shape[static_cast<int>(i)];
    Index position = workshop_.whole(at, "a position");
    if (position < -extent || position >= extent) {
      workshop_.source.fail(at.at, fmt::format("position {} is outside axis {} of shape {}",
                                               position, i, to_string(shape)));
    }
    if (position < 0) position += extent;
    ranges.push_back({position, position + 1, 1});
  }
  const Var taken = slice(x, std::span<const Range>(ranges));
  extents.clear();
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const bool goes = i < count && operand(e, i + 1).kind != Value::Kind::range;
    if (!goes) extents.push_back(taken.shape()[axis]);
  }
  if (static_cast<int>(extents.size()) == shape.rank()) return variable(taken, e.at);
  return variable(reshape(taken, Shape(std::span<const Index>(extents))), e.at);
}

void Recorder::check_derivative(const Expression& e) {
  const auto operands = syntax_.operands(e);
  if (operands.size() != 2) return;  // the call says what is wrong
  const Expression& by = syntax_.expressions[operands[1]];
  if (by.kind == Kind::keyword) return;
  const Value& x = operand(e, 1);
  if (x.is_plain_number()) {
    workshop_.source.fail(by.at,
                          "there is no derivative by a plain number: give it a name by "
                          "'input NAME = ...'");
  }
  if (by.kind != Kind::name || names_.references.at(operands[1]).transposes > 0) {
    workshop_.source.fail(by.at,
                          "the derivative is by a name, not by an expression: nothing depends "
                          "on what is written only here; name it before, and write f with "
                          "the name");
  }
  constexpr std::size_t nodes_of_a_rule = 16;  // at most, for one node
  if (workshop_.tape.size() > max_nodes / nodes_of_a_rule) {
    workshop_.source.fail(e.at,
                          "this is too long to be differentiated here: the derivative of a "
                          "derivative grows fast");
  }
}

/// max(x, y), as Python writes the larger of two. What stands second here is an axis.
void Recorder::check_max(const Expression& e) {
  if (e.operand_count != 2) return;
  const Expression& second = syntax_.expressions[syntax_.operands(e)[1]];
  if (second.kind == Kind::keyword) return;
  const Value &x = operand(e, 0), &axis = operand(e, 1);
  const bool is_axis = axis.kind != Value::Kind::variable || axis.number;
  if (is_axis && !x.number && (!x.var || x.var.shape().rank() > 0)) return;
  workshop_.source.fail(second.at,
                        "the larger of two values is maximum(a, b); max(x, axis) is the largest "
                        "element along an axis");
}

Value Recorder::call(const Expression& e) {
  const Function* function = find_function(e.text);  // there is one: names are resolved
  if (function->name == "d") check_derivative(e);
  if (function->name == "max") check_max(e);
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> keywords;
  for (std::size_t i = 0; i < e.operand_count; ++i) {
    const Expression& argument = syntax_.expressions[syntax_.operands(e)[i]];
    if (argument.kind == Kind::keyword) {
      keywords.emplace_back(argument.text, std::move(operand(e, i)));
    } else {
      positional.push_back(std::move(operand(e, i)));
    }
  }
  Call arguments(workshop_, *function, e.at, std::move(positional), std::move(keywords));
  return variable(function->record(arguments), e.at);
}

}  // namespace gradus::lang
