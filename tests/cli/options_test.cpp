// Options that cannot be right: each is refused with one clear line, and nothing is written.
#include <map>

#include "cli/digits.hpp"
#include "cli/run.hpp"

namespace {

using cli::Arguments;
using cli::operator+;

/// Runs in an empty folder, which must stay so.
void check_refused(const Arguments& arguments, std::initializer_list<std::string> words) {
  INFO(cli::shown(arguments));
  const scratch::Directory folder;
  const cli::Result result = cli::run(arguments, {.folder = folder.path()});
  cli::check_refused(result, words);
  CHECK(result.out == "");
  CHECK(folder.entries() == 0);
}

const Arguments train{"train"};
const Arguments check{"check", "--model", "mlp:3,2"};
const Arguments graph{"graph", "--model", "mlp:3,2"};

/// An option that takes a number.
struct NumberOption {
  Arguments command;
  std::string name;
  bool whole;
  bool zero;  ///< whether 0 is possible
};

}  // namespace

TEST_CASE("Help for a command can be asked for in two ways", "[cli]") {
  CHECK(cli::run({"help", "train"}).out == cli::run({"train", "--help"}).out);
  check_refused({"help", "tran"}, {"unknown command 'tran': did you mean 'train'?"});
}

TEST_CASE("Unknown commands and options name the nearest one", "[cli]") {
  check_refused({"tran"}, {"unknown command 'tran': did you mean 'train'?", "check, graph"});
  check_refused({"bogus"}, {"unknown command 'bogus'. Known: train, check, graph"});
  check_refused({"--hlep"}, {"did you mean '--help'?"});
  check_refused({""}, {"unknown command ''"});
  check_refused({"train", "--lrr", "3"}, {"unknown option --lrr (did you mean --lr?)"});
  check_refused({"check", "--sampels=3"}, {"--sampels (did you mean --samples?)"});
  check_refused({"graph", "--bogus"}, {"unknown option --bogus; gradus graph --help lists them"});
  check_refused({"train", "--epoch", "3"}, {"did you mean --epochs?"});  // no abbreviation
  check_refused({"train", "-x"}, {"unknown option -x"});
  check_refused({"train", "mnist"}, {"takes options only, not 'mnist'"});
  check_refused({"train", "\x1b[31m\n\r\xff"}, {"takes options only"});
  check_refused({"train", "--\x1b[31m\nx", "1"}, {"unknown option"});
}

TEST_CASE("An option without its value, or given twice, is refused", "[cli]") {
  for (const Arguments& command : {train, check, graph}) {
    check_refused(command + Arguments{"--activation"}, {"--activation needs a value"});
    check_refused(command + Arguments{"--activation="}, {"--activation needs a value"});
    check_refused(command + Arguments{"--activation", ""}, {"--activation needs a value: it is"});
    check_refused(command + Arguments{"--batch", "--loss", "mse"},
                  {"--batch needs a value, not '--loss'"});
    check_refused(command + Arguments{"--batch", "3", "--batch", "3"},
                  {"'--batch' cannot be specified more than once"});
  }
  check_refused({"train", "--save", "--json"}, {"--save needs a value, not '--json'"});
  check_refused({"train", "--json=3"}, {"'--json' does not take any arguments"});
  check_refused({"check"}, {"SOURCE is missing", "--load FILE"});
  check_refused({"graph"}, {"SOURCE is missing"});
  check_refused({"train", "--save-every", "3"}, {"--save-every needs --save FILE"});
}

