#include "gradus/data/images.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "gradus/base/error.hpp"
#include "gradus/data/idx.hpp"

namespace gradus::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* fetch = "Fetch the set with: tools/fetch-data.sh mnist DIR";

fs::path find(const fs::path& directory, const std::string& name) {
  for (const char* suffix : {"", ".gz"}) {
    const fs::path path = directory / (name + suffix);
    // Not exists(): a link that leads nowhere is found, and read_idx says what is wrong with it.
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(path, ignored))) return path;
  }
  throw InputError(
      fmt::format("{} has neither {} nor {}.gz. {}", directory.string(), name, name, fetch));
}

/// Reads a file of `rank`, which holds `what`; `other` is what the other rank would be.
IdxBytes read(const fs::path& path, int rank, const char* what, const char* other) {
  IdxBytes idx = read_idx(path);
  const int found = idx.shape.rank();
  if (found == rank) return idx;
  const bool swapped = found == 4 - rank;  // images are of rank 3, labels of rank 1
  throw InputError(fmt::format(
      "{} holds {} (magic number {}, extents {}) where {} are expected (magic number {}). {}",
      path.string(), swapped ? other : "something else", 0x800 + found, to_string(idx.shape), what,
      0x800 + rank, swapped ? "Are the two files swapped?" : fetch));
}

}  // namespace

Dataset load_images_and_labels(const fs::path& directory, Part part, Index classes) {
  if (classes < 1 || classes > 256) {
    throw InputError(fmt::format("{} classes are asked for; labels are bytes: 1 to 256", classes));
  }
  std::error_code ignored;
  if (!fs::exists(directory, ignored)) {
    throw InputError(fmt::format("there is no directory {}. {}", directory.string(), fetch));
  }
  if (!fs::is_directory(directory, ignored)) {
    throw InputError(
        fmt::format("{} is not a directory; the directory that holds the set's files "
                    "is needed",
                    directory.string()));
  }
  const std::string prefix = part == Part::train ? "train" : "t10k";
  const fs::path images_path = find(directory, prefix + "-images-idx3-ubyte");
  const fs::path labels_path = find(directory, prefix + "-labels-idx1-ubyte");
  IdxBytes images = read(images_path, 3, "images", "labels");
  IdxBytes labels = read(labels_path, 1, "labels", "images");

  if (images.shape.elements() == 0) {
    throw InputError(fmt::format("{} holds no pixels: its images are {}", images_path.string(),
                                 to_string(images.shape)));
  }
  if (images.shape[0] != labels.shape[0]) {
    throw InputError(
        fmt::format("{} holds {} images, but {} holds {} labels. Are they of the same "
                    "set?",
                    images_path.string(), images.shape[0], labels_path.string(), labels.shape[0]));
  }
  const auto outside = std::find_if(labels.bytes.begin(), labels.bytes.end(),
                                    [&](std::uint8_t label) { return label >= classes; });
  if (outside != labels.bytes.end()) {
    throw InputError(fmt::format(
        "{} has the label {} at position {}, but the {} classes are 0 to {}", labels_path.string(),
        *outside, outside - labels.bytes.begin(), classes, classes - 1));
  }
  const fs::path whole = fs::absolute(directory, ignored).lexically_normal();
  const fs::path last = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
  return {.name = last.string() + (part == Part::train ? "/train" : "/test"),
          .count = images.shape[0],
          .rows = images.shape[1],
          .cols = images.shape[2],
          .classes = classes,
          .pixels = std::move(images.bytes),
          .labels = std::move(labels.bytes)};
}

}  // namespace gradus::data
