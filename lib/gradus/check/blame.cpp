#include "gradus/check/blame.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "gradus/base/random.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/check/diagnosis.hpp"
#include "gradus/check/sites.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"

namespace gradus {
namespace {

constexpr std::size_t most_of_one_op = 32;
constexpr Index most_elements = 64;

/// Of every op at most so many nodes, evenly from the first to the last; in the tape's order.
std::vector<NodeId> some_of_each_op(const Tape& tape, const std::vector<NodeId>& nodes) {
  std::map<const Op*, std::size_t> counts;
  for (const NodeId id : nodes) ++counts[&tape.op(id)];
  std::map<const Op*, std::size_t> seen;
  std::vector<NodeId> chosen;
  for (const NodeId id : nodes) {
    const std::size_t count = counts[&tape.op(id)];
    const std::size_t i = seen[&tape.op(id)]++;
    const bool all = count <= most_of_one_op;
    if (all || i * most_of_one_op / count != (i + 1) * most_of_one_op / count) chosen.push_back(id);
  }
  return chosen;
}

/// An op, recorded alone at given operands, and a loss <u, y> of its result y.
struct Alone {
  enum class Upstream { random, ones };

  /// An operand for which `varies` is false is a constant, as it was when recorded: some rules
  /// look.
  Alone(const Op& op, const std::vector<Tensor<double>>& values, const std::vector<bool>& varies,
        const Attributes& attributes, Upstream upstream, bool broadcast) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      operands.push_back(varies[k] ? tape.parameter(values[k]) : tape.constant(values[k]));
    }
    Var y = tape.record(op, operands, attributes);
    if (broadcast) {
      const Shape shape = y.shape();
      for (std::size_t k = 0; k < values.size(); ++k) {
        if (!varies[k]) continue;
        operands[k] = tape.parameter(value_of(broadcast_to(operands[k], shape)));
      }
      y = tape.record(op, operands, attributes);
    }
    Random random(1);
    Tensor<double> u(y.shape(), 1.0);
    if (upstream == Upstream::random) {
      for (double& v : u) v = random.uniform(0.5, 2);
    }
    loss = sum(y * tape.constant(u));
  }

  /// What a check says of one operand.
  ParameterCheck check(std::size_t operand, double tolerance) const {
    CheckOptions options;
    options.tolerance = tolerance;
    options.max_elements = most_elements;
    options.explain = false;
    return check_gradient(loss, {operands[operand]}, options).parameters[0];
  }

  static Tensor<double> value_of(Var v) {
    Executor<double> executor{Program(v, Passes::as_recorded())};
    executor.run();
    const View<const double> view = executor.output(0);
    return {*view.shape, view.span()};
  }

  Tape tape;
  std::vector<Var> operands;
  Var loss;
};

/// The recorded operands of nodes, evaluated at once.
class Operands {
 public:
  Operands(Tape& tape, const std::vector<NodeId>& nodes) {
    std::vector<Var> outputs;
    for (const NodeId id : nodes) {
      for (const NodeId operand : tape.operands(id)) {
        if (rows_.try_emplace(operand, outputs.size()).second) outputs.push_back(tape.var(operand));
      }
    }
    if (outputs.empty()) return;
    executor_.emplace(Program(outputs, Passes::as_recorded()));
    executor_->run();
  }
  Tensor<double> operator[](NodeId id) const {
    const View<const double> view = executor_->output(rows_.at(id));
    return {*view.shape, view.span()};
  }

 private:
  std::map<NodeId, std::size_t> rows_;
  std::optional<Executor<double>> executor_;
};

/// Whether the rule fails only where it gives no finite number and differences give none either, as
/// that of sqrt at 0: there is no derivative, and the rule is not to blame.
bool has_no_derivative(const ParameterCheck& row) {
  return row.failed > 0 &&
         std::all_of(row.elements.begin(), row.elements.end(), [](const Comparison& c) {
           return c.verdict != Verdict::fail ||
                  (!std::isfinite(c.analytic) && !std::isfinite(c.numeric));
         });
}

