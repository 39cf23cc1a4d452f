/// Whether second derivatives are right.
#pragma once

#include <initializer_list>
#include <span>
#include <string>

#include "gradus/check/check_gradient.hpp"

namespace gradus {

struct HessianReport {
  /// The check of Hessian-vector products H v, for a random v: the gradient of <gradient, v>
  /// against its differences, which are differences of gradients.
  GradientReport products;
  double uHv = 0;  ///< <u, H v> and <v, H u> by the tape, for random u and v
  double vHu = 0;
  double round_off = 0;  ///< of these, absolute
  bool symmetric = true;

  bool passed() const { return products.passed() && symmetric; }
};

/// Checks the second derivatives that gradient() of gradient() gives: against differences of the
/// tape's own gradients, and for symmetry, u'Hv = v'Hu, which a gradient that is wrong itself
/// breaks as a rule (no function has it). Check first derivatives with check_gradient. Claims are
/// not looked at. Throws as check_gradient does, and GradientError if the gradient cannot be
/// differentiated. The tape is left as it was.
HessianReport check_hessian(Var loss, std::span<const Var> wrt, const CheckOptions& options = {});
HessianReport check_hessian(Var loss, std::initializer_list<Var> wrt,
                            const CheckOptions& options = {});

std::string to_string(const HessianReport& report);

}  // namespace gradus
