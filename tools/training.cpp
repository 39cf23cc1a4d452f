#include "training.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <numeric>

#include "command.hpp"
#include "gradus/base/join.hpp"
#include "gradus/data/batches.hpp"
#include "gradus/data/split.hpp"
#include "gradus/io/whole_file.hpp"
#include "gradus/optim/early_stopping.hpp"
#include "train_fit.hpp"
#include "trainer.hpp"

namespace gradus::tools {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Index score_batch = 500;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Where a run stands: enough to go on from, with the values of the parameters and the state.
struct Position {
  Index epoch = 0;      ///< finished epochs
  Index batch = 0;      ///< finished batches of the next one
  double loss_sum = 0;  ///< over the examples of these batches
  std::string random;   ///< the random state when the next epoch's order is drawn
};

/// The images of each part, by their numbers in the sets. Which are held out depends on the seed.
struct Parts {
  std::vector<Index> training, validation, test;
};

Parts parts_of(const TrainSpec& spec, Index training, Index test) {
  const auto all = [](Index count) {
    std::vector<Index> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), Index{0});
    return rows;
  };
  if (spec.validation == 0) return {all(training), {}, all(test)};
  Random random(spec.seed);
  data::Split split = data::split(training, spec.validation, random);
  return {std::move(split.training), std::move(split.validation), all(test)};
}

Index count_of(const std::vector<Index>& rows) { return static_cast<Index>(rows.size()); }

/// Adds the batch sizes that occur, the usual one first.
void add_sizes(std::vector<Index>& sizes, Index count, Index batch) {
  for (const Index size : {std::min(batch, count), count % std::min(batch, count)}) {
    if (size > 0 && std::find(sizes.begin(), sizes.end(), size) == sizes.end()) {
      sizes.push_back(size);
    }
  }
}

std::unique_ptr<Trainer> make_trainer(const TrainSpec& spec, const Parts& parts, Random& random) {
  std::vector<Index> steps, scores;
  add_sizes(steps, count_of(parts.training), spec.batch);
  add_sizes(scores, count_of(parts.test), score_batch);
  if (!parts.validation.empty()) add_sizes(scores, count_of(parts.validation), score_batch);
  return Trainer::make(spec, steps, scores, random);
}

class Run {
 public:
  Run(const TrainSpec& spec, const TrainFiles& files, const data::Dataset& training,
      const data::Dataset& test, const TrainEvents& events)
      : spec_(spec),
        files_(files),
        events_(events),
        training_(training),
        test_(test),
        parts_(parts_of(spec, training.count, test.count)),
        batches_(run_size(spec, training.count).steps),
        rates_(spec.rates(batches_)),
        random_(spec.seed),
        trainer_(make_trainer(spec, parts_, random_)) {
    if (spec.early_stop > 0) stopping_.emplace(spec.early_stop);
    position_.random = random_.state();
  }

  TrainResult run() {
    if (files_.resume) restore();
    if (goes_on()) start_files();  // else nothing is written: new options belong to no new step
    TrainResult result;
    while (goes_on() && train_epoch(result)) {
      EpochResult& epoch = result.epochs.back();
      measure(epoch);
      if (files_.log) append_log(epoch);
      if (files_.save) save(*files_.save);
      if (events_.epoch) events_.epoch(epoch);
      if (goes_on() && events_.stop && events_.stop()) {
        save(files_.save_when_stopped);
        result.stopped = true;
        break;
      }
    }
    result.epochs_in_all = position_.epoch;
    result.stopped_early = stops_early();
    if (has_best()) tell_best(result);
    return result;
  }

 private:
  bool stops_early() const { return stopping_ && stopping_->stops(); }
  bool goes_on() const { return position_.epoch < files_.epochs && !stops_early(); }
  bool has_best() const { return stopping_ && stopping_->best() > 0; }

  double rate_of(Index batch) const { return rates_(position_.epoch * batches_ + batch); }

  /// The images of a batch, which counts from 0 in its part.
  std::span<const Index> rows_of(const std::vector<Index>& part, std::span<const Index> batch) {
    rows_.clear();
    for (const Index i : batch) rows_.push_back(part[static_cast<std::size_t>(i)]);
    return rows_;
  }