TEST_CASE("Every number is refused that is none, or too large or too small", "[cli]") {
  const std::vector<NumberOption> options{
      {train, "lr", false, false},
      {train, "momentum", false, true},
      {train, "beta1", false, true},
      {train, "beta2", false, true},
      {train, "decay", false, true},
      {train, "epsilon", false, false},
      {train, "lr-decay", false, false},
      {train, "lr-period", true, false},
      {train, "warmup", true, true},
      {train, "clip", false, true},
      {train, "val", false, true},
      {train, "early-stop", true, true},
      {train, "lr-decay-every", true, false},
      {train, "batch", true, false},
      {train, "epochs", true, false},
      {train, "seed", true, true},
      {train, "threads", true, false},
      {train + Arguments{"--save", "file"}, "save-every", true, true},
      {check, "batch", true, false},
      {check, "seed", true, true},
      {check, "samples", true, false},
      {check, "tolerance", false, false},
      {graph, "batch", true, false}};
  for (const NumberOption& option : options) {
    std::vector<std::string> wrong{"-1",
                                   "1e400",
                                   "nan",
                                   "inf",
                                   "-inf",
                                   "3x",
                                   "1,5",
                                   "0x10",
                                   " 3",
                                   "3 ",
                                   "+3",
                                   "\t",
                                   "99999999999999999999"};
    if (option.whole) wrong.insert(wrong.end(), {"1.5", "1e3", "0.0"});
    if (!option.zero) wrong.insert(wrong.end(), {"0", "-0"});
    for (const std::string& value : wrong) {
      // A control character is shown as a space.
      const std::string shown = value == "\t" ? " " : value;
      const std::string kind = option.whole ? "it must be a whole number from " : "a number ";
      check_refused(option.command + Arguments{"--" + option.name, value},
                    {"--" + option.name + " is '" + shown + "': ", kind});
    }
  }
  check_refused({"train", "--momentum", "1"}, {"--momentum is '1': it must be a number from 0 to"});
  check_refused({"train", "--lr", "1e30"}, {"a number over 0 and at most 1000000"});
  check_refused({"check", "--model", "mlp:3,2", "--tolerance", "1.5"}, {"over 0 and at most 1"});
}

TEST_CASE("Unknown names are refused with those that exist and the nearest one", "[cli]") {
  for (const Arguments& command : {train, check, graph}) {
    check_refused(command + Arguments{"--activation", "rellu"},
                  {"unknown activation 'rellu': did you mean 'relu'?", "identity, relu, sigmoid"});
    check_refused(command + Arguments{"--init", "xavier"},
                  {"unknown initialiser 'xavier'", "xavier-normal, xavier-uniform, he-normal"});
    check_refused(command + Arguments{"--init", "he-norm"}, {"did you mean 'he-normal'?"});
    check_refused(command + Arguments{"--loss", "crossentropy"},
                  {"unknown loss", "did you mean 'cross-entropy'?", "mse, quadratic"});
    check_refused(command + Arguments{"--bias", "nnone"}, {"did you mean 'none'?", "layers, ones"});
  }
  check_refused({"train", "--optimizer", "sdg"},
                {"did you mean 'sgd'?", "sgd, momentum, nesterov, adagrad"});
  check_refused(graph + Arguments{"--update", "--optimizer", "adma"},
                {"unknown optimizer 'adma': did you mean 'adam'?"});
  check_refused(
      {"train", "--schedule", "cosin"},
      {"unknown schedule 'cosin': did you mean 'cosine'?", "constant, step, exponential"});
  check_refused({"train", "--dataset", "mnits"}, {"did you mean 'mnist'?", "mnist, fashion-mnist"});
  check_refused(check + Arguments{"--dataset", "x"}, {"unknown dataset 'x'. Known: mnist"});
  check_refused({"train", "--order", "files"}, {"did you mean 'file'?", "shuffled, file"});
  check_refused({"train", "--precision", "f16"}, {"unknown precision", "Known: f32, f64"});
}

TEST_CASE("Layers that make no network are refused", "[cli]") {
  const std::vector<std::string> no_numbers{
      "",           ",",    "3,",  ",3",      "3,,2", "3,0,2", "3,-1,2", "3,1.5,2",
      "3,1e3,2",    "3, 2", "3;2", "three,2", "3,2x", "nan,2", "784-10", "3,99999999999999999999",
      "10000001,10"};
  for (const std::string& layers : no_numbers) {
    check_refused({"graph", "--model", "mlp:" + layers}, {"are not whole numbers from 1 to"});
    if (!layers.empty()) {
      check_refused({"train", "--layers", layers}, {"the layers '" + layers + "' are not"});
    }
  }
  check_refused({"train", "--layers", "784"}, {"at least inputs and outputs, as in 784,10"});
  check_refused({"check", "--model", "mlp:3"}, {"at least inputs and outputs"});
  check_refused({"check", "--model", "3,2"}, {"unknown model '3,2'", "mlp:784,128,10"});
  check_refused({"graph", "--model", "cnn:3,2"}, {"unknown model 'cnn:3,2'"});
  check_refused({"train", "--layers", "784,10000000,10"},
                {"have 7,950,000,010 parameters: at most 250,000,000"});
  check_refused({"graph", "--model", "mlp:10000000,10000000,10000000"}, {"at most 250,000,000"});
}

