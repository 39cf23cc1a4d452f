#include "render.hpp"

#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "gradus/base/error.hpp"

extern char** environ;

namespace gradus::tools {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
/// A file without a name, which goes when it is closed: nothing is left behind, whatever happens.
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

TemporaryFile temporary_file() {
  TemporaryFile file(std::tmpfile());
  if (!file)
    throw InputError(fmt::format("no temporary file can be made: {}", std::strerror(errno)));
  return file;
}

}  // namespace

std::string filter(std::vector<std::string> command, std::string_view text, std::string_view name,
                   std::string_view instead) {
  const TemporaryFile input = temporary_file();
  const TemporaryFile output = temporary_file();
  if (std::fwrite(text.data(), 1, text.size(), input.get()) != text.size() ||
      std::fflush(input.get()) != 0) {
    throw InputError(fmt::format("a temporary file cannot be written: {}", std::strerror(errno)));
  }
  std::rewind(input.get());

  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(input.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(output.get()), STDOUT_FILENO);
  pid_t child = 0;
  const int error =
      posix_spawnp(&child, command[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw InputError(fmt::format("{} cannot be run ({}); install it, or write {}, which needs none",
                                 name, std::strerror(error), instead));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  // Where the parent has not the C library's error for a missing program, the child ends with 127.
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw InputError(fmt::format(
        "{} {}; {} needs none", name,
        WIFEXITED(status) && WEXITSTATUS(status) == 127 ? "is not installed" : "failed", instead));
  }
  std::string picture;
  char block[1 << 16];
  std::rewind(output.get());
  for (std::size_t n = 0; (n = std::fread(block, 1, sizeof block, output.get())) > 0;) {
    picture.append(block, n);
  }
  return picture;
}

std::string render(std::string_view dot_text, std::string_view format, std::string_view instead) {
  return filter({"dot", fmt::format("-T{}", format)}, dot_text, "Graphviz' dot", instead);
}

std::optional<std::string> plain_layout(std::string_view dot_text) {
  try {
    return render(dot_text, "plain");
  } catch (const InputError&) {
    fmt::print(stderr,
               "gradus: Graphviz' dot is not there, or cannot lay this out: a simpler layout is "
               "taken\n");
    return std::nullopt;
  }
}

}  // namespace gradus::tools
