/// The derivatives of a random formula, from three sides that share no code: the tape's gradient,
/// differences of the formula's value, and forward mode over plain loops.
#pragma once

#include <boost/math/differentiation/autodiff.hpp>
#include <cmath>
#include <optional>

#include "formulas/random_formula.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/run/executor.hpp"
#include "ops/reference_ops.hpp"

namespace gradus::test {

/// What the result needs, by node.
inline std::vector<bool> live_nodes(const RandomFormula& formula) {
  const NodeId last = formula.result.id();
  std::vector<bool> live(std::size_t{last} + 1);
  live[last] = true;
  for (NodeId id = last;; --id) {
    if (live[id]) {
      for (const NodeId operand : formula.tape->operands(id)) live[operand] = true;
    }
    if (id == 0) return live;
  }
}

/// The derivatives by all elements of all parameters, end to end.
using Derivatives = std::vector<double>;

/// By the tape.
inline Derivatives tape_gradient(const RandomFormula& formula) {
  Derivatives all;
  for (const Var g : gradient(formula.result, formula.parameters, Disconnected::zeros)) {
    const Tensor<double> d = value(g);
    all.insert(all.end(), d.begin(), d.end());
  }
  return all;
}

/// A number and its derivative: Boost.Math's.
using Dual = decltype(boost::math::differentiation::make_fvar<double, 1>(0.0));

/// The formula over dual numbers, op by op from their definitions, where element `varied` of the
/// parameters, end to end, is the variable.
inline Dual forward_mode(const RandomFormula& formula, std::size_t varied) {
  using Array = reference::ArrayOf<Dual>;
  const Tape& tape = *formula.tape;
  const std::vector<bool> live = live_nodes(formula);
  std::vector<std::optional<Array>> values(live.size());
  std::size_t element = 0;
  for (NodeId id = 0; id < live.size(); ++id) {
    const bool parameter = is_parameter(tape.op(id));
    if (is_leaf(tape.op(id)) && (parameter || live[id])) {
      Array x(tape.shape(id));
      const double* from = tape.leaf_value(id);
      for (Dual& e : x.elements) {
        const bool is_variable = parameter && element++ == varied;
        e = is_variable ? boost::math::differentiation::make_fvar<double, 1>(*from) : Dual(*from);
        ++from;
      }
      values[id] = std::move(x);
    } else if (live[id]) {
      std::vector<Array> x;
      for (const NodeId operand : tape.operands(id)) x.push_back(*values[operand]);
      values[id] = reference::apply<Dual>(tape.op(id), x, tape.attributes(id));
    }
  }
  return values.back()->elements[0];
}

/// Differences of the value.
struct Differences {
  double value = 0;
  Derivatives derivatives;
  /// Whether all values that were looked at belong to one piece of the formula: no kink between.
  bool one_piece = true;
  /// The largest change of a derivative, relative to numbers over 1, when the step is doubled.
  double truncation = 0;
};

/// The five-point rule f' = (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h, for h and 2h. The error is
/// proportional to h^4, so that the difference of the two is about 15 times the error of the first.
inline Differences differences(const RandomFormula& formula) {
  constexpr double h = 1e-3;
  std::vector<Var> outputs{formula.result};
  outputs.insert(outputs.end(), formula.guards.begin(), formula.guards.end());
  Executor<double> run{Program(outputs)};

  const auto piece = [&] {
    std::vector<int> signs;
    for (std::size_t i = 1; i < outputs.size(); ++i) {
      for (const double x : run.output(i).span()) signs.push_back((x > 0) - (x < 0));
    }
    return signs;
  };
  run.run();
  const std::vector<int> home = piece();
  Differences result{run.item(0), {}};
  for (const Var parameter : formula.parameters) {
    const bool used = run.has_leaf(parameter);
    for (Index i = 0; i < parameter.shape().elements(); ++i) {
      if (!used) {
        result.derivatives.push_back(0);
        continue;
      }
      double& x = run.leaf(parameter)[static_cast<std::size_t>(i)];
      const double x0 = x;
      const auto at = [&](double steps) {
        x = x0 + steps * h;
        run.run();
        if (piece() != home) result.one_piece = false;
        x = x0;
        return run.item(0);
      };
      const double one = at(1) - at(-1), two = at(2) - at(-2), four = at(4) - at(-4);
      const double fine = (8 * one - two) / (12 * h), coarse = (8 * two - four) / (24 * h);
      result.derivatives.push_back(fine);
      result.truncation =
          std::max(result.truncation, std::abs(fine - coarse) / std::max(1.0, std::abs(fine)));
    }
  }
  return result;
}

}  // namespace gradus::test
