#include "terminal.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace gradus::tools {

ProgressBar::ProgressBar() : active_(isatty(STDERR_FILENO) != 0) {}

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
