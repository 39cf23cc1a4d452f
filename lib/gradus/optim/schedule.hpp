/// Learning rates that change from epoch to epoch.
#pragma once

#include <functional>

#include "gradus/base/shape.hpp"

namespace gradus::optim {

/// The learning rate of an epoch, which counts from 0.
using Schedule = std::function<double(Index epoch)>;

/// Multiplied by `factor` after every `every` epochs. Throws InputError unless every >= 1 and
/// 0 < factor <= 1.
Schedule step_decay(double rate, double factor, Index every);

}  // namespace gradus::optim
