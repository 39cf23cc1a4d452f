/// Runs the `gradus` command as people do, and catches what it prints.
#pragma once

#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "io/scratch.hpp"

namespace cli {

using Arguments = std::vector<std::string>;

/// How a run ended.
struct Result {
  int status = 0;  ///< the exit status; 128 + the number of the signal that killed it, as in shells
  bool killed = false;  ///< by a signal
  std::string out, err;
};

/// What is around a run. Variables of the environment that change what gradus does are taken away.
struct Surroundings {
  std::filesystem::path folder = ".";
  std::map<std::string, std::string> environment = {};
  /// Where stdout and stderr go instead of to the result; "" closes them.
  std::optional<std::filesystem::path> out = {}, err = {};
  std::optional<std::size_t> largest_file = {};  ///< writing more into a file fails
  bool obeys_modes = false;                      ///< root, too, may not write what its mode forbids
};

/// A gradus that runs. It is killed if the test ends before it.
class Process {
 public:
  explicit Process(const Arguments& arguments, const Surroundings& around = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  void signal(int number) const;
  bool ended();
  Result wait();

 private:
  scratch::Directory folder_;  // of what it prints
  int id_ = -1;
  std::optional<int> status_;
};

inline Result run(const Arguments& arguments, const Surroundings& around = {}) {
  return Process(arguments, around).wait();
}

/// `arguments` and more of them.
Arguments operator+(Arguments arguments, const Arguments& more);

/// "train --lr '3'", for messages.
std::string shown(const Arguments& arguments);

/// Checks the exit status and that nothing is said on stderr.
void check_ok(const Result& result);

/// Checks that bad input was refused: exit status 2, and one clear line with these words on stderr.
void check_refused(const Result& result, std::initializer_list<std::string> words);

/// Compares with a file in golden/ byte for byte. GRADUS_UPDATE_GOLDENS=1 writes the file instead.
void check_golden(const std::string& name, const std::string& text);

}  // namespace cli
