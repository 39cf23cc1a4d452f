/// The training loop behind `gradus train`.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gradus/data/images.hpp"
#include "train_spec.hpp"

namespace gradus::tools {

/// What only decides where a run ends and what it writes.
struct TrainFiles {
  using Path = std::filesystem::path;
  Index epochs = 5;
  std::optional<Path> save;    ///< the checkpoint to write
  Path save_when_stopped;      ///< the one to write when `stop` asks for an end
  Index save_every = 0;        ///< after so many batches, too; 0 for each epoch only
  std::optional<Path> resume;  ///< the checkpoint to go on from
  std::optional<Path> log;     ///< a line of JSON an epoch
};

/// The mean loss over some images, and the share of them that was told right, 0 to 1.
struct Measured {
  double loss = 0;
  double accuracy = 0;
};

/// One epoch's outcome.
struct EpochResult {
  Index epoch = 0;                     ///< from 1
  double loss = 0;                     ///< over the training images, while they were trained on
  std::optional<Measured> validation;  ///< of the images held out, if there are any
  Measured test;
  double rate = 0;     ///< of the last step
  double seconds = 0;  ///< of training, without the test
};

/// An epoch as a JSON object on one line.
std::string to_json(const EpochResult& result);

/// What happens while training, for whoever shows it.
struct TrainEvents {
  /// Called after every batch with the epoch (from 1), the share of it that is done, and its loss
  /// so far.
  std::function<void(Index epoch, double done, double loss)> batch;
  std::function<void(const EpochResult&)> epoch;
  /// Asked after every batch.
  std::function<bool()> stop;
};

struct TrainResult {
  std::vector<EpochResult> epochs;  ///< of this run, without those before a resumption
  Index epochs_in_all = 0;          ///< finished ones, those before a resumption counted
  bool stopped = false;             ///< before the last epoch's end, as `stop` asked
  bool stopped_early = false;       ///< as validation got no better
  Index best_epoch = 0;  ///< the one with the best validation, if early stopping follows it; or 0
  double best_loss = 0;  ///< of validation, after that epoch
  Measured best_test;    ///< of its weights, if the run came to its end
  /// Why the loss is not finite: the first op that made a NaN or an infinity, its scope and
  /// operands.
  std::optional<std::string> not_finite;
};

/// Trains, measures after every epoch, writes checkpoints and the log. The layers must fit both
/// sets. A resumed run that has nothing left to do writes nothing. Throws InputError for files that
/// cannot be read or written.
///
/// A checkpoint holds the weights under their names, the optimiser's state, and in its metadata the
/// spec and where the run stands. Where early stopping follows the validation, these weights are
/// the best so far, and those to go on from stand beside them as "latest.W1" and so on.
TrainResult train(const TrainSpec& spec, const TrainFiles& files, const data::Dataset& training,
                  const data::Dataset& test, const TrainEvents& events);

}  // namespace gradus::tools
