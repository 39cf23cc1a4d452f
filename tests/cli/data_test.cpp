// Images that cannot be trained on: missing, cut short, damaged, or of different sets.
#include <zlib.h>

#include <functional>

#include "cli/digits.hpp"
#include "cli/run.hpp"

namespace {

using cli::Arguments;
using cli::operator+;

/// Trains on this folder; what must not happen is that a checkpoint or a log is written.
cli::Result train_on(const std::filesystem::path& data) {
  const scratch::Directory folder;
  const Arguments arguments{"train",  "--data", data.string(), "--layers", "49,10",
                            "--save", "net",    "--log",       "log"};
  const cli::Result result = cli::run(arguments, {.folder = folder.path()});
  CHECK(folder.entries() == 0);
  CHECK(result.out == "");
  return result;
}

constexpr const char* images = "train-images-idx3-ubyte";
constexpr const char* labels = "train-labels-idx1-ubyte";

std::string gzipped(const std::string& bytes) {
  const scratch::Directory folder;
  const gzFile file = gzopen((folder / "file.gz").c_str(), "wb");
  CHECK(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) > 0);
  CHECK(gzclose(file) == Z_OK);
  return scratch::read(folder / "file.gz");
}

/// A small set of which one file is changed.
void check_file(const std::string& name, const std::function<std::string(std::string)>& change,
                std::initializer_list<std::string> words) {
  const scratch::Directory data;
  cli::write_digits(data.path(), 20, 10);
  scratch::write(data / name, change(scratch::read(data / name)));
  INFO(name);
  const cli::Result result = train_on(data.path());
  cli::check_refused(result, words);
  CHECK_THAT(result.err, Catch::Matchers::ContainsSubstring((data / name).string()));
}

std::function<std::string(std::string)> to(const std::string& bytes) {
  return [=](const std::string&) { return bytes; };
}

}  // namespace

TEST_CASE("A folder without the images is refused, and says where they are from", "[cli]") {
  const scratch::Directory folder;
  cli::check_refused(train_on(folder / "none"), {"there is no directory", "tools/fetch-data.sh"});
  cli::check_refused(train_on(folder.path()), {"has neither train-images-idx3-ubyte nor", ".gz"});
  scratch::write(folder / "file", "");
  cli::check_refused(train_on(folder / "file"), {"is not a directory"});

  const auto without = [](const std::string& name) {
    const scratch::Directory data;
    cli::write_digits(data.path(), 20, 10);
    std::filesystem::remove(data / name);
    return train_on(data.path());
  };
  cli::check_refused(without(labels), {"has neither train-labels-idx1-ubyte nor"});
  cli::check_refused(without("t10k-images-idx3-ubyte"), {"has neither t10k-images-idx3-ubyte nor"});

  const cli::Surroundings around{.environment = {{"GRADUS_DATA", (folder / "none").string()}}};
  cli::check_refused(cli::run({"train"}, around),
                     {"no images of mnist in", "none/mnist or", "--data DIR names it"});
}

TEST_CASE("The folder may be that of the set, hold it by its name, or be in GRADUS_DATA", "[cli]") {
  const scratch::Directory folder;
  cli::write_digits(folder / "fashion-mnist", 20, 10);
  const Arguments train{"train",    "--dataset", "fashion-mnist", "--layers", "49,10",
                        "--epochs", "1"};
  for (const std::string& data : {folder.path().string(), (folder / "fashion-mnist").string()}) {
    const cli::Result option = cli::run(train + Arguments{"--data", data});
    cli::check_ok(option);
    CHECK_THAT(option.out, Catch::Matchers::ContainsSubstring("20 training and 10 test images"));
    const cli::Result variable = cli::run(train, {.environment = {{"GRADUS_DATA", data}}});
    cli::check_ok(variable);
  }
}

TEST_CASE("A damaged file of images or labels is refused and named", "[cli]") {
  const std::string header = cli::idx({20, 7, 7}, "");
  check_file(images, to(""), {"is empty"});
  check_file(images, to("\0\0"), {"is"});
  check_file(images, to("<html>not found</html>"), {"is not an IDX file", "web page"});
  check_file(images, to(header), {"is cut short: 980 of the 980 bytes"});
  check_file(images, to(header.substr(0, 9)), {"is cut short"});
  check_file(images, [](std::string s) { return s.substr(0, s.size() - 1); }, {"1 of the 980"});
  check_file(images, [](std::string s) { return s + "x"; }, {"has bytes left over"});
  check_file(images, to(cli::idx({1u << 31, 7, 7}, "")), {"is cut short"});
  check_file(images, to(cli::idx({~0u, ~0u, ~0u}, "")), {"impossible extents"});
  check_file(images, to(cli::idx({0, 7, 7}, "")), {"holds no pixels"});
  check_file(images, to(cli::idx({20}, std::string(20, '\1'))), {"holds labels", "swapped?"});
  check_file(labels, to(cli::idx({20, 7, 7}, std::string(980, '\1'))), {"holds images"});
  check_file(labels, to(cli::idx({19}, std::string(19, '\1'))), {"20 images", "19 labels"});
  check_file(labels, to(cli::idx({20}, std::string(20, '\12'))), {"label 10", "0 to 9"});
  check_file("t10k-labels-idx1-ubyte", to(cli::idx({10}, std::string(10, '\xff'))), {"label 255"});
  check_file("t10k-images-idx3-ubyte", to(cli::idx({9, 7, 7}, std::string(441, '\1'))),
             {"9 images", "10 labels"});
}

TEST_CASE("Test images of another size than the training images are refused", "[cli]") {
  const scratch::Directory data;
  cli::write_digits(data.path(), 20, 10);
  scratch::write(data / "t10k-images-idx3-ubyte", cli::idx({10, 6, 6}, std::string(360, '\1')));
  const cli::Result result = train_on(data.path());
  CHECK(result.status == 2);
  scratch::check_says(result.err.substr(0, result.err.size() - 1), {"6 x 6 = 36 pixels"});
}

TEST_CASE("A damaged bit of a gzipped file is found, wherever it is", "[cli]") {
  const scratch::Directory data;
  cli::write_digits(data.path(), 20, 10);
  const std::filesystem::path path = data / images;
  const std::string whole = gzipped(scratch::read(path));
  std::filesystem::remove(path);
  const std::filesystem::path packed = data / (std::string(images) + ".gz");
  scratch::write(packed, whole);
  const Arguments train{"train", "--data", data.path().string(), "--layers", "49,10"};
  const cli::Result right = cli::run(train);
  cli::check_ok(right);
  // The header's time, flags and system mean nothing for the contents.
  for (std::size_t at = 10; at < whole.size(); at += 31) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    scratch::write(packed, damaged);
    INFO("byte " << at);
    cli::check_refused(cli::run(train), {packed.string()});
    scratch::write(packed, whole.substr(0, at));
    cli::check_refused(cli::run(train), {packed.string() + " is "});
  }
}
