// Formulas as LaTeX, in the part of it that MathJax, KaTeX and pandoc have in common.
#include <cctype>

#include "gradus/explain/math_part.hpp"
#include "gradus/graph/dot_text.hpp"

namespace gradus::explain {
namespace {

/// Any text, inside of \mathrm{} or \text{}. Nothing of it can end the formula.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    switch (c) {
      case '\\':
        out += "{\\backslash}";
        break;
      case '$':
        out += "{\\text{\\textdollar}}";
        break;
      case '{':
      case '}':
      case '_':
      case '#':
      case '%':
      case '&':
        out += '\\';
        out += c;
        break;
      case '^':
        out += "{\\wedge}";
        break;
      case '~':
        out += "{\\sim}";
        break;
      case '<':
        out += "{\\lt}";
        break;
      case '>':
        out += "{\\gt}";
        break;
      case '*':
        out += "{\\ast}";
        break;
      case '`':
        out += "{\\prime}";
        break;
      case '|':
        out += "{\\vert}";
        break;
      case ' ':
        out += "\\ ";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// W1 -> W_{1}, loss -> \mathrm{loss}
std::string name(std::string_view text) {
  std::size_t digits = text.size();
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(text[digits - 1]))) --digits;
  std::string_view stem = text.substr(0, digits);
  std::string_view index = text.substr(digits);
  if (stem.empty()) {
    stem = text;
    index = {};
  }
  const bool letter = stem.size() == 1 && std::isalpha(static_cast<unsigned char>(stem[0]));
  std::string out = letter ? std::string(stem) : "\\mathrm{" + escaped(stem) + "}";
  if (!index.empty()) out += "_{" + std::string(index) + "}";
  return out;
}

/// 1.5e-7 -> 1.5 \cdot 10^{-7}
std::string number(const std::string& text) {
  if (text == "NaN") return "\\mathrm{NaN}";
  if (text == "∞") return "\\infty";
  if (text == "-∞") return "-\\infty";
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text;
  return text.substr(0, e) + " \\cdot 10^{" + text.substr(e + 1) + "}";
}

std::string relation(const std::string& sign) {
  return sign == "<" ? "\\lt" : sign == "≤" ? "\\le" : "=";
}

std::string write(const Math& math, Binding wanted = Binding::loose);

std::string joined(const std::vector<Math>& parts, std::string_view sign, Binding wanted) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += sign;
    out += write(parts[i], wanted);
  }
  return out;
}

/// The first factor may have a minus; those behind it get parentheses: 2 · (-3).
std::string factors(const std::vector<Math>& parts, std::string_view sign) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += sign;
    const bool fraction = parts[i].part().kind == MathKind::fraction;
    out += write(parts[i], i == 0 || fraction ? first_place(parts[i]) : Binding::tight);
  }
  return out;
}

std::string sum(const std::vector<Math>& terms) {
  std::string out;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Math::Part* term = &terms[i].part();
    if (term->kind == MathKind::compact) term = &term->parts[0].part();
    if (i > 0 && term->kind == MathKind::negative) {
      out += " - " + write(term->parts[0], Binding::product);
    } else if (i > 0 && term->kind == MathKind::number && term->number < 0) {
      out += " - " + number(term->text.substr(1));
    } else {
      out += (i > 0 ? " + " : "") + write(terms[i], i == 0 ? Binding::sum : Binding::product);
    }
  }
  return out;
}

std::string tensor(const Math::Part& part) {
  const std::size_t rows = part.rows == 0 ? 1 : static_cast<std::size_t>(part.rows);
  const std::size_t columns = part.parts.size() / rows;
  std::string out = "\\begin{bmatrix} ";
  for (std::size_t i = 0; i < part.parts.size(); ++i) {
    if (i > 0) out += i % columns == 0 ? " \\\\ " : " & ";
    out += write(part.parts[i]);
  }
  return out + " \\end{bmatrix}";
}

std::string call(const Math::Part& part) {
  const std::string arguments = joined(part.parts, ", ", Binding::loose);
  if (part.text == "sqrt") return "\\sqrt{" + arguments + "}";
  if (part.text == "abs") return "\\left| " + arguments + " \\right|";
  std::string function = "\\operatorname{" + escaped(part.text) + "}";
  for (const std::string_view known : {"exp", "log", "sin", "cos", "tanh", "max", "min"}) {
    if (part.text == known) function = "\\" + part.text;
  }
  return function + "\\left(" + arguments + "\\right)";
}

std::string write_part(const Math::Part& part) {
  const std::vector<Math>& parts = part.parts;
  switch (part.kind) {
    case MathKind::symbol:
      return name(part.text);
    case MathKind::number:
      return number(part.text);
    case MathKind::words:
      return "\\mathrm{" + escaped(part.text) + "}";
    case MathKind::ellipsis:
      return "\\dots";
    case MathKind::tensor:
      return tensor(part);
    case MathKind::sum:
      return sum(parts);
    case MathKind::negative:
      return "-" + write(parts[0], behind_minus(parts[0]));
    case MathKind::product:
      return factors(parts, " \\cdot ");
    case MathKind::elementwise:
      return factors(parts, " \\odot ");
    case MathKind::matmul:
      return factors(parts, " \\, ");
    case MathKind::fraction:
      return "\\frac{" + write(parts[0]) + "}{" + write(parts[1]) + "}";
    case MathKind::power:
      return "{" + write(parts[0], Binding::atom) + "}^{" + write(parts[1]) + "}";
    case MathKind::call:
      return call(part);
    case MathKind::condition:
      return "\\left[" + write(parts[0], Binding::sum) + " " + relation(part.text) + " " +
             write(parts[1], Binding::sum) + "\\right]";
    case MathKind::transpose:
      return parts[0].part().kind == MathKind::partial
                 ? "\\left(" + write(parts[0]) + "\\right)^{\\top}"
                 : "{" + write(parts[0], Binding::atom) + "}^{\\top}";
    case MathKind::element:
      return "{" + write(parts[0], Binding::atom) + "}_{" + escaped(part.text) + "}";
    case MathKind::partial:
      return "\\frac{\\partial " + write(parts[0], Binding::atom) + "}{\\partial " +
             write(parts[1], Binding::atom) + "}";
    case MathKind::sum_over:
      return "\\sum_{" + escaped(part.text) + "} " + write(parts[0], Binding::product);
    case MathKind::chain: {
      std::string out;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += parts[i].part().rounded ? " \\approx " : " = ";
        out += write(parts[i], Binding::sum);
      }
      return out;
    }
    case MathKind::compact:
      return write(parts[0]);
  }
  return {};
}

std::string write(const Math& math, Binding wanted) {
  if (math.empty()) return {};
  const std::string text = write_part(math.part());
  return binding(math.part()) < wanted ? "\\left(" + text + "\\right)" : text;
}

}  // namespace

std::string Math::latex() const { return write(*this); }

}  // namespace gradus::explain
