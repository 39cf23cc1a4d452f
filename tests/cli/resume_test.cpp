// Checkpoints: what they keep, and what cannot be gone on from.
#include <algorithm>
#include <cmath>
#include <regex>
#include <sstream>

#include "cli/json.hpp"
#include "cli/training_run.hpp"
#include "gradus/io/checkpoint.hpp"
#include "gradus/optim/rules.hpp"

namespace {

using cli::Arguments;
using cli::data;
using cli::Here;
using cli::operator+;
using cli::start;

/// Whether all that was saved is finite.
bool is_finite(const std::filesystem::path& path) {
  bool finite = true;
  for (const auto& [name, any] : gradus::io::load_checkpoint(path).tensors) {
    std::visit(
        [&](const auto& tensor) {
          for (const auto x : tensor) finite = finite && std::isfinite(x);
        },
        any);
  }
  return finite;
}

std::ptrdiff_t lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

}  // namespace

TEST_CASE("A file that is no checkpoint is refused", "[cli]") {
  const Here here;
  const auto refused = [&](const std::string& name, std::initializer_list<std::string> words) {
    here.refused(data() + Arguments{"--resume", name}, words);
    here.refused({"check", "--load", name}, words);
  };
  refused("none", {"cannot read none: No such file"});
  refused(".", {"cannot read .: it is a directory"});
  refused("/dev/null", {"cannot read /dev/null: it is not a regular file"});
  scratch::write(here.folder() / "empty", "");
  refused("empty", {"cannot load empty: 0 bytes are too few"});
  scratch::write(here.folder() / "text", "this is no checkpoint, but a text\n");
  refused("text", {"cannot load text: it is not a checkpoint"});
  gradus::io::save_checkpoint(here.folder() / "other", {});
  refused("other", {"other is no checkpoint of gradus train: it does not say its"});
}

TEST_CASE("A checkpoint that is cut short or damaged is refused", "[cli]") {
  const Here here;
  here.ok(start("1", {"--save", "net"}));
  const std::string whole = here.read("net");
  const Arguments resume = data() + Arguments{"--resume", "broken"};
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ (1 << at % 8));
    scratch::write(here.folder() / "broken", broken);
    INFO("byte " << at);
    here.refused(resume, {"cannot load broken: "});
    CHECK(here.read("broken") == broken);
  }
  for (std::size_t size = 1; size < whole.size(); size += whole.size() / 10) {
    scratch::write(here.folder() / "broken", whole.substr(0, size));
    here.refused(resume, {"cannot load broken: "});
    here.refused({"check", "--load", "broken"}, {"cannot load broken: "});
  }
}

TEST_CASE("A run cannot go on as another run", "[cli]") {
  const Here here;
  here.ok(start("1", {"--save", "net", "--optimizer", "momentum"}));
  const std::string before = here.read("net");
  const Arguments resume = data() + Arguments{"--resume", "net"};
  const auto refused = [&](const std::string& option, const std::string& value,
                           const std::string& stored) {
    here.refused(resume + Arguments{"--" + option, value},
                 {"net is of a run with --" + option + " " + stored + ": it cannot go on with --" +
                  option + " " + value});
  };
  refused("layers", "49,9,10", "49,8,10");
  refused("activation", "tanh", "relu");
  refused("init", "zeros", "he-normal");
  refused("loss", "mse", "cross-entropy");
  refused("bias", "ones", "layers");
  refused("optimizer", "sgd", "momentum");
  refused("momentum", "0.8", "0.9");
  refused("batch", "16", "32");
  refused("seed", "2", "1");
  refused("precision", "f64", "f32");
  refused("order", "file", "shuffled");
  refused("clip", "1", "0");
  refused("val", "0.1", "0");
  here.refused(resume + Arguments{"--beta1", "0.5"},
               {"--beta1 does nothing with --optimizer momentum"});
  CHECK(here.read("net") == before);

  const scratch::Directory other;
  cli::write_digits(other.path(), 299, 100);
  here.refused({"train", "--data", other.path().string(), "--resume", "net"},
               {"net was trained on 300 images, but there are 299 here"});
  here.refused({"train", "--data", GRADUS_SOURCE_DIR "/tutorials/data", "--resume", "net"},
               {"the layers 49-8-10 start with 49 inputs", "28 x 28 = 784"});
  here.refused(resume + Arguments{"--log", "net"}, {"--log and the checkpoint are the same file"});
  here.refused(resume + Arguments{"--log", "net", "--save", "new"}, {"are the same file"});
  for (const char* option : {"model", "activation", "init", "loss", "bias"}) {
    here.refused({"check", "--load", "net", std::string("--") + option, "x"},
                 {"--load says which network it is: leave --" + std::string(option) + " out"});
  }
  CHECK(here.read("net") == before);
}

