#include "gradus/io/checkpoint.hpp"

#include <bit>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include "catch.hpp"
#include "gradus/io/json.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::io;
using scratch::check_says;
using scratch::error_of;
namespace fs = std::filesystem;

namespace {

Checkpoint small() {
  Checkpoint checkpoint;
  checkpoint.tensors["W1"] = Tensor<float>(Shape{2, 3}, {1, -2, 0.1f, 3e38f, 1e-45f, -0.0f});
  checkpoint.tensors["b \"1\"\n\u2202"] = Tensor<double>(Shape{3}, {0.1, -1e308, 5e-324});
  checkpoint.tensors["t"] = Tensor<double>(Shape{}, {42});
  checkpoint.tensors["none"] = Tensor<float>(Shape{0, 4});
  checkpoint.metadata = {{"epoch", "3"}, {"random", "1 2 3"}, {"", "\u2202\\"}};
  return checkpoint;
}

std::string little_endian(std::uint64_t number) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> (8 * i));
  return bytes;
}

/// A file as another tool would write it.
std::string foreign(const std::string& header, std::size_t data_bytes) {
  return little_endian(header.size()) + header + std::string(data_bytes, '\0');
}

std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

std::string refusal(const std::string& bytes) {
  return error_of([&] { decode_checkpoint(bytes); });
}

}  // namespace

TEST_CASE("a checkpoint comes back as it was saved", "[io]") {
  const scratch::Directory dir;
  save_checkpoint(dir / "c.safetensors", small());
  const Checkpoint loaded = load_checkpoint(dir / "c.safetensors");
  CHECK(loaded == small());
  CHECK(loaded.tensor<float>("W1").shape() == Shape{2, 3});
  CHECK(loaded.tensor<double>("t").item() == 42);
  CHECK(loaded.text("epoch") == "3");
  CHECK(dir.entries() == 1);
}

TEST_CASE("an empty checkpoint is one too", "[io]") {
  CHECK(decode_checkpoint(encode_checkpoint({})) == Checkpoint{});
}

