/// Whether what a run is asked for fits its images.
#pragma once

#include "command.hpp"
#include "gradus/data/images.hpp"
#include "train_spec.hpp"

namespace gradus::tools {

/// What becomes of the training images.
struct RunSize {
  Index held_out = 0;  ///< for validation
  Index trained = 0;   ///< the others
  Index steps = 0;     ///< of an epoch: the batches of those trained on
};
RunSize run_size(const TrainSpec& spec, Index images);

/// Throws InputError, with both numbers, for layers that do not fit the images.
void check_fit(const TrainSpec& spec, const data::Dataset& set);

/// Throws InputError for options that cannot do what they are given for: a batch larger than the
/// images that are trained on, too few images held out to measure a loss with, a warm-up that is
/// longer than the run. What a resumed run was once begun with is left alone.
void check_sizes(const Options& options, const TrainSpec& spec, const RunSize& size, Index epochs);

}  // namespace gradus::tools
