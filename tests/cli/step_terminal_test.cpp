// gradus step on a real terminal, of which the test holds the other end.
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <chrono>
#include <csignal>
#include <string>

#include "catch.hpp"

namespace {

/// A gradus that steps through a formula on a terminal of 80 x 24.
class Session {
 public:
  explicit Session(const char* term = "TERM=xterm") {
    winsize size{24, 80, 0, 0};
    REQUIRE(::openpty(&master_, &slave_, nullptr, nullptr, &size) == 0);
    REQUIRE(::tcgetattr(slave_, &before_) == 0);
    id_ = ::fork();
    REQUIRE(id_ >= 0);
    if (id_ == 0) {
      ::close(master_);
      ::login_tty(slave_);
      const char* const argv[] = {GRADUS_TOOL, "step", "m = a*b; L = m + a", "--at", "a=2", "--at",
                                  "b=-3",      nullptr};
      const char* const envp[] = {term, "NO_COLOR=1", "OMP_NUM_THREADS=1", nullptr};
      ::execve(GRADUS_TOOL, const_cast<char* const*>(argv), const_cast<char* const*>(envp));
      ::_exit(127);
    }
  }
  ~Session() {
    if (!ended_) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
    ::close(master_);
    ::close(slave_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void type(const std::string& keys) const {
    REQUIRE(::write(master_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }
  void signal(int number) const { ::kill(id_, number); }
  void resize(unsigned short columns, unsigned short rows) const {
    winsize size{rows, columns, 0, 0};
    REQUIRE(::ioctl(master_, TIOCSWINSZ, &size) == 0);  // the kernel sends SIGWINCH
  }

  /// Waits until the last screen that was drawn shows this.
  bool shows(const std::string& text) {
    return wait([&] {
      const std::size_t last = output_.rfind("\x1b[H");
      return last != std::string::npos && output_.find("\x1b[J", last) != std::string::npos &&
             output_.find(text, last) != std::string::npos;
    });
  }
  bool printed(const std::string& text) {
    return wait([&] { return output_.find(text) != std::string::npos; });
  }
  /// How it ended, as waitpid has it; -1 if it does not.
  int end() {
    int status = -1;
    wait([&] { return (ended_ = ::waitpid(id_, &status, WNOHANG) == id_); });
    if (ended_) wait([] { return false; }, 50);  // what is still in the terminal
    return status;
  }
  const std::string& output() const { return output_; }

  /// Whether the terminal is as it was, and on its first screen with a cursor.
  bool restored() const {
    termios after{};
    ::tcgetattr(slave_, &after);
    const auto last = [&](const char* sequence) {
      const std::size_t at = output_.rfind(sequence);
      return at == std::string::npos ? 0 : at + 1;
    };
    return after.c_lflag == before_.c_lflag && after.c_iflag == before_.c_iflag &&
           after.c_cc[VSUSP] == before_.c_cc[VSUSP] && last("\x1b[?1049l") > last("\x1b[?1049h") &&
           last("\x1b[?25h") > last("\x1b[?25l");
  }
  bool raw() const {
    termios now{};
    ::tcgetattr(slave_, &now);
    return (now.c_lflag & (ICANON | ECHO)) == 0;
  }

 private:
  template <class Done>
  bool wait(Done&& done, int milliseconds = 20'000) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    while (!done()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      pollfd file{master_, POLLIN, 0};
      if (::poll(&file, 1, 20) <= 0) continue;
      char block[4096];
      const ssize_t n = ::read(master_, block, sizeof block);
      if (n > 0) output_.append(block, static_cast<std::size_t>(n));
    }
    return true;
  }

  int master_ = -1, slave_ = -1, id_ = -1;
  bool ended_ = false;
  termios before_{};
  std::string output_;
};

}  // namespace

TEST_CASE("On a terminal one steps, jumps, answers and leaves", "[cli]") {
  Session session;
  REQUIRE(session.shows("forward 1/8"));
  CHECK(session.raw());
  session.type("\x1b[C\x1b[C");
  CHECK(session.shows("m = a · b = 2 · -3 = -6"));
  session.type("\t");
  CHECK(session.shows("∂L/∂m = ∂L/∂L · 1 = 1 · 1 = 1"));
  session.type("ga\r");
  CHECK(session.shows("∂L/∂a = ∂L/∂m · b + ∂L/∂L · 1 = 1 · -3 + 1 · 1 = -2"));
  session.type("z");
  CHECK(session.shows("What is ∂L/∂a?"));
  session.type("2\r");
  CHECK(session.shows("> 2: The sign is wrong."));
  session.type("-2\r");
  CHECK(session.shows("> -2: Right."));
  session.resize(40, 10);
  CHECK(session.shows("page down shows the rest"));
  session.type("q");
  const int status = session.end();
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(session.restored());
  CHECK(session.output().find("The quiz: 0 of 1 right at the first attempt.") != std::string::npos);
  CHECK(session.output().find("\x1b[7m") == std::string::npos);  // NO_COLOR
}

TEST_CASE("A signal leaves the terminal as it was", "[cli]") {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    Session session;
    REQUIRE(session.shows("forward 1/8"));
    if (number == SIGINT) {
      session.type("\x03");  // Ctrl-C, as it is typed
    } else {
      session.signal(number);
    }
    const int status = session.end();
    INFO(number);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == number);
    CHECK(session.restored());
  }
}

TEST_CASE("A terminal that cannot place text gets text", "[cli]") {
  for (const char* term : {"TERM=dumb", "TERM="}) {
    Session session(term);
    CHECK(session.printed("The gradient"));
    const int status = session.end();
    CHECK(WIFEXITED(status));
    CHECK(session.output().find('\x1b') == std::string::npos);
  }
}
