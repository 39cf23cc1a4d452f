#include "gradus/io/json.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "catch.hpp"
#include "gradus/base/utf8.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::io;
using scratch::check_says;
using scratch::error_of;

namespace {

std::string read_string(const std::string& text) {
  JsonReader json(text);
  std::string result = json.string();
  json.end();
  return result;
}

std::int64_t read_integer(const std::string& text) {
  JsonReader json(text);
  const std::int64_t result = json.integer();
  json.end();
  return result;
}

}  // namespace

TEST_CASE("json_quote escapes what JSON wants escaped", "[io]") {
  CHECK(json_quote("") == R"("")");
  CHECK(json_quote("dL/dh = 1") == R"("dL/dh = 1")");
  CHECK(json_quote("a\"b\\c") == R"("a\"b\\c")");
  CHECK(json_quote("\n\t\r\x01\x1f\x7f") == R"("\n\t\u000d\u0001\u001f\u007f")");
  CHECK(json_quote(std::string_view("\0", 1)) == R"("\u0000")");
  CHECK(json_quote("\u2202L \U0001F600") == "\"\u2202L \U0001F600\"");
}

TEST_CASE("json_quote replaces bytes that are not UTF-8", "[io]") {
  CHECK(json_quote("a\xff"
                   "b") == "\"a\ufffdb\"");
  CHECK(json_quote("\xe2\x88") == "\"\ufffd\ufffd\"");
  CHECK(gradus::is_utf8(json_quote("\xed\xa0\x80\xc0\xaf\xf5")));
}

TEST_CASE("a quoted string reads back as it was", "[io]") {
  std::string every_ascii;
  for (char c = 0; c >= 0 && c < 127; ++c) every_ascii += c;
  for (const std::string& text :
       {std::string("plain"), every_ascii, std::string("\u2202\U0001F600")}) {
    CHECK(read_string(json_quote(text)) == text);
  }
}

TEST_CASE("JsonReader understands every escape", "[io]") {
  CHECK(read_string(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(read_string(R"("\u0041\u00e9\u2202\uD83D\uDE00")") == "A\u00e9\u2202\U0001F600");
}

TEST_CASE("JsonReader refuses malformed strings and says where", "[io]") {
  check_says(error_of([] { read_string(R"("abc)"); }), {"no closing quote", "byte 4"});
  check_says(error_of([] { read_string("\"a\nb\""); }), {"control character", "byte 2"});
  check_says(error_of([] { read_string("\"a\xff\""); }), {"not UTF-8", "byte 2"});
  check_says(error_of([] { read_string(R"("\x41")"); }), {"unknown escape"});
  check_says(error_of([] { read_string("\"\\"); }), {"unknown escape"});
  check_says(error_of([] { read_string(R"("\u00g0")"); }), {"four hexadecimal digits"});
  check_says(error_of([] { read_string(R"("\u00)"); }), {"four hexadecimal digits"});
  check_says(error_of([] { read_string(R"("\uD83D")"); }), {"surrogate"});
  check_says(error_of([] { read_string(R"("\uD83D\u0041")"); }), {"surrogate"});
  check_says(error_of([] { read_string(R"("\uDE00")"); }), {"surrogate"});
  check_says(error_of([] { read_string("abc"); }), {"expected '\"', found \"a\""});
  check_says(error_of([] { read_string(R"("a" b)"); }), {"more text", "byte 4"});
}

TEST_CASE("JsonReader reads integers of at least 0, and no other numbers", "[io]") {
  CHECK(read_integer(" 0 ") == 0);
  CHECK(read_integer("9223372036854775807") == 9223372036854775807);
  check_says(error_of([] { read_integer("9223372036854775808"); }), {"64 bits"});
  check_says(error_of([] { read_integer("-1"); }), {"at least 0"});
  check_says(error_of([] { read_integer("007"); }), {"needless 0"});
  check_says(error_of([] { read_integer("1.5"); }), {"more text"});
  check_says(error_of([] { read_integer("1e3"); }), {"more text"});
  check_says(error_of([] { read_integer("null"); }), {"expected an integer"});
}

TEST_CASE("JsonReader reads numbers, and nothing that only looks like one", "[io]") {
  const auto read = [](const std::string& text) {
    JsonReader json(text);
    const double number = json.number();
    json.end();
    return number;
  };
  CHECK(read(" 0 ") == 0);
  CHECK(std::signbit(read("-0")));
  CHECK(read("-1.5e+3") == -1500);
  CHECK(read("0.1") == 0.1);
  CHECK(read("2E-2") == 0.02);
  CHECK(read("5e-324") == 5e-324);
  for (const char* text : {"", "-", "+1", ".5", "1.", "01", "1e", "1e+", "0x10", "nan", "inf",
                           "-inf", "Infinity", "null", "1 2", "--1", "1.5.2"}) {
    CAPTURE(text);
    CHECK_FALSE(error_of([&] { read(text); }).empty());
  }
  check_says(error_of([&] { read("1e999"); }), {"out of a double's range"});
  check_says(error_of([&] { read("1e-400"); }), {"out of a double's range"});
  check_says(error_of([&] { read("-"); }), {"expected a number", "byte 0"});
  check_says(error_of([&] { read("007"); }), {"needless 0"});
}

TEST_CASE("JsonReader walks objects and arrays", "[io]") {
  JsonReader json(R"( {"a" : [1, 2], "b":{}, "c":[ ]} )");
  std::string seen;
  json.object([&](const std::string& key) {
    seen += key;
    if (key == "b") {
      json.object([&](const std::string&) { FAIL(); });
    } else {
      json.array([&] { seen += std::to_string(json.integer()); });
    }
  });
  json.end();
  CHECK(seen == "a12bc");
}

TEST_CASE("JsonReader refuses broken objects", "[io]") {
  const auto read = [](const std::string& text) {
    return error_of([&] {
      JsonReader json(text);
      json.object([&](const std::string&) { json.array([&] { json.integer(); }); });
      json.end();
    });
  };
  CHECK(read(R"({"a":[1],"b":[2]})").empty());
  check_says(read(R"({"a":[1],"a":[2]})"), {"\"a\" comes twice"});
  check_says(read(R"({"a":[1],})"), {"expected '\"'"});
  check_says(read(R"({"a":[1,]})"), {"expected an integer"});
  check_says(read(R"({"a":[1])"), {"expected '}', found the end"});
  check_says(read(R"({"a" [1]})"), {"expected ':'"});
  check_says(read(R"({a:[1]})"), {"expected '\"', found \"a\""});
  check_says(read(std::string(1000000, '{')), {"expected '\"'"});
}
