// Ten thousand random formulas over the whole catalogue: value and gradient by the tape, by
// differences, and by forward mode agree.
#include <fmt/format.h>

#include <map>

#include "catch.hpp"
#include "check/mutants.hpp"
#include "formulas/derivatives.hpp"

using namespace gradus;
using namespace gradus::test;

namespace {

// Errors are relative to numbers over 1, as the numbers in a formula are near 1, and its result and
// derivatives sums of them.

/// Of values, and of derivatives by forward mode: the same real function, in other orders of some
/// hundred operations with each its rounding of 1.1e-16.
constexpr double forward_tolerance = 1e-12;
/// Formulas are set aside if doubling the step changes a derivative by more than this.
constexpr double most_truncation = 1e-6;
/// So the five-point rule is off by a 15th of that, and by rounding: 1.5 eps |f| / h is 1e-11 for
/// |f| of 30. See `differences`.
constexpr double difference_tolerance = 1e-7;

double distance(const Derivatives& a, const Derivatives& b) {
  double worst = a.size() == b.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double d = std::abs(a[i] - b[i]) / std::max({1.0, std::abs(a[i]), std::abs(b[i])});
    if (!(d <= worst)) worst = std::isnan(d) ? INFINITY : d;
  }
  return worst;
}

struct ByForwardMode {
  double value = 0;
  Derivatives derivatives;
};

ByForwardMode forward(const RandomFormula& formula, std::size_t elements) {
  ByForwardMode result{static_cast<double>(forward_mode(formula, elements)), {}};
  for (std::size_t i = 0; i < elements; ++i) {
    result.derivatives.push_back(forward_mode(formula, i).derivative(1));
  }
  return result;
}

bool can_be_measured(const Differences& d) {
  return d.one_piece && d.truncation <= most_truncation;
}

}  // namespace

TEST_CASE("of many random formulas, all three derivatives agree", "[formulas]") {
  std::map<std::string_view, int> uses;
  double worst_value = 0, worst_forward = 0, worst_difference = 0;
  int judged = 0, at_kinks = 0, curved = 0;
  std::size_t derivatives = 0;
  for (std::uint64_t seed = 0; judged < formulas_checked; ++seed) {
    const RandomFormula formula = random_formula(seed);
    const Differences numeric = differences(formula);
    if (!can_be_measured(numeric)) {
      ++(numeric.one_piece ? curved : at_kinks);
      continue;
    }
    ++judged;
    const Derivatives analytic = tape_gradient(formula);
    const ByForwardMode dual = forward(formula, analytic.size());
    const double value = item(formula.result);
    const double by_value = distance({value}, {dual.value});
    const double by_difference = distance(analytic, numeric.derivatives);
    const double by_forward = distance(analytic, dual.derivatives);
    const bool agree = numeric.value == value && by_value <= forward_tolerance &&
                       by_forward <= forward_tolerance && by_difference <= difference_tolerance;
    if (!agree) {
      FAIL_CHECK(
          fmt::format("formula {}: the value {} is {} for an executor, and off by {:.1e}; "
                      "the gradient by {:.1e} from forward mode, {:.1e} from differences",
                      seed, value, numeric.value, by_value, by_forward, by_difference));
    }
    worst_value = std::max(worst_value, by_value);
    worst_forward = std::max(worst_forward, by_forward);
    worst_difference = std::max(worst_difference, by_difference);
    derivatives += analytic.size();
    const std::vector<bool> live = live_nodes(formula);
    for (NodeId id = 0; id < live.size(); ++id) {
      if (live[id]) ++uses[formula.tape->op(id).name()];
    }
  }
  WARN(
      fmt::format("{} formulas with {} derivatives; set aside: {} near a kink, {} too curved. "
                  "Worst, of what is allowed: values {:.4f}, forward mode {:.4f}, differences "
                  "{:.4f}",
                  judged, derivatives, at_kinks, curved, worst_value / forward_tolerance,
                  worst_forward / forward_tolerance, worst_difference / difference_tolerance));
  // What is set aside is not what is wrong: both is decided without the gradient, and is rare.
  CHECK(at_kinks < 300);
  CHECK(curved < 100);
  for (const Op* op : all_ops()) {
    INFO(op->name() << " stands " << uses[op->name()] << " times in the results");
    CHECK(uses[op->name()] >= formulas_checked / 10);
  }
}

TEST_CASE("a rule that is off by one percent is seen from both sides, for every op", "[formulas]") {
  int ops = 0;
  for (const Op* op : all_ops()) {
    if (op->flow(0) != Flow::smooth && op != &gradus::op<Where>()) continue;
    ++ops;
    const Op& wrong = mutant(*op, Mutation::percent);
    bool by_differences = false, by_forward = false;
    for (std::uint64_t seed = 0; seed < 1000 && !(by_differences && by_forward); ++seed) {
      const RandomFormula formula = random_formula(seed);
      const Derivatives broken = tape_gradient(random_formula(seed, op, &wrong));
      if (broken == tape_gradient(formula)) continue;  // it is not in there
      const Differences numeric = differences(formula);
      if (!can_be_measured(numeric)) continue;
      by_differences |= distance(broken, numeric.derivatives) > difference_tolerance;
      by_forward |=
          distance(broken, forward(formula, broken.size()).derivatives) > forward_tolerance;
    }
    INFO(wrong.name());
    CHECK(by_differences);
    CHECK(by_forward);
  }
  CHECK(ops >= 30);
}

TEST_CASE("an op that computes something else is seen", "[formulas]") {
  const Op& shifted = custom_op(
      "shifted", [](double x) { return std::tanh(x) + 1e-6; },
      [](Var dy, Var, Var y) { return dy * (1 - square(y)); });
  for (std::uint64_t seed = 0;; ++seed) {
    REQUIRE(seed < 1000);
    const RandomFormula right = random_formula(seed);
    const RandomFormula wrong = random_formula(seed, &op<Tanh>(), &shifted);
    if (item(wrong.result) == item(right.result)) continue;
    CHECK(distance({item(wrong.result)}, {forward(right, 0).value}) > forward_tolerance);
    return;
  }
}

TEST_CASE("the same seed makes the same formula, another one another", "[formulas]") {
  const RandomFormula one = random_formula(7), same = random_formula(7), other = random_formula(8);
  REQUIRE(one.tape->size() == same.tape->size());
  for (NodeId id = 0; id < one.tape->size(); ++id) {
    CHECK(&one.tape->op(id) == &same.tape->op(id));
    CHECK(value(one.tape->var(id)) == value(same.tape->var(id)));
  }
  CHECK(item(one.result) != item(other.result));
}