  /// Trains to the end of the epoch, and adds its outcome. False if it was stopped or the loss is
  /// not finite.
  bool train_epoch(TrainResult& result) {
    random_.set_state(position_.random);
    const Index count = count_of(parts_.training);
    const data::Batches batches = spec_.order == "file"
                                      ? data::Batches(count, spec_.batch)
                                      : data::Batches(count, spec_.batch, random_);
    const Trainer::Values start = trainer_->values();
    const Index first = position_.batch;
    const Clock::time_point clock = Clock::now();
    Index examples = std::min(first * spec_.batch, count);
    while (position_.batch < batches.size()) {
      const auto rows = rows_of(parts_.training, batches[position_.batch]);
      const double loss = trainer_->step(training_, rows, rate_of(position_.batch));
      const Index done = position_.batch + 1;
      const bool ends = done == batches.size();  // the end of the epoch is saved by the caller
      const bool stops = !ends && events_.stop && events_.stop();
      const bool saves = files_.save && files_.save_every > 0 && done % files_.save_every == 0;
      // The loss is of the weights before the step: the new ones are looked at before they are
      // kept.
      if (!std::isfinite(loss) || ((ends || stops || saves) && !trainer_->is_finite())) {
        result.not_finite = explain_not_finite(start, first, batches);
        return false;
      }
      examples += static_cast<Index>(rows.size());
      position_.loss_sum += loss * static_cast<double>(rows.size());
      position_.batch = done;
      if (events_.batch) {
        events_.batch(position_.epoch + 1,
                      static_cast<double>(done) / static_cast<double>(batches.size()),
                      position_.loss_sum / static_cast<double>(examples));
      }
      if (stops) {
        save(files_.save_when_stopped);
        result.stopped = true;
        return false;
      }
      if (saves && !ends) save(*files_.save);
    }
    EpochResult epoch;
    epoch.epoch = position_.epoch + 1;
    epoch.loss = position_.loss_sum / static_cast<double>(examples);
    epoch.rate = rate_of(batches.size() - 1);
    epoch.seconds = seconds_since(clock);
    result.epochs.push_back(epoch);
    position_ = {position_.epoch + 1, 0, 0, random_.state()};
    return true;
  }

  /// Runs the epoch again from where it was begun, with equal bits, and looks at every result: the
  /// op that is found may stand in an earlier step than the loss that showed it.
  std::string explain_not_finite(const Trainer::Values& start, Index first,
                                 const data::Batches& batches) {
    trainer_->set_values(start, "the start of the epoch");
    for (Index batch = first; batch <= position_.batch; ++batch) {
      const auto rows = rows_of(parts_.training, batches[batch]);
      if (const auto found = trainer_->step_that_looks(training_, rows, rate_of(batch))) {
        return fmt::format("in epoch {}, batch {}, {}; a smaller --lr may help",
                           position_.epoch + 1, batch + 1, *found);
      }
    }
    return "the loss is not finite, but every op in it is: this is a fault of gradus";
  }

  Measured measure(const data::Dataset& set, const std::vector<Index>& part) {
    const data::Batches batches(count_of(part), score_batch);
    Score all;
    for (Index batch = 0; batch < batches.size(); ++batch) {
      const Score score = trainer_->score(set, rows_of(part, batches[batch]));
      all.loss += score.loss;
      all.right += score.right;
    }
    const auto count = static_cast<double>(part.size());
    return {all.loss / count, static_cast<double>(all.right) / count};
  }

  void measure(EpochResult& epoch) {
    if (!parts_.validation.empty()) epoch.validation = measure(training_, parts_.validation);
    epoch.test = measure(test_, parts_.test);
    if (!stopping_ || !stopping_->improved(epoch.validation->loss)) return;
    const Trainer::Values values = trainer_->values();
    for (const std::string& name : trainer_->parameter_names()) best_[name] = values.at(name);
  }

  /// Tells how the best weights do. The network has them then, as the run is over.
  void tell_best(TrainResult& result) {
    result.best_epoch = position_.epoch - stopping_->waited();
    result.best_loss = stopping_->best_loss();
    if (result.epochs.empty() || result.stopped || result.not_finite) return;
    Trainer::Values values = trainer_->values();
    for (const auto& [name, tensor] : best_) values.at(name) = tensor;
    trainer_->set_values(values, "the best weights");
    result.best_test = measure(test_, parts_.test);
  }

  // --- Files ---

  static std::string latest(const std::string& name) { return "latest." + name; }

  void save(const std::filesystem::path& path) {
    io::Checkpoint checkpoint;
    checkpoint.tensors = trainer_->values();
    checkpoint.metadata = to_metadata(spec_);
    const auto note = [&](const char* key, const auto& value) {
      checkpoint.metadata[key] = fmt::format("{}", value);
    };
    note("position.epoch", position_.epoch);
    note("position.batch", position_.batch);
    note("position.loss_sum", position_.loss_sum);
    note("position.random", position_.random);
    note("examples", training_.count);
    if (stopping_) {
      note("position.validations", stopping_->measured());
      note("position.best_validation", stopping_->best());
      note("position.best_loss", stopping_->best_loss());
    }
    if (has_best()) {
      for (const auto& [name, tensor] : best_) {
        io::AnyTensor& usual = checkpoint.tensors.at(name);
        checkpoint.tensors.emplace(latest(name), std::move(usual));
        usual = tensor;
      }
    }
    io::save_checkpoint(path, checkpoint);
  }

