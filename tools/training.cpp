#include "training.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <memory>

#include "gradus/data/batches.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/io/checkpoint.hpp"
#include "gradus/io/whole_file.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/optim/schedule.hpp"
#include "gradus/run/executor.hpp"

namespace gradus::tools {
namespace {

using Clock = std::chrono::steady_clock;

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

/// The shortest text that is read back as the same number.
std::string number_text(double x) { return fmt::format("{}", x); }

/// Training in one precision. The tape holds the network once for each batch size that occurs; the
/// executors share the parameters.
template <Real T>
class Run {
 public:
  Run(const TrainSpec& spec, const TrainFiles& files, const data::Dataset& training,
      const data::Dataset& test, const TrainEvents& events)
      : spec_(spec),
        files_(files),
        events_(events),
        random_(spec.seed),
        mlp_(tape_, spec.model.options(), random_),
        optimizer_(optim::find_rule(spec.optimizer), mlp_.parameters(), spec.rate, coefficients()),
        schedule_(optim::step_decay(spec.rate, spec.decay, spec.decay_every)),
        training_(training),
        test_(test) {
    kept_ = mlp_.parameters();
    kept_.insert(kept_.end(), optimizer_.state().begin(), optimizer_.state().end());
    for (const Index size : sizes(training.count, spec.batch)) {
      Recorded step = record(size);
      const std::array outputs{step.model.loss};
      step.updates = optimizer_.updates(gradient(step.model.loss, mlp_.parameters()));
      const Program program(outputs, step.updates, spec.passes);
      add(steps_, std::move(step), program);
    }
    for (const Index size : sizes(test.count, evaluation_batch)) {
      Recorded evaluation = record(size);
      const Program program({argmax(evaluation.model.z), evaluation.model.loss}, {}, spec.passes);
      add(evaluations_, std::move(evaluation), program);
    }
    position_.random = random_.state();
  }

  TrainResult run() {
    TrainResult result;
    if (files_.resume) restore();
    start_files();
    result.epochs_in_all = position_.epoch;
    while (position_.epoch < files_.epochs) {
      if (!train_epoch(result)) return result;
      EpochResult epoch = finished_;
      evaluate(epoch);
      if (files_.log) append_log(epoch);
      if (files_.save) save(*files_.save);
      result.epochs.push_back(epoch);
      result.epochs_in_all = position_.epoch;
      if (events_.epoch) events_.epoch(epoch);
      if (position_.epoch < files_.epochs && events_.stop && events_.stop()) {
        save(files_.save_when_stopped);
        result.stopped = true;
        break;
      }
    }
    return result;
  }

 private:
  static constexpr Index evaluation_batch = 500;

  optim::Coefficients coefficients() const {
    if (!optim::find_rule(spec_.optimizer).defaults.momentum) return {};
    return {.momentum = spec_.momentum};
  }

  /// The network for one batch size, and the memory that a batch is copied to.
  struct Recorded {
    RecordedModel model;
    Tensor<T> x, t;
    std::unique_ptr<Executor<T>> executor;
    std::vector<Update> updates;
  };
  /// A copy of all that a step changes.
  struct Snapshot {
    std::vector<std::vector<T>> values;
    Position position;
  };

  /// The batch sizes that occur, the usual one first.
  static std::vector<Index> sizes(Index count, Index batch) {
    const Index full = std::min(batch, count);
    if (count % full == 0) return {full};
    return {full, count % full};
  }

  Recorded record(Index batch) {
    RecordedModel model = record_model(tape_, mlp_, spec_.model, batch);
    return {model, Tensor<T>(model.x.shape()), Tensor<T>(model.target.shape()), nullptr, {}};
  }

  /// Gives it an executor; the first one's parameters are those of all others.
  void add(std::vector<Recorded>& list, Recorded recorded, Program program) {
    recorded.executor = steps_.empty() ? std::make_unique<Executor<T>>(std::move(program))
                                       : std::make_unique<Executor<T>>(std::move(program),
                                                                       *steps_.front().executor);
    recorded.executor->bind(recorded.model.x, recorded.x);
    recorded.executor->bind(recorded.model.target, recorded.t);
    list.push_back(std::move(recorded));  // the tensors' elements stay where they are
  }

