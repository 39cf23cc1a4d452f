// What the command prints, against the files in golden/.
#include <regex>

#include "cli/digits.hpp"
#include "cli/json.hpp"
#include "cli/run.hpp"

namespace {

using cli::Arguments;
using cli::operator+;

/// The text of a check with "#" for what differs in its last digits from one machine to another,
/// or that depends on them: numbers that are no whole ones, and which element was the worst.
std::string without_digits(const std::string& text) {
  const std::regex number(R"( +(-?[0-9]+(\.[0-9]+)?(e[-+][0-9]+)|-?[0-9]+\.[0-9]+|\[[0-9, ]+\]))");
  return std::regex_replace(text, number, " #");
}

}  // namespace

TEST_CASE("Help of gradus and of its commands is as in the golden files", "[cli]") {
  for (const std::string command : {"", "train", "check", "graph", "eval", "step"}) {
    const Arguments before = command.empty() ? Arguments{} : Arguments{command};
    const cli::Result result = cli::run(before + Arguments{"--help"});
    cli::check_ok(result);
    cli::check_golden(command.empty() ? "help.txt" : "help_" + command + ".txt", result.out);
    CHECK(cli::run(before + Arguments{"-h"}).out == result.out);
  }
  CHECK(cli::run({"help"}).out == cli::run({"--help"}).out);
}

TEST_CASE("Without a command, the help goes to stderr", "[cli]") {
  const cli::Result result = cli::run({});
  CHECK(result.status == 2);
  CHECK(result.out == "");
  CHECK(result.err == cli::run({"--help"}).out);
}

TEST_CASE("The version is one line", "[cli]") {
  const cli::Result result = cli::run({"--version"});
  cli::check_ok(result);
  CHECK(std::regex_match(result.out, std::regex("gradus [0-9]+\\.[0-9]+\\.[0-9]+\n")));
}

TEST_CASE("A check prints a table, and a report in JSON", "[cli]") {
  const Arguments check{"check", "--model", "mlp:8,5,3"};
  const cli::Result text = cli::run(check);
  cli::check_ok(text);
  cli::check_golden("check.txt", without_digits(text.out));
  CHECK(cli::run(check).out == text.out);

  const cli::Result json = cli::run(check + Arguments{"--json"});
  cli::check_ok(json);
  const std::regex worst(R"("index": \[[0-9, ]+\])");
  cli::check_golden("check.json.txt",
                    std::regex_replace(cli::json_outline(json.out), worst, "\"index\": [#]"));
}

TEST_CASE("Graphs of a loss, its gradient and a training step are as in the golden files",
          "[cli]") {
  const Arguments graph{"graph", "--model", "mlp:3,2", "--batch", "4"};
  const auto check = [&](const std::string& name, const Arguments& options) {
    const cli::Result result = cli::run(graph + options);
    cli::check_ok(result);
    cli::check_golden(name, result.out);
    scratch::Directory folder;
    const Arguments to_file{"-o", (folder / name).string()};
    const cli::Result file = cli::run(graph + options + to_file);
    cli::check_ok(file);
    CHECK(file.out == "");
    CHECK(scratch::read(folder / name) == result.out);
    CHECK(folder.entries() == 1);
  };
  check("loss.dot", {});
  check("gradient.dot", {"--gradient"});
  check("step.dot", {"--update", "--optimizer", "momentum"});
}

TEST_CASE("A run prints its settings, its epochs and what it saved", "[cli]") {
  scratch::Directory folder;
  const Arguments train{"train",    "--data",    cli::digits().string(),
                        "--layers", "49,8,10",   "--epochs",
                        "2",        "--threads", "1"};
  const cli::Result text = cli::run(train + Arguments{"--save", "net"}, {.folder = folder.path()});
  cli::check_ok(text);
  std::string lines = std::regex_replace(text.out, std::regex("from .*"), "from FOLDER");
  cli::check_golden("train.txt", without_digits(lines));

  const cli::Result json = cli::run(train + Arguments{"--json"}, {.folder = folder.path()});
  cli::check_ok(json);
  cli::check_golden("train.json.txt", cli::json_outline(json.out));
}

TEST_CASE("A run with a validation part prints how it does there", "[cli]") {
  scratch::Directory folder;
  const Arguments train{"train",
                        "--data",
                        cli::digits().string(),
                        "--layers",
                        "49,8,6,10",
                        "--epochs",
                        "2",
                        "--threads",
                        "1",
                        "--optimizer",
                        "rmsprop",
                        "--decay",
                        "0.8",
                        "--val",
                        "0.1",
                        "--early-stop",
                        "3",
                        "--schedule",
                        "cosine",
                        "--warmup",
                        "12",
                        "--clip",
                        "1"};
  const cli::Result text = cli::run(train + Arguments{"--save", "net"}, {.folder = folder.path()});
  cli::check_ok(text);
  const std::string lines = std::regex_replace(text.out, std::regex("from .*"), "from FOLDER");
  cli::check_golden("train_val.txt", without_digits(lines));
  const cli::Result json = cli::run(train + Arguments{"--json"}, {.folder = folder.path()});
  cli::check_ok(json);
  cli::check_golden("train_val.json.txt", cli::json_outline(json.out));
}

TEST_CASE("784-16-16-10 has 13,002 parameters", "[cli]") {
  const cli::Result graph = cli::run({"check", "--model", "mlp:784,16,16,10", "--samples", "1"});
  CHECK_THAT(graph.out, Catch::Matchers::ContainsSubstring(": 13,002 parameters"));
  const cli::Result train = cli::run(
      {"train", "--layers", "784,16,16,10", "--epochs", "1", "--batch", "500", "--activation",
       "sigmoid", "--loss", "quadratic", "--data", GRADUS_SOURCE_DIR "/tutorials/data", "--json"});
  cli::check_ok(train);
  CHECK_THAT(train.out, Catch::Matchers::ContainsSubstring("\"parameters\": 13002,"));
}
