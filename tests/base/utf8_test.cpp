#include "gradus/base/utf8.hpp"

#include "catch.hpp"

using namespace gradus;

TEST_CASE("is_utf8 knows the limits of each length", "[base]") {
  for (const char* good : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(good);
    CHECK(is_utf8(good));
  }
  for (const char* bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x20", "\xe0\x9f\xbf", "\xe2\x88",
        "\xe2\x88\xc0", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xf0\x90\x80", "\xff"}) {
    CAPTURE(std::string_view(bad).size());
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("code points go to UTF-8 and back", "[base]") {
  for (const std::uint32_t code :
       {0x0u, 0x7fu, 0x80u, 0x7ffu, 0x800u, 0x2202u, 0xffffu, 0x10000u, 0x1f600u, 0x10ffffu}) {
    std::string text;
    append_utf8(text, code);
    CHECK(utf8_sequence(text) == text.size());
    CHECK(utf8_sequence(text + "x") == text.size());
    CHECK(utf8_code_point(text) == code);
  }
  CHECK(utf8_sequence("") == 0);
}
