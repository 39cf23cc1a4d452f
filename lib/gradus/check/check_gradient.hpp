/// Whether analytic derivatives are right: they are compared with numeric ones.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "gradus/check/report.hpp"
#include "gradus/tape/tape.hpp"

namespace gradus {

/// A derivative that somebody worked out by hand. `derivative` is an expression on the loss's tape,
/// or a constant; it should have the parameter's shape.
struct Claim {
  Var parameter;
  Var derivative;
  std::string text;  ///< how people wrote it: "X.T @ (S - Z) / n"
  /// Why there is no `derivative`: shapes inside of it do not fit. The claim fails with this.
  std::string misfit = {};
};

struct CheckOptions {
  /// The largest error of a right derivative, relative to its size. Differences in double know a
  /// derivative of the size of the loss to 1e-10 or better; wrong rules are off by more than 1e-3.
  double tolerance = 1e-5;  // in (0, 1)
  /// Differences up to this are excused where the tolerance does not certify them. 0: none.
  double absolute = 0;
  /// A parameter with more elements than this is sampled. Each element costs two evaluations of the
  /// loss, or up to some tens where the derivative is wrong, tiny, or hard to measure.
  Index max_elements = 1000;  // at least 1
  /// Of the directions and the samples: the same seed, the same report.
  std::uint64_t seed = 1;
  /// What the loss and its gradient are evaluated in. Single precision knows a difference to three
  /// or four digits at best, and is here to show that.
  Precision precision = Precision::f64;
  /// Derivatives that people claim; each is judged as the tape's is. Their parameters are among
  /// those that are checked.
  std::vector<Claim> claims = {};
  /// Whether to look for causes: a sentence on each parameter, the op at which a kink or the edge
  /// of the domain lies, the ops whose rules are wrong, and the Taylor test.
  bool explain = true;
};

/// Compares gradient(loss, wrt) with differences of the loss at the values that the leaves have: in
/// a random direction of all of `wrt` together and of each, and element by element. The tape is
/// left as it was.
///
/// A derivative is only condemned by a difference that the tolerance and the uncertainty of the
/// numeric value cannot explain. The uncertainty is what truncation was seen to do (see `measure`)
/// plus round-off: an evaluation of the loss is off by some e, so that (f(x+h) - f(x-h)) / 2h is
/// off by up to e/h. e is at least eps * |loss|, since the loss itself is rounded, and four
/// standard deviations of the noise that is measured around the point, since terms that cancel may
/// be much larger than the loss. A derivative that is no larger than its uncertainty is not
/// certified either: it is below the noise.
///
/// At a kink (relu at exactly 0), where no derivative exists, an element is set apart and counted
/// if the analytic value lies between the derivatives of the two sides, and fails if not.
///
/// Throws Error if an option is out of its range, if nothing is to be checked, if a member of `wrt`
/// is not an input or a parameter, has no value, or stands there twice, if a claim is about none of
/// them, or if another input has no value; GradientError if the loss is not a single number. A
/// variable that the loss does not depend on is reported as vacuous.
GradientReport check_gradient(Var loss, std::span<const Var> wrt, const CheckOptions& options = {});
GradientReport check_gradient(Var loss, std::initializer_list<Var> wrt,
                              const CheckOptions& options = {});

}  // namespace gradus
