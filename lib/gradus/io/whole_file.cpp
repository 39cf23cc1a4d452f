#include "gradus/io/whole_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "gradus/base/error.hpp"

namespace gradus::io {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void refuse_to_write(const fs::path& path, const std::string& why) {
  throw InputError(
      fmt::format("cannot write {}: {}. What was there before is untouched", path.string(), why));
}

/// An open file that is closed, and if it has a name to be removed, removed.
struct File {
  int descriptor = -1;
  fs::path remove;

  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
    if (!remove.empty()) ::unlink(remove.c_str());
  }
};

/// Creates a new file in `directory`, with the mode that the user's umask asks for (mkstemp would
/// make it unreadable to the group). Leaves errno and descriptor -1 if it cannot.
void create_temporary(const fs::path& directory, File& file) {
  static std::atomic<unsigned> count{0};
  // Names that are taken were left by a process that was killed and had the same id.
  for (int attempts = 0; attempts < 1000; ++attempts) {
    const fs::path name = directory / fmt::format(".gradus-{}-{}.tmp", ::getpid(), count++);
    file.descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file.descriptor >= 0) file.remove = name;
    if (file.descriptor >= 0 || errno != EEXIST) return;
  }
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Makes a rename survive a power cut. Some file systems cannot do it for a directory; then there
/// is no more to be done, and the file is in its place all the same.
void flush_directory(const fs::path& directory) {
  File file;
  file.descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file.descriptor >= 0) ::fsync(file.descriptor);
}

}  // namespace

std::string read_whole_file(const fs::path& path) {
  const auto refuse = [&](const std::string& why) {
    throw InputError(fmt::format("cannot read {}: {}", path.string(), why));
  };
  File file;
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  file.descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.descriptor < 0) refuse(reason(errno));
  struct stat status {};
  if (::fstat(file.descriptor, &status) != 0) refuse(reason(errno));
  if (S_ISDIR(status.st_mode)) refuse("it is a directory, not a file");
  if (!S_ISREG(status.st_mode)) refuse("it is not a regular file");

  std::string bytes;
  while (true) {
    constexpr std::size_t chunk = std::size_t{1} << 20;
    const std::size_t size = bytes.size();
    bytes.resize(size + chunk);
    const ssize_t count = ::read(file.descriptor, bytes.data() + size, chunk);
    const int error = errno;
    bytes.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && error != EINTR) refuse(reason(error));
    if (count == 0) return bytes;
  }
}

void write_whole_file(const fs::path& path, std::string_view bytes) {
  std::error_code error;
  fs::path target = fs::canonical(path, error);
  if (error) {
    target = path;  // it is not there yet; but a link to it may be
    for (int links = 0; fs::is_symlink(fs::symlink_status(target, error)); ++links) {
      if (links == 40) refuse_to_write(path, reason(ELOOP));
      target = target.parent_path() / fs::read_symlink(target, error);
    }
  }

  struct stat old {};
  const bool replaces = ::stat(target.c_str(), &old) == 0;
  if (replaces && S_ISDIR(old.st_mode)) refuse_to_write(path, "it is a directory");
  // Renaming over /dev/null would replace the device.
  if (replaces && !S_ISREG(old.st_mode)) refuse_to_write(path, "it is not a regular file");
  if (!target.has_filename()) refuse_to_write(path, "it names no file");

  const fs::path directory = target.has_parent_path() ? target.parent_path() : fs::path(".");
  File file;
  create_temporary(directory, file);
  if (file.descriptor < 0) {
    const int why = errno;
    refuse_to_write(path, fmt::format("no file can be made in the directory {}: {}",
                                      directory.string(), reason(why)));
  }
  if (replaces && ::fchmod(file.descriptor, old.st_mode & 07777) != 0) {
    refuse_to_write(path, reason(errno));
  }
  if (!write_all(file.descriptor, bytes)) refuse_to_write(path, reason(errno));
  if (::fsync(file.descriptor) != 0) refuse_to_write(path, reason(errno));
  // A full disk may show only here on a network file system.
  const int closed = ::close(std::exchange(file.descriptor, -1));
  if (closed != 0) refuse_to_write(path, reason(errno));
  if (::rename(file.remove.c_str(), target.c_str()) != 0) refuse_to_write(path, reason(errno));
  file.remove.clear();
  flush_directory(directory);
}

}  // namespace gradus::io
