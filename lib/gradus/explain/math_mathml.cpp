// Formulas as MathML Core, the part of MathML that browsers typeset by themselves.
#include <fmt/core.h>

#include <cctype>

#include "gradus/explain/math_part.hpp"
#include "gradus/graph/dot_text.hpp"

namespace gradus::explain {
namespace {

/// Any text inside of an element.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string tag(std::string_view name, const std::string& inside) {
  const std::string n(name);
  return "<" + n + ">" + inside + "</" + n + ">";
}
std::string row(const std::string& inside) { return tag("mrow", inside); }
std::string sign(std::string_view text) { return tag("mo", std::string(text)); }

/// A minus of a number, without the space of one between two terms.
const std::string minus = "<mo form=\"prefix\">−</mo>";

/// W1 -> W with the index 1
std::string name(std::string_view text) {
  std::size_t digits = text.size();
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(text[digits - 1]))) --digits;
  if (digits == 0 || digits == text.size()) return tag("mi", escaped(text));
  return tag("msub", tag("mi", escaped(text.substr(0, digits))) +
                         tag("mn", std::string(text.substr(digits))));
}

/// 1.5e-7 -> 1.5 · 10^-7
std::string number(const std::string& text) {
  if (text[0] == '-') return row(minus + number(text.substr(1)));
  if (text == "NaN" || text == "∞") return tag("mi", text);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return tag("mn", text);
  return row(tag("mn", text.substr(0, e)) + sign("·") +
             tag("msup", tag("mn", "10") + number(text.substr(e + 1))));
}

std::string write(const Math& math, Binding wanted = Binding::loose);

std::string parenthesised(const std::string& inside, std::string_view open = "(",
                          std::string_view close = ")") {
  // Without a mathematical font, brackets that may grow do so beside a single letter, too.
  const bool tall = inside.find("<mfrac>") != std::string::npos ||
                    inside.find("<mtable>") != std::string::npos ||
                    inside.find("<munder>") != std::string::npos;
  const auto bracket = [&](std::string_view text) {
    return tall ? sign(text) : fmt::format("<mo stretchy=\"false\">{}</mo>", text);
  };
  return row(bracket(open) + inside + bracket(close));
}

std::string joined(const std::vector<Math>& parts, const std::string& between) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += between;
    out += write(parts[i]);
  }
  return out;
}

std::string factors(const std::vector<Math>& parts, const std::string& between) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += between;
    const bool fraction = parts[i].part().kind == MathKind::fraction;
    out += write(parts[i], i == 0 || fraction ? first_place(parts[i]) : Binding::tight);
  }
  return row(out);
}

std::string sum(const std::vector<Math>& terms) {
  std::string out;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Math::Part* term = &terms[i].part();
    if (term->kind == MathKind::compact) term = &term->parts[0].part();
    if (i > 0 && term->kind == MathKind::negative) {
      out += sign("−") + write(term->parts[0], Binding::product);
    } else if (i > 0 && term->kind == MathKind::number && term->number < 0) {
      out += sign("−") + number(term->text.substr(1));
    } else {
      out += (i > 0 ? sign("+") : "") + write(terms[i], i == 0 ? Binding::sum : Binding::product);
    }
  }
  return row(out);
}

std::string tensor(const Math::Part& part) {
  const std::size_t rows = part.rows == 0 ? 1 : static_cast<std::size_t>(part.rows);
  const std::size_t columns = part.parts.size() / rows;
  std::string table;
  for (std::size_t r = 0; r < rows; ++r) {
    std::string cells;
    for (std::size_t c = 0; c < columns; ++c) {
      cells += tag("mtd", write(part.parts[r * columns + c]));
    }
    table += tag("mtr", cells);
  }
  return parenthesised(tag("mtable", table), "[", "]");
}

std::string call(const Math::Part& part) {
  const std::string arguments = joined(part.parts, sign(","));
  if (part.text == "sqrt") return tag("msqrt", arguments);
  if (part.text == "abs") return parenthesised(arguments, "|", "|");
  // The invisible operator "function application" is for those who listen.
  return row(tag("mi", escaped(part.text)) + sign("\u2061") + parenthesised(arguments));
}

std::string write_part(const Math::Part& part) {
  const std::vector<Math>& parts = part.parts;
  switch (part.kind) {
    case MathKind::symbol:
      return name(part.text);
    case MathKind::number:
      return number(part.text);
    case MathKind::words:
      return tag("mtext", escaped(part.text));
    case MathKind::ellipsis:
      return tag("mi", "…");
    case MathKind::tensor:
      return tensor(part);
    case MathKind::sum:
      return sum(parts);
    case MathKind::negative:
      return row(minus + write(parts[0], behind_minus(parts[0])));
    case MathKind::product:
      return factors(parts, sign("·"));
    case MathKind::elementwise:
      return factors(parts, sign("⊙"));
    case MathKind::matmul:
      return factors(parts, sign("\u2062"));  // the invisible operator "times"
    case MathKind::fraction:
      return tag("mfrac", row(write(parts[0])) + row(write(parts[1])));
    case MathKind::power:
      return tag("msup", row(write(parts[0], Binding::atom)) + row(write(parts[1])));
    case MathKind::call:
      return call(part);
    case MathKind::condition:
      return parenthesised(
          write(parts[0], Binding::sum) + sign(escaped(part.text)) + write(parts[1], Binding::sum),
          "[", "]");
    case MathKind::transpose: {
      const std::string inside = parts[0].part().kind == MathKind::partial
                                     ? parenthesised(write(parts[0]))
                                     : write(parts[0], Binding::atom);
      return tag("msup", row(inside) + tag("mi", "⊤"));
    }
    case MathKind::element:
      return tag("msub", row(write(parts[0], Binding::atom)) + tag("mtext", escaped(part.text)));
    case MathKind::partial:
      return tag("mfrac", row(sign("∂") + write(parts[0], Binding::atom)) +
                              row(sign("∂") + write(parts[1], Binding::atom)));
    case MathKind::sum_over:
      return row(tag("munder", sign("∑") + tag("mi", escaped(part.text))) +
                 write(parts[0], Binding::product));
    case MathKind::chain: {
      std::string out;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += sign(parts[i].part().rounded ? "≈" : "=");
        out += write(parts[i], Binding::sum);
      }
      return row(out);
    }
    case MathKind::compact:
      return write(parts[0]);
  }
  return {};
}

std::string write(const Math& math, Binding wanted) {
  if (math.empty()) return {};
  const std::string text = write_part(math.part());
  return binding(math.part()) < wanted ? parenthesised(text) : text;
}

}  // namespace

std::string Math::mathml() const { return tag("math", write(*this)); }

}  // namespace gradus::explain
