#include "gradus/io/whole_file.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus::io;
using scratch::check_says;
using scratch::error_of;
namespace fs = std::filesystem;

TEST_CASE("a file is written and replaced whole", "[io]") {
  const scratch::Directory dir;
  const fs::path path = dir / "file";
  write_whole_file(path, "first");
  CHECK(read_whole_file(path) == "first");
  const std::string large(3'000'000, 'x');
  write_whole_file(path, large);
  CHECK((read_whole_file(path) == large));
  write_whole_file(path, "");
  CHECK(read_whole_file(path).empty());
  CHECK(dir.entries() == 1);
}

TEST_CASE("a file without a directory in its path goes into the working directory", "[io]") {
  const scratch::Directory dir;
  const fs::path before = fs::current_path();
  fs::current_path(dir.path());
  write_whole_file("plain", "x");
  fs::current_path(before);
  CHECK(scratch::read(dir / "plain") == "x");
}

TEST_CASE("replacing keeps the mode of the old file, and a new one follows the umask", "[io]") {
  const scratch::Directory dir;
  scratch::write(dir / "old", "old");
  ::chmod((dir / "old").c_str(), 0640);
  write_whole_file(dir / "old", "new");
  struct stat status {};
  REQUIRE(::stat((dir / "old").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);

  const mode_t mask = ::umask(022);
  write_whole_file(dir / "new", "new");
  ::umask(mask);
  REQUIRE(::stat((dir / "new").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0644);
}

TEST_CASE("writing through a symbolic link replaces what it points to", "[io]") {
  const scratch::Directory dir;
  fs::create_directory(dir / "elsewhere");
  scratch::write(dir / "elsewhere/real", "old");
  fs::create_symlink("elsewhere/real", dir / "link");
  write_whole_file(dir / "link", "new");
  CHECK(fs::is_symlink(dir / "link"));
  CHECK(scratch::read(dir / "elsewhere/real") == "new");

  fs::create_symlink("elsewhere/later", dir / "early");
  write_whole_file(dir / "early", "made");
  CHECK(fs::is_symlink(dir / "early"));
  CHECK(scratch::read(dir / "elsewhere/later") == "made");
}

TEST_CASE("what cannot be a file is refused by name", "[io]") {
  const scratch::Directory dir;
  const auto refused = [&](const fs::path& path) {
    return error_of([&] { write_whole_file(path, "x"); });
  };
  fs::create_directory(dir / "folder");
  check_says(refused(dir / "folder"), {(dir / "folder").string(), "is a directory", "untouched"});
  check_says(refused(dir / "folder/"), {"is a directory"});
  check_says(refused(dir / "none/file"),
             {(dir / "none/file").string(), (dir / "none").string(), "No such file or directory"});
  scratch::write(dir / "plain", "x");
  check_says(refused(dir / "plain/file"), {(dir / "plain/file").string(), "Not a directory"});
  check_says(refused(""), {"names no file"});
  check_says(refused("/dev/null"), {"/dev/null", "not a regular file"});
  CHECK(fs::is_character_file("/dev/null"));
  fs::create_symlink("round", dir / "round");
  check_says(refused(dir / "round"), {"symbolic links"});
  check_says(refused("/proc/gradus-test"), {"/proc/gradus-test", "No such file or directory"});
  CHECK(dir.entries() == 3);
}

TEST_CASE("what cannot be read is refused by name", "[io]") {
  const scratch::Directory dir;
  const auto refused = [&](const fs::path& path) {
    return error_of([&] { read_whole_file(path); });
  };
  check_says(refused(dir / "none"), {(dir / "none").string(), "No such file or directory"});
  check_says(refused(dir.path()), {dir.path().string(), "directory"});
  check_says(refused("/dev/zero"), {"/dev/zero", "not a regular file"});
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  check_says(refused(dir / "pipe"), {"not a regular file"});  // and does not wait for a writer
  fs::create_symlink("round", dir / "round");
  check_says(refused(dir / "round"), {"symbolic links"});
  check_says(refused("/proc/self/mem"), {"/proc/self/mem", "Input/output error"});
}

TEST_CASE("a write that fails half-way leaves the old file and no temporary", "[io]") {
  const scratch::Directory dir;
  const fs::path path = dir / "file";
  write_whole_file(path, "old");
  // A limit on the size of files stops the write in the middle, for root too.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string message = error_of([&] { write_whole_file(path, std::string(100'000, 'x')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, old_handler);
  check_says(message, {path.string(), "File too large", "untouched"});
  CHECK(scratch::read(path) == "old");
  CHECK(dir.entries() == 1);
}

TEST_CASE("a full or read-only disk leaves the old file and no temporary", "[io]") {
  const scratch::Directory dir;
  if (::mount("none", dir.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
    WARN("skipped: only root can mount a small disk to fill");
    return;
  }
  const fs::path path = dir / "file";
  write_whole_file(path, "old");
  const std::string full = error_of([&] { write_whole_file(path, std::string(100'000, 'x')); });
  const std::string after_full = scratch::read(path);
  const std::ptrdiff_t left = dir.entries();
  const bool read_only =
      ::mount("none", dir.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "") == 0;
  const std::string locked = error_of([&] { write_whole_file(path, "new"); });
  const std::string after_locked = scratch::read(path);
  ::umount(dir.path().c_str());

  check_says(full, {path.string(), "No space left on device", "untouched"});
  CHECK(after_full == "old");
  CHECK(left == 1);
  if (read_only) check_says(locked, {path.string(), "Read-only file system"});
  CHECK(after_locked == (read_only ? "old" : "new"));
}

TEST_CASE("a writer that is killed leaves one of the two files, whole", "[io]") {
  const scratch::Directory dir;
  const fs::path path = dir / "file";
  const std::string a(200'000, 'a');
  const std::string b(300'000, 'b');
  write_whole_file(path, a);
  for (int round = 0; round < 10; ++round) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      while (true) {
        write_whole_file(path, b);
        write_whole_file(path, a);
      }
    }
    ::usleep(static_cast<useconds_t>(2000 + 1700 * round));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    const std::string found = scratch::read(path);
    CHECK((found == a || found == b));
  }
}