  /// Copies these images and their classes to where the executor for so many reads them. The set
  /// stays in bytes, as floats would take four times the memory.
  Recorded& fill(std::vector<Recorded>& list, const data::Dataset& set,
                 std::span<const Index> rows) {
    const bool usual = static_cast<Index>(rows.size()) == list.front().x.shape()[0];
    Recorded& recorded = usual ? list.front() : list.back();
    data::gather_features(set, rows, spec_.model.ones_column(), recorded.x.span());
    const Index classes = recorded.t.shape()[1];
    std::fill(recorded.t.begin(), recorded.t.end(), T{0});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      recorded.t[static_cast<Index>(i) * classes + set.labels[static_cast<std::size_t>(rows[i])]] =
          1;
    }
    return recorded;
  }

  Executor<T>& parameters() { return *steps_.front().executor; }

  /// Copies a batch and runs its step. With `checked`, the node that first made a NaN or an
  /// infinity.
  std::optional<NodeId> run_step(std::span<const Index> rows, bool checked, double& loss) {
    Recorded& step = fill(steps_, training_, rows);
    if (checked) return step.executor->run_checked();
    step.executor->run();
    loss = static_cast<double>(step.executor->item(0));
    return std::nullopt;
  }

  void set_rate() {
    const T rate = static_cast<T>(schedule_(position_.epoch));
    for (Recorded& step : steps_) {
      step.executor->set(optimizer_.rate(), std::span<const T>(&rate, 1));
    }
  }

  /// Trains to the end of the epoch. False if it was stopped or the loss is not finite.
  bool train_epoch(TrainResult& result) {
    set_rate();
    random_.set_state(position_.random);
    const Index count = training_.count;
    const data::Batches batches = spec_.order == "file"
                                      ? data::Batches(count, spec_.batch)
                                      : data::Batches(count, spec_.batch, random_);
    const Snapshot start = take_snapshot();
    const Clock::time_point clock = Clock::now();
    Index examples = std::min(position_.batch * spec_.batch, training_.count);
    while (position_.batch < batches.size()) {
      const auto rows = batches[position_.batch];
      double loss = 0;
      run_step(rows, false, loss);
      const Index done = position_.batch + 1;
      const bool ends = done == batches.size();  // the end of the epoch is saved by the caller
      const bool stops = !ends && events_.stop && events_.stop();
      const bool saves = files_.save && files_.save_every > 0 && done % files_.save_every == 0;
      // The loss is of the weights before the step: the new ones are looked at before they are
      // kept.
      if (!std::isfinite(loss) || ((ends || stops || saves) && !is_finite())) {
        result.not_finite = explain_not_finite(start, batches);
        return false;
      }
      examples += static_cast<Index>(rows.size());
      position_.loss_sum += loss * static_cast<double>(rows.size());
      position_.batch = done;
      const double mean_loss = position_.loss_sum / static_cast<double>(examples);
      if (events_.batch) {
        events_.batch(position_.epoch + 1,
                      static_cast<double>(position_.batch) / static_cast<double>(batches.size()),
                      mean_loss);
      }
      if (stops) {
        save(files_.save_when_stopped);
        result.stopped = true;
        return false;
      }
      if (saves && !ends) save(*files_.save);
    }
    finished_ = {};
    finished_.epoch = position_.epoch + 1;
    finished_.loss = position_.loss_sum / static_cast<double>(examples);
    finished_.rate = schedule_(position_.epoch);
    finished_.seconds = seconds_since(clock);
    position_ = {position_.epoch + 1, 0, 0, random_.state()};
    return true;
  }

  void evaluate(EpochResult& epoch) {
    const data::Batches batches(test_.count, evaluation_batch);
    Index right = 0;
    double loss_sum = 0;
    for (Index batch = 0; batch < batches.size(); ++batch) {
      const auto rows = batches[batch];
      Recorded& evaluation = fill(evaluations_, test_, rows);
      evaluation.executor->run();
      const View<const T> guess = evaluation.executor->output(0);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        right += guess.data[i] == static_cast<T>(test_.labels[static_cast<std::size_t>(rows[i])]);
      }
      loss_sum +=
          static_cast<double>(evaluation.executor->item(1)) * static_cast<double>(rows.size());
    }
    epoch.test_accuracy = static_cast<double>(right) / static_cast<double>(test_.count);
    epoch.test_loss = loss_sum / static_cast<double>(test_.count);
  }

