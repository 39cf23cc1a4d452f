#include "train_spec.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "dataset.hpp"
#include "gradus/base/join.hpp"
#include "gradus/base/named.hpp"
#include "gradus/io/checkpoint.hpp"

namespace gradus::tools {
namespace {

constexpr std::array<std::string_view, 2> precisions{"f32", "f64"};
constexpr std::array<std::string_view, 2> orders{"shuffled", "file"};
constexpr std::array<std::string_view, 4> schedules{"constant", "step", "exponential", "cosine"};

/// What the metadata of every run say, and what those of some say.
constexpr std::array<std::string_view, 18> settings{
    "layers",    "activation", "init",       "loss",   "bias",      "dataset",
    "optimizer", "lr",         "schedule",   "warmup", "clip",      "batch",
    "order",     "val",        "early-stop", "seed",   "precision", "passes"};
constexpr std::array<std::string_view, 8> further_settings{
    "momentum", "beta1", "beta2", "decay", "epsilon", "lr-decay", "lr-decay-every", "lr-period"};
/// What a run may change on its way.
constexpr std::array<std::string_view, 8> changeable{
    "lr", "schedule", "lr-decay", "lr-decay-every", "lr-period", "warmup", "early-stop", "dataset"};

/// The shortest text that is read back as the same number.
std::string exact_text(double x) { return fmt::format("{}", x); }

/// "momentum, nesterov (0.9)", "adadelta (0.95), rmsprop (0.9)": the rules' own values of something
/// that some of them have.
template <class ValueOf>
std::string defaults(const ValueOf& value_of) {
  std::vector<std::pair<double, std::vector<std::string_view>>> groups;
  for (const optim::Rule& rule : optim::rules()) {
    const std::optional<double> value = value_of(rule);
    if (!value) continue;
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&](const auto& g) { return g.first == *value; });
    if (group == groups.end()) {
      groups.push_back({*value, {rule.name}});
    } else {
      group->second.push_back(rule.name);
    }
  }
  std::vector<std::string> texts;
  for (const auto& [value, names] : groups) {
    texts.push_back(fmt::format("{} ({})", join(names, ", "), value));
  }
  return join(texts, ", ");
}

constexpr std::string_view says(std::string_view coefficient) {
  if (coefficient == "momentum") return "share of the last step that is kept";
  if (coefficient == "beta1") return "share of the average of gradients that is kept";
  if (coefficient == "beta2") return "the same for their squares";
  if (coefficient == "decay") return "the same where there is one average";
  return "keeps a divisor from 0";
}

/// Reads the coefficients that are given, and those that the rule has by itself.
optim::Coefficients read_coefficients(const Options& options, const optim::Rule& rule) {
  optim::Coefficients all = rule.defaults;
  for (const optim::Coefficient& c : optim::coefficients()) {
    const std::string name(c.name);
    if (!options.text(name)) continue;
    const double value =
        name == "epsilon" ? options.number(name, 1e-30, 1) : options.number(name, 0, 0.999999);
    if (rule.reads(c)) {
      all.*c.value = value;
    } else if (options.given(name)) {
      throw InputError(fmt::format("--{} does nothing with --optimizer {}: it is for {}", name,
                                   rule.name, optim::readers_of(c)));
    }
  }
  return all;
}

Index read_epochs(const Options& options) { return options.whole("epochs", 1, 1'000'000); }

