#include "gradus/explain/math.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "gradus/explain/math_part.hpp"

namespace gradus::explain {
namespace {

/// Whole numbers below this are shown with all their digits.
constexpr double largest_whole = 1e6;

/// A text that is off by less than this (relatively) is the number itself but for round-off.
constexpr double same_number = 1e-12;

/// Elements of a tensor that are shown along an axis.
constexpr Index shown = 4;

bool any_rounded(const std::vector<Math>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Math& m) { return !m.empty() && m.part().rounded; });
}

Math::Part part_of(MathKind kind, std::vector<Math> parts, std::string_view text = {}) {
  Math::Part part{kind, std::string(text), std::move(parts)};
  part.rounded = any_rounded(part.parts);
  return part;
}

}  // namespace

std::string number_text(double x, int digits) {
  if (std::isnan(x)) return "NaN";
  if (std::isinf(x)) return x < 0 ? "-∞" : "∞";
  if (x == 0) return "0";
  if (std::abs(x) < largest_whole && x == std::floor(x)) return fmt::format("{:.0f}", x);
  std::string text = fmt::format("{:.{}g}", x, digits);
  // 1.5e-07 -> 1.5e-7
  if (const std::size_t e = text.find('e'); e != std::string::npos) {
    std::size_t zeros = e + 2;
    while (zeros + 1 < text.size() && text[zeros] == '0') ++zeros;
    const bool minus = text[e + 1] == '-';
    text = text.substr(0, e + 1) + (minus ? "-" : "") + text.substr(zeros);
  }
  return text;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= 0x80 || std::isalnum(c) || c == '_' || c == '.' || c == '/' || c == '\'';
  });
}

Binding binding(const Math::Part& part) {
  switch (part.kind) {
    case MathKind::chain:
      return Binding::loose;
    case MathKind::symbol:
      return is_plain_name(part.text) ? Binding::atom : Binding::loose;
    case MathKind::sum:
    case MathKind::sum_over:
      return Binding::sum;
    case MathKind::negative:
    case MathKind::product:
    case MathKind::elementwise:
    case MathKind::matmul:
    case MathKind::fraction:
      return Binding::product;
    case MathKind::number:
      return part.number < 0 ? Binding::signed_number : Binding::atom;
    case MathKind::power:
      return Binding::power;
    case MathKind::compact:
      return binding(part.parts[0].part());
    default:
      return Binding::atom;
  }
}

Binding first_place(const Math& math) {
  return math.part().kind == MathKind::compact ? Binding::tight : Binding::product;
}

Binding behind_minus(const Math& math) {
  const Math::Part& part = math.part();
  const bool minus =
      part.kind == MathKind::negative || (part.kind == MathKind::number && part.number < 0);
  return minus ? Binding::tight : first_place(math);
}

// --- Making formulas ---

Math::Math(Part part) : part_(std::make_shared<const Part>(std::move(part))) {}

Math Math::symbol(std::string_view name) { return Math(Part{MathKind::symbol, std::string(name)}); }

Math Math::number(double x, int digits) {
  Part part{MathKind::number, number_text(x, digits)};
  part.number = x;
  part.rounded = std::isfinite(x) &&
                 std::abs(std::strtod(part.text.c_str(), nullptr) - x) > same_number * std::abs(x);
  return Math(std::move(part));
}

Math Math::words(std::string_view text) { return Math(Part{MathKind::words, std::string(text)}); }

Math Math::ellipsis() { return Math(Part{MathKind::ellipsis}); }

Math Math::tensor(const Tensor<double>& x, int digits) {
  const Shape& shape = x.shape();
  const int rank = shape.rank();
  if (rank == 0) return number(x.item(), digits);
  const Index columns = shape[rank - 1];
  const Index rows = rank == 1 ? 1 : shape[rank - 2];
  const Index kept_rows = std::min(rows, shown);
  const Index kept_columns = std::min(columns, shown);
  Part part{MathKind::tensor};
  for (Index row = 0; row < kept_rows; ++row) {
    for (Index column = 0; column < kept_columns; ++column) {
      part.parts.push_back(number(x[row * columns + column], digits));
    }
    if (kept_columns < columns) part.parts.push_back(ellipsis());
  }
  const Index width = kept_columns + (kept_columns < columns ? 1 : 0);
  if (kept_rows < rows) {
    for (Index column = 0; column < width; ++column) part.parts.push_back(ellipsis());
  }
  part.rows = rank == 1 ? 0 : static_cast<int>(kept_rows + (kept_rows < rows ? 1 : 0));
  part.rounded = any_rounded(part.parts);
  return Math(std::move(part));
}

Math Math::sum(std::vector<Math> terms) {
  if (terms.size() == 1) return terms[0];
  return Math(part_of(MathKind::sum, std::move(terms)));
}
Math Math::negative(Math x) { return Math(part_of(MathKind::negative, {std::move(x)})); }
Math Math::product(std::vector<Math> factors) {
  if (factors.size() == 1) return factors[0];
  return Math(part_of(MathKind::product, std::move(factors)));
}
Math Math::elementwise(std::vector<Math> factors) {
  if (factors.size() == 1) return factors[0];
  return Math(part_of(MathKind::elementwise, std::move(factors)));
}
Math Math::matmul(Math a, Math b) {
  return Math(part_of(MathKind::matmul, {std::move(a), std::move(b)}));
}
Math Math::fraction(Math above, Math below) {
  return Math(part_of(MathKind::fraction, {std::move(above), std::move(below)}));
}
Math Math::power(Math base, Math exponent) {
  return Math(part_of(MathKind::power, {std::move(base), std::move(exponent)}));
}
Math Math::call(std::string_view function, std::vector<Math> arguments) {
  return Math(part_of(MathKind::call, std::move(arguments), function));
}
Math Math::condition(Math a, std::string_view relation, Math b) {
  return Math(part_of(MathKind::condition, {std::move(a), std::move(b)}, relation));
}
Math Math::transpose(Math x) { return Math(part_of(MathKind::transpose, {std::move(x)})); }
Math Math::element(Math x, std::string_view index) {
  return Math(part_of(MathKind::element, {std::move(x)}, index));
}
Math Math::partial(Math of, Math by) {
  return Math(part_of(MathKind::partial, {std::move(of), std::move(by)}));
}
Math Math::sum_over(std::string_view index, Math body) {
  return Math(part_of(MathKind::sum_over, {std::move(body)}, index));
}
Math Math::chain(std::vector<Math> parts) {
  if (parts.size() == 1) return parts[0];
  return Math(part_of(MathKind::chain, std::move(parts)));
}
Math Math::compact(Math x) {
  // A name that is part of another one is no longer told apart: a·b·c, not (a·b)·c.
  Part whole = x.part();
  for (Math& part : whole.parts) {
    if (!part.empty() && part.part().kind == MathKind::compact) part = Math(part.part().parts[0]);
  }
  return Math(part_of(MathKind::compact, {Math(std::move(whole))}));
}

}  // namespace gradus::explain
