// Runs that are interrupted or killed at any moment, and go on with equal bits.
#include <algorithm>
#include <chrono>
#include <random>
#include <regex>
#include <thread>

#include "cli/digits.hpp"
#include "cli/run.hpp"
#include "gradus/io/checkpoint.hpp"

namespace {

using cli::Arguments;
using cli::operator+;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

const Arguments& data() {
  static const Arguments arguments{"train", "--data", cli::digits().string()};
  return arguments;
}

/// Waits until `holds()`, or the process ends, or much too long.
template <class Condition>
bool wait_until(cli::Process& process, Condition holds) {
  const Clock::time_point end = Clock::now() + std::chrono::seconds(60);
  while (Clock::now() < end && !process.ended()) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::ptrdiff_t lines(const std::filesystem::path& path) {
  const std::string text = scratch::read(path);
  return std::count(text.begin(), text.end(), '\n');
}

std::string without_time(const std::string& log) {
  return std::regex_replace(log, std::regex("\"seconds\": [0-9.]+"), "");
}

/// Kills runs until `kills` of them died, each a random time after it was started or resumed, and
/// compares every one that ends with the run that was let alone.
void kill_and_resume(const std::string& save_every, int kills) {
  const scratch::Directory folder;
  const cli::Surroundings here{.folder = folder.path()};
  const Arguments run =
      data() + Arguments{"--layers",   "49,8,10", "--batch",     "10",  "--optimizer",  "nadam",
                         "--schedule", "cosine",  "--lr-period", "6",   "--warmup",     "40",
                         "--clip",     "1",       "--val",       "0.1", "--early-stop", "4"};
  const Arguments epochs{"--epochs", "6", "--save-every", save_every, "--log", "log"};
  const Clock::time_point start = Clock::now();
  cli::check_ok(cli::run(run + epochs + Arguments{"--save", "whole"}, here));
  const double whole_run = Seconds(Clock::now() - start).count();
  const std::string whole = scratch::read(folder / "whole");
  const std::string log = without_time(scratch::read(folder / "log"));

  std::mt19937 random(1);
  std::uniform_real_distribution<double> share(0, 0.5);
  for (int killed = 0, ended = 0; killed < kills || ended == 0;) {
    const bool resumes = std::filesystem::exists(folder / "net");
    cli::Process process(resumes ? data() + epochs + Arguments{"--resume", "net"}
                                 : run + epochs + Arguments{"--save", "net"},
                         here);
    // When enough were killed, the last one is let alone.
    if (killed < kills) {
      std::this_thread::sleep_for(Seconds(share(random) * whole_run));
      process.signal(SIGKILL);
    }
    const cli::Result result = process.wait();
    if (result.killed) {
      ++killed;
    } else {
      ++ended;
      cli::check_ok(result);
      CHECK(scratch::read(folder / "net") == whole);
      CHECK(without_time(scratch::read(folder / "log")) == log);
      std::filesystem::remove(folder / "net");
    }
    const std::filesystem::path net = folder / "net";
    if (std::filesystem::exists(net)) CHECK_NOTHROW(gradus::io::load_checkpoint(net));
  }
}

}  // namespace

TEST_CASE("A run that is killed at random moments ends with the bits of one that is not", "[cli]") {
  kill_and_resume("3", 10);
}

TEST_CASE("A run that is killed while it saves ends with the bits of one that is not", "[cli]") {
  kill_and_resume("1", 10);  // saving takes most of its time
}

TEST_CASE("Ctrl-C and a plain kill end a run after its batch, with a checkpoint to go on from",
          "[cli]") {
  const scratch::Directory folder;
  const cli::Surroundings here{.folder = folder.path()};
  const Arguments run = data() + Arguments{"--layers", "49,8,10", "--batch", "3"};
  const Arguments epochs{"--epochs", "120"};
  cli::check_ok(cli::run(run + epochs + Arguments{"--save", "whole"}, here));
  // A run that does not save keeps its end all the same, and no older one is lost for it.
  for (const std::string file : {"net", "interrupted.safetensors", "interrupted-2.safetensors"}) {
    const bool saves = file == "net";
    const int signal = file == "interrupted-2.safetensors" ? SIGTERM : SIGINT;
    cli::Process process(run + epochs + Arguments{"--log", "log"} +
                             (saves ? Arguments{"--save", file} : Arguments{}),
                         here);
    REQUIRE(wait_until(process, [&] { return lines(folder / "log") >= 2; }));
    process.signal(signal);
    const cli::Result stopped = process.wait();
    CHECK(stopped.status == 128 + signal);
    CHECK(!stopped.killed);
    CHECK(stopped.err == "gradus: stopped before the end; go on with: gradus train --resume " +
                             file + " --epochs 120 --data " + cli::digits().string() +
                             " --log log\n");
    CHECK(scratch::read(folder / file) != scratch::read(folder / "whole"));

    cli::check_ok(cli::run(data() + epochs + Arguments{"--resume", file, "--log", "log"}, here));
    CHECK(scratch::read(folder / file) == scratch::read(folder / "whole"));
    CHECK(lines(folder / "log") == 120);
    std::filesystem::remove(folder / "log");
  }
}

TEST_CASE("A run in JSON that is interrupted still prints its outcome", "[cli]") {
  const scratch::Directory folder;
  cli::Process process(
      data() + Arguments{"--layers", "49,8,10", "--epochs", "1000000", "--json", "--log", "log"},
      {.folder = folder.path()});
  REQUIRE(wait_until(process, [&] { return lines(folder / "log") >= 2; }));
  process.signal(SIGINT);
  const cli::Result result = process.wait();
  CHECK(result.status == 130);
  CHECK_THAT(result.out, Catch::Matchers::ContainsSubstring("\"stopped\": true"));
}

TEST_CASE("A second Ctrl-C does not wait for the batch", "[cli]") {
  const scratch::Directory folder;
  // One batch of all digits takes about a second.
  cli::Process process({"train", "--data", GRADUS_SOURCE_DIR "/tutorials/data", "--layers",
                        "784,1500,10", "--batch", "10000", "--save", "net"},
                       {.folder = folder.path()});
  REQUIRE(wait_until(process, [&] { return std::filesystem::exists(folder / "net"); }));
  const std::string first = scratch::read(folder / "net");
  process.signal(SIGINT);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  process.signal(SIGINT);
  const cli::Result result = process.wait();
  CHECK(result.killed);
  CHECK(result.status == 128 + SIGINT);
  CHECK(scratch::read(folder / "net") == first);
}
