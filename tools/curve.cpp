#include "curve.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "gradus/base/join.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/lang/formula.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

namespace gradus::tools {
namespace {

constexpr double held = 0.5;    // where kinks of two operands are off the middle
constexpr Index samples = 401;  // from -4 to 4: 0 and 0.5 are among them

/// "maximum(a, 0.5)"
std::string call(std::string_view name, const std::vector<std::string>& arguments) {
  return fmt::format("{}({})", name, join(arguments, ", "));
}

/// A formula of one name, evaluated at many places at once.
class Sampler {
 public:
  Sampler(const std::string& formula, const std::string& variable) {
    const lang::Values values{{variable, Tensor<double>(Shape{samples})}};
    const lang::Formula recorded = lang::record(tape_, formula, values);
    y_ = recorded.result;
    x_ = recorded.find(variable);
    slope_ = gradient(sum(y_), x_, Disconnected::zeros);
  }

  /// Whether each value depends on the number at its own place alone.
  bool is_pointwise() const {
    for (NodeId id = 0; id <= y_.id(); ++id) {
      if (!is_leaf(tape_.op(id)) && !tape_.op(id).pointwise()) return false;
    }
    return y_.shape() == x_.shape();
  }

  struct Values {
    Tensor<double> y, slope;
  };
  Values at(const Tensor<double>& x) {
    tape_.set(x_, x);
    return {value(y_), value(slope_)};
  }

 private:
  Tape tape_;
  Var x_, y_, slope_;
};

double spread(const Tensor<double>& y) {
  double low = 0, high = 0;
  for (const double value : y) {
    if (!std::isfinite(value) || std::abs(value) > largest_drawn) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  return high - low;
}

/// Between which samples there is a jump: where halving the interval, towards the larger change,
/// does not make the change go away.
std::vector<bool> jumps(Sampler& sampler, const Tensor<double>& x,
                        Tensor<double> Sampler::Values::*which) {
  Tensor<double> low = x, high = x, y_low = sampler.at(x).*which, y_high = y_low;
  for (Index i = 0; i + 1 < samples; ++i) {
    high[i] = x[i + 1];
    y_high[i] = y_low[i + 1];
  }
  const double least = 0.01 * spread(y_low);
  Tensor<double> middle = x;
  for (int halving = 0; halving < 30; ++halving) {
    for (Index i = 0; i < samples; ++i) middle[i] = low[i] / 2 + high[i] / 2;
    const Tensor<double> y = sampler.at(middle).*which;
    for (Index i = 0; i < samples; ++i) {
      const bool left = std::abs(y[i] - y_low[i]) > std::abs(y_high[i] - y[i]);
      (left ? high : low)[i] = middle[i];
      (left ? y_high : y_low)[i] = y[i];
    }
  }
  std::vector<bool> found(static_cast<std::size_t>(samples));
  for (Index i = 0; i + 1 < samples; ++i) {
    found[static_cast<std::size_t>(i)] = std::abs(y_high[i] - y_low[i]) > least;
  }
  return found;
}

Curve sample(Sampler& sampler, const std::string& formula, const std::string& variable) {
  Tensor<double> x(Shape{samples});
  for (Index i = 0; i < samples; ++i) x[i] = static_cast<double>(i - samples / 2) / 50;
  const Sampler::Values values = sampler.at(x);
  const std::vector<bool> y_jumps = jumps(sampler, x, &Sampler::Values::y);
  const std::vector<bool> slope_jumps = jumps(sampler, x, &Sampler::Values::slope);
  Curve curve{formula, variable, {}, {}, {}, false};
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  const auto drawn = [&](double value) {
    if (!std::isfinite(value)) return nothing;
    curve.clipped = curve.clipped || std::abs(value) > largest_drawn;
    return std::abs(value) > largest_drawn ? nothing : value;
  };
  for (Index i = 0; i < samples; ++i) {
    const auto at = static_cast<std::size_t>(i);
    curve.x.push_back(x[i]);
    curve.y.push_back(drawn(values.y[i]));
    curve.slope.push_back(std::isfinite(values.y[i]) ? drawn(values.slope[i]) : nothing);
    if (!y_jumps[at] && !slope_jumps[at]) continue;
    // A point between the two: it breaks one line or both.
    curve.x.push_back(x[i]);
    curve.y.push_back(y_jumps[at] ? nothing : curve.y.back());
    curve.slope.push_back(slope_jumps[at] ? nothing : curve.slope.back());
  }
  return curve;
}

}  // namespace

std::vector<std::string> operands_of(const lang::Function& function) {
  std::vector<std::string> names;
  std::string_view rest = function.parameters;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(", "), rest.size());
    const std::string_view name = rest.substr(0, end);
    if (name.find('=') == std::string_view::npos) names.emplace_back(name);
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return names;
}

std::vector<std::string> parts_of(const lang::Function& function) {
  const std::vector<std::string> operands = operands_of(function);
  lang::Values values;
  for (const std::string& name : operands) values.emplace(name, Tensor<double>({2, 3}, held));
  std::vector<std::string> parts;
  try {
    Tape tape;
    lang::record(tape, call(function.name, operands), values);
    for (NodeId id = 0; id < tape.size(); ++id) {
      const std::string name(tape.op(id).name());
      if (is_leaf(tape.op(id)) || std::find(parts.begin(), parts.end(), name) != parts.end()) {
        continue;
      }
      parts.push_back(name);
    }
  } catch (const Error&) {  // it takes a shape, or a number
    return {};
  }
  return parts;
}

std::vector<Curve> curves_of(const lang::Function& function) {
  const std::vector<std::string> operands = operands_of(function);
  std::vector<Curve> curves;
  if (operands.empty() || operands.size() > 2) return curves;
  for (const std::string& variable : operands) {
    std::vector<std::string> arguments = operands;
    std::replace_if(
        arguments.begin(), arguments.end(),
        [&](const std::string& name) { return name != variable; }, fmt::format("{}", held));
    const std::string formula = call(function.name, arguments);
    try {
      Sampler sampler(formula, variable);
      if (!sampler.is_pointwise()) return {};
      Curve curve = sample(sampler, formula, variable);
      // f(a, b) = f(b, a) looks the same by each of its operands.
      const auto same = [](double a, double b) {
        return a == b || (std::isnan(a) && std::isnan(b));
      };
      const bool symmetric =
          !curves.empty() &&
          std::equal(curve.y.begin(), curve.y.end(), curves[0].y.begin(), curves[0].y.end(), same);
      if (!symmetric) curves.push_back(std::move(curve));
    } catch (const Error&) {  // it takes more than numbers
      return {};
    }
  }
  return curves;
}

}  // namespace gradus::tools
