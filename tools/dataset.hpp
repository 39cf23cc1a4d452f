/// Finding the images to train on.
#pragma once

#include "gradus/data/images.hpp"
#include "options.hpp"

namespace gradus::tools {

/// Adds --data and --dataset.
void add_dataset_options(OptionList& list);
/// The folder with the four files of the set: DIR itself or DIR/<dataset>, where DIR is --data,
/// else GRADUS_DATA, else where the digits that come with gradus are. Throws InputError that says
/// where it looked.
std::filesystem::path find_dataset(const Options& options);

}  // namespace gradus::tools
