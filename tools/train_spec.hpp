/// What decides the result of a training run, as options and as a checkpoint's metadata.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "command.hpp"
#include "gradus/optim/rules.hpp"
#include "gradus/optim/schedule.hpp"
#include "gradus/run/passes.hpp"
#include "model.hpp"

namespace gradus::tools {

/// All of it stands in the checkpoint, so that a resumed run goes on with equal bits.
struct TrainSpec {
  ModelSpec model;
  std::string dataset;
  std::string optimizer;
  optim::Coefficients coefficients;  ///< those that the optimizer reads
  double rate = 0;
  std::string schedule;
  double decay = 1;       ///< of step and exponential: the rate is multiplied by this ...
  Index decay_every = 1;  ///< ... after every so many epochs (of exponential, 1)
  Index period = 0;       ///< of cosine: epochs until the rate is 0
  Index warmup = 0;       ///< steps
  double clip = 0;        ///< the largest norm of the gradient; 0 for any
  Index batch = 0;
  std::string order;      ///< of the images in an epoch: "shuffled" or "file"
  double validation = 0;  ///< the part of the training images that is held out
  Index early_stop = 0;   ///< epochs without a better validation loss; 0 for any
  std::uint64_t seed = 0;
  std::string precision;
  Passes passes = Passes::all();

  /// The rate of each step of the run, where an epoch has so many.
  optim::Schedule rates(Index steps_in_epoch) const;
};

/// Adds the options from --dataset to --passes, but for those of the files.
void add_train_options(OptionList& list);
/// Reads them. Throws InputError for what cannot be, and for options that would change nothing:
/// they are mistakes that should be seen.
TrainSpec read_train_options(const Options& options);
/// The same for a run that goes on from a checkpoint: it takes from there what is not given anew.
/// Throws InputError where that would make another run of it.
TrainSpec resume_train_options(Options& options, const std::string& path);

/// The whole spec as strings, by the names of the options.
std::map<std::string, std::string> to_metadata(const TrainSpec& spec);

}  // namespace gradus::tools
