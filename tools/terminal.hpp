/// What is shown on a terminal, and only there.
#pragma once

#include <string>
#include <string_view>

namespace gradus::tools {

/// Whether a stream is a terminal.
bool stdout_is_terminal();
bool stderr_is_terminal();

/// `text` in green, red or bold on a terminal that may have colours (see NO_COLOR,
/// https://no-color.org), else as it is.
enum class Style { good, bad, strong };
std::string styled(std::string_view text, Style style);

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