TEST_CASE("Options may be left out or given again, in another notation", "[cli]") {
  const Here here;
  const Arguments options{"--optimizer", "nesterov", "--momentum",   "0.70", "--lr",        "0.05",
                          "--batch",     "7",        "--activation", "tanh", "--precision", "f64",
                          "--schedule",  "step",     "--lr-decay",   "0.5"};
  here.ok(start("4", options + Arguments{"--save", "whole"}));
  here.ok(start("2", options + Arguments{"--save", "net"}));
  const std::string half = here.read("net");
  here.ok(data() + Arguments{"--resume", "net", "--epochs", "4"});
  CHECK(here.read("net") == here.read("whole"));

  scratch::write(here.folder() / "net", half);
  here.ok(start("4", options + Arguments{"--resume", "net", "--save", "new"}));
  CHECK(here.read("new") == here.read("whole"));
  CHECK(here.read("net") == half);
  scratch::write(here.folder() / "net", half);
  here.ok(data() +
          Arguments{"--resume", "net", "--epochs", "4", "--momentum", ".7", "--batch", "007"});
  CHECK(here.read("net") == here.read("whole"));

  const cli::Result finished = here.run(data() + Arguments{"--resume", "net", "--epochs", "3"});
  cli::check_ok(finished);
  CHECK_THAT(finished.out,
             Catch::Matchers::ContainsSubstring("nothing left to do: net has 4 epochs already"));
  CHECK_THAT(finished.out, !Catch::Matchers::ContainsSubstring("saved"));
  CHECK(here.read("net") == here.read("whole"));
}

TEST_CASE("A run with nothing left to do writes nothing, whatever it is given", "[cli]") {
  const Here here;
  here.ok(start("2", {"--save", "net", "--log", "log"}));
  const std::string net = here.read("net"), log = here.read("log");
  const std::ptrdiff_t entries = here.folder().entries();
  const Arguments resume = data() + Arguments{"--resume", "net", "--epochs", "2"};
  for (const Arguments& more :
       {Arguments{"--lr", "5", "--warmup", "7"}, Arguments{"--save", "new"},
        Arguments{"--schedule", "cosine", "--lr-period", "9", "--log", "log"},
        Arguments{"--val", "0", "--save-every", "1", "--log", "other"}}) {
    INFO(cli::shown(more));
    const cli::Result finished = here.run(resume + more);
    cli::check_ok(finished);
    CHECK_THAT(finished.out, Catch::Matchers::ContainsSubstring(
                                 "nothing left to do: net has 2 epochs already, so nothing is "
                                 "written; to go on, give --epochs 3 or more\n"));
    CHECK(here.read("net") == net);
    CHECK(here.read("log") == log);
    CHECK(here.folder().entries() == entries);
  }
}

TEST_CASE("Every optimizer, bias and precision goes on with equal bits", "[cli]") {
  const Here here;
  const auto check_halves = [&](const Arguments& options) {
    here.ok(start("3", options + Arguments{"--save", "whole"}));
    here.ok(start("1", options + Arguments{"--save", "net"}));
    here.ok(data() + Arguments{"--resume", "net", "--epochs", "3"});
    CHECK(here.read("net") == here.read("whole"));
  };
  for (const gradus::optim::Rule& rule : gradus::optim::rules()) {
    for (const char* precision : {"f32", "f64"}) {
      check_halves({"--optimizer", std::string(rule.name), "--precision", precision});
    }
  }
  for (const char* bias : {"layers", "ones", "none"}) {
    check_halves({"--optimizer", "momentum", "--bias", bias});
  }
}

TEST_CASE("The number of threads changes no bit", "[cli]") {
  const Here here;
  // Large enough for kernels to share their work out.
  const Arguments options{"--layers", "49,256,10", "--batch", "100", "--epochs", "2"};
  here.ok(data() + options + Arguments{"--threads", "1", "--save", "one"});
  for (const char* threads : {"2", "3", "8"}) {
    here.ok(data() + options + Arguments{"--threads", threads, "--save", "more"});
    CHECK(here.read("more") == here.read("one"));
  }
}