  void restore() {
    const std::string path = files_.resume->string();
    io::Checkpoint checkpoint = io::load_checkpoint(path);
    const auto whole = [&](const char* key) { return whole_setting(checkpoint, path, key); };
    const auto real = [&](const char* key) {
      const std::string& text = setting(checkpoint, path, key);
      double value = 0;
      std::from_chars(text.data(), text.data() + text.size(), value);
      return value;
    };
    if (setting(checkpoint, path, "examples") != std::to_string(training_.count)) {
      throw InputError(fmt::format("{} was trained on {} images, but there are {} here", path,
                                   setting(checkpoint, path, "examples"), training_.count));
    }
    position_ = {whole("position.epoch"),
                 whole_setting(checkpoint, path, "position.batch", batches_),
                 real("position.loss_sum"), setting(checkpoint, path, "position.random")};
    random_.set_state(position_.random);

    trainer_->set_values(checkpoint.tensors, path);
    if (checkpoint.metadata.count("position.validations") == 0) return;
    if (whole("position.best_validation") > 0) {
      for (const std::string& name : trainer_->parameter_names()) {
        const auto found = checkpoint.tensors.find(latest(name));
        if (found == checkpoint.tensors.end()) {
          throw InputError(fmt::format("{} has no tensor {}", path, latest(name)));
        }
        best_[name] = std::exchange(checkpoint.tensors.at(name), std::move(found->second));
      }
      trainer_->set_values(checkpoint.tensors, path);
    }
    if (stopping_) {
      stopping_->restore(whole("position.validations"), whole("position.best_validation"),
                         real("position.best_loss"));
    }
  }

  /// Writes both files, so that one that cannot be written is found out now, not after an epoch;
  /// and before the other one loses what it held.
  void start_files() {
    std::optional<std::string> old_log;
    if (files_.log) {
      if (std::filesystem::exists(*files_.log)) old_log = io::read_whole_file(*files_.log);
      io::write_whole_file(*files_.log, old_log.value_or(""));
    }
    try {
      if (files_.save) save(*files_.save);
    } catch (...) {
      if (files_.log && !old_log) std::filesystem::remove(*files_.log);
      throw;
    }
    if (old_log) io::write_whole_file(*files_.log, files_.resume ? finished_lines(*old_log) : "");
  }

  /// The lines of a log that are of the epochs behind a resumed run.
  std::string finished_lines(const std::string& log) const {
    std::size_t end = 0;
    for (Index line = 0; line < position_.epoch && end < log.size(); ++line) {
      const std::size_t newline = log.find('\n', end);
      end = newline == std::string::npos ? log.size() : newline + 1;
    }
    return log.substr(0, end);
  }

  void append_log(const EpochResult& epoch) {
    std::ofstream log(*files_.log, std::ios::app | std::ios::binary);
    log << to_json(epoch) << '\n' << std::flush;
    if (!log) throw InputError(fmt::format("the log {} cannot be written", files_.log->string()));
  }

  const TrainSpec& spec_;
  const TrainFiles& files_;
  const TrainEvents& events_;
  const data::Dataset& training_;
  const data::Dataset& test_;
  Parts parts_;
  Index batches_;  // of an epoch
  optim::Schedule rates_;
  Random random_;
  std::unique_ptr<Trainer> trainer_;
  std::optional<optim::EarlyStopping> stopping_;
  Trainer::Values best_;  // the parameters of the best validation, where early stopping follows it
  Position position_;
  std::vector<Index> rows_;
};

}  // namespace

std::string to_json(const EpochResult& r) {
  const std::string validation =
      r.validation
          ? fmt::format("\"validation_loss\": {}, \"validation_accuracy\": {}, ",
                        json_number(r.validation->loss), json_number(r.validation->accuracy))
          : "";
  return fmt::format(
      "{{\"epoch\": {}, \"loss\": {}, {}\"test_loss\": {}, \"test_accuracy\": {}, \"rate\": {}, "
      "\"seconds\": {:.3f}}}",
      r.epoch, json_number(r.loss), validation, json_number(r.test.loss),
      json_number(r.test.accuracy), json_number(r.rate), r.seconds);
}

TrainResult train(const TrainSpec& spec, const TrainFiles& files, const data::Dataset& training,
                  const data::Dataset& test, const TrainEvents& events) {
  return Run(spec, files, training, test, events).run();
}

}  // namespace gradus::tools