  // --- A loss that is not finite ---

  /// Whether all that a checkpoint holds is finite.
  bool is_finite() {
    return std::all_of(kept_.begin(), kept_.end(), [&](Var v) {
      const auto values = parameters().leaf(v);
      return std::all_of(values.begin(), values.end(), [](T x) { return std::isfinite(x); });
    });
  }

  Snapshot take_snapshot() {
    Snapshot snapshot{{}, position_};
    for (const Var v : kept_) {
      const auto values = parameters().leaf(v);
      snapshot.values.emplace_back(values.begin(), values.end());
    }
    return snapshot;
  }

  /// Runs the epoch again from its start, with equal bits, and looks at every result: the op that
  /// is found may stand in an earlier step than the loss that showed it.
  std::string explain_not_finite(const Snapshot& start, const data::Batches& batches) {
    const Index last = position_.batch;
    for (std::size_t i = 0; i < kept_.size(); ++i) parameters().set(kept_[i], start.values[i]);
    for (Index batch = start.position.batch; batch <= last; ++batch) {
      const Snapshot before = take_snapshot();
      double loss = 0;
      const auto node = run_step(batches[batch], true, loss);
      if (!node) continue;
      for (std::size_t i = 0; i < kept_.size(); ++i) parameters().set(kept_[i], before.values[i]);
      return describe(op_of_step(batches[batch]).value_or(*node), position_.epoch + 1, batch + 1);
    }
    return "the loss is not finite, but every op in it is: this is a fault of gradus";
  }

  /// Runs one step op by op, as it was recorded: several ops that run as one hide which of them it
  /// was.
  std::optional<NodeId> op_of_step(std::span<const Index> rows) {
    Recorded& step = fill(steps_, training_, rows);
    const std::array outputs{step.model.loss};
    Executor<T> executor(Program(outputs, step.updates, Passes::as_recorded()), *step.executor);
    executor.bind(step.model.x, step.x);
    executor.bind(step.model.target, step.t);
    const T rate = static_cast<T>(schedule_(position_.epoch));
    executor.set(optimizer_.rate(), std::span<const T>(&rate, 1));
    return executor.run_checked();
  }

  std::string describe(NodeId node, Index epoch, Index batch) {
    const std::string scope = tape_.scope_path(tape_.scope_of(node));
    std::string text = fmt::format(
        "in epoch {}, batch {}, {} turned NaN or infinite first: op {}, scope {}", epoch, batch,
        tape_.label(node), tape_.op(node).name(), scope.empty() ? "(outermost)" : scope);
    if (tape_.node(node).adjoint_of != no_node) {
      text += fmt::format(", part of the gradient of {}", tape_.label(tape_.node(node).adjoint_of));
    }
    std::string inputs;
    for (const NodeId operand : tape_.operands(node)) {
      inputs += fmt::format("{}{}:{}", inputs.empty() ? "" : ", ", tape_.label(operand),
                            to_string(tape_.shape(operand)));
    }
    if (!inputs.empty()) text += ", inputs " + inputs;
    return text + "; a smaller --lr may help";
  }

  // --- Files ---

  void save(const std::filesystem::path& path) {
    io::Checkpoint checkpoint;
    for (const Var v : kept_) {
      const auto values = parameters().leaf(v);
      checkpoint.tensors.emplace(std::string(v.name()),
                                 Tensor<T>(v.shape(), std::span<const T>(values)));
    }
    checkpoint.metadata = to_metadata(spec_);
    checkpoint.metadata["position.epoch"] = std::to_string(position_.epoch);
    checkpoint.metadata["position.batch"] = std::to_string(position_.batch);
    checkpoint.metadata["position.loss_sum"] = number_text(position_.loss_sum);
    checkpoint.metadata["position.random"] = position_.random;
    checkpoint.metadata["examples"] = std::to_string(training_.count);
    io::save_checkpoint(path, checkpoint);
  }

