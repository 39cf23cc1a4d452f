#include "terminal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace gradus::tools {

bool stdout_is_terminal() { return isatty(STDOUT_FILENO) != 0; }
bool stderr_is_terminal() { return isatty(STDERR_FILENO) != 0; }

std::string styled(std::string_view text, Style style) {
  const char* no_color = std::getenv("NO_COLOR");
  if (!stdout_is_terminal() || (no_color && *no_color)) return std::string(text);
  const char* code = style == Style::good ? "32" : style == Style::bad ? "31" : "1";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

ProgressBar::ProgressBar() : active_(stderr_is_terminal()) {}

void ProgressBar::show(std::string_view before, double done, std::string_view behind) {
  if (!active_) return;
  const double now =
      std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  if (now - last_ < 0.1) return;
  last_ = now;
  drawn_ = true;
  constexpr int width = 30;
  const int full = std::clamp(static_cast<int>(done * width), 0, width);
  fmt::print(stderr, "\r\x1b[K{} [{:=<{}}{:>{}}] {:3.0f}% {}", before, "", full, "", width - full,
             100 * done, behind);
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace gradus::tools
