#include "gradus/graph/dot_text.hpp"

#include <algorithm>

#include "catch.hpp"
#include "dot_tool.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;

TEST_CASE("text is made visible", "[graph]") {
  const std::string rows[][2] = {
      {"plain", "plain"},
      {"", ""},
      {"∂L/∂Ä 𝒟", "∂L/∂Ä 𝒟"},
      {"a\nb\tc", "a␊b␉c"},
      {std::string("\0\x1b\x7f", 3), "␀␛␡"},
      {"\xc2\x85", "\ufffd"},                            // a control character of Latin 1
      {"\xff\xfe", "\ufffd\ufffd"},                      // never in UTF-8
      {"\xc0\xaf", "\ufffd\ufffd"},                      // an overlong '/'
      {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},            // a surrogate
      {"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},  // above U+10FFFF
      {"\xe2\x88", "\ufffd\ufffd"},                      // cut in the middle
      {"\xef\xbf\xbe", "\ufffd"},                        // U+FFFE: XML forbids it
  };
  for (const auto& row : rows) CHECK(visible(row[0]) == row[1]);
}

TEST_CASE("long text is cut at whole code points", "[graph]") {
  std::string name;
  for (std::size_t i = 0; i < longest_dot_name; ++i) name += "Ä";
  CHECK(visible(name) == name);
  CHECK(visible(name + "Ä") == name.substr(0, name.size() - 2) + "…");
  CHECK(visible("abcdef", 3) == "ab…");
}

TEST_CASE("names of any kind come through dot unharmed", "[graph]") {
  const std::string names[] = {"a\"b{c}<d>|\\n",
                               "back\\slash\\",
                               "new\nline\r\n",
                               "tab\there",
                               std::string("nul\0bell\a", 9),
                               "bad \xff\xc0 utf-8 \xe2\x88",
                               "<b>bold</b>",
                               "<br/>",
                               "</b></font>>]; evil [label=<",
                               "&amp; &lt; &#65; &",
                               "\\N \\G \\L \\l",
                               "// /* <!-- # -->",
                               "∂L/∂Ä — 梯度 😀",
                               "  two  spaces  ",
                               " ",
                               "graph",
                               "-0",
                               "'",
                               "\u2028x",
                               std::string(100000, 'x')};
  Tape tape;
  std::vector<Var> outputs;
  for (const std::string& name : names) {
    const auto scope = tape.scope(name);
    outputs.push_back(exp(tape.input(1.0, name)).named(name));
  }
  DotOptions options;
  options.title = names[0];
  options.legend = true;
  const std::string dot = to_dot(Graph(outputs), options);
  const auto svg = dot_tool::run(dot);
  if (!svg) return;
  const std::vector<std::string> texts = dot_tool::texts(*svg);
  for (const std::string& name : names) {
    INFO(name.substr(0, 100));
    // As a scope, an input and a named result; and the title.
    CHECK(std::count(texts.begin(), texts.end(), visible(name)) == (name == names[0] ? 4 : 3));
  }
  // What dot itself writes is DOT, and the same picture.
  const std::string canonical = *dot_tool::run(dot, "canon");
  CHECK(dot_tool::texts(*dot_tool::run(canonical)).size() == texts.size());
}

TEST_CASE("a scope or a name may be empty", "[graph]") {
  Tape tape;
  const auto scope = tape.scope("");
  const std::string dot = to_dot(Graph(exp(tape.input(1.0, ""))));
  CHECK_THAT(dot, Catch::Matchers::ContainsSubstring("<b>input</b>"));
  dot_tool::run(dot);
}
