#include "gradus/lang/call.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gradus/lang/names.hpp"

namespace gradus::lang {
namespace {

/// A parameter, as the table of functions has it.
struct Parameter {
  std::string_view name;
  std::optional<Value> fallback;
  bool takes_rest = false;
};

/// "slope=0.01" -> slope and 0.01.
Parameter parameter(std::string_view text) {
  Parameter p;
  const std::size_t equals = text.find('=');
  p.name = text.substr(0, equals);
  if (equals != std::string_view::npos) {
    const std::string_view value = text.substr(equals + 1);
    p.fallback = Value{};
    if (value != "none") {
      double number = value == "true" ? 1 : 0;
      std::from_chars(value.data(), value.data() + value.size(), number);
      p.fallback = Value{Value::Kind::number, number};
    }
  } else if (text.size() > 3 && text.substr(text.size() - 3) == "...") {
    p.name.remove_suffix(3);
    p.takes_rest = true;
    p.fallback = Value{Value::Kind::list};
  }
  return p;
}

std::vector<Parameter> parameters_of(const Function& function) {
  std::vector<Parameter> result;
  for (std::string_view rest = function.parameters; !rest.empty();) {
    const std::size_t comma = rest.find(", ");
    result.push_back(parameter(rest.substr(0, comma)));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 2);
  }
  return result;
}

/// Notes the extent of a list at this depth, which must be that of the lists beside it.
void add_extent(const SourceText& source, const Value& value, std::size_t depth,
                std::vector<Index>& extents) {
  if (value.kind != Value::Kind::list) {
    source.fail(value.at, "a number stands here among lists: the rows must all be alike");
  }
  const auto count = static_cast<Index>(value.items.size());
  if (depth == Shape::max_rank) {
    source.fail(value.at, fmt::format("lists stand in each other at most {} deep: that is the "
                                      "largest rank",
                                      Shape::max_rank));
  }
  if (depth == extents.size()) {
    extents.push_back(count);
  } else if (extents[depth] != count) {
    source.fail(value.at,
                fmt::format("this row has {}, the first one {}: the rows must all be alike", count,
                            extents[depth]));
  }
}

/// The leaves of nested lists in row-major order, level by level.
std::vector<const Value*> leaves_of(const SourceText& source, const Value& list,
                                    std::vector<Index>& extents) {
  std::vector<const Value*> level{&list};
  for (std::size_t depth = 0;; ++depth) {
    bool lists = false;
    for (const Value* v : level) lists = lists || v->kind == Value::Kind::list;
    if (!lists) return level;
    for (const Value* v : level) add_extent(source, *v, depth, extents);
    std::vector<const Value*> next;
    for (const Value* v : level) {
      for (const Value& item : v->items) next.push_back(&item);
    }
    level = std::move(next);
  }
}

}  // namespace

// --- Workshop ---

void Workshop::reserve(const Shape& shape, std::uint32_t at) const {
  if (shape.elements() > max_given - elements) {
    source.fail(at,
                fmt::format("a value of shape {} is too large: all that a formula starts from has "
                            "at most 2^25 elements together",
                            to_string(shape)));
  }
  elements += shape.elements();
}

Var Workshop::to_var(const Value& value) const {
  if (value.var) return value.var;
  if (value.number) return tape.constant(*value.number);
  if (value.kind != Value::Kind::list) {
    source.fail(value.at, value.kind == Value::Kind::range
                              ? "a range start:stop stands in the brackets behind a value only"
                              : "expected a value, not none");
  }
  std::vector<Index> extents;
  const std::vector<const Value*> leaves = leaves_of(source, value, extents);
  for (const Value* leaf : leaves) {
    if (leaf->kind != Value::Kind::number && leaf->kind != Value::Kind::variable) to_var(*leaf);
  }
  const Shape shape{std::span<const Index>(extents)};
  if (std::all_of(leaves.begin(), leaves.end(),
                  [](const Value* leaf) { return leaf->is_plain_number(); })) {
    reserve(shape, value.at);
    Tensor<double> tensor(shape);
    std::transform(leaves.begin(), leaves.end(), tensor.begin(),
                   [](const Value* leaf) { return *leaf->number; });
    return tape.constant(tensor);
  }
  // Variables among them: each becomes a row, and the rows are put together.
  std::vector<Var> rows;
  Shape first;  // of the first item
  std::vector<Index> row_extents{1};
  for (const Value* leaf : leaves) {
    const Var item = to_var(*leaf);
    if (rows.empty()) {
      first = item.shape();
      row_extents.insert(row_extents.end(), first.begin(), first.end());
      if (extents.size() + row_extents.size() - 1 > Shape::max_rank) {
        source.fail(value.at, fmt::format("this list has more than {} axes", Shape::max_rank));
      }
    }
    if (item.shape() != first) {
      source.fail(leaf->at, fmt::format("this has shape {}, the first one {}: all that stand in a "
                                        "list must be alike",
                                        to_string(item.shape()), to_string(first)));
    }
    rows.push_back(reshape(item, Shape(std::span<const Index>(row_extents))));
  }
  const Var stacked = concat(rows, 0);
  if (extents.size() == 1) return stacked;
  extents.insert(extents.end(), first.begin(), first.end());
  return reshape(stacked, Shape(std::span<const Index>(extents)));
}

