#include "dataset.hpp"

#include <fmt/core.h>

#include <array>
#include <cstdlib>

#include "gradus/base/join.hpp"
#include "gradus/base/named.hpp"

namespace gradus::tools {
namespace {

constexpr std::array<std::string_view, 2> dataset_names{"mnist", "fashion-mnist"};

/// The folder that this command stands in; empty where the system does not tell.
std::filesystem::path command_folder() {
  std::error_code none;
  return std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
}

bool has_images(const std::filesystem::path& folder) {
  std::error_code none;
  return std::filesystem::exists(folder / "train-images-idx3-ubyte", none) ||
         std::filesystem::exists(folder / "train-images-idx3-ubyte.gz", none);
}

}  // namespace

void add_dataset_options(OptionList& list) {
  list.add("data", {"DIR"},
           "folder of the images, or of a folder named as the set; default: GRADUS_DATA "
           "from the environment, else 10,000 digits that come with gradus");
  list.add("dataset", {"NAME", "mnist"}, "mnist or fashion-mnist");
}

std::filesystem::path find_dataset(const Options& options) {
  const std::string name = options.need("dataset");
  find_word("dataset", name, dataset_names);
  std::vector<std::filesystem::path> places;
  const char* environment = std::getenv("GRADUS_DATA");
  if (options.given("data")) {
    // The caller says where: nothing else is tried, and the reader says what is missing there.
    const std::filesystem::path folder = options.need("data");
    return has_images(folder / name) ? folder / name : folder;
  }
  if (environment && *environment) {
    places = {std::filesystem::path(environment) / name, environment};
  } else {
    places = {(command_folder() / GRADUS_DATA_FROM_COMMAND / name).lexically_normal(),
              std::filesystem::path(GRADUS_SOURCE_DATA) / name};
  }
  for (const auto& place : places) {
    if (has_images(place)) return place;
  }
  std::vector<std::string> tried;
  for (const auto& place : places) tried.push_back(place.string());
  throw InputError(
      fmt::format("no images of {} in {}; tools/fetch-data.sh {} DIR gets the whole set, and "
                  "--data DIR names it",
                  name, join(tried, " or "), name));
}

}  // namespace gradus::tools
