#include "gradus/check/taylor.hpp"

#include <fmt/core.h>

#include <cmath>

#include "gradus/check/probe.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/tape/rewind.hpp"

namespace gradus {
namespace {

/// The values of g and <d, H d>; the second is nothing if g cannot be differentiated, or not here.
struct Slopes2 {
  std::vector<Tensor<double>> gradient;
  std::optional<double> curvature;
};

std::vector<Tensor<double>> values_of(std::span<const Var> variables) {
  Executor<double> executor{Program(variables, Passes::as_recorded())};
  executor.run();
  std::vector<Tensor<double>> values;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const View<const double> view = executor.output(i);
    values.emplace_back(*view.shape, view.span());
  }
  return values;
}

Slopes2 slopes_along(Var loss, std::span<const Var> wrt, const Direction& direction) {
  Tape& tape = loss.tape();
  const Rewind rewind(tape);
  const std::vector<Var> g = gradient(loss, wrt, Disconnected::zeros);
  Slopes2 found{values_of(g), std::nullopt};
  try {
    const Var along = product_sum(tape, g, direction);
    const double curvature = dot(direction, values_of(gradient(along, wrt, Disconnected::zeros)));
    if (std::isfinite(curvature)) found.curvature = curvature;
  } catch (const Error&) {  // a rule of one's own that cannot be differentiated
  }
  return found;
}

/// The rate where the step is smallest and both remainders stand well out of round-off.
std::optional<double> rate(const std::vector<double>& remainders, double round_off) {
  std::optional<double> found;
  for (std::size_t i = 0; i + 1 < remainders.size(); ++i) {
    if (!(remainders[i + 1] > 300 * round_off) || !std::isfinite(remainders[i])) continue;
    found = std::log2(remainders[i] / remainders[i + 1]);
  }
  return found;
}

}  // namespace

TaylorTest taylor_test(Var loss, std::span<const Var> wrt, std::uint64_t seed) {
  constexpr int steps = 16;
  Random random(seed);
  Probe<double> probe(loss, wrt, random);
  const Direction direction = probe.random_direction(0, wrt.size(), random);
  const Slopes2 slopes = slopes_along(loss, wrt, direction);
  const double slope = dot(direction, slopes.gradient);
  TaylorTest test;
  test.second_order = slopes.curvature.has_value();
  probe.along(direction, slopes.gradient, [&](const LossAlong& f, const BasePoint& at) {
    double h = 0.25;
    for (int i = 0; i < steps; ++i, h /= 2) {
      const double rest = f(h) - at.f;
      test.steps.push_back(h);
      test.remainders[0].push_back(std::abs(rest));
      test.remainders[1].push_back(std::abs(rest - h * slope));
      test.remainders[2].push_back(
          std::abs(rest - h * slope - 0.5 * h * h * slopes.curvature.value_or(0)));
    }
    for (std::size_t k = 0; k < 3; ++k) test.rates[k] = rate(test.remainders[k], at.round_off);
    return 0;
  });
  if (!test.second_order) test.rates[2].reset();
  return test;
}

std::string to_string(const TaylorTest& test) {
  const auto shrinks = [](const std::optional<double>& rate) {
    return rate ? fmt::format("h^{:.1f}", *rate) : "0 (exact)";
  };
  std::string text = fmt::format(
      "Taylor remainders shrink as {} without the gradient (h^1 expected), {} with it (h^2)",
      shrinks(test.rates[0]), shrinks(test.rates[1]));
  if (test.second_order) {
    text += fmt::format(", {} with the Hessian (h^3)", shrinks(test.rates[2]));
  }
  return text;
}

}  // namespace gradus