TEST_CASE("Layers that do not fit the images are refused with both numbers", "[cli]") {
  const scratch::Directory folder;
  const auto refused = [&](const Arguments& arguments, std::initializer_list<std::string> words) {
    INFO(cli::shown(arguments));
    cli::check_refused(cli::run(arguments, {.folder = folder.path()}), words);
    CHECK(folder.entries() == 0);
  };
  const Arguments data{"--data", cli::digits().string(), "--save", "net", "--log", "log"};
  refused(Arguments{"train", "--layers", "50,10"} + data,
          {"start with 50 inputs", "7 x 7 = 49 pixels"});
  refused(Arguments{"train", "--layers", "49,8,9"} + data, {"end with 9 outputs", "10 classes"});
  const Arguments images{"--data", cli::digits().string()};
  refused(Arguments{"check", "--model", "mlp:50,10"} + images, {"do not fit", "49 pixels"});
  refused(Arguments{"check", "--model", "mlp:49,9"} + images, {"do not fit", "10 classes"});
  refused(Arguments{"check", "--model", "mlp:49,10", "--batch", "101"} + images,
          {"--batch is 101, but there are 100 images"});
}

TEST_CASE("An option that would change nothing is refused", "[cli]") {
  const std::map<std::string, std::string> readers{{"momentum", "momentum, nesterov"},
                                                   {"beta1", "adam, adamax, nadam"},
                                                   {"beta2", "adam, adamax, nadam"},
                                                   {"decay", "adadelta, rmsprop"},
                                                   {"epsilon", "adagrad, adadelta, rmsprop, adam"}};
  for (const auto& [option, rules] : readers) {
    check_refused(train + Arguments{"--" + option, "0.5"},
                  {"--" + option + " does nothing with --optimizer sgd: it is for " + rules});
  }
  check_refused({"train", "--optimizer", "adam", "--momentum", "0.9"},
                {"--momentum does nothing with --optimizer adam"});
  check_refused({"train", "--optimizer", "rmsprop", "--beta2", "0.9"},
                {"--beta2 does nothing with --optimizer rmsprop"});

  check_refused(train + Arguments{"--lr-decay", "0.5"},
                {"--lr-decay does nothing with --schedule constant: it is for step and"});
  check_refused(train + Arguments{"--lr-decay-every", "2"},
                {"--lr-decay-every does nothing with --schedule constant: it is for step"});
  check_refused(
      {"train", "--schedule", "exponential", "--lr-decay", "0.5", "--lr-decay-every", "2"},
      {"--lr-decay-every does nothing with --schedule exponential"});
  check_refused({"train", "--schedule", "step", "--lr-decay", "0.5", "--lr-period", "2"},
                {"--lr-period does nothing with --schedule step: it is for cosine"});
  check_refused({"train", "--schedule", "cosine", "--lr-decay", "0.5"},
                {"--lr-decay does nothing with --schedule cosine"});
}

TEST_CASE("An option that another one needs is asked for", "[cli]") {
  check_refused({"train", "--schedule", "step"},
                {"--schedule step needs --lr-decay FACTOR", "--lr-decay-every epochs"});
  check_refused({"train", "--schedule", "exponential"},
                {"--schedule exponential needs --lr-decay FACTOR"});
  check_refused({"train", "--schedule", "cosine", "--lr-period", "4", "--epochs", "6"},
                {"comes to a rate of 0 after 4 epochs", "for 6 epochs, give --lr-period 6"});
  check_refused({"train", "--early-stop", "3"}, {"--early-stop needs --val PART", "no say"});
}
