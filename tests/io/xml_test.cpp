#include "gradus/io/xml.hpp"

#include "catch.hpp"
#include "gradus/base/error.hpp"

using namespace gradus::io;

namespace {

/// Reads <a k="..."><b>text</b>...</a>, and gives what it saw.
std::string read(const std::string& text) {
  XmlReader xml(text);
  XmlReader::Attributes attributes;
  xml.expect("a", attributes);
  std::string seen;
  for (const auto& [key, value] : attributes) seen += key + "=" + value + ";";
  while (xml.open("b", attributes)) {
    seen += "b(" + xml.text() + ")";
    xml.close("b");
  }
  xml.close("a");
  xml.end();
  return seen;
}

std::string error_of(const std::string& text) {
  try {
    read(text);
  } catch (const gradus::InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("XmlReader reads elements, attributes and text", "[io]") {
  CHECK(read("<a/>").empty());
  CHECK(read("<?xml version=\"1.0\"?>\n<a>\n</a>\n").empty());
  CHECK(read("<a k=\"1\" l=\"&lt;&quot;\"><b> x &amp; y </b> <b/><b></b></a>") ==
        "k=1;l=<\";b( x & y )b()b()");
  CHECK(read("<a ><b x=\"1\" >∂</b></a>") == "b(∂)");
}

TEST_CASE("what is quoted for XML reads back", "[io]") {
  const std::string text = "<b>&\"'</b>&amp;∂😀";
  CHECK(read("<a k=\"" + xml_quote(text) + "\"/>") == "k=" + text + ";");
  CHECK(read("<a><b>" + xml_quote(text) + "</b></a>") == "b(" + text + ")");
}

TEST_CASE("XmlReader refuses what it does not know, and says where", "[io]") {
  using Catch::Matchers::ContainsSubstring;
  const std::string rows[][2] = {
      {"", "expected <a>"},
      {"<c/>", "expected <a>"},
      {"<ab/>", "expected <a>"},
      {"<a>", "expected </a>"},
      {"<a><c/></a>", "expected </a>"},
      {"<a></a", "expected </a>"},
      {"<a></a>x", "more text"},
      {"<a k=1/>", "expected =\""},
      {"<a k/>", "expected =\""},
      {"<a k=\"1/>", "no closing quote"},
      {"<a k=\"<\"/>", "no closing quote"},
      {"<a k=\"1\" k=\"2\"/>", "comes twice"},
      {"<a", "expected <a>"},
      {"<a ", "expected a name"},
      {"<a !", "expected a name"},
      {"<a><b>&copy;</b></a>", "unknown entity"},
      {"<a><b>&#65;</b></a>", "unknown entity"},
      {"<a><b>\xff</b></a>", "not UTF-8"},
      {"<?xml", "expected <a>"},
      {"<?xml version", "no end"},
      {"<!DOCTYPE a [<!ENTITY x \"y\">]><a/>", "expected <a>"},
      {"<a><!-- c --></a>", "expected </a>"},
      {"<a><b><![CDATA[x]]></b></a>", "expected </b>"},
  };
  for (const auto& row : rows) {
    CAPTURE(row[0]);
    CHECK_THAT(error_of(row[0]), ContainsSubstring(row[1]));
    CHECK_THAT(error_of(row[0]), ContainsSubstring("byte "));
  }
  std::string deep;
  for (int i = 0; i < 1000000; ++i) deep += "<a>";
  CHECK_FALSE(error_of(deep).empty());
}
