#include "mutants.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <set>

#include "catch.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/run/value.hpp"
#include "ops_table.hpp"

using namespace gradus;
using namespace gradus::test;

namespace {

constexpr std::uint64_t seed = 7;  // the same operands and weights for every mutant of a case

struct Trial {
  Tape tape;
  std::vector<Var> x;
  Var loss;
};

/// A case and a loss in which the adjoint of the op's result varies from element to element.
std::unique_ptr<Trial> record_trial(const OpCase& row, const Op& as, double scale = 1) {
  auto trial = std::make_unique<Trial>();
  Random random(seed);
  const RecordedCase recorded = record_case(trial->tape, row, random, &as);
  trial->x = recorded.drawn;
  trial->loss = scale * weighted_sum(recorded.result, random);
  return trial;
}

/// x used as both operands: f(x, x).
std::unique_ptr<Trial> record_twice(const Op& op, const Attributes& attributes) {
  auto trial = std::make_unique<Trial>();
  Random random(seed);
  const Domain domain = op.domain();
  const Var x = trial->tape.parameter(draw(Shape{3, 3}, domain.low, domain.high, random), "x");
  trial->x = {x};
  trial->loss = weighted_sum(trial->tape.record(op, std::vector<Var>{x, x}, attributes), random);
  return trial;
}

std::vector<Tensor<double>> gradient_values(Trial& trial) {
  std::vector<Tensor<double>> values;
  for (const Var g : gradient(trial.loss, trial.x, Disconnected::zeros)) {
    values.push_back(value(g));
  }
  return values;
}

/// Whether a mutation changes anything: the two uses of add may be swapped, say.
bool differ(const std::vector<Tensor<double>>& a, const std::vector<Tensor<double>>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (Index k = 0; k < a[i].elements(); ++k) {
      const double larger = std::max(std::abs(a[i][k]), std::abs(b[i][k]));
      if (std::abs(a[i][k] - b[i][k]) > 1e-4 * larger) return true;
    }
  }
  return false;
}

bool has_derivative(const OpCase& row) {
  for (std::size_t i = 0; i < row.operands.size(); ++i) {
    if (!row.operands[i].is_given() && row.op->flow(static_cast<int>(i)) == Flow::smooth) {
      return true;
    }
  }
  return false;
}

/// What the check should say of a mutation, where it can be told from others by what it does.
std::vector<Cause> causes_of(Mutation mutation) {
  switch (mutation) {
    case Mutation::sign:
      return {Cause::sign};
    case Mutation::twice:
    case Mutation::half:
      return {Cause::factor};
    case Mutation::percent:
      // Where a single number is not 0, 1.01 is no factor that one knows by sight.
      return {Cause::factor, Cause::elements, Cause::unknown};
    case Mutation::zero:
      return {Cause::zero};
    case Mutation::transpose:
      // Transposed before what was broadcast is summed, it is nothing one knows.
      return {Cause::transpose, Cause::unknown};
    case Mutation::lost_first:
    case Mutation::lost_last:
      return {Cause::zero};
    case Mutation::first_row:
      return {Cause::not_summed, Cause::elements, Cause::unknown};
    case Mutation::mean_not_sum:
      return {Cause::not_summed, Cause::factor};
    default:
      return {};
  }
}

/// Whether the check blames the mutant for the right cause, and for a lost use of one variable says
/// so of the variable, too.
bool names_cause(const GradientReport& report, const Op& mutant, Mutation mutation) {
  const std::vector<Cause> causes = causes_of(mutation);
  const auto right = [&](const Blame& blame) {
    return blame.op == mutant.name() &&
           std::find(causes.begin(), causes.end(), blame.diagnosis.cause) != causes.end();
  };
  const bool lost = mutation == Mutation::lost_first || mutation == Mutation::lost_last;
  const Cause cause = report.parameters[0].finding.cause;
  return !report.blames.empty() && std::all_of(report.blames.begin(), report.blames.end(), right) &&
         (!lost || report.parameters.size() > 1 || cause == Cause::lost_use ||
          cause == Cause::zero);
}

struct Counts {
  std::map<Mutation, int> made;
  std::map<Mutation, int> killed;
  std::map<Mutation, int> named;
  std::map<std::string, int> made_of_op;
  std::string survivors;
  std::string misnamed;
};

template <class Record>
void try_mutants(const OpCase& row, const std::string& label, const Record& record,
                 Counts& counts) {
  const auto right = record(*row.op);
  {
    const GradientReport report = check_gradient(right->loss, right->x);
    INFO(label << "\n" << to_string(report));
    // Of two scalars, maximum looks at one, and x / x is constant: there 0 meets 0.
    CHECK((report.passed() || report.verdict == Verdict::vacuous));
  }
  const auto expected = gradient_values(*right);
  for (const Mutation mutation : all_mutations) {
    const Op& wrong_op = mutant(*row.op, mutation);
    const auto wrong = record(wrong_op);
    if (!differ(expected, gradient_values(*wrong))) continue;
    ++counts.made[mutation];
    ++counts.made_of_op[std::string(row.op->name())];
    const GradientReport report = check_gradient(wrong->loss, wrong->x);
    const std::string name = label + ": " + std::string(test::to_string(mutation)) + "\n";
    if (report.verdict == Verdict::fail) {
      ++counts.killed[mutation];
    } else {
      counts.survivors += name;
    }
    if (causes_of(mutation).empty()) continue;
    if (names_cause(report, wrong_op, mutation)) {
      ++counts.named[mutation];
    } else {
      counts.misnamed += name + to_string(report);
    }
  }
}

}  // namespace

