#include "gradus/check/check_gradient.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "gradus/base/random.hpp"
#include "gradus/check/explain.hpp"
#include "gradus/check/nearby.hpp"
#include "gradus/check/probe.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/tape/rewind.hpp"

#ifdef __FAST_MATH__
#error "gradient checks need IEEE arithmetic: compile without -ffast-math"
#endif

namespace gradus {
namespace {

void need_leaves_with_values(Var loss, std::span<const Var> wrt) {
  const Tape& tape = loss.tape();
  tape.check(loss);
  if (wrt.empty()) throw Error("check_gradient: no variables are given to check");
  std::set<NodeId> seen;
  for (const Var w : wrt) {
    tape.check(w);
    const Op& op = tape.op(w.id());
    if (!is_input(op) && !is_parameter(op)) {
      throw Error(fmt::format(
          "check_gradient: {} (recorded at {}) is {}: only inputs and parameters can be checked",
          tape.label(w.id()), tape.where(w.id()), is_constant(op) ? "a constant" : "computed"));
    }
    if (!tape.leaf_value(w.id()) && w.shape().elements() > 0) {
      throw Error(fmt::format(
          "check_gradient: the input {} (recorded at {}) has no value: give it one with set()",
          tape.label(w.id()), tape.where(w.id())));
    }
    if (!seen.insert(w.id()).second) {
      throw Error(fmt::format("check_gradient: {} is given twice", tape.label(w.id())));
    }
  }
}

/// All positions if there are at most `count`, else so many of them at random, in order (Floyd's
/// algorithm: Bentley, "Programming pearls", CACM 30, 1987).
std::vector<Index> sample(Index elements, Index count, Random& random) {
  std::set<Index> chosen;
  for (Index i = std::max(elements - count, Index{0}); i < elements; ++i) {
    if (elements <= count || !chosen.insert(random.below(i + 1)).second) chosen.insert(i);
  }
  return {chosen.begin(), chosen.end()};
}

std::string full_name(Var w) {
  const Tape& tape = w.tape();
  const std::string scope = tape.scope_path(tape.scope_of(w.id()));
  return scope.empty() ? tape.label(w.id()) : scope + "/" + tape.label(w.id());
}

/// Values of variables, as programs of this precision compute them.
template <Real T>
std::vector<Tensor<double>> evaluate(std::span<const Var> variables) {
  Executor<T> executor{Program(variables, Passes::as_recorded())};
  executor.run();
  std::vector<Tensor<double>> values;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const View<const T> v = executor.output(i);
    Tensor<double>& wide = values.emplace_back(*v.shape);
    std::copy_n(v.data, v.elements(), wide.begin());
  }
  return values;
}

/// The gradient's values; what is recorded for them is forgotten again.
template <Real T>
std::vector<Tensor<double>> analytic_gradient(Var loss, std::span<const Var> wrt) {
  const Rewind rewind(loss.tape());
  return evaluate<T>(gradient(loss, wrt, Disconnected::zeros));
}

bool all_finite(std::span<const Tensor<double>> tensors) {
  return std::all_of(tensors.begin(), tensors.end(), [](const Tensor<double>& t) {
    return std::all_of(t.begin(), t.end(), [](double v) { return std::isfinite(v); });
  });
}

/// What of a row is shown first.
int interest(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return 6;
    case Verdict::pass:
      return 5;
    case Verdict::below_noise:
      return 4;
    case Verdict::domain:
      return 3;
    case Verdict::kink:
      return 2;
    case Verdict::excused:
      return 1;
    case Verdict::vacuous:
      return 0;
  }
  return 0;
}

/// The count of a row that a verdict belongs to.
Index& count_of(ParameterCheck& row, Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return row.passed;
    case Verdict::excused:
      return row.excused;
    case Verdict::vacuous:
      return row.vacuous;
    case Verdict::kink:
      return row.kinks;
    case Verdict::below_noise:
      return row.below_noise;
    case Verdict::domain:
      return row.domain;
    case Verdict::fail:
      break;
  }
  return row.failed;
}

void add(ParameterCheck& row, const Comparison& c) {
  ++row.checked;
  ++count_of(row, c.verdict);
  if (c.verdict == Verdict::kink && !row.first_kink) row.first_kink = c;
  if (c.verdict == Verdict::domain && !row.first_domain) row.first_domain = c;
  const int more = interest(c.verdict) - interest(row.worst.verdict);
  const bool worse = std::isnan(c.error) ? !std::isnan(row.worst.error) : c.error > row.worst.error;
  if (row.checked == 1 || more > 0 || (more == 0 && worse)) row.worst = c;
  row.elements.push_back(c);
}

