#include "gradus/data/idx.hpp"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "gradus/base/error.hpp"
#include "gradus/base/join.hpp"

namespace gradus::data {
namespace {

namespace fs = std::filesystem;

/// The bytes of a file, plain or gunzipped.
class ByteSource {
 public:
  explicit ByteSource(const fs::path& path) : path_(path) {
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored);
    if (fs::is_directory(status)) fail("is a directory, not an IDX file");
    if (fs::exists(status) && !fs::is_regular_file(status)) fail("is not a regular file");
    errno = 0;
    file_ = gzopen(path.c_str(), "rb");
    if (file_ == nullptr) fail("cannot be opened: " + std::generic_category().message(errno));
  }
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  ~ByteSource() { gzclose(file_); }

  /// Reads as many bytes as fit into `to`, or as there are, and says how many.
  std::size_t read(std::span<std::uint8_t> to) {
    const int count = gzread(file_, to.data(), static_cast<unsigned>(to.size()));
    int error = Z_OK;
    const char* reason = gzerror(file_, &error);
    // A stream that is cut short gives what there is; what is missing is told by the caller.
    cut_short_ = error == Z_BUF_ERROR;
    if (error == Z_ERRNO) fail("cannot be read: " + std::generic_category().message(errno));
    if (count < 0) {
      fail(fmt::format("is damaged: its gzip stream does not check ({}). Fetch it again", reason));
    }
    return static_cast<std::size_t>(count);
  }

  bool cut_short() const { return cut_short_; }

  [[noreturn]] void fail(std::string_view what) const {
    throw InputError(fmt::format("{} {}", path_.string(), what));
  }

 private:
  fs::path path_;
  gzFile file_ = nullptr;
  bool cut_short_ = false;
};

std::string_view element_type(std::uint8_t code) {
  switch (code) {
    case 0x09:
      return "signed bytes";
    case 0x0b:
      return "16-bit integers";
    case 0x0c:
      return "32-bit integers";
    case 0x0d:
      return "32-bit floats";
    case 0x0e:
      return "64-bit floats";
    default:
      return {};
  }
}

void check_magic(const ByteSource& source, std::span<const std::uint8_t> magic) {
  if (magic.empty()) source.fail("is empty. Fetch it again");
  if (magic.size() < 4 && magic[0] == 0) {
    source.fail(fmt::format("is cut short: {} of the 4 bytes of its magic number are missing",
                            4 - magic.size()));
  }
  const bool idx = magic.size() == 4 && magic[0] == 0 && magic[1] == 0;
  if (idx && !element_type(magic[2]).empty()) {
    source.fail(
        fmt::format("is an IDX file of {}; Gradus reads unsigned bytes (type 0x08, not "
                    "0x{:02x})",
                    element_type(magic[2]), magic[2]));
  }
  if (!idx || magic[2] != 0x08) {
    std::vector<std::string> begin;
    for (const std::uint8_t byte : magic) begin.push_back(fmt::format("{:02x}", byte));
    source.fail(
        fmt::format("is not an IDX file: it begins with {}, where 00 00 08 and the rank "
                    "belong. Is it another file, or a web page that was saved in its place?",
                    join(begin, " ")));
  }
  if (magic[3] < 1 || magic[3] > Shape::max_rank) {
    source.fail(fmt::format("claims rank {}; Gradus reads IDX files of rank 1 to {}", magic[3],
                            Shape::max_rank));
  }
}

Shape read_shape(ByteSource& source, std::size_t rank) {
  std::array<std::uint8_t, 4 * Shape::max_rank> header{};
  const std::size_t wanted = 4 * rank;
  const std::size_t found = source.read(std::span(header).first(wanted));
  if (found < wanted) {
    source.fail(fmt::format("is cut short: {} of the {} bytes of its extents are missing",
                            wanted - found, wanted));
  }
  std::vector<Index> extents(rank, 0);
  for (std::size_t i = 0; i < wanted; ++i) extents[i / 4] = extents[i / 4] << 8 | header[i];
  try {
    return Shape(extents);
  } catch (const ShapeError& error) {
    source.fail(fmt::format("claims impossible extents: {}", error.what()));
  }
}

}  // namespace

IdxBytes read_idx(const fs::path& path) {
  ByteSource source(path);
  std::array<std::uint8_t, 4> magic{};
  check_magic(source, std::span(magic).first(source.read(magic)));
  IdxBytes idx{read_shape(source, magic[3]), {}};

  const auto wanted = static_cast<std::size_t>(idx.shape.elements());
  std::vector<std::uint8_t>& bytes = idx.bytes;
  constexpr std::size_t chunk = std::size_t{1} << 20;
  while (bytes.size() < wanted) {
    const std::size_t had = bytes.size();
    const std::size_t step = std::min(chunk, wanted - had);
    bytes.resize(had + step);
    const std::size_t found = source.read(std::span(bytes).subspan(had));
    bytes.resize(had + found);
    if (found < step) {
      source.fail(fmt::format("is cut short: {} of the {} bytes of its {} elements are missing",
                              wanted - bytes.size(), wanted, to_string(idx.shape)));
    }
  }
  // Asking for one byte more also makes zlib check the CRC that follows the last.
  std::uint8_t more = 0;
  if (source.read({&more, 1}) > 0) {
    source.fail(fmt::format("has bytes left over after the {} that its header's {} take", wanted,
                            to_string(idx.shape)));
  }
  if (source.cut_short()) source.fail("is cut short: the end of its gzip stream is missing");
  return idx;
}

}  // namespace gradus::data
