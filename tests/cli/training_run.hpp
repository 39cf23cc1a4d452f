/// Runs of `gradus train` on small digits, in a folder of their own.
#pragma once

#include "cli/digits.hpp"
#include "cli/run.hpp"

namespace cli {

/// Runs in a folder of its own, so that files have short names.
class Here {
 public:
  Result run(const Arguments& arguments) const {
    INFO(shown(arguments));
    return cli::run(arguments, {.folder = folder_.path()});
  }
  void ok(const Arguments& arguments) const { check_ok(run(arguments)); }
  void refused(const Arguments& arguments, std::initializer_list<std::string> words) const {
    INFO(shown(arguments));
    const std::ptrdiff_t entries = folder_.entries();
    check_refused(run(arguments), words);
    CHECK(folder_.entries() == entries);
  }
  std::string read(const std::string& name) const { return scratch::read(folder_ / name); }
  const scratch::Directory& folder() const { return folder_; }

 private:
  scratch::Directory folder_;
};

/// gradus train on these digits.
inline const Arguments& data() {
  static const Arguments arguments{"train", "--data", digits().string()};
  return arguments;
}

/// A new run of a small network.
inline Arguments start(const std::string& epochs, const Arguments& more = {}) {
  return data() + Arguments{"--layers", "49,8,10", "--epochs", epochs} + more;
}

}  // namespace cli