Verdict verdict_of(const ParameterCheck& row) {
  if (row.failed > 0 || row.direction.verdict == Verdict::fail) return Verdict::fail;
  if (row.passed > 0 && row.below_noise + row.domain <= row.passed) return Verdict::pass;
  if (row.domain > 0) return Verdict::domain;
  if (row.below_noise > 0) return Verdict::below_noise;
  if (row.kinks > 0) return Verdict::kink;
  return row.excused > 0 ? Verdict::excused : Verdict::vacuous;
}

template <Real T>
class Checker {
 public:
  Checker(Var loss, std::span<const Var> wrt, const CheckOptions& options)
      : wrt_(wrt),
        options_(options),
        random_(options.seed),
        analytic_(analytic_gradient<T>(loss, wrt)),
        probe_(loss, wrt, random_) {}

  GradientReport report() {
    GradientReport report;
    report.loss = probe_.value();
    report.round_off = probe_.round_off();
    report.tolerance = options_.tolerance;
    report.absolute = options_.absolute;
    report.precision = options_.precision;
    report.direction =
        along(probe_.random_direction(0, wrt_.size(), random_), std::span(analytic_));
    for (std::size_t i = 0; i < wrt_.size(); ++i) {
      report.parameters.push_back(check(i, analytic_));
      report.verdict = std::max(report.verdict, report.parameters.back().verdict);
    }
    if (report.direction.verdict == Verdict::fail) report.verdict = Verdict::fail;
    for (const Claim& claim : options_.claims) {
      report.claims.push_back(check(claim));
      report.verdict = std::max(report.verdict, report.claims.back().row.verdict);
    }
    return report;
  }

 private:
  Tolerance tolerance() const { return {options_.tolerance, options_.absolute}; }

  /// The derivative in a direction.
  Comparison along(const Direction& direction, std::span<const Tensor<double>> analytic) {
    if (direction.empty()) return {};
    const double slope = dot(direction, analytic);
    if (!std::isfinite(slope) && all_finite(analytic)) {  // too long a way for large derivatives
      Comparison overflow;
      overflow.analytic = slope;
      overflow.numeric = overflow.error = std::numeric_limits<double>::quiet_NaN();
      overflow.verdict = Verdict::domain;
      return overflow;
    }
    double length = 0;
    for (const std::vector<double>& part : direction) {
      for (const double d : part) length += std::abs(d);
    }
    Comparison comparison =
        probe_.along(direction, analytic, [&](const LossAlong& f, const BasePoint& at) {
          return compare(f, at, slope, {options_.tolerance, options_.absolute * length});
        });
    // A direction cannot condemn where it meets several kinks, as a right rule's choices at each
    // need not add up to a value between the sides'. The elements are judged one by one.
    if (comparison.at_kink) comparison.verdict = Verdict::kink;
    return comparison;
  }

  /// The derivative by parameter i, which is analytic[i].
  ParameterCheck check(std::size_t i, std::span<const Tensor<double>> analytic) {
    const Var w = wrt_[i];
    ParameterCheck row;
    row.name = full_name(w);
    row.shape = w.shape();
    row.analytic = analytic[i];
    row.used = probe_.has(i);
    if (!row.used) return row;
    row.direction = along(probe_.random_direction(i, i + 1, random_), analytic);
    for (const Index k : sample(row.shape.elements(), options_.max_elements, random_)) {
      Comparison comparison =
          probe_.along_element(i, k, [&](const LossAlong& f, const BasePoint& at) {
            return compare(f, at, row.analytic[k], tolerance());
          });
      comparison.element = k;
      add(row, comparison);
    }
    row.verdict = verdict_of(row);
    return row;
  }

  ClaimCheck check(const Claim& claim) {
    const auto found = std::find_if(wrt_.begin(), wrt_.end(),
                                    [&](Var w) { return same_node(w, claim.parameter); });
    const auto i = static_cast<std::size_t>(found - wrt_.begin());
    ClaimCheck result;
    result.text = claim.text;
    std::vector<Tensor<double>> claimed = analytic_;
    if (claim.derivative) {
      result.shape = claim.derivative.shape();
      claimed[i] = std::move(evaluate<T>({&claim.derivative, 1})[0]);
    }
    if (result.shape != found->shape()) {
      result.row.name = full_name(*found);
      result.row.shape = found->shape();
      if (result.shape) result.row.analytic = claimed[i];
      result.row.used = probe_.has(i);
      result.row.finding = {Cause::shape, claim.misfit};
      result.row.verdict = Verdict::fail;
      return result;
    }
    result.row = check(i, claimed);
    // Without a way to the loss there is nothing to measure, but the derivative is known: 0.
    const auto is_zero = [](double v) { return v == 0; };
    if (!result.row.used && !std::all_of(claimed[i].begin(), claimed[i].end(), is_zero)) {
      result.row.verdict = Verdict::fail;
    }
    if (result.row.checked > 0) result.tape = analytic_[i][result.row.worst.element];
    return result;
  }

