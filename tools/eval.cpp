// gradus eval
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "command.hpp"
#include "gradus/base/join.hpp"
#include "gradus/explain/origin.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/io/json.hpp"
#include "gradus/lang/source_text.hpp"
#include "gradus/run/value.hpp"
#include "source.hpp"
#include "table.hpp"

namespace gradus::tools {
namespace {

OptionList eval_options() {
  OptionList list;
  add_source_options(list);
  list.add("json", "print all values and gradients as JSON");
  return list;
}

constexpr std::string_view eval_examples =
    "  gradus eval 'sin(x) * x' --at x=2\n"
    "  gradus eval 'mean((X @ w - z)^2)' --at 'X=[[1,2],[3,4]]' --at w=[1,0] --at z=[1,2]\n"
    "  gradus eval 'd(d(x^3, x), x)' --at x=2\n"
    "  gradus eval two_layer.gr --json\n"
    "  gradus eval --model mlp:3,4,2\n\n"
    "In JSON, numbers have 17 significant digits; those that JSON has not are the strings "
    "\"nan\",\n"
    "\"inf\" and \"-inf\". What has no gradient has null, and says why.\n";

/// A variable, its value, and its gradient or why there is none.
struct Row {
  std::string name;
  Var var;
  Var gradient = {};
  std::string why = {};    // in a few words
  std::string cause = {};  // where more can be said
};

/// By which name the node is known: its own, with its scopes, or another one that it was given.
std::string name_of(const Source& source, Var var) {
  std::string other = source.tape->label(var.id());
  for (const auto& [name, named] : source.formula.names) {
    if (!same_node(named, var)) continue;
    if (name.substr(name.rfind('/') + 1) == var.name()) return name;
    other = name;
  }
  return other;
}

/// Says why no adjoint reached the variable; but zeros come through ops that are flat.
void explain_missing(Row& row, const Source& source) {
  try {
    row.gradient = gradient(source.result(), row.var);
  } catch (const GradientError& error) {
    const std::string words = lang::without_places(error.what());
    row.why = fmt::format("no way from {} to {}", row.name, source.result_name());
    if (words.find(" is cut by ") == std::string::npos) return;
    row.why = "none: the way is cut";
    row.cause = words;
  }
}

/// The variables, with their gradients recorded if the result is a single number.
std::vector<Row> differentiate(const Source& source) {
  const Var result = source.result();
  const std::vector<Var> variables = source.variables();
  std::vector<Row> rows;
  const bool scalar = result.shape().elements() == 1;
  const Backward back = scalar && !variables.empty() ? backward(result, variables) : Backward{};
  for (const Var v : variables) {
    Row& row = rows.emplace_back(Row{name_of(source, v), v});
    if (!scalar) {
      row.why = fmt::format("{} has shape {}", source.result_name(), to_string(result.shape()));
    } else if (v.id() < back.adjoints.size() && back.adjoints[v.id()] != no_node) {
      row.gradient = source.tape->var(back.adjoints[v.id()]);
    } else {
      explain_missing(row, source);
    }
  }
  return rows;
}

/// Where NaN or infinity comes from, in a line: of the result, or else of its first gradient that
/// has some.
std::string not_finite_line(const Source& source, const std::vector<Row>& rows) {
  const std::string line = explain::origin_of_not_finite(source.result());
  if (!line.empty()) return "\n" + line + "\n";
  for (const Row& row : rows) {
    std::string of_row = row.gradient ? explain::origin_of_not_finite(row.gradient) : "";
    if (of_row.empty()) continue;
    if (of_row.substr(0, 4) == "The ") of_row[0] = 't';
    return fmt::format("\nIn the gradient by {}, {}\n", row.name, of_row);
  }
  return {};
}

// --- As a table ---

std::string to_table(const Source& source, const std::vector<Row>& rows) {
  const std::string name = source.result_name();
  const Tensor<double> y = value(source.result());
  if (y.elements() != 1) {
    constexpr Corner whole_screen{12, 8};
    return fmt::format(
        "{}, shape {}\n\n{}\n\nNo gradient: only a single number has one. Take the sum or the mean "
        "of {}, or one element.\n{}",
        name, to_string(y.shape()), join(corner(y, whole_screen), "\n"), name,
        not_finite_line(source, rows));
  }
  std::string text = fmt::format("{} = {}\n\n", name, number_text(y[0]));
  if (rows.empty()) {
    return text +
           "There is nothing to differentiate by. Use a name without giving it a meaning, and give "
           "it "
           "a value\nby --at NAME=...; or write 'input NAME = ...' or 'param NAME = ...'.\n" +
           not_finite_line(source, rows);
  }
  Table table({"name", "shape", "value", fmt::format("d {}/d name", name)});
  std::string causes;
  for (const Row& row : rows) {
    table.add({{row.name},
               {to_string(row.var.shape())},
               corner(value(row.var)),
               row.gradient ? corner(value(row.gradient)) : Table::Cell{row.why}});
    if (!row.cause.empty()) causes += row.cause + "\n";
  }
  return text + to_string(table) + (causes.empty() ? "" : "\n" + causes) +
         not_finite_line(source, rows);
}

// --- As JSON ---

std::string json(double x) {
  if (std::isfinite(x)) return fmt::format("{:.17g}", x);
  return std::isnan(x) ? "\"nan\"" : x > 0 ? "\"inf\"" : "\"-inf\"";
}

/// Nested lists.
std::string json(const Tensor<double>& x, int axis = 0, Index first = 0) {
  const Shape& shape = x.shape();
  if (axis == shape.rank()) return json(x[first]);
  const Index stride = strides(shape)[static_cast<std::size_t>(axis)];
  std::string text = "[";
  for (Index i = 0; i < shape[axis]; ++i) {
    if (i > 0) text += ", ";
    text += json(x, axis + 1, first + i * stride);
  }
  return text + "]";
}

std::string_view kind_of(const Source& source, Var var) {
  const lang::Formula& f = source.formula;
  const auto among = [&](const std::vector<Var>& vars) {
    return std::any_of(vars.begin(), vars.end(), [&](Var v) { return same_node(v, var); });
  };
  return among(f.parameters) ? "param"
         : among(f.inputs)   ? "input"
         : among(f.free)     ? "free"
                             : "computed";
}

std::string rows_as_json(const Source& source, const std::vector<Row>& rows) {
  const Tensor<double> y = value(source.result());
  std::vector<std::string> variables, names;
  for (const Row& row : rows) {
    variables.push_back(fmt::format(
        "    {{\"name\": {}, \"kind\": \"{}\", \"shape\": {}, \"value\": {}, \"gradient\": {}{}}}",
        io::json_quote(row.name), kind_of(source, row.var), json_shape(row.var.shape()),
        json(value(row.var)), row.gradient ? json(value(row.gradient)) : "null",
        row.gradient ? ""
                     : fmt::format(", \"why\": {}",
                                   io::json_quote(row.cause.empty() ? row.why : row.cause))));
  }
  for (const auto& [name, var] : source.formula.names) {
    names.push_back(fmt::format("    {}: {{\"kind\": \"{}\", \"shape\": {}, \"value\": {}}}",
                                io::json_quote(name), kind_of(source, var), json_shape(var.shape()),
                                json(value(var))));
  }
  const auto lines = [](const std::vector<std::string>& all) {
    return all.empty() ? "" : fmt::format("\n{}\n  ", join(all, ",\n"));
  };
  return fmt::format(
      "{{\n  \"source\": {},\n  \"result\": {{\"name\": {}, \"shape\": {}, \"value\": {}}},\n"
      "  \"variables\": [{}],\n  \"names\": {{{}}}\n}}\n",
      io::json_quote(source.title), io::json_quote(source.result_name()), json_shape(y.shape()),
      json(y), lines(variables), lines(names));
}

}  // namespace

int eval_command(const std::vector<std::string>& arguments) {
  const Options options("eval", "eval SOURCE [OPTIONS]",
                        fmt::format("{}\n{}", eval_examples, source_help), eval_options(),
                        arguments, Positional::source);
  if (options.help()) return ok;
  const Source source = read_source(options);
  lang::check_size(*source.tape);
  const std::vector<Row> rows = differentiate(source);
  lang::check_size(*source.tape);
  print_now(options.flag("json") ? rows_as_json(source, rows) : to_table(source, rows));
  return ok;
}

}  // namespace gradus::tools
