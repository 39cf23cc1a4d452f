// Schedules and early stopping: what they do to a run, and that it goes on with equal bits.
#include <fmt/core.h>

#include <cmath>
#include <regex>

#include "cli/training_run.hpp"
#include "gradus/io/checkpoint.hpp"

namespace {

using cli::Arguments;
using cli::data;
using cli::Here;
using cli::operator+;
using cli::start;

/// The rates in a log.
std::vector<double> rates(const std::string& log) {
  const std::regex rate(R"("rate": ([^,]+),)");
  std::vector<double> all;
  for (std::sregex_iterator i(log.begin(), log.end(), rate), end; i != end; ++i) {
    all.push_back(std::stod((*i)[1]));
  }
  return all;
}

/// The number in what a pattern finds.
long epoch_of(const std::string& text, const std::string& pattern) {
  std::smatch found;
  REQUIRE(std::regex_search(text, found, std::regex(pattern)));
  return std::stol(found[1]);
}

/// A large rate, so that validation gets worse soon.
const Arguments overfit{"--val", "0.2",  "--optimizer", "adam",
                        "--lr",  "0.05", "--layers",    "49,32,10"};

}  // namespace

TEST_CASE("Every schedule goes on with equal bits, clipped and with images held out", "[cli]") {
  const Here here;
  for (const Arguments& schedule :
       {Arguments{"--schedule", "step", "--lr-decay", "0.5", "--lr-decay-every", "2"},
        Arguments{"--schedule", "exponential", "--lr-decay", "0.7"},
        Arguments{"--schedule", "cosine", "--lr-period", "5"}, Arguments{}}) {
    const Arguments options =
        schedule + Arguments{"--warmup",    "13",   "--clip", "0.5",  "--val",    "0.1",
                             "--optimizer", "adam", "--lr",   "0.01", "--layers", "49,12,8,10"};
    here.ok(data() + options + Arguments{"--epochs", "4", "--save", "whole", "--log", "log"});
    const std::vector<double> wanted = rates(here.read("log"));
    CHECK(wanted.size() == 4);
    here.ok(data() + options + Arguments{"--epochs", "2", "--save", "net", "--log", "log"});
    here.ok(data() + Arguments{"--resume", "net", "--epochs", "4", "--log", "log"});
    CHECK(here.read("net") == here.read("whole"));
    CHECK(rates(here.read("log")) == wanted);
  }
}

TEST_CASE("The log tells the rate that the schedule gives the last step of each epoch", "[cli]") {
  const Here here;
  // 300 images less 30 in batches of 27: 10 steps an epoch.
  const auto rates_of = [&](const Arguments& options) {
    here.ok(start("3", options + Arguments{"--batch", "27", "--val", "0.1", "--log", "log"}));
    return rates(here.read("log"));
  };
  const auto check = [&](const Arguments& options, const std::vector<double>& wanted) {
    INFO(cli::shown(options));
    const std::vector<double> found = rates_of(options);
    REQUIRE(found.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CHECK_THAT(found[i], Catch::Matchers::WithinRel(wanted[i], 1e-12));
    }
  };
  const double pi = std::acos(-1.0);
  const auto half_wave = [&](double share) { return 0.1 * (1 + std::cos(pi * share)) / 2; };
  check({}, {0.1, 0.1, 0.1});
  check({"--optimizer", "adamax"}, {0.002, 0.002, 0.002});
  check({"--schedule", "step", "--lr-decay", "0.5"}, {0.1, 0.05, 0.025});
  check({"--schedule", "step", "--lr-decay", "0.5", "--lr-decay-every", "2"}, {0.1, 0.1, 0.05});
  check({"--schedule", "exponential", "--lr-decay", "0.5"},
        {0.1 * std::pow(0.5, 0.9), 0.1 * std::pow(0.5, 1.9), 0.1 * std::pow(0.5, 2.9)});
  check({"--schedule", "cosine"}, {half_wave(0.3), half_wave(19.0 / 30), half_wave(29.0 / 30)});
  check({"--schedule", "cosine", "--lr-period", "10"},
        {half_wave(0.09), half_wave(0.19), half_wave(0.29)});
  check({"--warmup", "25"}, {0.04, 0.08, 0.1});
}