void read_schedule(const Options& options, TrainSpec& spec) {
  spec.schedule = options.need("schedule");
  find_word("schedule", spec.schedule, schedules);
  const bool steps = spec.schedule == "step", fades = spec.schedule == "exponential";
  const bool cosine = spec.schedule == "cosine";
  const auto idle = [&](const char* option, bool read, const char* whose) {
    if (read || !options.given(option)) return;
    throw InputError(fmt::format("--{} does nothing with --schedule {}: it is for {}", option,
                                 spec.schedule, whose));
  };
  if (options.text("lr-decay")) spec.decay = options.number("lr-decay", 0, 1, true);
  spec.decay_every = options.whole("lr-decay-every", 1, 1'000'000);
  const Index epochs = read_epochs(options);
  spec.period = options.text("lr-period") ? options.whole("lr-period", 1, 1'000'000) : epochs;
  idle("lr-decay", steps || fades, "step and exponential");
  idle("lr-decay-every", steps, "step");
  idle("lr-period", cosine, "cosine");
  if ((steps || fades) && !options.text("lr-decay")) {
    throw InputError(fmt::format(
        "--schedule {} needs --lr-decay FACTOR, by which the rate is multiplied{}", spec.schedule,
        steps ? " after every --lr-decay-every epochs" : " in each epoch, step by step"));
  }
  spec.warmup = options.whole("warmup", 0, 1'000'000'000);
}

void read_validation(const Options& options, TrainSpec& spec) {
  spec.validation = options.number("val", 0, 0.9, false, "0.1 for a tenth");
  spec.early_stop = options.whole("early-stop", 0, 1'000'000);
  if (spec.early_stop > 0 && spec.validation == 0) {
    throw InputError(
        "--early-stop needs --val PART, images to measure the loss with that nothing is trained "
        "on: the test images must have no say in when to stop");
  }
}

TrainSpec read_spec(const Options& options) {
  TrainSpec spec;
  spec.model = read_model_options(options, parse_layers(options.need("layers")));
  spec.dataset = options.need("dataset");
  spec.optimizer = options.need("optimizer");
  const optim::Rule& rule = optim::find_rule(spec.optimizer);
  spec.rate = options.text("lr") ? options.number("lr", 0, 1e6, true) : rule.rate;
  spec.coefficients = read_coefficients(options, rule);
  read_schedule(options, spec);
  spec.clip = options.number("clip", 0, 1e6);
  spec.batch = options.whole("batch", 1, 1'000'000);
  spec.order = options.need("order");
  find_word("order", spec.order, orders);
  read_validation(options, spec);
  spec.seed =
      static_cast<std::uint64_t>(options.whole("seed", 0, std::numeric_limits<Index>::max()));
  spec.precision = options.need("precision");
  find_word("precision", spec.precision, precisions);
  spec.passes = Passes::parse(options.need("passes"));
  return spec;
}

/// How far the run of a checkpoint has come.
struct Standing {
  Index epochs = 0;      ///< finished ones
  Index best_epoch = 0;  ///< the one whose weights early stopping keeps, or 0
};

Standing standing_of(const io::Checkpoint& checkpoint, const std::string& path) {
  Standing standing{whole_setting(checkpoint, path, "position.epoch")};
  if (checkpoint.metadata.count("position.validations") > 0) {
    const Index best = whole_setting(checkpoint, path, "position.best_validation");
    const Index waited = whole_setting(checkpoint, path, "position.validations") - best;
    if (best > 0) standing.best_epoch = standing.epochs - waited;
  }
  return standing;
}

/// A rate of 0 must not come before the end. `also` is what else stands in the way.
void check_period(const TrainSpec& spec, Index epochs, const std::string& also = "") {
  if (spec.schedule != "cosine" || epochs <= spec.period) return;
  throw InputError(
      fmt::format("--schedule cosine comes to a rate of 0 after {} epochs: for {} epochs, give "
                  "--lr-period {}{}",
                  spec.period, epochs, epochs, also));
}

/// What is to be said, beside a period, of a run that early stopping has ended.
std::string patience(const TrainSpec& spec, const Standing& standing, const std::string& path) {
  const Index waited = standing.epochs - standing.best_epoch;
  if (spec.early_stop == 0 || standing.best_epoch == 0 || waited < spec.early_stop) return "";
  return fmt::format(
      "; and --early-stop {} or more, as {} stopped after {} epochs, of which {} was the best",
      waited + 1, path, standing.epochs, standing.best_epoch);
}

/// Without early stopping, a run saves its latest weights: the best ones must stand in a file that
/// it does not write.
void check_best_is_kept(const Options& options, const TrainSpec& spec, const Standing& standing,
                        const std::string& path) {
  if (spec.early_stop > 0 || standing.best_epoch == 0) return;
  if (read_epochs(options) <= standing.epochs) return;  // nothing is written
  const std::string save = options.text("save").value_or(path);
  if (std::filesystem::weakly_canonical(save) != std::filesystem::weakly_canonical(path)) return;
  throw InputError(
      fmt::format("--early-stop 0 would lose the weights of epoch {}, the best so far, which {} "
                  "holds: give --save another file, or a larger --early-stop",
                  standing.best_epoch, path));
}

}  // namespace

optim::Schedule TrainSpec::rates(Index steps_in_epoch) const {
  const auto changing = [&] {
    if (schedule == "step") return optim::step_decay(rate, decay, decay_every * steps_in_epoch);
    if (schedule == "exponential") return optim::exponential_decay(rate, decay, steps_in_epoch);
    if (schedule == "cosine") return optim::cosine_decay(rate, period * steps_in_epoch);
    return optim::constant_rate(rate);
  };
  return warmup > 0 ? optim::warm_up(changing(), warmup) : changing();
}

