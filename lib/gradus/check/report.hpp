/// What a gradient check found.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/check/blame.hpp"
#include "gradus/check/comparison.hpp"
#include "gradus/check/numeric_derivative.hpp"
#include "gradus/check/taylor.hpp"
#include "gradus/tensor/tensor.hpp"

namespace gradus {

/// A row of the report: one parameter, or a claim about one.
struct ParameterCheck {
  std::string name;  ///< with its scopes: "mlp/hidden/W"
  Shape shape;
  bool used = true;                  ///< whether the loss depends on it at all
  Tensor<double> analytic;           ///< the derivative that is judged, whole
  std::vector<Comparison> elements;  ///< those that were checked, in row-major order

  Index checked = 0;  ///< of shape.elements(); the next seven add up to it
  Index passed = 0;
  Index excused = 0;
  Index vacuous = 0;
  Index kinks = 0;
  Index below_noise = 0;
  Index domain = 0;
  Index failed = 0;
  /// Elements that were neither certified nor condemned.
  Index unjudged() const { return checked - passed - failed; }

  /// The failed element with the largest error; without any, the passed one with the largest; and
  /// so on with below-noise, domain, kink, excused, vacuous.
  Comparison worst;
  Comparison direction;  ///< the derivative in a random direction of this parameter

  std::optional<Comparison> first_kink;
  std::string kink_site;  ///< where the branch changes: "relu #4, element [2, 1]"; "" if not found
  std::optional<Comparison> first_domain;
  std::string domain_site;  ///< where the first value turns NaN or infinite: "log #2"
  /// Of a failed row, why; else, with no cause, a sentence that is worth knowing, or "".
  Diagnosis finding;

  /// fail if an element or the direction does; else pass if elements passed, and no more are
  /// below-noise or outside of the domain than passed; else the first of domain, below-noise, kink,
  /// excused, vacuous that there is.
  Verdict verdict = Verdict::vacuous;
};

/// What became of a derivative that somebody worked out by hand.
struct ClaimCheck {
  std::string text;  ///< "X.T @ (S - Z) / n"
  /// Of the claimed derivative; if it is not the parameter's, the claim fails. Nothing if the
  /// claim has no value, as shapes inside of it do not fit.
  std::optional<Shape> shape;
  ParameterCheck row;  ///< the claim in the place of the tape's derivative
  double tape = 0;     ///< the tape's derivative at row.worst
  /// How it differs from the tape's at a point near by, though it agrees here; "" if it does not.
  /// That is a failure, unless what is claimed is a plain number.
  std::string nearby;
};

struct GradientReport {
  std::string subject = "loss";  ///< what was differentiated: its name, if it has one
  double loss = 0;
  std::string loss_site;  ///< of a loss that is not finite: where NaN or infinity comes up first
  double round_off = 0;   ///< of one evaluation of the loss, absolute
  double tolerance = 0;
  double absolute = 0;  ///< differences up to this are excused
  Precision precision = Precision::f64;
  std::vector<ParameterCheck> parameters;
  std::vector<ClaimCheck> claims;
  /// The derivative in a random direction v of all parameters together: the dot-product test
  /// <gradient, v>.
  Comparison direction;
  std::optional<TaylorTest> taylor;  ///< in double precision, where it is finite
  std::vector<Blame> blames;         ///< the ops whose rules are wrong, if a parameter fails
  /// pass if every parameter and claim passed; else the first of fail, domain, below-noise, kink,
  /// vacuous, excused that there is.
  Verdict verdict = Verdict::pass;

  bool passed() const { return verdict == Verdict::pass; }
  /// Whether something was certified, and whatever was not is excused: what a script asks for.
  bool good() const;
};

/// A table of at most 100 columns for usual shapes, a line for each thing that a reader must not
/// miss (failures, kinks, elements that could not be judged), and the verdict.
std::string to_string(const GradientReport& report);

}  // namespace gradus
