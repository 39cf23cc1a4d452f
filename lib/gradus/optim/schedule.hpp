/// Learning rates that change from step to step.
#pragma once

#include <functional>

#include "gradus/base/shape.hpp"

namespace gradus::optim {

/// The learning rate of a step, which counts from 0. Steps are those of the optimiser or whole
/// epochs, whichever the caller counts: executor.set(optimizer.rate(), schedule(step)).
using Schedule = std::function<double(Index step)>;

// They throw InputError unless the rate is positive and finite, 0 < factor <= 1, and every, steps
// >= 1.

/// The same rate for ever.
Schedule constant_rate(double rate);

/// rate factor^floor(step / every): multiplied by `factor` after every `every` steps.
Schedule step_decay(double rate, double factor, Index every);

/// rate factor^(step / every): the same decay, but a little of it in each step.
Schedule exponential_decay(double rate, double factor, Index every = 1);

/// least + (rate - least) (1 + cos(pi step / steps)) / 2: half a wave down from `rate` to `least`,
/// which it keeps from step `steps` on. Loshchilov and Hutter, "SGDR: stochastic gradient descent
/// with warm restarts", 2017, equation 5, without restarts. Throws InputError unless 0 <= least <=
/// rate.
Schedule cosine_decay(double rate, Index steps, double least = 0);

/// schedule(step) min(1, (step + 1) / steps): a line up from nearly 0 that meets any other schedule
/// after `steps` steps. Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2.
Schedule warm_up(Schedule schedule, Index steps);

}  // namespace gradus::optim