  std::span<const Var> wrt_;
  const CheckOptions& options_;
  Random random_;
  std::vector<Tensor<double>> analytic_;
  Probe<T> probe_;
};

template <Real T>
GradientReport checked(Var loss, std::span<const Var> wrt, const CheckOptions& options) {
  return Checker<T>(loss, wrt, options).report();
}

void need_sound(const CheckOptions& options, std::span<const Var> wrt) {
  if (!(options.tolerance > 0 && options.tolerance < 1)) {
    throw Error(fmt::format("check_gradient: the tolerance must be between 0 and 1, not {}",
                            options.tolerance));
  }
  if (!(options.absolute >= 0) || std::isinf(options.absolute)) {
    throw Error(fmt::format("check_gradient: the absolute tolerance must be 0 or more, not {}",
                            options.absolute));
  }
  if (options.max_elements < 1) {
    throw Error(fmt::format("check_gradient: max_elements must be 1 or more, not {}",
                            options.max_elements));
  }
  for (const Claim& claim : options.claims) {
    const Tape& tape = wrt[0].tape();
    if (claim.misfit.empty()) tape.check(claim.derivative);
    const bool checked =
        std::any_of(wrt.begin(), wrt.end(), [&](Var w) { return same_node(w, claim.parameter); });
    if (!checked) {
      throw Error(fmt::format("check_gradient: a claim is about {}, which is not checked",
                              claim.parameter ? tape.label(claim.parameter.id()) : "no variable"));
    }
  }
}

/// The element at which two derivatives differ most, by more than round-off and the tolerance
/// explain; -1 for none.
Index furthest_off(const TwoDerivatives& both, const CheckOptions& options) {
  double largest = 0;
  for (const double v : both.tape) largest = std::max(largest, std::abs(v));
  Index worst = -1;
  double worst_excess = 0;
  for (Index k = 0; k < both.tape.elements(); ++k) {
    const double t = both.tape[k];
    const double c = both.claimed[k];
    const double allowed =
        options.tolerance * std::max(std::abs(t), std::abs(c)) + options.absolute + 1e-9 * largest;
    const double excess = std::abs(t - c) - allowed;
    if (excess > worst_excess) {
      worst = k;
      worst_excess = excess;
    }
  }
  return worst;
}

/// Looks at claims that agree with the tape from points near by: one point may hide what is wrong.
void judge_nearby(GradientReport& report, Var loss, std::span<const Var> wrt,
                  const CheckOptions& options) {
  constexpr int points = 3;
  Random random(options.seed);
  for (std::size_t i = 0; i < report.claims.size(); ++i) {
    ClaimCheck& result = report.claims[i];
    if (result.row.verdict == Verdict::fail) continue;
    const Claim& claim = options.claims[i];
    for (int point = 0; point < points && result.nearby.empty(); ++point) {
      const Nearby there(wrt, random);
      const auto both = two_derivatives(loss, claim.parameter, claim.derivative);
      const Index k = both ? furthest_off(*both, options) : -1;
      if (k < 0) continue;
      const bool one_number = wrt.size() == 1 && wrt[0].shape().elements() == 1;
      result.nearby =
          fmt::format("right at this point only: {}, {}claimed {:.6g}, by the tape {:.6g}",
                      one_number ? fmt::format("at {} = {:.6g}", result.row.name,
                                               *wrt[0].tape().leaf_value(wrt[0].id()))
                                 : "with all values moved a little",
                      result.row.shape.rank() == 0 ? "" : index_text(result.row.shape, k) + " ",
                      both->claimed[k], both->tape[k]);
    }
    if (result.nearby.empty() || !depends_on(claim.derivative, wrt)) continue;
    result.row.verdict = Verdict::fail;
    report.verdict = Verdict::fail;
  }
}

}  // namespace

GradientReport check_gradient(Var loss, std::span<const Var> wrt, const CheckOptions& options) {
  need_leaves_with_values(loss, wrt);
  need_sound(options, wrt);
  GradientReport report = options.precision == Precision::f32 ? checked<float>(loss, wrt, options)
                                                              : checked<double>(loss, wrt, options);
  if (!loss.name().empty()) report.subject = loss.name();
  judge_nearby(report, loss, wrt, options);
  if (options.explain) explain_report(report, loss, wrt, options);
  return report;
}

GradientReport check_gradient(Var loss, std::initializer_list<Var> wrt,
                              const CheckOptions& options) {
  return check_gradient(loss, std::span<const Var>(wrt.begin(), wrt.size()), options);
}

}  // namespace gradus
