/// Small sets of images, on which the command trains within milliseconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>

#include "gradus/base/shape.hpp"

namespace cli {

/// An IDX file of unsigned bytes: its header, and these elements.
std::string idx(std::initializer_list<std::uint32_t> extents, const std::string& elements);

/// Fills a folder with a set of 7 x 7 images: every fourth pixel of the digits that come with
/// Gradus.
void write_digits(const std::filesystem::path& folder, gradus::Index training = 300,
                  gradus::Index test = 100);

/// A folder with 300 training and 100 test images, there until the tests end.
const std::filesystem::path& digits();

}  // namespace cli
