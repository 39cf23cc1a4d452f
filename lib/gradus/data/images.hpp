/// Sets of labelled images, as MNIST and Fashion-MNIST are published.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "gradus/base/shape.hpp"

namespace gradus::data {

/// Grey images, each with the number of its class.
struct Dataset {
  std::string name;  ///< for people: "mnist/train"
  Index count = 0;   ///< images
  Index rows = 0;    ///< pixels from top to bottom
  Index cols = 0;    ///< pixels from left to right
  Index classes = 0;
  std::vector<std::uint8_t> pixels;  ///< (count, rows, cols), row-major, 0 is the background
  std::vector<std::uint8_t> labels;  ///< (count,), each below `classes`

  /// The number of features of one image.
  Index width() const { return rows * cols; }
  /// The pixels of one image, row by row.
  std::span<const std::uint8_t> image(Index which) const {
    return std::span(pixels).subspan(static_cast<std::size_t>(which * width()),
                                     static_cast<std::size_t>(width()));
  }
};

enum class Part { train, test };

/// Loads the training or the test part of the set in `directory`: `train-images-idx3-ubyte` and
/// `train-labels-idx1-ubyte`, or `t10k-...`, each plain or with `.gz` (the plain one when there are
/// both). Throws InputError, one line that names the file, what was found, what was expected and
/// the likely fix: see read_idx, and also for images and labels that are missing, swapped, of
/// different counts, or none, and for a label that is not below `classes` (1 to 256).
Dataset load_images_and_labels(const std::filesystem::path& directory, Part part,
                               Index classes = 10);

}  // namespace gradus::data
