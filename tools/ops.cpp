// gradus ops
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "command.hpp"
#include "curve.hpp"
#include "gradus/base/join.hpp"
#include "gradus/lang/formula.hpp"
#include "gradus/lang/functions.hpp"
#include "gradus/ops/list.hpp"
#include "plot.hpp"

namespace gradus::tools {
namespace {

OptionList ops_options() {
  OptionList list;
  list.add("ascii", "draw with plain characters");
  return list;
}

constexpr std::string_view ops_examples =
    "  gradus ops\n"
    "  gradus ops tanh\n"
    "  gradus ops '*'\n"
    "  gradus ops leaky_relu --ascii\n";

/// How formulas write what has a sign.
struct Sign {
  std::string_view sign, name, written;
};
constexpr std::array signs{
    Sign{"+", "add", "a + b"},      Sign{"-", "sub", "a - b"},
    Sign{"*", "mul", "a * b"},      Sign{"/", "div", "a / b"},
    Sign{"^", "pow", "a ^ b"},      Sign{"**", "pow", "a ^ b"},
    Sign{"-x", "neg", "-x"},        Sign{"@", "matmul", "a @ b"},
    Sign{"<", "less", "a < b"},     Sign{"<=", "less_equal", "a <= b"},
    Sign{">", "greater", "a > b"},  Sign{">=", "greater_equal", "a >= b"},
    Sign{"==", "equal", "a == b"},  Sign{"!=", "not_equal", "a != b"},
    Sign{".T", "transpose", "x.T"},
};

bool any(const Op& op, Flow flow) {
  for (int k = 0; k < std::max(op.arity(), 1); ++k) {
    if (op.flow(k) == flow) return true;
  }
  return false;
}

/// The functions of a formula in groups, as people look for them.
struct Group {
  std::string_view title;
  bool (*has)(const lang::Function& function, const Op* op);
};
bool makes_values(const lang::Function& function) {
  return function.parameters.find("shape...") != std::string_view::npos;
}
constexpr std::array groups{
    Group{"Element by element, with a derivative",
          [](const lang::Function&, const Op* op) {
            return op && op->pointwise() && any(*op, Flow::smooth);
          }},
    Group{"Element by element, flat: 0 passes",
          [](const lang::Function&, const Op* op) {
            return op && op->pointwise() && !any(*op, Flow::smooth);
          }},
    Group{"Along axes, and between elements",
          [](const lang::Function&, const Op* op) { return op && !op->pointwise(); }},
    Group{"Made of these",
          [](const lang::Function& f, const Op* op) { return !op && !makes_values(f); }},
    Group{"First values",
          [](const lang::Function& f, const Op* op) { return !op && makes_values(f); }},
};

/// Words in lines of 80 columns, behind an indent; the first line has it already.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (column > indent && column + 1 + columns(word) > 80) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += columns(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string catalogue() {
  std::string text = "What a formula can call. gradus ops NAME says more of each.\n";
  for (const Group& group : groups) {
    text += fmt::format("\n{}\n", group.title);
    for (const lang::Function& function : lang::functions()) {
      if (!group.has(function, find_op(function.name))) continue;
      text += fmt::format("  {:<20} {}\n", function.name, wrapped(function.formula, 23));
    }
  }
  return text;
}

/// "c: flat; a, b: ..." in words, by operand where they differ.
std::string flow_text(const Op& op, const lang::Function& function) {
  constexpr auto words = [](Flow flow) -> std::string_view {
    switch (flow) {
      case Flow::smooth:
        return "smooth (a change reaches y through the derivative)";
      case Flow::flat:
        return "flat (the derivative is 0 wherever there is one, and 0 passes)";
      default:
        return "cut (nothing passes, and asking for a derivative is an error)";
    }
  };
  if (op.arity() < 0) return std::string(words(op.flow(0)));
  const std::vector<std::string> operands = operands_of(function);
  std::string text;
  for (const Flow flow : {Flow::smooth, Flow::flat, Flow::cut}) {
    std::vector<std::string> names;
    for (int k = 0; k < op.arity(); ++k) {
      if (op.flow(k) == flow) names.push_back(operands[static_cast<std::size_t>(k)]);
    }
    if (names.empty()) continue;
    if (static_cast<int>(names.size()) == op.arity()) return std::string(words(flow));
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", join(names, ", "), words(flow));
  }
  return text;
}

/// How a formula writes it.
std::string written(const lang::Function& function) {
  for (const Sign& sign : signs) {
    if (sign.name == function.name) {
      return fmt::format("{}, or {}", sign.written, lang::signature(function));
    }
  }
  return lang::signature(function);
}

/// Two pictures beside each other.
std::string side_by_side(const std::string& left, const std::string& right, std::size_t width) {
  const auto lines = [](std::string_view text) {
    std::vector<std::string_view> result;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      result.push_back(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    return result;
  };
  const auto a = lines(left), b = lines(right);
  std::string text;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    std::string line(i < a.size() ? a[i] : std::string_view());
    if (i < b.size() && !b[i].empty()) {
      line += std::string(width - std::min(columns(line), width), ' ');
      line += b[i];
    }
    text += line + '\n';
  }
  return text;
}

/// The function and its derivative by one operand, the other one held.
std::string picture(const Curve& curve, bool ascii) {
  constexpr int width = 39;
  const auto draw = [&](const std::vector<double>& y, const std::string& title) {
    const Series series{{}, curve.x, y, 0};
    PlotOptions options;
    options.width = width;
    options.height = 9;
    options.x_label = curve.variable;
    options.y_label = title;
    options.ascii = ascii;
    return plot({&series, 1}, options);
  };
  std::string text = side_by_side(draw(curve.y, "y = " + curve.formula),
                                  draw(curve.slope, "dy/d" + curve.variable), width + 2);
  if (curve.clipped) {
    text += fmt::format("  What is beyond {} and -{} is left out.\n", largest_drawn, largest_drawn);
  }
  return text;
}

std::string entry(const lang::Function& function, bool ascii) {
  const Op* op = find_op(function.name);
  std::vector<std::pair<std::string_view, std::string>> rows;
  rows.emplace_back("formula", function.formula);
  if (op) {
    const OpDoc& doc = op->doc();
    rows.emplace_back("derivative", doc.derivative.empty() ? "none" : doc.derivative);
    rows.emplace_back("flow", flow_text(*op, function));
    rows.emplace_back("kinks", doc.kinks.empty() ? "none" : doc.kinks);
    if (op->pointwise()) {
      rows.emplace_back("defined for", doc.defined.empty() ? "all numbers" : doc.defined);
      rows.emplace_back("tested in", fmt::format("[{}, {}]", op->domain().low, op->domain().high));
    } else if (!doc.defined.empty()) {
      rows.emplace_back("defined for", doc.defined);
    }
  } else if (const auto parts = parts_of(function); !parts.empty()) {
    rows.emplace_back("made of", fmt::format("{}; the derivative follows", join(parts, ", ")));
  }
  rows.emplace_back("written", written(function));
  std::string text = fmt::format("{}\n\n", function.name);
  for (const auto& [what, words] : rows) {
    text += fmt::format("  {:<12} {}\n", what, wrapped(words, 15));
  }
  for (const Curve& curve : curves_of(function)) text += '\n' + picture(curve, ascii);
  return text;
}

const lang::Function& find(const std::string& name) {
  for (const Sign& sign : signs) {
    if (sign.sign == name) return *lang::find_function(sign.name);
  }
  if (const lang::Function* function = lang::find_function(name)) return *function;
  std::vector<std::string_view> names;
  for (const lang::Function& function : lang::functions()) names.push_back(function.name);
  const std::string_view close = nearest(name, names);
  throw InputError(fmt::format("unknown op '{}'{}; gradus ops lists all", name,
                               close.empty() ? "" : fmt::format(" (did you mean '{}'?)", close)));
}

}  // namespace

int ops_command(const std::vector<std::string>& arguments) {
  // The op '-' would be taken for an option.
  const Options options("ops", "ops [NAME] [OPTIONS]", ops_examples, ops_options(), arguments,
                        Positional::source);
  if (options.help()) return ok;
  print_now(options.source() ? entry(find(*options.source()), options.flag("ascii")) : catalogue());
  return ok;
}

}  // namespace gradus::tools
