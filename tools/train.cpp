// gradus train
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>

#include "command.hpp"
#include "dataset.hpp"
#include "gradus/base/named.hpp"
#include "gradus/io/checkpoint.hpp"
#include "gradus/io/json.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/optim/optimizer.hpp"
#include "model.hpp"
#include "terminal.hpp"
#include "training.hpp"

namespace gradus::tools {
namespace {

namespace po = boost::program_options;

volatile std::sig_atomic_t interrupted_by = 0;

/// The signal that asked for an end. The first one lets the batch end, the second one ends the
/// program.
extern "C" void on_interrupt(int signal) {
  interrupted_by = signal;
  std::signal(signal, SIG_DFL);
}

constexpr std::array<std::string_view, 2> precisions{"f32", "f64"};
constexpr std::array<std::string_view, 2> orders{"shuffled", "file"};

po::options_description describe() {
  po::options_description description;
  add_dataset_options(description);
  auto add = description.add_options();
  add("layers", value("N,N,...", "784,128,10"), "inputs, hidden widths, classes");
  add_model_options(description);
  add("optimizer", value("NAME", "sgd"), "sgd, momentum, nesterov");
  add("lr", value("RATE", "0.1"), "learning rate");
  add("momentum", value("M", "0.9"), "of momentum and nesterov");
  add("lr-decay", value("FACTOR", "1"), "multiply the rate by this ...");
  add("lr-decay-every", value("EPOCHS", "1"), "... after every so many epochs");
  add("batch", value("N", "32"), "examples in a step");
  add("order", value("ORDER", "shuffled"), "of the images: shuffled, anew in each epoch, or file");
  add("epochs", value("N", "5"),
      "times through the training images, those before --resume counted");
  add("seed", value("N", "1"), "of the first weights and of the order of the images");
  add("threads", value("N"), "default: one for each core; fewer are faster while others use them");
  add("precision", value("P", "f32"), "f32 or f64");
  static const std::string passes = passes_help();
  add("passes", value("LIST", "all"), passes.c_str());
  add("save", value("FILE"),
      "write a checkpoint here (safetensors) after every epoch; without it, only a run that "
      "Ctrl-C stops is kept, in interrupted.safetensors");
  add("save-every", value("BATCHES", "0"), "and after every so many batches");
  add("resume", value("FILE"), "go on from this checkpoint, and save to it unless --save is given");
  add("log", value("FILE"), "write a line of JSON an epoch");
  add("json", "print the outcome as JSON");
  return description;
}

constexpr std::string_view examples =
    "  gradus train\n"
    "  gradus train --layers 784,16,16,10 --activation sigmoid --loss quadratic --lr 3 --batch 10\n"
    "  gradus train --epochs 20 --save digits.safetensors --log training.jsonl\n"
    "  gradus train --resume digits.safetensors --epochs 40\n"
    "  gradus train --data ~/data --dataset fashion-mnist --optimizer nesterov --lr 0.02\n";

TrainSpec read_spec(const Options& options) {
  TrainSpec spec;
  spec.model = read_model_options(options, parse_layers(options.need("layers")));
  spec.dataset = options.need("dataset");
  spec.optimizer = options.need("optimizer");
  optim::find_rule(spec.optimizer);
  spec.rate = options.number("lr", 0, 1e6, true);
  spec.momentum = options.number("momentum", 0, 0.999999);
  spec.decay = options.number("lr-decay", 0, 1, true);
  spec.decay_every = options.whole("lr-decay-every", 1, 1'000'000);
  spec.batch = options.whole("batch", 1, 1'000'000);
  spec.order = options.need("order");
  find_word("order", spec.order, orders);
  spec.seed =
      static_cast<std::uint64_t>(options.whole("seed", 0, std::numeric_limits<Index>::max()));
  spec.precision = options.need("precision");
  find_word("precision", spec.precision, precisions);
  spec.passes = Passes::parse(options.need("passes"));
  return spec;
}

/// A resumed run takes from its checkpoint what is not given anew. What would make it another run
/// must not be given otherwise.
void take_from_checkpoint(Options& options, const std::string& path) {
  const io::Checkpoint checkpoint = io::load_checkpoint(path);
  const std::vector<std::string> free{"lr", "lr-decay", "lr-decay-every", "dataset"};
  for (const auto& [key, given] : to_metadata(read_spec(options))) {
    const std::string& stored = setting(checkpoint, path, key);
    const bool may_change = std::find(free.begin(), free.end(), key) != free.end();
    if (!may_change && options.given(key) && given != stored) {
      throw InputError(fmt::format("{} is of a run with --{} {}: it cannot go on with --{} {}",
                                   path, key, stored, key, given));
    }
    options.set_default(key, stored);
  }
}

std::string epoch_line(const EpochResult& r, Index epochs) {
  return fmt::format("epoch {}/{}  loss {:.4f}  test loss {:.4f}  test accuracy {:.2f}%  {:.1f} s",
                     r.epoch, epochs, r.loss, r.test_loss, 100 * r.test_accuracy, r.seconds);
}

void print_json(const TrainSpec& spec, Index parameters, const TrainResult& result) {
  std::vector<std::string> settings;
  for (const auto& [key, text] : to_metadata(spec)) {
    settings.push_back(fmt::format("{}: {}", io::json_quote(key), io::json_quote(text)));
  }
  std::vector<std::string> epochs;
  for (const EpochResult& epoch : result.epochs) epochs.push_back(to_json(epoch));
  print_now(
      fmt::format("{{\"parameters\": {}, \"options\": {{{}}}, \"epochs\": [{}], \"stopped\": {}, "
                  "\"not_finite\": {}}}\n",
                  parameters, fmt::join(settings, ", "), fmt::join(epochs, ", "), result.stopped,
                  result.not_finite ? io::json_quote(*result.not_finite) : "null"));
}

/// The log is rewritten when a run starts: it must be no file that holds something else.
void check_log(const TrainFiles& files) {
  if (!files.log) return;
  for (const auto& checkpoint : {files.save, files.resume}) {
    if (checkpoint && std::filesystem::weakly_canonical(*checkpoint) ==
                          std::filesystem::weakly_canonical(*files.log)) {
      throw InputError(
          fmt::format("--log and the checkpoint are the same file, {}", files.log->string()));
    }
  }
}

/// NAME.END, or NAME-2.END and so on: a file that is not there yet.
std::filesystem::path free_name(const std::string& name, const std::string& end) {
  std::filesystem::path path = name + end;
  for (int i = 2; std::filesystem::exists(path); ++i) path = fmt::format("{}-{}{}", name, i, end);
  return path;
}

/// Options that would change nothing are a mistake that should be seen.
void refuse_idle_options(const Options& options, const TrainSpec& spec) {
  if (options.given("momentum") && !optim::find_rule(spec.optimizer).defaults.momentum) {
    throw InputError(
        fmt::format("--momentum does nothing with --optimizer {}: it is for momentum and "
                    "nesterov",
                    spec.optimizer));
  }
  if (options.given("lr-decay-every") && spec.decay == 1) {
    throw InputError("--lr-decay-every does nothing without --lr-decay FACTOR");
  }
}

/// The command that goes on with a run that was stopped.
std::string resumption(const Options& options, const TrainFiles& files) {
  std::string command = fmt::format("gradus train --resume {} --epochs {}",
                                    files.save_when_stopped.string(), files.epochs);
  for (const char* name : {"data", "save-every", "log"}) {
    if (options.given(name)) command += fmt::format(" --{} {}", name, options.need(name));
  }
  return command;
}

}  // namespace

int train_command(const std::vector<std::string>& arguments) {
  Options options("train", "train [OPTIONS]", examples, describe(), arguments);
  if (options.help()) return ok;
  TrainFiles files;
  if (const auto path = options.text("resume")) {
    files.resume = *path;
    files.save = *path;
    take_from_checkpoint(options, *path);
  }
  const TrainSpec spec = read_spec(options);
  refuse_idle_options(options, spec);
  files.epochs = options.whole("epochs", 1, 1'000'000);
  files.save_every = options.whole("save-every", 0, 1'000'000'000);
  if (const auto path = options.text("save")) files.save = *path;
  if (const auto path = options.text("log")) files.log = *path;
  if (files.save_every > 0 && !files.save) throw InputError("--save-every needs --save FILE");
  check_log(files);
  if (options.text("threads"))
    kernels::set_threads(static_cast<int>(options.whole("threads", 1, 1024)));

  const std::filesystem::path folder = find_dataset(options);
  const data::Dataset training = data::load_images_and_labels(folder, data::Part::train);
  const data::Dataset test = data::load_images_and_labels(folder, data::Part::test);

  check_fit(spec, training);
  check_fit(spec, test);

  const Index parameters = parameter_count(spec.model);
  const bool json = options.flag("json");
  if (!json) {
    print_now(fmt::format(
        "{} {}, {}: {} parameters\n"
        "{} training and {} test images from {}\n"
        "{}, rate {}, batches of {}, seed {}, {}, {} {}\n",
        layers_text(spec.model.layers), spec.model.activation, spec.model.loss,
        with_commas(parameters), with_commas(training.count), with_commas(test.count),
        folder.string(), spec.optimizer, spec.rate, spec.batch, spec.seed, spec.precision,
        kernels::threads(), kernels::threads() == 1 ? "thread" : "threads"));
  }

  ProgressBar bar;
  TrainEvents events;
  events.batch = [&](Index epoch, double done, double loss) {
    if (!json)
      bar.show(fmt::format("epoch {}/{}", epoch, files.epochs), done,
               fmt::format("loss {:.4f}", loss));
  };
  events.epoch = [&](const EpochResult& epoch) {
    bar.clear();
    if (!json) print_now(epoch_line(epoch, files.epochs) + "\n");
  };
  events.stop = [&] { return interrupted_by != 0; };
  TrainFiles actual = files;
  actual.save_when_stopped = files.save ? *files.save : free_name("interrupted", ".safetensors");
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);

  const TrainResult result = train(spec, actual, training, test, events);
  bar.clear();
  if (json) print_json(spec, parameters, result);
  if (result.not_finite) {
    std::fputs(("gradus: training stopped: " + *result.not_finite + "\n").c_str(), stderr);
    return failed;
  }
  if (result.stopped) {
    std::fputs(("gradus: stopped before the end; go on with: " + resumption(options, actual) + "\n")
                   .c_str(),
               stderr);
    return 128 + interrupted_by;  // as shells have it
  }
  if (!json && result.epochs.empty()) {
    print_now(
        fmt::format("nothing left to do: {} has {} epochs already; ask for more with --epochs\n",
                    files.resume->string(), result.epochs_in_all));
  } else if (!json && files.save) {
    print_now(fmt::format("saved {}\n", files.save->string()));
  }
  return ok;
}

}  // namespace gradus::tools