Index Workshop::whole(const Value& value, std::string_view what) const {
  if (!value.number) {
    source.fail(value.at,
                fmt::format("{} must be a whole number, known before anything is computed", what));
  }
  const double x = *value.number;
  if (!(std::abs(x) <= 9007199254740992.0) || x != std::floor(x)) {
    source.fail(value.at, fmt::format("{} is {:.6g}: it must be a whole number", what, x));
  }
  return static_cast<Index>(x);
}

// --- Call ---

Call::Call(const Workshop& workshop, const Function& function, std::uint32_t at,
           std::vector<Value> positional, std::vector<std::pair<std::string, Value>> keywords)
    : workshop_(workshop), function_(function), at_(at) {
  const std::vector<Parameter> parameters = parameters_of(function);
  std::vector<bool> filled(parameters.size());
  arguments_.resize(parameters.size());
  std::size_t next = 0;
  for (Value& value : positional) {
    if (next == parameters.size()) {
      workshop.source.fail(value.at,
                           fmt::format("there is an argument too many: {}", signature(function)));
    }
    filled[next] = true;
    if (!parameters[next].takes_rest) {
      arguments_[next++] = std::move(value);
    } else if (value.kind == Value::Kind::list && arguments_[next].kind != Value::Kind::list) {
      arguments_[next++] = std::move(value);  // reshape(x, [2, 3])
    } else {
      if (arguments_[next].kind != Value::Kind::list) arguments_[next].at = value.at;
      arguments_[next].kind = Value::Kind::list;
      arguments_[next].items.push_back(std::move(value));  // reshape(x, 2, 3)
    }
  }
  for (auto& [name, value] : keywords) {
    std::size_t i = 0;
    while (i < parameters.size() && parameters[i].name != name) ++i;
    if (i == parameters.size()) {
      std::vector<std::string> known;
      for (const Parameter& p : parameters) known.emplace_back(p.name);
      workshop.source.fail(value.at,
                           fmt::format("'{}' has no argument '{}'{}: {}", function.name, name,
                                       did_you_mean(name, known), signature(function)));
    }
    if (filled[i]) {
      workshop.source.fail(value.at, fmt::format("the argument '{}' is given twice", name));
    }
    filled[i] = true;
    arguments_[i] = std::move(value);
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    names_.push_back(parameters[i].name);
    if (filled[i]) continue;
    if (!parameters[i].fallback) {
      workshop.source.fail(at, fmt::format("the argument '{}' is missing: {}", parameters[i].name,
                                           signature(function)));
    }
    arguments_[i] = *parameters[i].fallback;
    arguments_[i].at = at;
  }
}

void Call::fail(std::size_t i, std::string_view message) const {
  workshop_.source.fail(arguments_[i].at, message);
}

Operand Call::operand(std::size_t i, bool may_be_number) const {
  const Value& value = arguments_[i];
  if (may_be_number && value.is_plain_number()) return Operand(*value.number);
  return Operand(workshop_.to_var(value));
}

Var Call::variable(std::size_t i) const { return workshop_.to_var(arguments_[i]); }

std::vector<Var> Call::variables(std::size_t i) const {
  if (arguments_[i].kind != Value::Kind::list) {
    fail(i, fmt::format("'{}' must be a list: {}([a, b])", names_[i], function_.name));
  }
  std::vector<Var> result;
  for (const Value& item : arguments_[i].items) result.push_back(workshop_.to_var(item));
  return result;
}

double Call::number(std::size_t i) const {
  if (!arguments_[i].number) fail(i, fmt::format("'{}' must be a number", names_[i]));
  return *arguments_[i].number;
}

bool Call::flag(std::size_t i) const {
  const std::optional<double> number = arguments_[i].number;
  if (!number || (*number != 0 && *number != 1)) {
    fail(i, fmt::format("'{}' must be true or false", names_[i]));
  }
  return *number == 1;
}

Index Call::whole(std::size_t i) const {
  return workshop_.whole(arguments_[i], fmt::format("'{}'", names_[i]));
}

std::vector<Index> Call::wholes(std::size_t i, std::optional<Index> missing) const {
  const Value& value = arguments_[i];
  if (value.kind == Value::Kind::none) return {};
  const std::string what = fmt::format("'{}'", names_[i]);
  if (value.kind != Value::Kind::list) return {workshop_.whole(value, what)};
  if (value.items.size() > Shape::max_rank) {
    fail(i, fmt::format("{} has {} numbers: a shape has at most {} axes", what, value.items.size(),
                        Shape::max_rank));
  }
  std::vector<Index> result;
  for (const Value& item : value.items) {
    const bool none = missing && item.kind == Value::Kind::none;
    result.push_back(none ? *missing : workshop_.whole(item, what));
  }
  return result;
}

std::vector<int> Call::axes(std::size_t i) const {
  std::vector<int> result;
  for (const Index axis : wholes(i)) {
    result.push_back(static_cast<int>(std::clamp<Index>(axis, -1000, 1000)));
  }
  return result;
}

int Call::axis(std::size_t i) const {
  return static_cast<int>(std::clamp<Index>(whole(i), -1000, 1000));
}

Shape Call::shape(std::size_t i) const {
  const std::vector<Index> extents = wholes(i);
  return Shape(std::span<const Index>(extents));
}

Random& Call::random(std::size_t i) {
  if (!given(i)) return workshop_.random;
  const Index seed = whole(i);
  if (seed < 0) fail(i, "a seed is a whole number from 0 on");
  return seeded_.emplace(static_cast<std::uint64_t>(seed));
}

}  // namespace gradus::lang
