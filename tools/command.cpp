#include "command.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "gradus/base/join.hpp"
#include "gradus/run/passes.hpp"

namespace gradus::tools {

std::string passes_help() {
  std::string help = "what makes the program fast: all, none, some of";
  for (const NamedPass& pass : all_passes()) help += fmt::format(" {},", pass.name);
  return help + " or all,-NAME for all but one";
}

std::string json_number(double x) { return std::isfinite(x) ? fmt::format("{}", x) : "null"; }

std::string json_shape(const Shape& shape) {
  return fmt::format("[{}]", join(shape.extents(), ", "));
}

void print_now(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw InputError(
        fmt::format("the standard output cannot be written: {}", std::strerror(errno)));
  }
}

std::string layers_text(const std::vector<Index>& layers) { return join(layers, "-"); }

std::string with_commas(Index number) {
  std::string text = std::to_string(number);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) {
    text.insert(static_cast<std::size_t>(i), ",");
  }
  return text;
}

}  // namespace gradus::tools
