#include "gradus/data/images.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::data;
using scratch::check_says;
using scratch::error_of;
namespace fs = std::filesystem;
using namespace std::string_literals;

namespace {

const fs::path digits = fs::path(GRADUS_SOURCE_DIR) / "tutorials/data/mnist";

const std::string three_images = "\0\0\10\3\0\0\0\3\0\0\0\1\0\0\0\2abcdef"s;
const std::string three_labels = "\0\0\10\1\0\0\0\3\0\11\1"s;

/// A set of three images of 1 x 2 pixels, to be broken.
struct Set {
  Set() {
    scratch::write(images, three_images);
    scratch::write(labels, three_labels);
  }
  std::string refusal(Index classes = 10) const {
    return error_of([&] { load_images_and_labels(dir.path(), Part::train, classes); });
  }
  scratch::Directory dir;
  fs::path images = dir / "train-images-idx3-ubyte";
  fs::path labels = dir / "train-labels-idx1-ubyte";
};

}  // namespace

TEST_CASE("the digits that come with the tutorials load", "[data]") {
  const Dataset train = load_images_and_labels(digits, Part::train);
  const Dataset test = load_images_and_labels(digits, Part::test);
  CHECK(train.name == "mnist/train");
  CHECK(test.name == "mnist/test");
  CHECK(train.count == 10'000);
  CHECK(test.count == 2'000);
  CHECK(test.rows == 28);
  CHECK(test.cols == 28);
  CHECK(test.classes == 10);
  CHECK(train.labels.size() == 10'000);
  CHECK(train.pixels.size() == 7'840'000);
  // MNIST begins, as everybody has seen, with 5 0 4 1 9 and 7 2 1 0 4.
  CHECK(std::vector<int>(train.labels.begin(), train.labels.begin() + 5) ==
        std::vector<int>{5, 0, 4, 1, 9});
  CHECK(std::vector<int>(test.labels.begin(), test.labels.begin() + 5) ==
        std::vector<int>{7, 2, 1, 0, 4});
  // The first 1 is a stroke: less ink than the first 0.
  const auto ink = [](std::span<const std::uint8_t> image) {
    return std::accumulate(image.begin(), image.end(), 0);
  };
  CHECK(ink(train.image(3)) < ink(train.image(1)));
}

TEST_CASE("plain files load too, and a path may end in a slash", "[data]") {
  const Set set;
  const Dataset data = load_images_and_labels(set.dir.path() / "", Part::train);
  CHECK(data.name == set.dir.path().filename().string() + "/train");
  CHECK(data.count == 3);
  CHECK(data.rows == 1);
  CHECK(data.cols == 2);
  CHECK(data.width() == 2);
  CHECK(data.image(2)[1] == 'f');
  CHECK(data.labels == std::vector<std::uint8_t>{0, 9, 1});
}

TEST_CASE("a set that is not there tells how to fetch it", "[data]") {
  const Set set;
  check_says(error_of([&] { load_images_and_labels(set.dir / "none", Part::train); }),
             {"no directory " + (set.dir / "none").string(), "tools/fetch-data.sh mnist"});
  check_says(error_of([&] { load_images_and_labels(set.images, Part::train); }),
             {set.images.string(), "is not a directory"});
  check_says(error_of([&] { load_images_and_labels(set.dir.path(), Part::test); }),
             {set.dir.path().string(), "t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz",
              "tools/fetch-data.sh mnist"});
  fs::remove(set.labels);
  check_says(set.refusal(), {"train-labels-idx1-ubyte", "tools/fetch-data.sh mnist"});
}

TEST_CASE("files that are not what their names say are refused", "[data]") {
  const Set set;
  SECTION("labels where images are expected") {
    scratch::write(set.images, three_labels);
    check_says(set.refusal(), {set.images.string(), "labels (magic number 2049", "images are",
                               "magic number 2051", "swapped?"});
  }
  SECTION("images where labels are expected") {
    scratch::write(set.labels, three_images);
    check_says(set.refusal(), {set.labels.string(), "images (magic number 2051", "labels are",
                               "magic number 2049", "swapped?"});
  }
  SECTION("another rank") {
    scratch::write(set.images, "\0\0\10\2\0\0\0\1\0\0\0\1a"s);
    check_says(set.refusal(), {set.images.string(), "magic number 2050", "(1, 1)", "2051"});
  }
  SECTION("a directory") {
    fs::remove(set.labels);
    fs::create_directory(set.labels);
    check_says(set.refusal(), {set.labels.string(), "is a directory"});
  }
  SECTION("a link that leads nowhere") {
    fs::remove(set.labels);
    fs::create_symlink("nowhere", set.labels);
    check_says(set.refusal(), {set.labels.string(), "No such file or directory"});
  }
  SECTION("a file that cannot be read") {
    fs::remove(set.labels);
    fs::create_symlink("/proc/self/mem", set.labels);
    check_says(set.refusal(), {set.labels.string(), "cannot be read"});
  }
  SECTION("a damaged file") {
    scratch::write(set.images, three_images.substr(0, 20));
    check_says(set.refusal(), {set.images.string(), "cut short", "2 of the 6"});
  }
}

TEST_CASE("images and labels that do not belong together are refused", "[data]") {
  const Set set;
  SECTION("different counts") {
    scratch::write(set.labels, "\0\0\10\1\0\0\0\2\0\11"s);
    check_says(set.refusal(), {set.images.string(), "3 images", set.labels.string(), "2 labels"});
  }
  SECTION("a label outside the classes") {
    CHECK(set.refusal(10).empty());
    check_says(set.refusal(9), {set.labels.string(), "label 9 at position 1", "0 to 8"});
    check_says(set.refusal(0), {"0 classes", "1 to 256"});
    check_says(set.refusal(257), {"257 classes", "1 to 256"});
  }
  SECTION("no images") {
    scratch::write(set.images, "\0\0\10\3\0\0\0\0\0\0\0\1\0\0\0\2"s);
    scratch::write(set.labels, "\0\0\10\1\0\0\0\0"s);
    check_says(set.refusal(), {set.images.string(), "no pixels", "(0, 1, 2)"});
  }
  SECTION("images without pixels") {
    scratch::write(set.images, "\0\0\10\3\0\0\0\3\0\0\0\0\0\0\0\2"s);
    check_says(set.refusal(), {set.images.string(), "no pixels", "(3, 0, 2)"});
  }
}
