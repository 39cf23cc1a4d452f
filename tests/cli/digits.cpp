#include "cli/digits.hpp"

#include "gradus/data/images.hpp"
#include "io/scratch.hpp"

namespace cli {
namespace {

using gradus::Index;
using gradus::data::Dataset;
using gradus::data::Part;

constexpr Index step = 4;

const Dataset& all(Part part) {
  static const auto load = [](Part which) {
    return gradus::data::load_images_and_labels(GRADUS_SOURCE_DIR "/tutorials/data/mnist", which);
  };
  static const Dataset training = load(Part::train);
  static const Dataset test = load(Part::test);
  return part == Part::train ? training : test;
}

void write_part(const std::filesystem::path& folder, const std::string& prefix, const Dataset& set,
                Index count) {
  std::string pixels, labels;
  for (Index i = 0; i < count; ++i) {
    const auto image = set.image(i);
    for (Index row = step / 2; row < set.rows; row += step) {
      for (Index col = step / 2; col < set.cols; col += step) {
        pixels += static_cast<char>(image[static_cast<std::size_t>(row * set.cols + col)]);
      }
    }
    labels += static_cast<char>(set.labels[static_cast<std::size_t>(i)]);
  }
  const auto n = static_cast<std::uint32_t>(count);
  scratch::write(folder / (prefix + "-images-idx3-ubyte"), idx({n, 7, 7}, pixels));
  scratch::write(folder / (prefix + "-labels-idx1-ubyte"), idx({n}, labels));
}

}  // namespace

std::string idx(std::initializer_list<std::uint32_t> extents, const std::string& elements) {
  std::string file{0, 0, 8, static_cast<char>(extents.size())};
  for (const std::uint32_t extent : extents) {
    for (const int shift : {24, 16, 8, 0}) file += static_cast<char>(extent >> shift);
  }
  return file + elements;
}

void write_digits(const std::filesystem::path& folder, Index training, Index test) {
  std::filesystem::create_directories(folder);
  write_part(folder, "train", all(Part::train), training);
  write_part(folder, "t10k", all(Part::test), test);
}

const std::filesystem::path& digits() {
  static const scratch::Directory folder;
  static const bool written = (write_digits(folder.path()), true);
  (void)written;
  return folder.path();
}

}  // namespace cli
