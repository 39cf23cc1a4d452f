#include "gradus/check/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>

namespace gradus {
namespace {

constexpr std::size_t columns = 9;
using Line = std::array<std::string, columns>;
constexpr std::size_t page_width = 100;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

/// Letters, not bytes: names may be UTF-8.
std::size_t width(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

/// The end of a name that is too long, which tells more than its scopes.
std::string shortened(const std::string& name, std::size_t room) {
  if (width(name) <= room) return name;
  std::string_view end = name;
  while (width(end) > room - 2 || is_continuation(end.front())) end.remove_prefix(1);
  return ".." + std::string(end);
}

std::string number(double x) { return fmt::format("{:.4g}", x); }

Line line_of(const ParameterCheck& row) {
  const std::string checked = fmt::format("{}/{}", row.checked, row.shape.elements());
  const std::string kinks = std::to_string(row.kinks);
  const std::string verdict(to_string(row.verdict));
  if (row.checked == 0) {
    return {row.name, to_string(row.shape), checked, "-", "-", "-", "-", kinks, verdict};
  }
  return {row.name,
          to_string(row.shape),
          checked,
          index_text(row.shape, row.worst.element),
          number(row.worst.analytic),
          number(row.worst.numeric),
          fmt::format("{:.1e}", row.worst.error),
          kinks,
          verdict};
}

/// What is wrong with a comparison that failed.
std::string reason(const Comparison& c) {
  if (!std::isfinite(c.analytic)) {
    return fmt::format("the analytic derivative is {}", number(c.analytic));
  }
  if (!std::isfinite(c.numeric)) {
    return fmt::format("the numeric derivative is {}: the loss is not finite on both sides",
                       number(c.numeric));
  }
  if (c.at_kink) {
    return fmt::format(
        "at a kink the analytic derivative {} is not between those of the sides, {} and {}",
        number(c.analytic), number(c.left), number(c.right));
  }
  return fmt::format("analytic {:.9g}, numeric {:.9g} +- {:.1e}", c.analytic, c.numeric,
                     c.uncertainty);
}

void add_notes(std::string& text, const ParameterCheck& row) {
  const auto note = [&]<class... Args>(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text), "  {}: ", row.name);
    fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
    text += '\n';
  };
  if (!row.used) {
    note("the loss does not depend on it: nothing to compare");
    return;
  }
  if (row.failed > 0) {
    note("{} of {} elements fail; {}: {}", row.failed, row.checked,
         index_text(row.shape, row.worst.element), reason(row.worst));
  }
  if (row.direction.verdict == Verdict::fail) {
    note("fails in a random direction: {}", reason(row.direction));
  }
  if (row.first_kink) {
    const Comparison& kink = *row.first_kink;
    note("{} of {} elements at a KINK, not judged; {}: left {}, right {}, analytic {}", row.kinks,
         row.checked, index_text(row.shape, kink.element), number(kink.left), number(kink.right),
         number(kink.analytic));
  }
  if (row.inconclusive > 0) {
    note("{} of {} elements too near to round-off to be certified", row.inconclusive, row.checked);
  }
  if (row.vacuous > 0) {
    note("{} of {} elements 0 on both sides: nothing to compare", row.vacuous, row.checked);
  }
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "PASS";
    case Verdict::vacuous:
      return "VACUOUS";
    case Verdict::kink:
      return "KINK";
    case Verdict::inconclusive:
      return "INCONCLUSIVE";
    case Verdict::fail:
      return "FAIL";
  }
  return "?";
}

std::string index_text(const Shape& shape, Index position) {
  std::string text;
  for (int axis = shape.rank(); axis-- > 0;) {
    text = (axis > 0 ? ", " : "") + std::to_string(position % shape[axis]) + text;
    position /= shape[axis];
  }
  return "[" + text + "]";
}

std::string to_string(const GradientReport& report) {
  std::vector<Line> lines{{"parameter", "shape", "checked", "worst at", "analytic", "numeric",
                           "error", "kinks", "verdict"}};
  for (const ParameterCheck& row : report.parameters) lines.push_back(line_of(row));

  std::array<std::size_t, columns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  const std::size_t others = std::accumulate(widths.begin() + 1, widths.end(), std::size_t{0});
  const std::size_t gap = widths[0] + others + 2 * (columns - 1) <= page_width ? 2 : 1;
  const std::size_t taken = others + gap * (columns - 1);
  widths[0] = std::min(widths[0], page_width - std::min(taken, page_width - 10));

  std::string text =
      fmt::format("loss {:.9g}, known up to {:.1e} (round-off); tolerance {:.1e}\n\n", report.loss,
                  report.round_off, report.tolerance);
  for (Line& line : lines) {
    line[0] = shortened(line[0], widths[0]);
    std::string out;
    for (std::size_t i = 0; i < columns; ++i) {
      const bool right = i >= 4 && i <= 7;  // numbers
      const std::string pad(widths[i] - width(line[i]), ' ');
      out += right ? pad + line[i] : line[i] + pad;
      out.append(gap, ' ');
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + '\n';
  }
  const Comparison& all = report.direction;
  fmt::format_to(std::back_inserter(text),
                 "\nall together, in a random direction: {}, analytic {:.9g}, numeric {:.9g}\n",
                 to_string(all.verdict), all.analytic, all.numeric);
  for (const ParameterCheck& row : report.parameters) add_notes(text, row);
  const auto passed = std::count_if(report.parameters.begin(), report.parameters.end(),
                                    [](const auto& row) { return row.verdict == Verdict::pass; });
  fmt::format_to(std::back_inserter(text), "{}: {} of {} parameters pass\n",
                 to_string(report.verdict), passed, report.parameters.size());
  return text;
}

}  // namespace gradus
