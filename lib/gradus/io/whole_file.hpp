/// Files that are read, and replaced, whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gradus::io {

/// The bytes of a regular file. Throws InputError that names the path and the system's reason.
std::string read_whole_file(const std::filesystem::path& path);

/// Replaces `path` by a file of these bytes, or leaves what was there untouched: they go to a
/// temporary file in the same directory, are flushed to the disk, and the file is renamed into
/// place, so that a crash at any moment leaves the old file or the new one. A symbolic link is
/// followed, and the mode of an old file is kept. Throws InputError that names the path and the
/// system's reason; the temporary file is then gone. Only a process that is killed in between
/// leaves one behind (`.gradus-*.tmp`).
void write_whole_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace gradus::io
