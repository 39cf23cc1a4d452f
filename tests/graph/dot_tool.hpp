/// Graphviz' own dot, for the tests of what is written for it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"

namespace dot_tool {

inline std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Whether dot is there; says so once if it is not.
inline bool installed() {
  static const bool found = std::system("command -v dot > /dev/null 2>&1") == 0;
  if (!found) WARN("SKIPPED: dot (Graphviz) is not installed, so it cannot read what was written");
  return found;
}

/// What dot makes of `text`, which it must take without an error or a warning; nothing without dot.
inline std::optional<std::string> run(const std::string& text, const std::string& format = "svg") {
  if (!installed()) return std::nullopt;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("gradus-dot-" + std::to_string(std::random_device{}()) + std::to_string(text.size()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "in.dot", std::ios::binary) << text;
  const int status = std::system(
      ("cd '" + folder.string() + "' && dot -T" + format + " -o out in.dot 2> err").c_str());
  const std::string errors = read(folder / "err");
  std::string result = read(folder / "out");
  std::filesystem::remove_all(folder);
  INFO(text.substr(0, 4000));
  CHECK(status == 0);
  CHECK(errors.empty());
  return result;
}

inline std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The content of every <text> of an SVG picture. Spaces that do not break are spaces.
inline std::vector<std::string> texts(const std::string& svg) {
  std::vector<std::string> result;
  for (std::size_t at = 0; (at = svg.find("<text ", at)) != std::string::npos;) {
    const std::size_t start = svg.find('>', at) + 1;
    at = svg.find("</text>", start);
    std::string text = svg.substr(start, at - start);
    const char* const entities[][2] = {{"&lt;", "<"},   {"&gt;", ">"},  {"&quot;", "\""},
                                       {"&#39;", "'"},  {"&#45;", "-"}, {"&#160;", " "},
                                       {"\u00a0", " "}, {"&amp;", "&"}};
    for (const auto& entity : entities) text = replace_all(text, entity[0], entity[1]);
    result.push_back(text);
  }
  return result;
}

}  // namespace dot_tool
