#include "step_terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include "command.hpp"
#include "gradus/base/error.hpp"
#include "stepper.hpp"

namespace gradus::tools {
namespace {

constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP};

/// An ESC that nothing follows within this time is the key, and not the beginning of an arrow.
constexpr int escape_milliseconds = 50;

volatile std::sig_atomic_t ended_by = 0;
volatile std::sig_atomic_t resized = 0;

void note_signal(int signal) {
  if (signal == SIGWINCH) {
    resized = 1;
  } else {
    ended_by = signal;
  }
}

std::string_view environment(const char* name) {
  const char* text = std::getenv(name);
  return text ? text : "";
}

/// Returns false when nobody is there to read it.
bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) {
      if (ended_by != 0) return false;
      continue;
    }
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Signals that are heeded only while we wait for keys: none is lost, none comes in between.
class Signals {
 public:
  Signals() {
    ended_by = 0;
    resized = 0;
    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGWINCH);
    for (const int signal : ending_signals) sigaddset(&all, signal);
    sigprocmask(SIG_BLOCK, &all, &before_);
    struct sigaction action {};
    action.sa_handler = note_signal;
    sigaction(SIGWINCH, &action, &window_);
    for (std::size_t i = 0; i < ending_signals.size(); ++i)
      sigaction(ending_signals[i], &action, &actions_[i]);
    waiting_ = before_;
    sigdelset(&waiting_, SIGWINCH);
    for (const int signal : ending_signals) sigdelset(&waiting_, signal);
  }
  ~Signals() {
    sigaction(SIGWINCH, &window_, nullptr);
    for (std::size_t i = 0; i < ending_signals.size(); ++i)
      sigaction(ending_signals[i], &actions_[i], nullptr);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Whether there is something to read, at once or in time (-1 for as long as it takes).
  bool wait(int milliseconds) const {
    pollfd keys{STDIN_FILENO, POLLIN, 0};
    const timespec time{0, milliseconds * 1'000'000L};
    return ::ppoll(&keys, 1, milliseconds < 0 ? nullptr : &time, &waiting_) > 0;
  }

 private:
  sigset_t before_, waiting_;
  struct sigaction window_ {};
  std::array<struct sigaction, ending_signals.size()> actions_{};
};

/// The other screen, where keys come one by one and are not shown.
class RawTerminal {
 public:
  RawTerminal() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) throw InputError("the terminal cannot be read");
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;  // a stopped stepper would leave its screen to the shell
    if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0) {
      throw InputError("the terminal cannot be set to read keys");
    }
    write_all("\x1b[?1049h\x1b[?25l");
  }
  ~RawTerminal() {
    ended_by = 0;  // what restores the terminal is written to its end
    write_all("\x1b[0m\x1b[?25h\x1b[?1049l");
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  termios before_{};
};

struct Size {
  int columns, rows;
};

Size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {80, 24};
  }
  return {std::min<int>(size.ws_col, 200), std::min<int>(size.ws_row, 200)};
}

bool draw(const Stepper& stepper, bool colours) {
  const Size size = terminal_size();
  std::string text = "\x1b[H";
  const std::vector<std::string> lines = stepper.screen(size.columns, size.rows, colours);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += (i > 0 ? "\r\n" : "") + lines[i] + "\x1b[K";
  }
  return write_all(text + "\x1b[J");
}

/// Runs until q, the end of the input, or a signal, whose number it returns.
int run(Stepper& stepper) {
  const Signals signals;
  const RawTerminal terminal;
  const bool colours = environment("NO_COLOR").empty();
  std::string bytes;
  bool drawn = draw(stepper, colours);
  while (drawn && !stepper.ended() && ended_by == 0) {
    const bool come = signals.wait(bytes.empty() ? -1 : escape_milliseconds);
    if (come) {
      std::array<char, 256> block;
      const ssize_t n = ::read(STDIN_FILENO, block.data(), block.size());
      if (n == 0 || (n < 0 && errno != EINTR)) break;
      if (n > 0) bytes.append(block.data(), static_cast<std::size_t>(n));
    }
    Key key;
    bool changed = resized != 0;
    resized = 0;
    while (!stepper.ended() && take_key(bytes, key, come)) {
      stepper.press(key);
      changed = true;
    }
    if (changed && !stepper.ended()) drawn = draw(stepper, colours);
  }
  return ended_by;
}

}  // namespace

bool can_step_on_terminal() {
  const std::string_view term = environment("TERM");
  return ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO) && !term.empty() && term != "dumb";
}

void step_on_terminal(const explain::Walk& walk) {
  Stepper stepper(walk);
  if (const int signal = run(stepper)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  if (stepper.quiz() && !stepper.summary().empty()) {
    print_now("The quiz: " + stepper.summary() + "\n");
  }
}

}  // namespace gradus::tools
