// Formulas as plain text, in the spelling of the formula language where it has one.
#include "gradus/explain/math_part.hpp"
#include "gradus/graph/dot_text.hpp"

namespace gradus::explain {
namespace {

class Writer {
 public:
  void write(const Math& math, Binding wanted = Binding::loose) {
    if (math.empty()) return;
    const Math::Part& part = math.part();
    const bool parentheses = binding(part) < wanted;
    if (parentheses) out_ += '(';
    const int compact = compact_;
    if (parentheses && part.kind == MathKind::chain) compact_ = 0;
    write_part(part);
    compact_ = compact;
    if (parentheses) out_ += ')';
  }
  std::string take() { return std::move(out_); }

 private:
  void write_part(const Math::Part& part) {
    const std::vector<Math>& parts = part.parts;
    switch (part.kind) {
      case MathKind::symbol:
      case MathKind::words:
        out_ += visible(part.text);
        return;
      case MathKind::number:
      case MathKind::ellipsis:
        out_ += part.kind == MathKind::number ? part.text : "…";
        return;
      case MathKind::tensor:
        return tensor(part);
      case MathKind::sum:
        return sum(parts);
      case MathKind::negative:
        out_ += '-';
        return write(parts[0], behind_minus(parts[0]));
      case MathKind::product:
        return factors(parts, compact_ ? "·" : " · ");
      case MathKind::elementwise:
        return factors(parts, compact_ ? "⊙" : " ⊙ ");
      case MathKind::matmul:
        return factors(parts, compact_ ? "@" : " @ ");
      case MathKind::fraction:
        write(parts[0], first_place(parts[0]));
        out_ += compact_ ? "/" : " / ";
        return write(parts[1], Binding::tight);
      case MathKind::power:
        write(parts[0], Binding::atom);
        out_ += '^';
        return write(parts[1], Binding::atom);
      case MathKind::call:
        if (part.text == "abs" && parts.size() == 1) {
          out_ += '|';
          write(parts[0]);
          out_ += '|';
          return;
        }
        out_ += visible(part.text);
        out_ += '(';
        list(parts);
        out_ += ')';
        return;
      case MathKind::condition:
        out_ += '[';
        write(parts[0], Binding::sum);
        out_ += " " + part.text + " ";
        write(parts[1], Binding::sum);
        out_ += ']';
        return;
      case MathKind::transpose:
        if (parts[0].part().kind == MathKind::partial) {
          out_ += '(';
          write(parts[0]);
          out_ += ')';
        } else {
          write(parts[0], Binding::atom);
        }
        out_ += "ᵀ";
        return;
      case MathKind::element:
        write(parts[0], Binding::atom);
        out_ += "[" + visible(part.text) + "]";
        return;
      case MathKind::partial:
        out_ += "∂";
        write_compact(parts[0]);
        out_ += "/∂";
        return write_compact(parts[1]);
      case MathKind::sum_over:
        out_ += "Σ_" + visible(part.text) + " ";
        return write(parts[0], Binding::product);
      case MathKind::chain:
        for (std::size_t i = 0; i < parts.size(); ++i) {
          if (i > 0) out_ += parts[i].part().rounded ? " ≈ " : " = ";
          write(parts[i], Binding::sum);
        }
        return;
      case MathKind::compact:
        return write_compact(parts[0], Binding::loose);
    }
  }

  void write_compact(const Math& math, Binding wanted = Binding::atom) {
    ++compact_;
    write(math, wanted);
    --compact_;
  }

  void list(const std::vector<Math>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) out_ += compact_ ? "," : ", ";
      write(parts[i]);
    }
  }

  void tensor(const Math::Part& part) {
    const std::vector<Math>& x = part.parts;
    const std::size_t rows = part.rows == 0 ? 1 : static_cast<std::size_t>(part.rows);
    const std::size_t columns = x.size() / rows;
    if (part.rows > 0) out_ += '[';
    for (std::size_t row = 0; row < rows; ++row) {
      if (row > 0) out_ += ", ";
      out_ += '[';
      for (std::size_t column = 0; column < columns; ++column) {
        if (column > 0) out_ += ", ";
        write(x[row * columns + column]);
      }
      out_ += ']';
    }
    if (part.rows > 0) out_ += ']';
  }

  void sum(const std::vector<Math>& terms) {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const Math::Part& term = terms[i].part();
      // a + -b is a - b; a sum behind a plus keeps its parentheses, as it was added up first.
      const MathKind kind = inner(term).kind;
      const bool minus = i > 0 && (kind == MathKind::negative || is_negative_number(term));
      if (i > 0) out_ += minus ? (compact_ ? "-" : " - ") : (compact_ ? "+" : " + ");
      if (minus && kind == MathKind::negative) {
        write(inner(term).parts[0], Binding::product);
      } else if (minus) {
        out_ += term.text.substr(1);
      } else {
        write(terms[i], i == 0 ? Binding::sum : Binding::product);
      }
    }
  }

  static const Math::Part& inner(const Math::Part& part) {
    return part.kind == MathKind::compact ? part.parts[0].part() : part;
  }
  static bool is_negative_number(const Math::Part& part) {
    return part.kind == MathKind::number && part.number < 0;
  }

  /// Numbers stand as they are, 2 · -3; but 2·(-3) where there is no space to tell them apart.
  void factors(const std::vector<Math>& parts, std::string_view sign) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) out_ += sign;
      write(parts[i], i == 0     ? first_place(parts[i])
                      : compact_ ? Binding::tight
                                 : Binding::signed_number);
    }
  }

  std::string out_;
  int compact_ = 0;  // how many of the formulas around are written without spaces
};

}  // namespace

std::string Math::text() const {
  Writer writer;
  writer.write(*this);
  return writer.take();
}

}  // namespace gradus::explain