TEST_CASE("The log has one line an epoch, also after a resumption", "[cli]") {
  const Here here;
  here.ok(start("5", {"--save", "whole", "--log", "log"}));
  const std::string whole = here.read("log");
  CHECK(lines(whole) == 5);
  std::istringstream each(whole);
  for (std::string line; std::getline(each, line);) CHECK_NOTHROW(cli::json_outline(line + "\n"));

  const auto without_time = [](const std::string& log) {
    return std::regex_replace(log, std::regex("\"seconds\": [0-9.]+"), "");
  };
  here.ok(start("3", {"--save", "net", "--log", "log"}));
  CHECK(lines(here.read("log")) == 3);
  // What was written behind the checkpoint, whole or not, is of epochs that come again.
  scratch::write(here.folder() / "log", here.read("log") + "{\"epoch\": 4}\n{\"epo");
  here.ok(data() + Arguments{"--resume", "net", "--epochs", "5", "--log", "log"});
  CHECK(without_time(here.read("log")) == without_time(whole));
}

TEST_CASE("Training that goes to infinity stops with the op, and keeps the last good state",
          "[cli]") {
  const Here here;
  for (const char* every : {"0", "1", "4"}) {
    const Arguments wild = start("9", {"--loss", "mse", "--lr", "1e6", "--save", "net", "--log",
                                       "log", "--save-every", every, "--batch", "30"});
    const cli::Result result = here.run(wild);
    CHECK(result.status == 1);
    CHECK(lines(result.err) == 1);
    scratch::check_says(result.err.substr(0, result.err.size() - 1),
                        {"gradus: training stopped: in epoch 1, batch ", "turned NaN or infinite",
                         "op ", "scope ", "inputs ", "a smaller --lr may help"});
    CHECK(is_finite(here.folder() / "net"));
    const cli::Result again = here.run(data() + Arguments{"--resume", "net", "--epochs", "9"});
    CHECK(again.status == 1);
    CHECK(again.err == result.err);
    CHECK(is_finite(here.folder() / "net"));
  }
  here.run(start("9", {"--loss", "mse", "--lr", "1e6", "--save", "net"}));
  here.ok(data() + Arguments{"--resume", "net", "--epochs", "2", "--lr", "0.1"});
  const cli::Result json = here.run(start("9", {"--loss", "mse", "--lr", "1e6", "--json"}));
  CHECK(json.status == 1);
  CHECK_NOTHROW(cli::json_outline(json.out));
  CHECK_THAT(json.out, Catch::Matchers::ContainsSubstring("\"not_finite\": \"in epoch 1"));
}

TEST_CASE("A step that makes the weights infinite is found before they are saved", "[cli]") {
  const Here here;
  // One step an epoch: its loss is finite, as it is of the weights before it. Momentum gathers
  // what a single step cannot.
  for (const char* optimizer : {"sgd", "nesterov"}) {
    for (const char* lr : {"1e2", "1e4", "1e6"}) {
      const cli::Result result =
          here.run(start("60", {"--loss", "mse", "--lr", lr, "--save", "net", "--batch", "300",
                                "--optimizer", optimizer}));
      INFO(result.err);
      CHECK(result.status == 1);
      CHECK_THAT(result.err, Catch::Matchers::ContainsSubstring("turned NaN or infinite first"));
      CHECK(is_finite(here.folder() / "net"));
    }
  }
}

TEST_CASE("A trained network can be checked", "[cli]") {
  const Here here;
  here.ok(start("1", {"--save", "net", "--activation", "tanh", "--bias", "ones"}));
  const cli::Result good = here.run({"check", "--load", "net"});
  cli::check_ok(good);
  CHECK_THAT(good.out, Catch::Matchers::ContainsSubstring("49-8-10 tanh, cross-entropy: 480 para"));
  const cli::Result images =
      here.run({"check", "--load", "net", "--data", cli::digits().string(), "--json"});
  CHECK(images.err == "");
  CHECK_NOTHROW(cli::json_outline(images.out));
}

TEST_CASE("A check that does not pass ends with status 1", "[cli]") {
  const cli::Result strict = cli::run({"check", "--model", "mlp:8,5,3", "--tolerance", "1e-16"});
  CHECK(strict.status == 1);
  CHECK(strict.err == "");
  CHECK(strict.out.find("\nPASS") == strict.out.npos);
  // A network with one class has the loss 0, whose gradient says nothing.
  const cli::Result vacuous = cli::run({"check", "--model", "mlp:1,1", "--json"});
  CHECK(vacuous.status == 1);
  CHECK_THAT(cli::json_outline(vacuous.out), Catch::Matchers::ContainsSubstring("VACUOUS"));
}
