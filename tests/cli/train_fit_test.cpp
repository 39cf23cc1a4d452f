// Options of a training run that cannot do what they are given for, with the images that there are.
#include "cli/training_run.hpp"

namespace {

using cli::Arguments;
using cli::data;
using cli::Here;
using cli::operator+;
using cli::start;

std::string said(const Here& here, const Arguments& arguments) {
  const cli::Result result = here.run(arguments);
  cli::check_ok(result);
  return result.out;
}

const std::string idle = "cannot stop a run of ";

}  // namespace

TEST_CASE("A warm-up that is longer than the run is refused", "[cli]") {
  const Here here;
  // 300 images in batches of 32: 10 steps an epoch.
  here.refused(
      start("2", {"--warmup", "21"}),
      {"--warmup is 21, but the run has only 20 steps, 10 in an epoch: give fewer steps of "
       "warm-up, or more --epochs"});
  here.ok(start("2", {"--warmup", "20", "--save", "net"}));
  // The run that it was begun with may be broken off in the warm-up, and gone on with.
  here.ok(start("3", {"--warmup", "30", "--save", "net"}));
  here.ok(data() + Arguments{"--resume", "net", "--epochs", "1"});
  here.refused(data() + Arguments{"--resume", "net", "--epochs", "4", "--warmup", "41"},
               {"--warmup is 41, but the run has only 40 steps"});
}

TEST_CASE("A part that holds out too few images is refused, with one that is enough", "[cli]") {
  const Here here;
  here.refused(
      start("1", {"--val", "0.001"}),
      {"--val 0.001 holds out 1 of the 300 training images, too few to measure a loss with: "
       "--val 0.033 holds out 10"});
  here.refused(start("1", {"--val", "0.03"}),
               {"--val 0.03 holds out 9 of the 300 training images"});
  CHECK_THAT(said(here, start("1", {"--val", "0.033"})),
             Catch::Matchers::ContainsSubstring(
                 "\n300 training images, 10 of them held out, and 100 test images from "));
  CHECK_THAT(said(here, start("1")),
             Catch::Matchers::ContainsSubstring("\n300 training and 100 test images from "));

  const scratch::Directory few;
  cli::write_digits(few.path(), 8, 8);
  here.refused({"train", "--data", few.path().string(), "--layers", "49,10", "--val", "0.5"},
               {"--val 0.5 holds out 4 of the 8 training images, too few to measure a loss with"});
  here.refused({"train", "--val", "10%"},
               {"--val is '10%': it must be a number from 0 to 0.9, 0.1 for a tenth"});
}

TEST_CASE("A batch of more images than there are is refused", "[cli]") {
  const Here here;
  here.refused(
      start("1", {"--batch", "301"}),
      {"--batch is 301, but there are 300 images to train on: --batch 300 takes all of them "
       "in each step"});
  here.ok(start("1", {"--batch", "300"}));
  here.refused(start("1", {"--batch", "300", "--val", "0.1"}),
               {"there are 270 images to train on: --batch 270"});
  here.ok(start("1", {"--batch", "270", "--val", "0.1"}));
}

TEST_CASE("An early stop that cannot come is told", "[cli]") {
  const Here here;
  const Arguments part{"--val", "0.1"};
  const auto run = [&](const std::string& epochs, const Arguments& more) {
    return said(here, start(epochs, part + more));
  };
  // The first epoch is the best one yet: of three, two without a better one are the end anyway.
  CHECK_THAT(run("3", {"--early-stop", "2", "--save", "net"}),
             Catch::Matchers::ContainsSubstring(
                 "\n--early-stop 2 cannot stop a run of 3 epochs before its end: it only keeps the "
                 "weights of the best one\n"));
  CHECK_THAT(run("1", {"--early-stop", "9"}),
             Catch::Matchers::ContainsSubstring("--early-stop 9 " + idle + "1 epoch before"));
  CHECK_THAT(run("4", {"--early-stop", "2"}), !Catch::Matchers::ContainsSubstring(idle));
  CHECK_THAT(run("1", {}), !Catch::Matchers::ContainsSubstring(idle));
  CHECK_THAT(run("1", {"--early-stop", "0"}), !Catch::Matchers::ContainsSubstring(idle));
  CHECK_THAT(said(here, data() + Arguments{"--resume", "net", "--epochs", "3"}),
             !Catch::Matchers::ContainsSubstring(idle));
  CHECK_THAT(run("1", {"--early-stop", "9", "--json"}), !Catch::Matchers::ContainsSubstring(idle));
}
