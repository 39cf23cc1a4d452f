#include "gradus/data/idx.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::data;
using scratch::check_says;
using scratch::error_of;
namespace fs = std::filesystem;

namespace {

const fs::path digits = fs::path(GRADUS_SOURCE_DIR) / "tutorials/data/mnist";

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

std::string idx(unsigned type, const std::vector<std::uint32_t>& extents, const std::string& body) {
  std::string file = big_endian(type << 8 | static_cast<std::uint32_t>(extents.size()));
  for (const std::uint32_t extent : extents) file += big_endian(extent);
  return file + body;
}

}  // namespace

TEST_CASE("IDX files of rank 1 to 4 are read", "[data]") {
  const scratch::Directory dir;
  const std::string body = "abcdefghijkl";
  for (const auto& extents :
       std::vector<std::vector<std::uint32_t>>{{12}, {3, 4}, {2, 3, 2}, {2, 1, 3, 2}}) {
    scratch::write(dir / "file", idx(8, extents, body));
    const IdxBytes read = read_idx(dir / "file");
    CHECK(read.shape == Shape(std::vector<Index>(extents.begin(), extents.end())));
    CHECK(std::string(read.bytes.begin(), read.bytes.end()) == body);
  }
  scratch::write(dir / "none", idx(8, {0}, ""));
  CHECK(read_idx(dir / "none").bytes.empty());
}

TEST_CASE("gzip is told by the contents, not by the name", "[data]") {
  const scratch::Directory dir;
  const std::string name = "t10k-labels-idx1-ubyte.gz";
  fs::copy_file(digits / name, dir / "labels");
  CHECK(read_idx(dir / "labels").bytes == read_idx(digits / name).bytes);
  scratch::write(dir / "plain.gz", idx(8, {1}, "\7"));
  CHECK(read_idx(dir / "plain.gz").bytes == std::vector<std::uint8_t>{7});
}

TEST_CASE("IDX files that are not as they should be are refused", "[data]") {
  const scratch::Directory dir;
  const fs::path path = dir / "file";
  const auto refusal = [&](const std::string& bytes) {
    scratch::write(path, bytes);
    const std::string message = error_of([&] { read_idx(path); });
    CHECK(message.starts_with(path.string() + " "));
    return message;
  };
  using namespace std::string_literals;
  check_says(refusal(""), {"is empty"});
  check_says(refusal("\0\0\10"s), {"cut short", "1 of the 4 bytes of its magic number"});
  check_says(refusal(idx(8, {2, 3}, "").substr(0, 9)), {"cut short", "3 of the 8", "extents"});
  check_says(refusal(idx(8, {2, 3}, "abcd")), {"cut short", "2 of the 6", "(2, 3)"});
  check_says(refusal(idx(8, {2, 3}, "abcdefg")), {"left over", "6", "(2, 3)"});
  check_says(refusal(idx(8, {}, "")), {"rank 0", "1 to 4"});
  check_says(refusal(idx(8, {1, 1, 1, 1, 1}, "a")), {"rank 5", "1 to 4"});
  check_says(refusal("<!DOCTYPE html>"), {"not an IDX file", "3c 21 44 4f", "web page"});
  check_says(refusal("PK"), {"not an IDX file", "50 4b"});
  check_says(refusal(idx(0, {1}, "a")), {"not an IDX file", "00 00 00 01"});

  check_says(refusal(idx(0x09, {1}, "a")), {"signed bytes", "0x09", "unsigned bytes"});
  check_says(refusal(idx(0x0b, {1}, "ab")), {"16-bit integers"});
  check_says(refusal(idx(0x0c, {1}, "abcd")), {"32-bit integers"});
  check_says(refusal(idx(0x0d, {1}, "abcd")), {"32-bit floats"});
  check_says(refusal(idx(0x0e, {1}, "abcdefgh")), {"64-bit floats"});
}

TEST_CASE("an IDX header that claims too much costs no memory", "[data]") {
  const scratch::Directory dir;
  const fs::path path = dir / "file";
  const auto refusal = [&](const std::string& bytes) {
    scratch::write(path, bytes);
    return error_of([&] { read_idx(path); });
  };
  const std::uint32_t huge = std::uint32_t{1} << 31;
  check_says(refusal(idx(8, {huge, 1, 1}, "abc")), {"2147483645 of the 2147483648"});
  check_says(refusal(idx(8, {huge, 28, 28}, "abc")), {"impossible", "2^40"});
  check_says(refusal(idx(8, {huge, huge, huge, huge}, "abc")), {"impossible", "2^40"});
}

TEST_CASE("what cannot be read as an IDX file is refused by name", "[data]") {
  const scratch::Directory dir;
  const auto refusal = [&](const fs::path& path) { return error_of([&] { read_idx(path); }); };
  check_says(refusal(dir / "none"), {(dir / "none").string(), "No such file or directory"});
  check_says(refusal(dir.path()), {dir.path().string(), "is a directory"});
  check_says(refusal("/proc/self/mem"), {"/proc/self/mem", "cannot be read", "Input/output error"});
  check_says(refusal("/dev/zero"), {"/dev/zero", "not a regular file"});
  // Opening a pipe that nobody writes to would wait for ever.
  REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
  check_says(refusal(dir / "pipe"), {"pipe", "not a regular file"});
}

TEST_CASE("a gzipped file that is cut anywhere is refused", "[data]") {
  const scratch::Directory dir;
  const std::string good = scratch::read(digits / "t10k-labels-idx1-ubyte.gz");
  REQUIRE(good.size() > 1000);
  // Every cut near the end, where the CRC and the length are, and some before.
  for (std::size_t size = 0; size < good.size(); size += size + 20 < good.size() ? 7 : 1) {
    scratch::write(dir / "cut", good.substr(0, size));
    if (error_of([&] { read_idx(dir / "cut"); }).empty()) FAIL_CHECK("cut to " << size << " bytes");
  }
  scratch::write(dir / "cut", good.substr(0, good.size() / 2));
  check_says(error_of([&] { read_idx(dir / "cut"); }), {"cut short", "of the 2000 bytes"});
  scratch::write(dir / "cut", good.substr(0, good.size() - 1));
  check_says(error_of([&] { read_idx(dir / "cut"); }), {"cut short", "end of its gzip stream"});
}

TEST_CASE("a flipped bit in a gzipped file never gives wrong data", "[data]") {
  const scratch::Directory dir;
  const fs::path source = digits / "t10k-labels-idx1-ubyte.gz";
  const std::string good = scratch::read(source);
  const std::vector<std::uint8_t> labels = read_idx(source).bytes;
  int harmless = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    scratch::write(dir / "bad", bad);
    std::vector<std::uint8_t> read;
    if (!error_of([&] { read = read_idx(dir / "bad").bytes; }).empty()) continue;
    ++harmless;
    if (read != labels) FAIL_CHECK("byte " << at);
  }
  // Seven bytes of a gzip header hold flags, the time and the system (RFC 1952), and the last byte
  // of the compressed data is padded: they are no data.
  CHECK(harmless <= 8);
  std::string bad = good;
  bad[500] = static_cast<char>(bad[500] ^ 1);
  scratch::write(dir / "bad", bad);
  check_says(error_of([&] { read_idx(dir / "bad"); }), {"bad", "damaged", "gzip"});
}
