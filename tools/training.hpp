/// The training loop behind `gradus train`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gradus/data/images.hpp"
#include "gradus/run/passes.hpp"
#include "model.hpp"

namespace gradus::tools {

/// What decides the result of a run. All of it stands in the checkpoint, so that a resumed run goes
/// on with equal bits.
struct TrainSpec {
  ModelSpec model;
  std::string dataset = "mnist";
  std::string optimizer = "sgd";
  double rate = 0.1;
  double momentum = 0.9;
  double decay = 1;       ///< the rate is multiplied by this ...
  Index decay_every = 1;  ///< ... after every so many epochs
  Index batch = 32;
  std::string order = "shuffled";  ///< of the images in an epoch; or "file"
  std::uint64_t seed = 1;
  std::string precision = "f32";
  Passes passes = Passes::all();
};

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

/// One epoch's outcome.
struct EpochResult {
  Index epoch = 0;  ///< from 1
  double loss = 0;  ///< mean over the training examples, while they were trained on
  double test_loss = 0;
  double test_accuracy = 0;  ///< share of the test images, 0 to 1
  double rate = 0;
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
  /// Why the loss is not finite: the first op that made a NaN or an infinity, its scope and
  /// operands.
  std::optional<std::string> not_finite;
};

/// The whole spec as strings, by the names of the options: a checkpoint's metadata.
std::map<std::string, std::string> to_metadata(const TrainSpec& spec);
/// Throws InputError, with both numbers, for layers that do not fit the images.
void check_fit(const TrainSpec& spec, const data::Dataset& set);
/// Trains, tests after every epoch, writes checkpoints and the log. The layers must fit both sets.
/// Throws InputError for files that cannot be read or written.
TrainResult train(const TrainSpec& spec, const TrainFiles& files, const data::Dataset& training,
                  const data::Dataset& test, const TrainEvents& events);

}  // namespace gradus::tools
