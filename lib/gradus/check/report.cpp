#include "gradus/check/report.hpp"

#include <fmt/core.h>

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

/// Without the signs of -0 and NaN, which tell nothing here.
std::string number(double x, int digits = 4) {
  return std::isnan(x) ? "nan" : fmt::format("{:.{}g}", x + 0.0, digits);
}

Line line_of(const ParameterCheck& row) {
  const std::string checked = fmt::format("{}/{}", row.checked, row.shape.elements());
  const std::string unjudged = std::to_string(row.unjudged());
  const std::string verdict(to_string(row.verdict));
  if (row.checked == 0) {
    return {row.name, to_string(row.shape), checked, "-", "-", "-", "-", unjudged, verdict};
  }
  return {row.name,
          to_string(row.shape),
          checked,
          index_text(row.shape, row.worst.element),
          number(row.worst.analytic),
          number(row.worst.numeric),
          fmt::format("{:.1e}", row.worst.error),
          unjudged,
          verdict};
}

/// What is wrong with a comparison that failed.
std::string reason(const Comparison& c, const GradientReport& report) {
  if (!std::isfinite(report.loss)) {
    return fmt::format("the loss is {}{}", number(report.loss),
                       report.loss_site.empty() ? "" : ", from " + report.loss_site + " on");
  }
  if (!std::isfinite(c.analytic)) {
    return fmt::format("the analytic derivative is {}", number(c.analytic));
  }
  if (c.at_kink) {
    return fmt::format(
        "at a kink the analytic derivative {} is not between those of the sides, {} and {}",
        number(c.analytic), number(c.left), number(c.right));
  }
  return fmt::format("analytic {}, numeric {} +- {:.1e}", number(c.analytic, 9),
                     number(c.numeric, 9), c.uncertainty);
}

/// Lines of notes, each on something with a name.
class Notes {
 public:
  explicit Notes(std::string& text) : text_(text) {}

  template <class... Args>
  void operator()(std::string_view about, fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format("  {}: ", about);
    text_ += fmt::format(format, std::forward<Args>(args)...);
    text_ += '\n';
  }

 private:
  std::string& text_;
};

std::string branch_text(const std::string& site) {
  return site.empty() ? "" : "; x-h, x and x+h take different branches at " + site;
}

void add_notes(std::string& text, const ParameterCheck& row, const GradientReport& report) {
  Notes note(text);
  if (!row.used) {
    note(row.name, "the loss does not depend on it: nothing to compare");
    return;
  }
  if (!row.finding.sentence.empty()) note(row.name, "{}", row.finding.sentence);
  if (row.failed > 0) {
    note(row.name, "{} of {} elements FAIL; {}: {}", row.failed, row.checked,
         index_text(row.shape, row.worst.element), reason(row.worst, report));
  }
  if (row.direction.verdict == Verdict::fail) {
    note(row.name, "fails in a random direction: {}", reason(row.direction, report));
  }
  if (row.first_kink) {
    const Comparison& kink = *row.first_kink;
    note(row.name, "{} of {} elements at a KINK, not judged; {}: left {}, right {}, analytic {}{}",
         row.kinks, row.checked, index_text(row.shape, kink.element), number(kink.left),
         number(kink.right), number(kink.analytic), branch_text(row.kink_site));
  }
  if (row.domain > 0) {
    note(row.name,
         "{} of {} elements at the edge of the DOMAIN, not judged; {}: the loss is finite here, "
         "but not on both sides{}",
         row.domain, row.checked, index_text(row.shape, row.first_domain->element),
         row.domain_site.empty() ? "" : ", where " + row.domain_site + " is not");
  }
  if (row.below_noise > 0) {
    note(row.name, "{} of {} elements BELOW-NOISE: too near to round-off to be certified",
         row.below_noise, row.checked);
  }
  if (row.excused > 0) {
    note(row.name, "{} of {} elements EXCUSED by the absolute tolerance, not certified",
         row.excused, row.checked);
  }
  if (row.vacuous > 0) {
    note(row.name, "{} of {} elements VACUOUS: 0 on both sides, nothing to compare", row.vacuous,
         row.checked);
  }
}

/// The three derivatives where a claim is furthest off.
void add_claim(std::string& text, const ClaimCheck& claim) {
  const ParameterCheck& row = claim.row;
  text += fmt::format("\nclaim {}: {}: {}", row.name, claim.text, to_string(row.verdict));
  if (row.checked > 0) {
    text += fmt::format(", {} of {} elements pass", row.passed, row.checked);
  }
  text += '\n';
  Notes note(text);
  if (!row.finding.sentence.empty()) note(row.name, "{}", row.finding.sentence);
  if (!claim.nearby.empty()) note(row.name, "{}", claim.nearby);
  if (!row.used && row.verdict == Verdict::fail) {
    note(row.name, "the loss does not depend on it: its derivative is 0");
  }
  if (row.checked == 0) return;
  const Comparison& worst = row.worst;
  const std::string numeric =
      worst.at_kink
          ? fmt::format("at a kink: numeric {} on its left, {} on its right", number(worst.left, 9),
                        number(worst.right, 9))
          : fmt::format("numeric {} +- {:.1e}", number(worst.numeric, 9), worst.uncertainty);
  note(row.name, "{}: claimed {}, by the tape {}, {}", index_text(row.shape, worst.element),
       number(worst.analytic, 9), number(claim.tape, 9), numeric);
}