TEST_CASE("every bit of a number is kept, also of NaN and infinity", "[io]") {
  Checkpoint checkpoint;
  const auto nan = std::bit_cast<double>(std::uint64_t{0x7ff8'0000'dead'beef});
  const double infinity = std::numeric_limits<double>::infinity();
  checkpoint.tensors["x"] = Tensor<double>(Shape{4}, {nan, infinity, -infinity, -0.0});
  checkpoint.tensors["y"] = Tensor<float>(Shape{1}, {std::bit_cast<float>(0xffc1'2345u)});
  const Checkpoint loaded = decode_checkpoint(encode_checkpoint(checkpoint));
  const auto& x = loaded.tensor<double>("x");
  CHECK(std::bit_cast<std::uint64_t>(x[0]) == 0x7ff8'0000'dead'beef);
  CHECK(x[1] == infinity);
  CHECK(x[2] == -infinity);
  CHECK(std::bit_cast<std::uint64_t>(x[3]) == std::uint64_t{1} << 63);
  CHECK(std::bit_cast<std::uint32_t>(loaded.tensor<float>("y")[0]) == 0xffc1'2345u);
}

TEST_CASE("the bytes are those of the safetensors format", "[io]") {
  Checkpoint checkpoint;
  checkpoint.tensors["a"] = Tensor<float>(Shape{1}, {1.5f});
  checkpoint.tensors["z"] = Tensor<double>(Shape{1, 1}, {-2});
  checkpoint.metadata["k"] = "v";
  const std::string bytes = encode_checkpoint(checkpoint);
  std::string header = R"({"__metadata__":{"gradus.crc32":"--------","gradus.format":"1","k":"v"},)"
                       R"("z":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},)"
                       R"("a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::string expected =
      little_endian(header.size()) + header + std::string("\0\0\0\0\0\0\0\xc0\0\0\xc0\x3f", 12);
  const std::size_t digits = expected.find("--------");
  CHECK(bytes.substr(digits, 8).find_first_not_of("0123456789abcdef") == std::string::npos);
  expected.replace(digits, 8, bytes.substr(digits, 8));
  CHECK(bytes == expected);
}

TEST_CASE("a flipped bit anywhere in a checkpoint is caught", "[io]") {
  const std::string good = encode_checkpoint(small());
  REQUIRE(refusal(good).empty());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      if (refusal(bad).empty()) {
        FAIL_CHECK("bit " << bit << " of byte " << at << ": " << json_quote(good.substr(at, 1)));
      }
    }
  }
}

TEST_CASE("a checkpoint that is cut anywhere is refused", "[io]") {
  const std::string good = encode_checkpoint(small());
  for (std::size_t size = 0; size < good.size(); ++size) {
    if (refusal(good.substr(0, size)).empty()) FAIL_CHECK("cut to " << size << " bytes");
  }
  check_says(refusal(""), {"0 bytes are too few"});
  check_says(refusal(good.substr(0, 100)), {"cut short", "only 92 are there"});
  check_says(refusal(good.substr(0, good.size() - 5)), {"cut short", "5 of its 56 bytes"});
  check_says(refusal(good + "x"), {"1 bytes too many"});
}

TEST_CASE("damage is told as damage, with the name of the file", "[io]") {
  const scratch::Directory dir;
  std::string bytes = encode_checkpoint(small());
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  scratch::write(dir / "bad", bytes);
  check_says(error_of([&] { load_checkpoint(dir / "bad"); }),
             {(dir / "bad").string(), "damaged", "checksum"});
  check_says(error_of([&] { load_checkpoint(dir / "none"); }),
             {(dir / "none").string(), "No such file"});
  check_says(error_of([&] { load_checkpoint(dir.path()); }), {dir.path().string(), "directory"});
  scratch::write(dir / "page", "<!DOCTYPE html><html></html>");
  check_says(error_of([&] { load_checkpoint(dir / "page"); }), {"page", "not a checkpoint"});
}

TEST_CASE("a checkpoint that cannot be saved leaves the old one", "[io]") {
  const scratch::Directory dir;
  save_checkpoint(dir / "c", small());
  Checkpoint bad = small();
  bad.metadata["gradus.crc32"] = "0";
  check_says(error_of([&] { save_checkpoint(dir / "c", bad); }), {"gradus.crc32"});
  bad = small();
  bad.metadata["key"] = "\xff";
  check_says(error_of([&] { save_checkpoint(dir / "c", bad); }), {"UTF-8"});
  bad = small();
  bad.tensors["\xff"] = Tensor<float>();
  check_says(error_of([&] { save_checkpoint(dir / "c", bad); }), {"UTF-8"});
  bad = small();
  bad.tensors["__metadata__"] = Tensor<float>();
  check_says(error_of([&] { save_checkpoint(dir / "c", bad); }), {"__metadata__"});
  CHECK(load_checkpoint(dir / "c") == small());
  fs::create_directory(dir / "folder");
  check_says(error_of([&] { save_checkpoint(dir / "folder", small()); }), {"is a directory"});
  CHECK(dir.entries() == 2);
}

TEST_CASE("what is asked for and not there is named", "[io]") {
  const Checkpoint checkpoint = small();
  check_says(error_of([&] { checkpoint.tensor<float>("W2"); }), {"tensor 'W2'", "'W1'", "none"});
  check_says(error_of([&] { checkpoint.tensor<double>("W1"); }),
             {"\"W1\"", "float precision", "double is needed"});
  check_says(error_of([&] { checkpoint.text("epohc"); }), {"metadata 'epohc'", "'epoch'"});
  check_says(error_of([&] { Checkpoint{}.tensor<float>("W"); }), {"no tensor W", "none at all"});
}

TEST_CASE("files of other tools load", "[io]") {
  // In any order, with spaces, and with or without metadata.
  const Checkpoint a = decode_checkpoint(foreign("{ \"b\": " + entry("F32", "[1]", "[8,12]") +
                                                     ",\n \"a\":" + entry("F64", "[]", "[0, 8]") +
                                                     R"(, "__metadata__":{"format":"pt"}}   )",
                                                 12));
  CHECK(a.tensor<float>("b").shape() == Shape{1});
  CHECK(a.tensor<double>("a").shape() == Shape{});
  CHECK(a.text("format") == "pt");
  CHECK(decode_checkpoint(foreign("{}", 0)) == Checkpoint{});
}

TEST_CASE("headers that lie are refused", "[io]") {
  const auto one = [](const std::string& value, std::size_t bytes) {
    return refusal(foreign("{\"a\":" + value + "}", bytes));
  };
  const auto two = [](const std::string& first, const std::string& second, std::size_t bytes) {
    return refusal(foreign(
        "{\"a\":" + entry("F32", "[2]", first) + ",\"b\":" + entry("F32", "[2]", second) + "}",
        bytes));
  };
  REQUIRE(one(entry("F32", "[2]", "[0,8]"), 8).empty());
  REQUIRE(two("[8,16]", "[0,8]", 16).empty());

  // The length of the header.
  check_says(refusal(little_endian(1'000) + "{}"), {"cut short", "1000", "only 2"});
  check_says(refusal(little_endian(~std::uint64_t{0}) + "{}"), {"not a checkpoint"});
  check_says(refusal(little_endian(std::uint64_t{1} << 62) + "{}"), {"not a checkpoint"});
  check_says(refusal(little_endian(0) + "{}"), {"expected '{'"});
  check_says(refusal(foreign("[]", 0)), {"not a checkpoint"});
  check_says(refusal(foreign("{}{}", 0)), {"more text"});
  // Offsets.
  check_says(two("[0,8]", "[4,12]", 12), {"\"b\"", "byte 4", "end at 8", "overlap"});
  check_says(two("[0,8]", "[0,8]", 8), {"overlap"});
  check_says(two("[0,8]", "[12,20]", 20), {"\"b\"", "gap"});
  check_says(one(entry("F32", "[2]", "[4,12]"), 12), {"gap"});
  check_says(one(entry("F32", "[2]", "[8,0]"), 8), {"takes 8 bytes", "[8, 0]"});
  check_says(one(entry("F32", "[2]", "[0,4]"), 4), {"takes 8 bytes", "[0, 4]"});
  check_says(one(entry("F32", "[2]", "[0,8]"), 7), {"cut short", "1 of its 8"});
  check_says(one(entry("F32", "[2]", "[0,8]"), 9), {"1 bytes too many"});
  check_says(one(entry("F32", "[2]", "[-8,0]"), 8), {"at least 0"});
  check_says(one(entry("F32", "[2]", "[0]"), 8), {"two numbers"});
  check_says(one(entry("F32", "[2]", "[0,4,8]"), 8), {"two numbers"});
  check_says(one(entry("F32", "[2]", "[0,99999999999999999999]"), 8), {"64 bits"});
  // Types and shapes. None of these may allocate what it claims.
  check_says(one(entry("BF16", "[4]", "[0,8]"), 8), {"\"a\"", "\"BF16\"", "F32 and F64"});
  check_says(one(entry("", "[2]", "[0,8]"), 8), {"needs dtype"});
  check_says(one(entry("F32", "[1,1,1,1,2]", "[0,8]"), 8), {"\"a\"", "more than 4 axes"});
  check_says(one(entry("F32", "[-2]", "[0,8]"), 8), {"at least 0"});
  check_says(one(entry("F32", "[4294967296,4294967296]", "[0,8]"), 8), {"\"a\"", "2^40"});
  check_says(one(entry("F64", "[1099511627776]", "[0,8796093022208]"), 8), {"cut short"});
  check_says(one(entry("F32", "\"2\"", "[0,8]"), 8), {"expected '['"});
  // Keys.
  check_says(one(R"({"dtype":"F32","shape":[2]})", 8), {"\"a\"", "data_offsets"});
  check_says(one(R"({"dtype":"F32","data_offsets":[0,8]})", 8), {"\"a\"", "shape"});
  check_says(one(R"({"dtype":"F32","dtype":"F32"})", 8), {"\"dtype\" comes twice"});
  check_says(one(R"({"type":"F32"})", 8), {"unknown key \"type\""});
  check_says(one("3", 8), {"expected '{'"});
  check_says(refusal(foreign(R"({"a":{},"a":{}})", 0)), {"needs dtype"});
  const std::string scalar = entry("F32", "[0]", "[0,0]");
  check_says(refusal(foreign("{\"a\":" + scalar + ",\"a\":" + scalar + "}", 0)), {"comes twice"});
  check_says(refusal(foreign("{\"a\xff\":" + scalar + "}", 0)), {"not UTF-8"});
  check_says(refusal(foreign(R"({"__metadata__":{"k":1}})", 0)), {"expected '\"'"});
  check_says(refusal(foreign(R"({"__metadata__":{"k":{}}})", 0)), {"expected '\"'"});
  // A mark of ours without a checksum that fits.
  check_says(refusal(foreign(R"({"__metadata__":{"gradus.format":"1"}})", 0)),
             {"damaged", "gradus."});
  check_says(refusal(foreign(R"({"__metadata__":{"gradus.crc32":"00000000"}})", 0)), {"damaged"});
}