TEST_CASE("Early stopping keeps the best weights, and what it takes to go on", "[cli]") {
  const Here here;
  const auto run = [&](const Arguments& more) {
    const cli::Result result = here.run(data() + more);
    cli::check_ok(result);
    return result.out;
  };
  const std::string stopped =
      run(overfit + Arguments{"--early-stop", "3", "--epochs", "90", "--save", "net"});
  const long best = epoch_of(stopped, "stopped early: epoch ([0-9]+) had the least val loss, ");
  REQUIRE(best > 0);
  REQUIRE(best < 80);
  CHECK_THAT(stopped, Catch::Matchers::ContainsSubstring("saved net, with the weights of epoch " +
                                                         std::to_string(best) + "\n"));
  CHECK_THAT(stopped,
             Catch::Matchers::ContainsSubstring("epoch " + std::to_string(best + 3) + "/90 "));
  CHECK_THAT(stopped,
             !Catch::Matchers::ContainsSubstring("epoch " + std::to_string(best + 4) + "/90"));

  // The loss and the accuracy told are those of that epoch.
  const auto least = [&](const std::string& text) {
    std::smatch line;
    REQUIRE(std::regex_search(text, line,
                              std::regex(fmt::format("epoch {}/90 .* val loss ([0-9.]+) .* test "
                                                     "accuracy ([0-9.]+%)",
                                                     best))));
    return fmt::format("epoch {} had the least val loss, {} (test accuracy {})\n", best,
                       line[1].str(), line[2].str());
  };
  const std::string told = least(stopped);
  CHECK_THAT(stopped, Catch::Matchers::ContainsSubstring(told));

  // The weights kept are those of a run that ends with the best epoch; the latest ones are those of
  // a run that ends where this one stopped.
  const auto tensors = [&](const std::string& name) {
    return gradus::io::load_checkpoint(here.folder() / name).tensors;
  };
  run(overfit + Arguments{"--epochs", std::to_string(best), "--save", "short"});
  run(overfit + Arguments{"--epochs", std::to_string(best + 3), "--save", "long"});
  const auto kept = tensors("net"), at_best = tensors("short"), at_end = tensors("long");
  for (const std::string name : {"W1", "b1", "W2", "b2"}) {
    CHECK(kept.at(name) == at_best.at(name));
    CHECK(kept.at("latest." + name) == at_end.at(name));
    CHECK(kept.at(name + ".adam.v") == at_end.at(name + ".adam.v"));
    CHECK(kept.at(name) != at_end.at(name));
  }

  cli::check_ok(here.run({"check", "--load", "net", "--samples", "2"}));

  // It does not go on by itself, but with more patience, and then with the bits of a run that had
  // it from the start.
  const std::string net = here.read("net");
  const std::string again = run({"--resume", "net", "--epochs", "90"});
  CHECK_THAT(again, Catch::Matchers::ContainsSubstring("nothing left to do: net stopped after " +
                                                       std::to_string(best + 3) + " epochs"));
  CHECK(here.read("net") == net);
  run(overfit + Arguments{"--early-stop", "5", "--epochs", "90", "--save", "patient"});
  const std::string on = run({"--resume", "net", "--epochs", "90", "--early-stop", "5"});
  CHECK(here.read("net") == here.read("patient"));
  CHECK_THAT(on, Catch::Matchers::ContainsSubstring(told));  // of an epoch before the resumption

  // Broken off before it stops, it goes on with equal bits.
  run(overfit + Arguments{"--early-stop", "5", "--epochs", "2", "--save", "half"});
  run({"--resume", "half", "--epochs", "90"});
  CHECK(here.read("half") == here.read("patient"));

  // Without patience it goes on from the latest weights, into another file: the best ones are kept.
  scratch::write(here.folder() / "net", net);
  const Arguments impatient{"--resume", "net", "--early-stop", "0"};
  const Arguments longer{"--epochs", std::to_string(best + 5)};
  const std::string lost = "--early-stop 0 would lose the weights of epoch " +
                           std::to_string(best) + ", the best so far, which net holds";
  here.refused(data() + impatient + longer, {lost, "give --save another file"});
  here.refused(data() + impatient + longer + Arguments{"--save", "./net"}, {lost});
  run(impatient + Arguments{"--epochs", "1"});  // nothing to do, nothing to lose
  run(impatient + longer + Arguments{"--save", "on"});
  CHECK(here.read("net") == net);
  run(overfit + longer + Arguments{"--save", "longer"});
  CHECK(here.read("on") == here.read("longer"));
}

TEST_CASE("A run that stopped early says all that it takes to go on", "[cli]") {
  const Here here;
  const cli::Result first = here.run(
      data() + overfit +
      Arguments{"--schedule", "cosine", "--early-stop", "3", "--epochs", "90", "--save", "net"});
  const long best = epoch_of(first.out, "stopped early: epoch ([0-9]+) had the least val loss");
  const std::string net = here.read("net");
  const Arguments resume = data() + Arguments{"--resume", "net"};
  const std::string stopped =
      fmt::format("net stopped after {} epochs, of which {} was the best", best + 3, best);
  const auto check_says = [&](const std::string& epochs, const std::string& words) {
    const cli::Result result = here.run(resume + Arguments{"--epochs", epochs});
    cli::check_ok(result);
    CHECK_THAT(result.out, Catch::Matchers::ContainsSubstring(
                               "nothing left to do: " + stopped +
                               ", so nothing is written; to go on, give --early-stop 4 or more" +
                               words + "\n"));
    CHECK(here.read("net") == net);
  };
  check_says("90", "");
  check_says("2", fmt::format(" and --epochs {} or more", best + 4));
  const std::string period =
      "--schedule cosine comes to a rate of 0 after 90 epochs: for 91 epochs, give --lr-period 91";
  const Arguments longer{"--epochs", "91"}, patient{"--early-stop", "4"};
  here.refused(resume + longer, {period + "; and --early-stop 4 or more, as " + stopped});
  const cli::Result other = here.run(resume + longer + patient);
  CHECK(other.err == "gradus: " + period + "\n");
  CHECK(here.read("net") == net);
  here.ok(resume + longer + patient + Arguments{"--lr-period", "91"});
  CHECK(here.read("net") != net);
}

TEST_CASE("A cosine that has come to its end needs a longer period", "[cli]") {
  const Here here;
  here.ok(start("2", {"--schedule", "cosine", "--save", "net"}));
  const cli::Result finished = here.run(data() + Arguments{"--resume", "net", "--epochs", "2"});
  CHECK_THAT(finished.out, Catch::Matchers::ContainsSubstring(
                               "give --epochs 3 or more and an --lr-period of as many\n"));
  here.ok(data() + Arguments{"--resume", "net", "--epochs", "3", "--lr-period", "3"});
}
