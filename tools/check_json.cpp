#include "check_json.hpp"

#include <fmt/core.h>

#include "command.hpp"
#include "gradus/base/join.hpp"
#include "gradus/io/json.hpp"

namespace gradus::tools {
namespace {

std::string number(const std::optional<double>& x) { return x ? json_number(*x) : "null"; }

std::string numbers(const std::vector<double>& values) {
  std::vector<std::string> texts;
  for (const double v : values) texts.push_back(json_number(v));
  return fmt::format("[{}]", join(texts, ", "));
}

std::string text_or_null(std::string_view text) {
  return text.empty() ? "null" : io::json_quote(text);
}

std::string json(const Comparison& c, const Shape& shape) {
  std::string sides;
  if (c.at_kink) {
    sides = fmt::format(", \"left\": {}, \"right\": {}", json_number(c.left), json_number(c.right));
  }
  return fmt::format(
      "{{\"index\": {}, \"analytic\": {}, \"numeric\": {}, \"uncertainty\": {}, \"error\": {}{}, "
      "\"verdict\": \"{}\"}}",
      c.element < 0 ? "null" : index_text(shape, c.element), json_number(c.analytic),
      json_number(c.numeric), json_number(c.uncertainty), json_number(c.error), sides,
      to_string(c.verdict));
}

std::string json(const Diagnosis& finding) {
  return fmt::format("{{\"cause\": \"{}\", \"sentence\": {}}}", to_string(finding.cause),
                     text_or_null(finding.sentence));
}

/// The members of a row, without braces.
std::string members(const ParameterCheck& row) {
  return fmt::format(
      "\"name\": {}, \"shape\": {}, \"checked\": {}, \"passed\": {}, \"excused\": {}, \"vacuous\": "
      "{}, \"kinks\": {}, \"below_noise\": {}, \"domain\": {}, \"failed\": {}, \"worst\": {}, "
      "\"direction\": {}, \"kink_site\": {}, \"domain_site\": {}, \"finding\": {}, \"verdict\": "
      "\"{}\"",
      io::json_quote(row.name), json_shape(row.shape), row.checked, row.passed, row.excused,
      row.vacuous, row.kinks, row.below_noise, row.domain, row.failed,
      row.checked > 0 ? json(row.worst, row.shape) : "null",
      row.checked > 0 ? json(row.direction, row.shape) : "null", text_or_null(row.kink_site),
      text_or_null(row.domain_site), json(row.finding), to_string(row.verdict));
}

std::string json(const ClaimCheck& claim) {
  return fmt::format("{{\"claim\": {}, \"claimed_shape\": {}, \"tape\": {}, \"nearby\": {}, {}}}",
                     io::json_quote(claim.text), claim.shape ? json_shape(*claim.shape) : "null",
                     claim.row.checked > 0 ? json_number(claim.tape) : "null",
                     io::json_quote(claim.nearby), members(claim.row));
}

std::string json(const Blame& blame) {
  return fmt::format(
      "{{\"node\": {}, \"op\": {}, \"operand\": {}, \"where\": {}, \"finding\": {}}}", blame.node,
      io::json_quote(blame.op), blame.operand, io::json_quote(blame.where), json(blame.diagnosis));
}

std::string json(const TaylorTest& test) {
  std::vector<std::string> terms;
  for (std::size_t k = 0; k < (test.second_order ? 3u : 2u); ++k) {
    terms.push_back(fmt::format("{{\"expected\": {}, \"rate\": {}, \"remainders\": {}}}", k + 1,
                                number(test.rates[k]), numbers(test.remainders[k])));
  }
  return fmt::format("{{\"steps\": {}, \"terms\": [{}]}}", numbers(test.steps), join(terms, ", "));
}

/// The members of a report, without braces.
std::string members(const GradientReport& report) {
  std::vector<std::string> rows;
  for (const ParameterCheck& row : report.parameters) rows.push_back("{" + members(row) + "}");
  std::vector<std::string> claims;
  for (const ClaimCheck& claim : report.claims) claims.push_back(json(claim));
  std::vector<std::string> blames;
  for (const Blame& blame : report.blames) blames.push_back(json(blame));
  return fmt::format(
      "\"loss\": {}, \"round_off\": {}, \"precision\": \"{}\", \"tolerance\": {}, \"absolute\": "
      "{}, "
      "\"parameters\": [{}], \"claims\": [{}], \"blame\": [{}], \"direction\": {}, \"taylor\": {}, "
      "\"verdict\": \"{}\"",
      json_number(report.loss), json_number(report.round_off),
      report.precision == Precision::f32 ? "f32" : "f64", json_number(report.tolerance),
      json_number(report.absolute), join(rows, ", "), join(claims, ", "), join(blames, ", "),
      json(report.direction, {}), report.taylor ? json(*report.taylor) : "null",
      to_string(report.verdict));
}

std::string json(const HessianReport& report) {
  return fmt::format("{{{}, \"symmetry\": {{\"uHv\": {}, \"vHu\": {}, \"symmetric\": {}}}}}",
                     members(report.products), json_number(report.uHv), json_number(report.vHu),
                     report.symmetric);
}

std::string json(const ErrorCurve::Arm& arm) {
  return fmt::format(
      "{{\"best_step\": {}, \"least_error\": {}, \"truncation\": {}, \"round_off\": {}}}",
      json_number(arm.best_step), json_number(arm.least_error), number(arm.truncation),
      number(arm.round_off));
}

std::string json(const ErrorCurve& curve) {
  std::vector<std::string> points;
  for (const ErrorCurve::Point& p : curve.points)
    points.push_back(numbers({p.step, p.forward, p.central}));
  return fmt::format(
      "{{\"name\": {}, \"derivative\": {}, \"relative\": {}, \"round_off\": {}, \"forward\": {}, "
      "\"central\": {}, \"step_forward_central\": [{}]}}",
      io::json_quote(curve.name), json_number(curve.derivative), curve.relative,
      json_number(curve.round_off), json(curve.forward), json(curve.central), join(points, ", "));
}

}  // namespace

std::string check_json(const std::string& title, const GradientReport& report,
                       const std::optional<HessianReport>& hessian,
                       const std::optional<ErrorCurve>& curve) {
  std::string text = fmt::format("{{\"source\": {}, {}", io::json_quote(title), members(report));
  if (hessian) text += ", \"second_order\": " + json(*hessian);
  if (curve) text += ", \"curve\": " + json(*curve);
  return text + "}";
}

}  // namespace gradus::tools
