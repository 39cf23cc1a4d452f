/// What `gradus check --json` prints.
#pragma once

#include <optional>
#include <string>

#include "gradus/check/error_curve.hpp"
#include "gradus/check/hessian.hpp"

namespace gradus::tools {

/// One JSON object, without an end of line. `hessian` and `curve` are left out where there is none.
std::string check_json(const std::string& title, const GradientReport& report,
                       const std::optional<HessianReport>& hessian,
                       const std::optional<ErrorCurve>& curve);

}  // namespace gradus::tools
