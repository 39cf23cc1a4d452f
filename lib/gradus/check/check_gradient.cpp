#include "gradus/check/check_gradient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "gradus/base/random.hpp"
#include "gradus/check/numeric_derivative.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/executor.hpp"

#ifdef __FAST_MATH__
#error "gradient checks need IEEE arithmetic: compile without -ffast-math"
#endif

namespace gradus {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

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

/// The gradient's values; what is recorded for them is forgotten again.
std::vector<Tensor<double>> analytic_gradient(Var loss, std::span<const Var> wrt) {
  struct Rewind {
    Tape& tape;
    Tape::Mark mark;
    ~Rewind() { tape.rewind(mark); }
  } const rewind{loss.tape(), loss.tape().mark()};

  Executor<double> executor(Program(gradient(loss, wrt, Disconnected::zeros)));
  executor.run();
  std::vector<Tensor<double>> values;
  for (std::size_t i = 0; i < wrt.size(); ++i) {
    const View<const double> g = executor.output(i);
    values.emplace_back(*g.shape, std::span(g.data, static_cast<std::size_t>(g.elements())));
  }
  return values;
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

/// A parameter whose values are moved in place, and what they were.
struct Moved {
  std::span<double> values;
  std::vector<double> home;
  std::vector<double> direction;

  void go(double distance) {
    for (std::size_t i = 0; i < home.size(); ++i) values[i] = home[i] + distance * direction[i];
  }
  void go_home() { std::copy(home.begin(), home.end(), values.begin()); }
};

class Checker {
 public:
  Checker(Var loss, std::span<const Var> wrt, const CheckOptions& options)
      : wrt_(wrt),
        options_(options),
        random_(options.seed),
        analytic_(analytic_gradient(loss, wrt)),
        loss_(Program(loss)) {
    for (const Var w : wrt_) {
      Moved& moved = moved_.emplace_back();
      if (!loss_.has_leaf(w)) continue;
      moved.values = loss_.leaf(w);
      moved.home.assign(moved.values.begin(), moved.values.end());
    }
    here_ = run();
    round_off_ = measured_round_off();
  }

  GradientReport report() {
    GradientReport report{here_, round_off_, options_.tolerance, {}, {}, Verdict::pass};
    report.direction = along_direction(0, wrt_.size());
    for (std::size_t i = 0; i < wrt_.size(); ++i) {
      report.parameters.push_back(check(i));
      report.verdict = std::max(report.verdict, report.parameters.back().verdict);
    }
    if (report.direction.verdict == Verdict::fail) report.verdict = Verdict::fail;
    return report;
  }

 private:
  double run() {
    loss_.run();
    return loss_.item(0);
  }

  /// Of one evaluation, absolute; see check_gradient.
  double measured_round_off() {
    for (Moved& m : moved_) {
      m.direction.clear();
      for (const double x : m.home) {
        m.direction.push_back(random_.below(2) == 0 ? noise_spacing(x) : -noise_spacing(x));
      }
    }
    const double sigma = evaluation_noise([this](double steps) {
      for (Moved& m : moved_) m.go(steps);
      return run();
    });
    for (Moved& m : moved_) m.go_home();
    return std::max(4 * sigma, eps * std::abs(here_));
  }

  /// The derivative in a random unit direction of the parameters first, ..., end - 1.
  Comparison along_direction(std::size_t first, std::size_t end) {
    double square = 0;
    double largest = 0;
    for (std::size_t i = first; i < end; ++i) {
      moved_[i].direction.resize(moved_[i].home.size());
      for (double& d : moved_[i].direction) {
        d = random_.normal();
        square += d * d;
      }
      for (const double x : moved_[i].home) largest = std::max(largest, std::abs(x));
    }
    if (square == 0) return {};
    // Longer where the values are large, since x + h d is rounded: about an ulp of x.
    const double length = std::max(1.0, largest) / std::sqrt(square);
    double analytic = 0;
    for (std::size_t i = first; i < end; ++i) {
      for (std::size_t k = 0; k < moved_[i].direction.size(); ++k) {
        moved_[i].direction[k] *= length;
        analytic += analytic_[i][static_cast<Index>(k)] * moved_[i].direction[k];
      }
    }
    const LossAlong f = [&](double distance) {
      for (std::size_t i = first; i < end; ++i) moved_[i].go(distance);
      return run();
    };
    Comparison comparison = compare(f, 0, analytic);
    for (std::size_t i = first; i < end; ++i) moved_[i].go_home();
    // A direction cannot condemn where it meets several kinks, as a right rule's choices at each
    // need not add up to a value between the sides'; nor where it leaves the domain of an element
    // that is near its edge. The elements are judged one by one.
    if (comparison.at_kink) comparison.verdict = Verdict::kink;
    const bool left_domain =
        !std::isfinite(comparison.numeric) && std::isfinite(analytic) && std::isfinite(here_);
    if (left_domain) comparison.verdict = Verdict::inconclusive;
    return comparison;
  }

  ParameterCheck check(std::size_t i) {
    const Var w = wrt_[i];
    ParameterCheck row;
    row.name = full_name(w);
    row.shape = w.shape();
    row.used = loss_.has_leaf(w);
    if (!row.used) return row;
    row.direction = along_direction(i, i + 1);
    const std::span<double> values = moved_[i].values;
    for (const Index k : sample(row.shape.elements(), options_.max_elements, random_)) {
      double& x = values[static_cast<std::size_t>(k)];
      const double home = x;
      Comparison comparison = compare(
          [&](double at) {
            x = at;
            return run();
          },
          home, analytic_[i][k]);
      x = home;
      comparison.element = k;
      count(row, comparison);
    }
    row.verdict = verdict_of(row);
    return row;
  }

  Comparison compare(const LossAlong& f, double x, double analytic) const {
    Comparison c;
    c.analytic = analytic;
    const Point at{x, here_, round_off_};
    const Slopes near = slopes(f, at, central_step(x));
    c.numeric = near.central();
    c.uncertainty = near.round_off;
    const bool comparable = std::isfinite(analytic) && std::isfinite(here_);
    if (comparable && !is_flat(f, at, near, analytic)) {
      c.verdict = near.sides_differ() ? Verdict::inconclusive : judge(c);
      // Most elements are done after these two evaluations.
      if (c.verdict != Verdict::pass) look_closer(f, at, c);
    }
    if (!std::isfinite(analytic) || !std::isfinite(c.numeric)) {
      c.error = std::numeric_limits<double>::quiet_NaN();
      c.verdict = Verdict::fail;
      return c;
    }
    const double difference = std::abs(c.analytic - c.numeric);
    const double scale = std::max({std::abs(c.analytic), std::abs(c.numeric), c.uncertainty});
    c.error = difference == 0 ? 0 : difference / scale;
    return c;
  }

  /// Whether the loss does not move at all, and should not.
  static bool is_flat(const LossAlong& f, const Point& at, const Slopes& near, double analytic) {
    if (analytic != 0 || near.left != 0 || near.right != 0) return false;
    const Slopes far = slopes(f, at, longest_step(at.x));
    return far.left == 0 && far.right == 0;
  }

  void look_closer(const LossAlong& f, const Point& at, Comparison& c) const {
    const Measured measured = measure(f, at, 0.1 * options_.tolerance);
    c.numeric = measured.value;
    c.uncertainty = measured.uncertainty;
    c.verdict = judge(c);
    if (!measured.kink) return;
    c.at_kink = true;
    c.left = measured.left;
    c.right = measured.right;
    const double slack =
        measured.side_uncertainty +
        options_.tolerance * std::max(std::abs(measured.left), std::abs(measured.right));
    const auto [low, high] = std::minmax(measured.left, measured.right);
    const bool between = low - slack <= c.analytic && c.analytic <= high + slack;
    c.verdict = between ? Verdict::kink : Verdict::fail;
  }

  Verdict judge(const Comparison& c) const {
    if (c.analytic == 0 && c.numeric == 0) return Verdict::vacuous;
    const double difference = std::abs(c.analytic - c.numeric);
    const double allowed = options_.tolerance * std::max(std::abs(c.analytic), std::abs(c.numeric));
    if (difference > allowed + c.uncertainty) return Verdict::fail;
    return difference <= allowed && c.uncertainty <= allowed ? Verdict::pass
                                                             : Verdict::inconclusive;
  }

  /// What of a row is shown first.
  static int interest(Verdict verdict) {
    switch (verdict) {
      case Verdict::fail:
        return 4;
      case Verdict::pass:
        return 3;
      case Verdict::inconclusive:
        return 2;
      case Verdict::kink:
        return 1;
      case Verdict::vacuous:
        return 0;
    }
    return 0;
  }

  static void count(ParameterCheck& row, const Comparison& c) {
    ++row.checked;
    switch (c.verdict) {
      case Verdict::pass:
        ++row.passed;
        break;
      case Verdict::vacuous:
        ++row.vacuous;
        break;
      case Verdict::kink:
        ++row.kinks;
        if (!row.first_kink) row.first_kink = c;
        break;
      case Verdict::inconclusive:
        ++row.inconclusive;
        break;
      case Verdict::fail:
        ++row.failed;
        break;
    }
    const int more = interest(c.verdict) - interest(row.worst.verdict);
    const bool worse =
        std::isnan(c.error) ? !std::isnan(row.worst.error) : c.error > row.worst.error;
    if (row.checked == 1 || more > 0 || (more == 0 && worse)) row.worst = c;
  }

  static Verdict verdict_of(const ParameterCheck& row) {
    if (row.failed > 0 || row.direction.verdict == Verdict::fail) return Verdict::fail;
    if (row.passed > 0 && row.inconclusive <= row.passed) return Verdict::pass;
    if (row.inconclusive > 0) return Verdict::inconclusive;
    return row.kinks > 0 ? Verdict::kink : Verdict::vacuous;
  }

  std::span<const Var> wrt_;
  CheckOptions options_;
  Random random_;
  std::vector<Tensor<double>> analytic_;
  Executor<double> loss_;
  std::vector<Moved> moved_;
  double here_ = 0;       // the loss
  double round_off_ = 0;  // of one evaluation of it
};

}  // namespace

GradientReport check_gradient(Var loss, std::span<const Var> wrt, const CheckOptions& options) {
  if (!(options.tolerance > 0 && options.tolerance < 1)) {
    throw Error(fmt::format("check_gradient: the tolerance must be between 0 and 1, not {}",
                            options.tolerance));
  }
  if (options.max_elements < 1) {
    throw Error(fmt::format("check_gradient: max_elements must be 1 or more, not {}",
                            options.max_elements));
  }
  need_leaves_with_values(loss, wrt);
  return Checker(loss, wrt, options).report();
}

GradientReport check_gradient(Var loss, std::initializer_list<Var> wrt,
                              const CheckOptions& options) {
  return check_gradient(loss, std::span<const Var>(wrt.begin(), wrt.size()), options);
}

}  // namespace gradus
