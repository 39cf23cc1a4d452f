#include "gradus/check/explain.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "gradus/check/diagnosis.hpp"
#include "gradus/check/nearby.hpp"
#include "gradus/check/sites.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/tape/rewind.hpp"

namespace gradus {
namespace {

/// What a sum was taken of, if a contribution is one that broadcasting asked for: sum_to records a
/// sum, and perhaps a reshape after it.
NodeId before_sum(const Tape& tape, NodeId value, const Shape& parameter) {
  if (&tape.op(value) == &op<Reshape>()) value = tape.operands(value)[0];
  if (&tape.op(value) != &op<Sum>()) return no_node;
  const NodeId whole = tape.operands(value)[0];
  return broadcasts_to(parameter, tape.shape(whole)) ? whole : no_node;
}

/// What comes to each parameter through each of its uses, with its value.
class Uses {
 public:
  Uses(Var loss, std::span<const Var> wrt) {
    Tape& tape = loss.tape();
    const Rewind rewind(tape);
    const Backward way = backward(loss, wrt);
    std::vector<Contribution> shares;
    std::vector<Var> outputs;
    for (const Contribution& c : way.contributions) {
      const bool asked =
          std::any_of(wrt.begin(), wrt.end(), [&](Var w) { return w.id() == c.wire.from; });
      if (!asked) continue;
      shares.push_back(c);
      outputs.push_back(tape.var(c.value));
      const NodeId whole = before_sum(tape, c.value, tape.shape(c.wire.from));
      outputs.push_back(tape.var(whole == no_node ? c.value : whole));
    }
    if (shares.empty()) return;
    Executor<double> executor{Program(outputs, Passes::as_recorded())};
    executor.run();
    const auto tensor = [&](std::size_t i) {
      const View<const double> view = executor.output(i);
      return Tensor<double>(*view.shape, view.span());
    };
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const Contribution& c = shares[i];
      Use use{site_label(tape, c.wire.to), tensor(2 * i)};
      if (tape.operands(c.wire.to).size() > 1)
        use.through += fmt::format(" (operand {})", c.wire.operand);
      if (!same_node(outputs[2 * i], outputs[2 * i + 1])) use.unsummed = tensor(2 * i + 1);
      uses_[c.wire.from].push_back(std::move(use));
    }
  }
  std::span<const Use> of(Var w) const {
    const auto found = uses_.find(w.id());
    return found == uses_.end() ? std::span<const Use>() : found->second;
  }

 private:
  std::map<NodeId, std::vector<Use>> uses_;
};

double element_value(Var w, Index element) { return w.tape().leaf_value(w.id())[element]; }

/// Where the kinks of a row and the edge of the domain are.
void add_sites(ParameterCheck& row, Var loss, Var w) {
  const auto farthest = [&](const Comparison& c) {
    return longest_step(element_value(w, c.element));
  };
  if (row.first_kink) {
    // Ridders' last step but a few: nearer kinks count for it as "at the point".
    const double near = 0x1p-11 * farthest(*row.first_kink);
    const auto site = branch_change(loss, w, row.first_kink->element, near);
    if (site) row.kink_site = to_string(loss.tape(), *site);
  }
  if (row.first_domain) {
    const auto site = domain_exit(loss, w, row.first_domain->element, farthest(*row.first_domain));
    if (site) row.domain_site = to_string(loss.tape(), *site);
  }
}

/// Why nothing was compared.
std::string about_nothing(Var loss, Var w) {
  const Tape& tape = loss.tape();
  const auto site = vanishing_point(loss, w);
  if (!site) return "the derivative is 0, and so are the differences";
  const std::string label = site_label(tape, *site);
  const Op& op = tape.op(*site);
  const bool softmax = &op == &gradus::op<Softmax>() || &op == &gradus::op<LogSoftmax>();
  if (softmax) {
    const Axis* axis = std::get_if<Axis>(&tape.attributes(*site));
    if (axis && tape.shape(*site)[axis->axis] == 1) {
      return fmt::format(
          "the derivative becomes 0 at {}: a softmax over a single class is 1 whatever comes in; "
          "use two classes or more, or a sigmoid",
          label);
    }
  }
  if (op.flow(0) == Flow::flat) {
    return fmt::format("the derivative becomes 0 at {}: {} is constant almost everywhere", label,
                       op.name());
  }
  if (&op == &gradus::op<Relu>()) {
    return fmt::format("the derivative becomes 0 at {}: nothing that comes in is above 0", label);
  }
  return fmt::format("the derivative becomes 0 at {}", label);
}

/// What is worth knowing of a row that is right, as far as one can tell.
std::string about_right(const ParameterCheck& row, double tolerance) {
  Index off = 0;
  const Comparison* worst = nullptr;
  for (const Comparison& c : row.elements) {
    if (c.verdict != Verdict::pass || !std::isfinite(c.plain)) continue;
    const double error = std::abs(c.plain - c.analytic);
    if (error <= tolerance * std::max(std::abs(c.plain), std::abs(c.analytic))) continue;
    ++off;
    if (!worst || error > std::abs(worst->plain - worst->analytic)) worst = &c;
  }
  if (!worst) return "";
  const double error = std::abs(worst->plain - worst->analytic);
  return fmt::format(
      "correct; at {} the usual step was {}: a plain central difference is off by {:.1e}",
      index_text(row.shape, worst->element),
      error <= worst->plain_round_off ? "in round-off" : "too long", error);
}

std::string about_noise(const ParameterCheck& row, Precision precision) {
  const auto least = std::min_element(
      row.elements.begin(), row.elements.end(), [](const Comparison& a, const Comparison& b) {
        const bool noisy = a.verdict == Verdict::below_noise;
        return noisy != (b.verdict == Verdict::below_noise) ? noisy : a.uncertainty < b.uncertainty;
      });
  if (!std::isfinite(least->uncertainty)) {
    return "the loss is not smooth at any step that was tried: there is no numeric derivative to "
           "compare with";
  }
  return fmt::format(
      "agrees as far as {}differences can tell: they are uncertain by {:.1e} or more",
      precision == Precision::f32 ? "single-precision " : "", least->uncertainty);
}

std::string finding_of(const ParameterCheck& row, Var loss, Var w, const CheckOptions& options) {
  switch (row.verdict) {
    case Verdict::vacuous:
      return row.used && row.checked > 0 ? about_nothing(loss, w) : "";
    case Verdict::below_noise:
      return about_noise(row, options.precision);
    case Verdict::pass:
      return about_right(row, options.tolerance);
    default:
      return "";
  }
}

/// Whether the same is wrong with a claim at a point near by. Of a single number a factor of 2 says
/// little: 3 x^3 for 3 x^2 is off by 2 where x is 2.
bool holds_nearby(const Diagnosis& found, Var loss, std::span<const Var> wrt, const Claim& claim,
                  const CheckOptions& options) {
  constexpr std::array by_number{Cause::factor,   Cause::sign,      Cause::zero,
                                 Cause::lost_use, Cause::extra_use, Cause::elements};
  if (std::find(by_number.begin(), by_number.end(), found.cause) == by_number.end()) return true;
  Random random(options.seed);
  const Nearby there(wrt, random);
  const auto both = two_derivatives(loss, claim.parameter, claim.derivative);
  if (!both) return true;
  std::vector<Comparison> elements(static_cast<std::size_t>(both->tape.elements()));
  for (std::size_t k = 0; k < elements.size(); ++k) {
    elements[k].element = static_cast<Index>(k);
    elements[k].numeric = both->tape[static_cast<Index>(k)];
    elements[k].verdict = Verdict::pass;
  }
  const Uses uses(loss, wrt);
  const Diagnosis again = diagnose({both->claimed,
                                    both->tape.shape(),
                                    elements,
                                    uses.of(claim.parameter),
                                    {},
                                    options.tolerance});
  return again.cause == found.cause &&
         (found.cause != Cause::factor || again.sentence == found.sentence);
}

}  // namespace

