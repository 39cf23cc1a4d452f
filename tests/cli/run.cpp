#include "cli/run.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>

namespace cli {
namespace {

/// In the child, between fork and exec: opens `path` as the stream, or closes it.
void redirect(int stream, const char* path) {
  if (*path == '\0') {
    ::close(stream);
    return;
  }
  const int file = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY, 0600);
  if (file < 0 || ::dup2(file, stream) < 0) ::_exit(126);
  ::close(file);
}

}  // namespace

Process::Process(const Arguments& arguments, const Surroundings& around) {
  // All memory is taken before the fork, as the child of a program with threads may take none.
  std::vector<std::string> words{GRADUS_TOOL};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  std::map<std::string, std::string> environment{{"OMP_NUM_THREADS", "1"}, {"LC_ALL", "C"}};
  for (const char* name : {"PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* text = std::getenv(name)) environment[name] = text;
  }
  for (const auto& [name, text] : around.environment) environment[name] = text;
  std::vector<std::string> variables;
  for (const auto& [name, text] : environment) variables.push_back(name + "=" + text);
  std::vector<char*> envp;
  for (std::string& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  const std::string out = around.out.value_or(folder_ / "out").string();
  const std::string err = around.err.value_or(folder_ / "err").string();
  id_ = ::fork();
  REQUIRE(id_ >= 0);
  if (id_ == 0) {
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (::dup2(nothing, STDIN_FILENO) < 0) ::_exit(126);
    redirect(STDOUT_FILENO, out.c_str());
    redirect(STDERR_FILENO, err.c_str());
    if (::chdir(around.folder.c_str()) != 0) ::_exit(126);
    if (around.largest_file) {
      const rlimit limit{*around.largest_file, *around.largest_file};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      ::signal(SIGXFSZ, SIG_IGN);  // so that the write fails, as on a full disk
    }
    if (around.obeys_modes && ::geteuid() == 0 &&
        (::prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) != 0 ||
         ::prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH) != 0)) {
      ::_exit(125);
    }
    ::execve(GRADUS_TOOL, argv.data(), envp.data());
    ::_exit(127);
  }
}

Process::~Process() {
  if (status_) return;
  signal(SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

void Process::signal(int number) const {
  if (!status_) ::kill(id_, number);
}

bool Process::ended() {
  int status = 0;
  if (!status_ && ::waitpid(id_, &status, WNOHANG) == id_) status_ = status;
  return status_.has_value();
}

Result Process::wait() {
  int status = 0;
  if (!status_ && ::waitpid(id_, &status, 0) == id_) status_ = status;
  Result result;
  result.killed = WIFSIGNALED(*status_);
  result.status = result.killed ? 128 + WTERMSIG(*status_) : WEXITSTATUS(*status_);
  result.out = scratch::read(folder_ / "out");
  result.err = scratch::read(folder_ / "err");
  return result;
}

Arguments operator+(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string shown(const Arguments& arguments) {
  std::string text = "gradus";
  for (const std::string& argument : arguments) text += " '" + argument + "'";
  return text;
}

void check_ok(const Result& result) {
  CHECK(result.status == 0);
  CHECK(result.err == "");
}

void check_refused(const Result& result, std::initializer_list<std::string> words) {
  INFO(result.err);
  CHECK(result.status == 2);
  CHECK(!result.killed);
  CHECK(result.err.rfind("gradus: ", 0) == 0);
  REQUIRE(!result.err.empty());
  CHECK(result.err.back() == '\n');
  scratch::check_says(result.err.substr(0, result.err.size() - 1), words);
  for (const char c : result.err.substr(0, result.err.size() - 1)) {
    if (std::iscntrl(static_cast<unsigned char>(c))) FAIL("a control character is printed");
  }
}

void check_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path =
      std::filesystem::path(GRADUS_SOURCE_DIR) / "tests/cli/golden" / name;
  if (const char* update = std::getenv("GRADUS_UPDATE_GOLDENS"); update && *update == '1') {
    scratch::write(path, text);
  }
  INFO("GRADUS_UPDATE_GOLDENS=1 writes " << path << " anew");
  CHECK(scratch::read(path) == text);
}

}  // namespace cli