/// Whether the op goes element by element over broadcast operands, of which one is stretched.
bool stretches(const std::vector<Tensor<double>>& operands, const Shape& result) {
  Shape shape = operands[0].shape();
  bool differs = false;
  try {
    for (const Tensor<double>& x : operands) {
      shape = broadcast(shape, x.shape());
      differs = differs || x.shape() != result;
    }
  } catch (const ShapeError&) {
    return false;
  }
  return differs && shape == result;
}

bool passes(const Alone& alone, std::size_t operand, double tolerance) {
  return alone.check(operand, tolerance).verdict == Verdict::pass;
}

/// Whether a rule gives the same whatever comes from above, and would be right for ones.
bool ignores_upstream(const ParameterCheck& random, const ParameterCheck& ones) {
  return ones.verdict == Verdict::pass &&
         std::equal(random.analytic.begin(), random.analytic.end(), ones.analytic.begin(),
                    [](double a, double b) { return std::abs(a - b) <= 1e-9 * std::abs(b); });
}

}  // namespace

std::string to_string(const Blame& blame) {
  if (blame.diagnosis.cause == Cause::cut) {
    return fmt::format("{} ({}): {}", blame.label, blame.where, blame.diagnosis.sentence);
  }
  return fmt::format("the rule of {} ({}) for its operand {}: {}", blame.label, blame.where,
                     blame.operand, blame.diagnosis.sentence);
}

std::vector<Blame> find_blame(Var loss, std::span<const Var> wrt, double tolerance) {
  Tape& tape = loss.tape();
  const std::vector<NodeId> all = ways(loss, wrt);
  const std::vector<NodeId> nodes = some_of_each_op(tape, all);
  std::vector<bool> moves(std::size_t{loss.id()} + 1);
  for (const NodeId id : all) moves[id] = true;
  for (const Var w : wrt) {
    if (w.id() < moves.size()) moves[w.id()] = true;
  }
  const Operands recorded(tape, nodes);

  std::vector<Blame> blames;
  for (const NodeId id : nodes) {
    const Op& op = tape.op(id);
    const Attributes& attributes = tape.attributes(id);
    std::vector<Tensor<double>> values;
    std::vector<bool> varies;
    for (const NodeId operand : tape.operands(id)) {
      values.push_back(recorded[operand]);
      varies.push_back(moves[operand]);
    }
    const bool stretched = stretches(values, tape.shape(id));
    const auto alone = [&](Alone::Upstream upstream, bool broadcast) {
      return Alone(op, values, varies, attributes, upstream, broadcast);
    };
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (!varies[k]) continue;
      try {
        const ParameterCheck row = alone(Alone::Upstream::random, false).check(k, tolerance);
        if (row.verdict != Verdict::fail || has_no_derivative(row)) continue;
        Diagnosis diagnosis = diagnose({row.analytic, row.shape, row.elements, {}, {}, tolerance});
        if (op.flow(static_cast<int>(k)) == Flow::cut) {
          diagnosis = {Cause::cut, "no gradient passes, but the result does move"};
        } else if (stretched && passes(alone(Alone::Upstream::random, true), k, tolerance)) {
          diagnosis = {Cause::not_summed,
                       "right where nothing is broadcast: what was broadcast must be summed, "
                       "neither left out nor averaged"};
        } else if (diagnosis.cause == Cause::zero) {
          diagnosis.sentence = "it is 0, but the result does move";
        } else if (diagnosis.cause >= Cause::elements &&
                   ignores_upstream(row, alone(Alone::Upstream::ones, false).check(k, tolerance))) {
          diagnosis = {Cause::no_upstream, "dy, the adjoint of the result, is not multiplied in"};
        } else if (diagnosis.cause == Cause::none) {
          diagnosis = {Cause::unknown,
                       fmt::format("wrong in a random direction, though right at the "
                                   "{} elements that were tried",
                                   row.checked)};
        }
        blames.push_back({id, static_cast<std::uint32_t>(k), std::string(op.name()),
                          site_label(tape, id), tape.where(id), std::move(diagnosis)});
      } catch (const Error&) {
        // It does not work for moved operands, as indices that are no longer whole: not testable.
      }
    }
  }
  return blames;
}

}  // namespace gradus
