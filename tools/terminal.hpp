/// What is shown on a terminal, and only there.
#pragma once

#include <string_view>

namespace gradus::tools {

/// A bar that is drawn over itself on stderr, at most ten times a second; nothing if that is no
/// terminal.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `done` from 0 to 1, with a word before and behind.
  void show(std::string_view before, double done, std::string_view behind);
  /// Takes the bar away, so that a line can be printed.
  void clear();

 private:
  bool active_;
  bool drawn_ = false;
  double last_ = -1;  // when it was drawn last, in seconds
};

}  // namespace gradus::tools