void add_train_options(OptionList& list) {
  add_dataset_options(list);
  list.add("layers", {"N,N,...", "784,128,10"}, "inputs, hidden widths (any number), classes");
  add_model_options(list);
  list.add("optimizer", {"NAME", "sgd"}, list_names(optim::rules()));
  list.add("lr", {"RATE"},
           "learning rate; default: that of the optimizer, " +
               defaults([](const optim::Rule& rule) { return std::optional(rule.rate); }));
  for (const optim::Coefficient& c : optim::coefficients()) {
    const auto value_of = [&](const optim::Rule& rule) { return rule.defaults.*c.value; };
    list.add(std::string(c.name), {"X"},
             fmt::format("of {}: {}", defaults(value_of), says(c.name)));
  }
  list.add("schedule", {"NAME", "constant"}, "how the rate changes: " + join(schedules, ", "));
  list.add("lr-decay", {"FACTOR"},
           "of exponential and step: multiply the rate by this; exponential little by little in "
           "each epoch, step ...");
  list.add("lr-decay-every", {"EPOCHS", "1"}, "of step: ... after every so many epochs");
  list.add("lr-period", {"EPOCHS"}, "of cosine: down to 0 in so many; default: --epochs");
  list.add("warmup", {"STEPS", "0"}, "let the rate grow from nearly 0 for so many steps");
  list.add("clip", {"NORM", "0"}, "shorten gradients whose norm is larger; 0 for none");
  list.add("batch", {"N", "32"}, "examples in a step");
  list.add("order", {"ORDER", "shuffled"}, "of the images: shuffled, anew in each epoch, or file");
  list.add(
      "val", {"PART", "0"},
      "hold out this part of the training images, 0.1 for a tenth, and measure the loss with it");
  list.add(
      "early-stop", {"EPOCHS", "0"},
      "stop when the loss of --val was no better for so many epochs, and keep the best weights");
  list.add("epochs", {"N", "5"},
           "times through the training images, those before --resume counted");
  list.add("seed", {"N", "1"},
           "of the first weights, of the order of the images, and of those held out");
  list.add("threads", {"N"}, "default: one for each core; fewer are faster while others use them");
  list.add("precision", {"P", "f32"}, "f32 or f64");
  list.add("passes", {"LIST", "all"}, passes_help());
}

TrainSpec read_train_options(const Options& options) {
  const TrainSpec spec = read_spec(options);
  check_period(spec, read_epochs(options));
  return spec;
}

TrainSpec resume_train_options(Options& options, const std::string& path) {
  const io::Checkpoint checkpoint = io::load_checkpoint(path);
  const Standing standing = standing_of(checkpoint, path);
  for (const std::string_view key : settings) {
    options.set_default(std::string(key), setting(checkpoint, path, std::string(key)));
  }
  for (const std::string_view key : further_settings) {
    const auto stored = checkpoint.metadata.find(std::string(key));
    if (stored != checkpoint.metadata.end()) options.set_default(stored->first, stored->second);
  }
  const TrainSpec spec = read_spec(options);
  for (const auto& [key, given] : to_metadata(spec)) {
    const auto stored = checkpoint.metadata.find(key);
    if (stored == checkpoint.metadata.end() || given == stored->second) continue;
    if (std::find(changeable.begin(), changeable.end(), key) != changeable.end()) continue;
    throw InputError(fmt::format("{} is of a run with --{} {}: it cannot go on with --{} {}", path,
                                 key, stored->second, key, given));
  }
  check_period(spec, read_epochs(options), patience(spec, standing, path));
  check_best_is_kept(options, spec, standing, path);
  return spec;
}

std::map<std::string, std::string> to_metadata(const TrainSpec& spec) {
  std::map<std::string, std::string> all{{"layers", join(spec.model.layers, ",")},
                                         {"activation", spec.model.activation},
                                         {"init", spec.model.init},
                                         {"loss", spec.model.loss},
                                         {"bias", spec.model.bias},
                                         {"dataset", spec.dataset},
                                         {"optimizer", spec.optimizer},
                                         {"lr", exact_text(spec.rate)},
                                         {"schedule", spec.schedule},
                                         {"warmup", std::to_string(spec.warmup)},
                                         {"clip", exact_text(spec.clip)},
                                         {"batch", std::to_string(spec.batch)},
                                         {"order", spec.order},
                                         {"val", exact_text(spec.validation)},
                                         {"early-stop", std::to_string(spec.early_stop)},
                                         {"seed", std::to_string(spec.seed)},
                                         {"precision", spec.precision},
                                         {"passes", to_string(spec.passes)}};
  for (const optim::Coefficient& c : optim::coefficients()) {
    if (const auto value = spec.coefficients.*c.value) {
      all.emplace(c.name, exact_text(*value));
    }
  }
  if (spec.schedule == "step" || spec.schedule == "exponential") {
    all.emplace("lr-decay", exact_text(spec.decay));
  }
  if (spec.schedule == "step") all.emplace("lr-decay-every", std::to_string(spec.decay_every));
  if (spec.schedule == "cosine") all.emplace("lr-period", std::to_string(spec.period));
  return all;
}

}  // namespace gradus::tools