TEST_CASE("the table has a case for every op", "[check]") {
  std::set<const Op*> found;
  for (const OpCase& row : op_cases()) found.insert(row.op);
  for (const Op* op : all_ops()) {
    INFO(op->name());
    CHECK(found.count(op) == 1);
  }
}

TEST_CASE("an unaltered mutant passes", "[check]") {
  for (const OpCase& row : op_cases()) {
    if (!has_derivative(row)) continue;
    const auto trial = record_trial(row, mutant(*row.op, Mutation::none));
    const auto real = record_trial(row, *row.op);
    const GradientReport report = check_gradient(trial->loss, trial->x);
    INFO(row.label);
    CHECK(report.verdict <= Verdict::vacuous);
    const std::string text = std::regex_replace(to_string(report), std::regex("_none"), "");
    CHECK(text == to_string(check_gradient(real->loss, real->x)));
  }
}

TEST_CASE("every wrong rule of every op is caught and named, and every right one passes",
          "[check]") {
  const double scale = GENERATE(1.0, 1e-12, 1e12);  // of the loss
  CAPTURE(scale);
  Counts counts;
  for (const OpCase& row : op_cases()) {
    if (!has_derivative(row)) continue;
    try_mutants(
        row, row.label, [&](const Op& op) { return record_trial(row, op, scale); }, counts);
    const bool binary = row.op->arity() == 2 && row.op->flow(1) == Flow::smooth;
    if (binary && row.operands[0].shape == Shape{3, 3} && row.operands[1].shape == Shape{3, 3}) {
      // f(x, x) is smooth where f is, but for maximum and minimum, whose kink it sits on.
      if (row.op == &op<Maximum>() || row.op == &op<Minimum>()) continue;
      try_mutants(
          row, row.label + ", of x and x",
          [&row](const Op& op) { return record_twice(op, row.attributes); }, counts);
    }
  }
  int made = 0;
  int killed = 0;
  int to_name = 0;
  int named = 0;
  std::string table;
  for (const Mutation mutation : all_mutations) {
    const std::string name(test::to_string(mutation));
    table += "  " + name + ": " + std::to_string(counts.killed[mutation]) + " of " +
             std::to_string(counts.made[mutation]) + " killed\n";
    made += counts.made[mutation];
    killed += counts.killed[mutation];
    if (!causes_of(mutation).empty()) to_name += counts.made[mutation];
    named += counts.named[mutation];
    INFO(name);
    CHECK(counts.made[mutation] >= 5);  // a kind that never applies tests nothing
  }
  WARN("loss scaled by " << scale << ": " << killed << " of " << made << " wrong rules of "
                         << counts.made_of_op.size() << " ops caught; the cause is named for "
                         << named << " of " << to_name);
  INFO(table << counts.survivors << counts.misnamed);
  CHECK(killed == made);
  CHECK(named == to_name);
  for (const Op* op : all_ops()) {
    if (op->flow(0) != Flow::smooth && op != &gradus::op<Where>()) continue;
    INFO(op->name());
    CHECK(counts.made_of_op[std::string(op->name())] >= 6);
  }
}

TEST_CASE("a variable used at three depths that loses one use is caught", "[check]") {
  for (const Mutation mutation : {Mutation::none, Mutation::lost_first, Mutation::lost_last}) {
    for (int broken = 0; broken < 3; ++broken) {
      Tape tape;
      const Var x = tape.parameter(Tensor<double>(Shape{3}, {0.3, -0.8, 1.2}), "x");
      Var h = sin(x);
      for (int depth = 0; depth < 3; ++depth) {
        const Op& mul = depth == broken ? mutant(op<Mul>(), mutation) : op<Mul>();
        h = tanh(record(mul, {h, x}) + x);
      }
      const GradientReport report = check_gradient(sum(h), {x});
      INFO(test::to_string(mutation) << " at depth " << broken << "\n" << to_string(report));
      CHECK(report.verdict == (mutation == Mutation::none ? Verdict::pass : Verdict::fail));
    }
  }
}

TEST_CASE("x * x that counts one of its two uses is caught", "[check]") {
  Tape tape;
  const Var x = tape.input(1.5, "x");
  for (const Mutation mutation : {Mutation::lost_first, Mutation::lost_last}) {
    const Var y = record(mutant(op<Mul>(), mutation), {x, x});
    const GradientReport report = check_gradient(y, {x});
    CHECK(report.verdict == Verdict::fail);
    CHECK_THAT(report.parameters[0].worst.error, Catch::Matchers::WithinAbs(0.5, 1e-6));
  }
}

TEST_CASE("a bias gradient that is not summed over the batch is caught", "[check]") {
  for (const Mutation mutation : {Mutation::first_row, Mutation::mean_not_sum}) {
    Tape tape;
    Random random(3);
    const Var x = tape.input(draw(Shape{4, 3}, -1, 1, random), "x");
    const Var w = tape.parameter(draw(Shape{3, 2}, -1, 1, random), "W");
    const Var b = tape.parameter(draw(Shape{2}, -1, 1, random), "b");
    const Var h = record(mutant(op<Add>(), mutation), {matmul(x, w), b});
    const GradientReport report = check_gradient(mean(square(tanh(h))), {w, b});
    INFO(to_string(report));
    CHECK(report.parameters[0].verdict == Verdict::pass);
    CHECK(report.parameters[1].verdict == Verdict::fail);
    CHECK(report.verdict == Verdict::fail);
  }
}
