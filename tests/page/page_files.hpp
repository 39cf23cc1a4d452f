/// What the programs that write pages for the browser tests share.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace pages {

/// Where the pages go.
inline std::filesystem::path folder;

inline std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

/// What dot makes of a text; nothing where it is not installed.
inline std::optional<std::string> graphviz(std::string_view text) {
  const std::filesystem::path in = folder / "layout.dot";
  const std::filesystem::path out = folder / "layout.plain";
  std::ofstream(in, std::ios::binary) << text;
  const std::string command =
      fmt::format("dot -Tplain '{}' -o '{}' 2> /dev/null", in.string(), out.string());
  if (std::system(command.c_str()) != 0) return std::nullopt;
  return read(out);
}

inline void write(const std::string& name, const std::string& page) {
  std::ofstream(folder / name, std::ios::binary) << page;
}

}  // namespace pages
