// The gradient check condemns none of ten thousand right gradients (a thousand, under sanitizers).
#include <fmt/format.h>

#include <map>

#include "catch.hpp"
#include "check/mutants.hpp"
#include "formulas/random_formula.hpp"
#include "gradus/check/check_gradient.hpp"

using namespace gradus;
using namespace gradus::test;

TEST_CASE("no right gradient of many random formulas fails the check", "[formulas]") {
  std::map<std::string_view, int> formulas, parameters;
  Index elements = 0;
  for (int seed = 0; seed < formulas_checked; ++seed) {
    const RandomFormula formula = random_formula(static_cast<std::uint64_t>(seed));
    const GradientReport report = check_gradient(formula.result, formula.parameters);
    if (report.verdict == Verdict::fail) {
      FAIL_CHECK("formula " << seed << "\n" << to_string(report));
    }
    ++formulas[to_string(report.verdict)];
    for (const ParameterCheck& row : report.parameters) {
      ++parameters[to_string(row.verdict)];
      elements += row.checked;
    }
  }
  std::string table;
  for (const auto& [verdict, count] : formulas) {
    table +=
        fmt::format("\n{:>14} {:6} formulas {:6} parameters", verdict, count, parameters[verdict]);
  }
  WARN(formulas_checked << " formulas, " << elements << " elements" << table);
  // A check that hardly ever certifies would raise no alarm either. Vacuous are the parameters that
  // only decide: signs, conditions, places.
  CHECK(parameters["PASS"] > formulas_checked * 3 / 2);
}

TEST_CASE("the check sees a rule that is off by one percent, in every op", "[formulas]") {
  for (const Op* op : all_ops()) {
    if (op->flow(0) != Flow::smooth && op != &gradus::op<Where>()) continue;
    const Op& wrong = mutant(*op, Mutation::percent);
    int failed = 0;
    for (std::uint64_t seed = 0; seed < 200 && failed == 0; ++seed) {
      const RandomFormula formula = random_formula(seed, op, &wrong);
      failed += check_gradient(formula.result, formula.parameters).verdict == Verdict::fail;
    }
    INFO(wrong.name());
    CHECK(failed == 1);
  }
}
