// gradus train
#include <fmt/core.h>

#include <csignal>
#include <cstdio>

#include "command.hpp"
#include "dataset.hpp"
#include "gradus/base/join.hpp"
#include "gradus/io/json.hpp"
#include "gradus/kernels/threads.hpp"
#include "model.hpp"
#include "terminal.hpp"
#include "train_fit.hpp"
#include "training.hpp"

namespace gradus::tools {
namespace {

volatile std::sig_atomic_t interrupted_by = 0;

/// The signal that asked for an end. The first one lets the batch end, the second one ends the
/// program.
extern "C" void on_interrupt(int signal) {
  interrupted_by = signal;
  std::signal(signal, SIG_DFL);
}

OptionList train_options() {
  OptionList list;
  add_train_options(list);
  list.add("save", {"FILE"},
           "write a checkpoint here (safetensors) after every epoch; without it, only a run that "
           "Ctrl-C stops is kept, in interrupted.safetensors");
  list.add("save-every", {"BATCHES", "0"}, "and after every so many batches");
  list.add("resume", {"FILE"}, "go on from this checkpoint, and save to it unless --save is given");
  list.add("log", {"FILE"}, "write a line of JSON an epoch");
  list.add("json", "print the outcome as JSON");
  return list;
}

constexpr std::string_view train_examples =
    "  gradus train\n"
    "  gradus train --layers 784,16,16,10 --activation sigmoid --loss quadratic --lr 3 --batch 10\n"
    "  gradus train --epochs 20 --save digits.safetensors --log training.jsonl\n"
    "  gradus train --resume digits.safetensors --epochs 40\n"
    "  gradus train --data ~/data --dataset fashion-mnist --optimizer nesterov --lr 0.02\n"
    "  gradus train --layers 784,64,32,10 --optimizer adam --schedule cosine --warmup 100 --clip 1 "
    "\\\n"
    "      --val 0.1 --early-stop 3 --epochs 20\n";

std::string epochs_text(Index count) {
  return count == 1 ? "1 epoch" : fmt::format("{} epochs", count);
}

/// How a run goes about it.
std::string settings_line(const TrainSpec& spec) {
  std::string text = fmt::format("{}, rate {}", spec.optimizer, spec.rate);
  if (spec.schedule != "constant") text += fmt::format(" ({})", spec.schedule);
  if (spec.warmup > 0) text += fmt::format(", {} steps of warm-up", with_commas(spec.warmup));
  if (spec.clip > 0) text += fmt::format(", clipped to {}", spec.clip);
  return text + fmt::format(", batches of {}, seed {}, {}, {} {}", spec.batch, spec.seed,
                            spec.precision, kernels::threads(),
                            kernels::threads() == 1 ? "thread" : "threads");
}

/// Says of an early stop that it cannot come, as the first epoch is the best one yet.
std::string idle_patience(const Options& options, const TrainSpec& spec, Index epochs) {
  if (!options.given("early-stop") || spec.early_stop == 0 || epochs > spec.early_stop + 1)
    return "";
  return fmt::format(
      "--early-stop {} cannot stop a run of {} before its end: it only keeps the weights of the "
      "best one\n",
      spec.early_stop, epochs_text(epochs));
}

std::string epoch_line(const EpochResult& r, Index epochs) {
  const auto measured = [](const char* what, const Measured& m) {
    return fmt::format("  {0} loss {1:.4f}  {0} accuracy {2:.2f}%", what, m.loss, 100 * m.accuracy);
  };
  return fmt::format("epoch {}/{}  loss {:.4f}{}{}  {:.1f} s", r.epoch, epochs, r.loss,
                     r.validation ? measured("val", *r.validation) : "", measured("test", r.test),
                     r.seconds);
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
                  "\"best_epoch\": {}, \"not_finite\": {}}}\n",
                  parameters, join(settings, ", "), join(epochs, ", "), result.stopped,
                  result.best_epoch > 0 ? std::to_string(result.best_epoch) : "null",
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

/// The command that goes on with a run that was stopped.
std::string resumption(const Options& options, const TrainFiles& files) {
  std::string command = fmt::format("gradus train --resume {} --epochs {}",
                                    files.save_when_stopped.string(), files.epochs);
  for (const char* name : {"data", "save-every", "log"}) {
    if (options.given(name)) command += fmt::format(" --{} {}", name, options.need(name));
  }
  return command;
}

/// What is said of a run that was resumed in vain, with all that it takes to go on.
std::string nothing_left(const TrainSpec& spec, const TrainResult& result,
                         const TrainFiles& files) {
  const Index done = result.epochs_in_all;
  std::vector<std::string> needs;
  if (result.stopped_early) {
    needs.push_back(fmt::format("--early-stop {} or more", done - result.best_epoch + 1));
  }
  if (done >= files.epochs) needs.push_back(fmt::format("--epochs {} or more", done + 1));
  if (spec.schedule == "cosine" && done >= spec.period) {
    needs.emplace_back("an --lr-period of as many");
  }
  return fmt::format("nothing left to do: {} {}, so nothing is written; to go on, give {}\n",
                     files.resume->string(),
                     result.stopped_early
                         ? fmt::format("stopped after {} epochs, of which {} was the best", done,
                                       result.best_epoch)
                         : fmt::format("has {} already", epochs_text(done)),
                     join(needs, " and "));
}

/// What is said when all is done.
std::string ending(const TrainSpec& spec, const TrainResult& result, const TrainFiles& files) {
  if (result.epochs.empty()) return nothing_left(spec, result, files);
  std::string text;
  if (result.best_epoch > 0) {
    text = fmt::format("{}epoch {} had the least val loss, {:.4f} (test accuracy {:.2f}%)\n",
                       result.stopped_early ? "stopped early: " : "", result.best_epoch,
                       result.best_loss, 100 * result.best_test.accuracy);
  }
  if (files.save) {
    text += fmt::format("saved {}{}\n", files.save->string(),
                        result.best_epoch > 0
                            ? fmt::format(", with the weights of epoch {}", result.best_epoch)
                            : "");
  }
  return text;
}

}  // namespace

int train_command(const std::vector<std::string>& arguments) {
  Options options("train", "train [OPTIONS]", train_examples, train_options(), arguments);
  if (options.help()) return ok;
  TrainFiles files;
  if (const auto path = options.text("resume")) {
    files.resume = *path;
    files.save = *path;
  }
  const TrainSpec spec = files.resume ? resume_train_options(options, files.resume->string())
                                      : read_train_options(options);
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
  const RunSize size = run_size(spec, training.count);
  check_sizes(options, spec, size, files.epochs);

  const Index parameters = parameter_count(spec.model);
  const bool json = options.flag("json");
  if (!json) {
    const std::string held_out =
        size.held_out > 0 ? fmt::format(" images, {} of them held out,", with_commas(size.held_out))
                          : "";
    print_now(
        fmt::format("{} {}, {}: {} parameters\n{} training{} and {} test images from {}\n{}\n",
                    layers_text(spec.model.layers), spec.model.activation, spec.model.loss,
                    with_commas(parameters), with_commas(training.count), held_out,
                    with_commas(test.count), folder.string(), settings_line(spec)));
    print_now(idle_patience(options, spec, files.epochs));
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
  if (!json) print_now(ending(spec, result, files));
  return ok;
}

}  // namespace gradus::tools