/// "; 3 of 40 elements are not judged: 2 KINK, 1 BELOW-NOISE", or "".
std::string unjudged_text(const GradientReport& report) {
  Index checked = 0;
  std::array<std::pair<Verdict, Index>, 5> counts{{{Verdict::excused, 0},
                                                   {Verdict::vacuous, 0},
                                                   {Verdict::kink, 0},
                                                   {Verdict::below_noise, 0},
                                                   {Verdict::domain, 0}}};
  Index unjudged = 0;
  for (const ParameterCheck& row : report.parameters) {
    checked += row.checked;
    unjudged += row.unjudged();
    counts[0].second += row.excused;
    counts[1].second += row.vacuous;
    counts[2].second += row.kinks;
    counts[3].second += row.below_noise;
    counts[4].second += row.domain;
  }
  if (unjudged == 0) return "";
  std::string text = fmt::format("; {} of {} elements {} not judged: ", unjudged, checked,
                                 unjudged == 1 ? "is" : "are");
  std::string_view separator;
  for (const auto& [verdict, count] : counts) {
    if (count == 0) continue;
    text += fmt::format("{}{} {}", separator, count, to_string(verdict));
    separator = ", ";
  }
  return text;
}

std::string last_line(const GradientReport& report) {
  const auto passes = [](const auto& row) { return row.verdict == Verdict::pass; };
  const auto passed = std::count_if(report.parameters.begin(), report.parameters.end(), passes);
  std::string text = fmt::format("{}: {} of {} parameters pass", to_string(report.verdict), passed,
                                 report.parameters.size());
  if (!report.claims.empty()) {
    const auto right = std::count_if(report.claims.begin(), report.claims.end(),
                                     [&](const ClaimCheck& c) { return passes(c.row); });
    text += fmt::format(", {} of {} claims", right, report.claims.size());
  }
  return text + unjudged_text(report) + "\n";
}

/// What single precision does to a check.
std::string about_single(const GradientReport& report) {
  Index off = 0;
  Index all = 0;
  for (const ParameterCheck& row : report.parameters) {
    for (const Comparison& c : row.elements) {
      ++all;
      const double size = std::max(std::abs(c.plain), std::abs(c.analytic));
      off += c.verdict != Verdict::fail && std::abs(c.plain - c.analytic) > report.tolerance * size;
    }
  }
  return fmt::format(
      "\nSingle precision misleads: an evaluation of the loss is off by {:.1e}, and a difference\n"
      "divides that by its step. For {} of {} elements a plain central difference is off by more "
      "than\nthe tolerance though nothing is seen to be wrong. Check in double precision.\n",
      report.round_off, off, all);
}

}  // namespace

bool GradientReport::good() const {
  return verdict <= Verdict::excused &&
         std::any_of(parameters.begin(), parameters.end(),
                     [](const auto& row) { return row.verdict == Verdict::pass; });
}

std::string to_string(const GradientReport& report) {
  std::vector<Line> lines{{"parameter", "shape", "checked", "worst at", "analytic", "numeric",
                           "error", "unjudged", "verdict"}};
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
      fmt::format("{} {}, known up to {:.1e} (round-off); tolerance {:.1e}{}{}\n\n", report.subject,
                  number(report.loss, 9), report.round_off, report.tolerance,
                  report.absolute > 0 ? fmt::format(", absolute {:.1e}", report.absolute) : "",
                  report.precision == Precision::f32 ? "; in single precision" : "");
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
  text += fmt::format("\nall together, in a random direction: {}, analytic {}, numeric {}\n",
                      to_string(all.verdict), number(all.analytic, 9), number(all.numeric, 9));
  if (report.taylor && report.taylor->rates[0]) text += to_string(*report.taylor) + '\n';
  for (const ParameterCheck& row : report.parameters) add_notes(text, row, report);
  for (const Blame& blame : report.blames) {
    text += fmt::format("  blame: {}\n", to_string(blame));
  }
  for (const ClaimCheck& claim : report.claims) add_claim(text, claim);
  if (!report.claims.empty()) text += '\n';
  if (report.precision == Precision::f32) text += about_single(report) + '\n';
  return text + last_line(report);
}

}  // namespace gradus