  void restore() {
    const std::string path = files_.resume->string();
    const io::Checkpoint checkpoint = io::load_checkpoint(path);
    for (const Var v : kept_) {
      const std::string name(v.name());
      const Tensor<T>& tensor = checkpoint.tensor<T>(name);
      if (tensor.shape() != v.shape()) {
        throw InputError(fmt::format("{}: {} has shape {}, but that of this network has {}", path,
                                     name, to_string(tensor.shape()), to_string(v.shape())));
      }
      parameters().set(v, tensor);
    }
    const auto whole = [&](const char* key, Index limit) {
      const std::string& text = setting(checkpoint, path, key);
      Index value = -1;
      std::from_chars(text.data(), text.data() + text.size(), value);
      if (value < 0 || value > limit) {
        throw InputError(fmt::format("{}: its {} is '{}'", path, key, text));
      }
      return value;
    };
    const Index examples = training_.count;
    if (setting(checkpoint, path, "examples") != std::to_string(examples)) {
      throw InputError(fmt::format("{} was trained on {} images, but there are {} here", path,
                                   setting(checkpoint, path, "examples"), examples));
    }
    const Index batches = (examples + spec_.batch - 1) / spec_.batch;
    position_ = {whole("position.epoch", 1'000'000'000), whole("position.batch", batches), 0,
                 setting(checkpoint, path, "position.random")};
    const std::string& sum = setting(checkpoint, path, "position.loss_sum");
    std::from_chars(sum.data(), sum.data() + sum.size(), position_.loss_sum);
    random_.set_state(position_.random);
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
  Tape tape_;
  Random random_;
  nn::Mlp mlp_;
  optim::Optimizer optimizer_;
  optim::Schedule schedule_;
  const data::Dataset& training_;
  const data::Dataset& test_;
  std::vector<Var> kept_;  // what a checkpoint holds: parameters, then the optimiser's state
  std::vector<Recorded> steps_, evaluations_;
  Position position_;
  EpochResult finished_;
};

}  // namespace

std::string to_json(const EpochResult& r) {
  return fmt::format(
      "{{\"epoch\": {}, \"loss\": {}, \"test_loss\": {}, \"test_accuracy\": {}, \"rate\": {}, "
      "\"seconds\": {:.3f}}}",
      r.epoch, json_number(r.loss), json_number(r.test_loss), json_number(r.test_accuracy),
      json_number(r.rate), r.seconds);
}

std::map<std::string, std::string> to_metadata(const TrainSpec& spec) {
  return {{"layers", fmt::format("{}", fmt::join(spec.model.layers, ","))},
          {"activation", spec.model.activation},
          {"init", spec.model.init},
          {"loss", spec.model.loss},
          {"bias", spec.model.bias},
          {"dataset", spec.dataset},
          {"optimizer", spec.optimizer},
          {"lr", number_text(spec.rate)},
          {"momentum", number_text(spec.momentum)},
          {"lr-decay", number_text(spec.decay)},
          {"lr-decay-every", std::to_string(spec.decay_every)},
          {"batch", std::to_string(spec.batch)},
          {"order", spec.order},
          {"seed", std::to_string(spec.seed)},
          {"precision", spec.precision},
          {"passes", to_string(spec.passes)}};
}

void check_fit(const TrainSpec& spec, const data::Dataset& set) {
  const std::vector<Index>& layers = spec.model.layers;
  if (layers.front() != set.width()) {
    throw InputError(fmt::format(
        "the layers {} start with {} inputs, but the images of {} have {} x {} = {} pixels",
        layers_text(layers), layers.front(), set.name, set.rows, set.cols, set.width()));
  }
  if (layers.back() != set.classes) {
    throw InputError(fmt::format("the layers {} end with {} outputs, but {} has {} classes",
                                 layers_text(layers), layers.back(), set.name, set.classes));
  }
}

TrainResult train(const TrainSpec& spec, const TrainFiles& files, const data::Dataset& training,
                  const data::Dataset& test, const TrainEvents& events) {
  if (spec.precision == "f64") return Run<double>(spec, files, training, test, events).run();
  return Run<float>(spec, files, training, test, events).run();
}

}  // namespace gradus::tools