void explain_report(GradientReport& report, Var loss, std::span<const Var> wrt,
                    const CheckOptions& options) {
  const Tape& tape = loss.tape();
  if (!std::isfinite(report.loss)) {
    const auto first = Executor<double>(Program(loss, Passes::as_recorded())).run_checked();
    if (first) report.loss_site = site_label(tape, *first);
    return;
  }
  if (options.precision == Precision::f64) {
    TaylorTest test = taylor_test(loss, wrt, options.seed);
    // Beyond the numbers that a double holds, remainders tell nothing.
    if (std::isfinite(test.remainders[1].back())) report.taylor = std::move(test);
  }
  std::vector<Var> suspects;
  for (std::size_t i = 0; i < wrt.size(); ++i) {
    ParameterCheck& row = report.parameters[i];
    add_sites(row, loss, wrt[i]);
    row.finding.sentence = finding_of(row, loss, wrt[i], options);
    if (row.verdict == Verdict::fail) suspects.push_back(wrt[i]);
  }
  std::string cut;
  if (!suspects.empty()) {
    report.blames = find_blame(loss, suspects, std::max(options.tolerance, 1e-6));
    for (const Blame& b : report.blames) {
      const bool cuts = tape.op(b.node).flow(static_cast<int>(b.operand)) == Flow::cut;
      if (cuts && cut.empty()) cut = b.label;
    }
  }
  const bool claimed = std::any_of(report.claims.begin(), report.claims.end(),
                                   [](const auto& c) { return c.row.verdict == Verdict::fail; });
  if (suspects.empty() && !claimed) return;
  const Uses uses(loss, wrt);
  for (std::size_t i = 0; i < wrt.size(); ++i) {
    ParameterCheck& row = report.parameters[i];
    if (row.verdict != Verdict::fail) continue;
    row.finding =
        diagnose({row.analytic, row.shape, row.elements, uses.of(wrt[i]), cut, options.tolerance});
  }
  for (std::size_t i = 0; i < report.claims.size(); ++i) {
    ClaimCheck& claim = report.claims[i];
    if (claim.row.verdict != Verdict::fail) continue;
    const Var w = options.claims[i].parameter;
    const auto parameter =
        std::find_if(wrt.begin(), wrt.end(), [&](Var other) { return same_node(w, other); });
    const ParameterCheck& row =
        report.parameters[static_cast<std::size_t>(parameter - wrt.begin())];
    if (!claim.nearby.empty()) continue;  // nothing is wrong with it here
    if (!claim.shape) continue;           // what is wrong is known
    claim.row.finding =
        diagnose({claim.row.analytic, row.shape, row.elements, uses.of(w), {}, options.tolerance});
    if (!holds_nearby(claim.row.finding, loss, wrt, options.claims[i], options)) {
      claim.row.finding = {Cause::unknown,
                           "no simple cause explains it, here and at points near by"};
    }
  }
}

}  // namespace gradus
