#include "render.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

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

std::string render(std::string_view dot_text, std::string_view format) {
  const TemporaryFile input = temporary_file();
  const TemporaryFile output = temporary_file();
  if (std::fwrite(dot_text.data(), 1, dot_text.size(), input.get()) != dot_text.size() ||
      std::fflush(input.get()) != 0) {
    throw InputError(fmt::format("a temporary file cannot be written: {}", std::strerror(errno)));
  }
  std::rewind(input.get());

  std::string program = "dot";
  std::string option = fmt::format("-T{}", format);
  char* arguments[] = {program.data(), option.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(input.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(output.get()), STDOUT_FILENO);
  pid_t child = 0;
  const int error = posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw InputError(
        fmt::format("Graphviz' dot cannot be run ({}); install graphviz, or write a .dot file, "
                    "which needs none",
                    std::strerror(error)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  // Where the parent has not the C library's error for a missing program, the child ends with 127.
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw InputError(WIFEXITED(status) && WEXITSTATUS(status) == 127
                         ? "Graphviz' dot is not installed; a .dot file needs none"
                         : "Graphviz' dot failed on this graph; a .dot file needs none");
  }
  std::string picture;
  char block[1 << 16];
  std::rewind(output.get());
  for (std::size_t n = 0; (n = std::fread(block, 1, sizeof block, output.get())) > 0;) {
    picture.append(block, n);
  }
  return picture;
}

}  // namespace gradus::tools
