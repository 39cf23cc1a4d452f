/// Where a value that is no finite number comes from.
#pragma once

#include <string>

#include "gradus/tape/var.hpp"

namespace gradus::explain {

/// "The NaN begins at log(x), where x = -1: log is defined for x > 0; ...": the first node on the
/// way to a value whose own is NaN or infinite. "" if the value is finite. Computes what leads to
/// it, as value() does.
std::string origin_of_not_finite(Var value);

}  // namespace gradus::explain
