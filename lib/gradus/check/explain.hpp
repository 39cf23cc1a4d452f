/// Puts causes into a report: what each verdict comes from.
#pragma once

#include <span>

#include "gradus/check/check_gradient.hpp"

namespace gradus {

/// Fills in `finding`, `kink_site`, `domain_site`, `loss_site`, `taylor` and `blames` of a report
/// on check_gradient(loss, wrt, options). The tape is left as it was.
void explain_report(GradientReport& report, Var loss, std::span<const Var> wrt,
                    const CheckOptions& options);

}  // namespace gradus
