#include "course/grade.hpp"

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <exception>

namespace course {
namespace {

bool equal_numbers(double given, double wanted) {
  if (std::isnan(wanted) || std::isinf(wanted)) {
    return std::isnan(wanted) ? std::isnan(given) : given == wanted;
  }
  return std::abs(given - wanted) <= 1e-9 * std::abs(wanted) + 1e-12;
}

/// Both numbers with as many digits as show that they differ: six where these are enough.
std::string came_and_expected(double given, double wanted, std::string_view what = "",
                              std::string_view about = "") {
  const auto text = [](double x, int digits) {  // the sign of a NaN says nothing
    return std::isnan(x) ? "nan" : fmt::format("{:.{}g}", x, digits);
  };
  std::string came;
  std::string expected;
  for (int digits = 6; digits <= 17 && came == expected; ++digits) {
    came = text(given, digits);
    expected = text(wanted, digits);
  }
  return fmt::format("  came      {}{}\n  expected  {}{}{}\n", what, came, what, about, expected);
}

}  // namespace

void Check::fail(std::string_view question, const std::string& report, std::string_view hint) {
  failed_question_ = question;
  report_ = fmt::format("{}  hint      {}\n", report, hint);
  throw Stop{};
}

void Check::equal(std::string_view question, double given, double wanted, std::string_view hint) {
  ++questions_;
  if (!equal_numbers(given, wanted)) fail(question, came_and_expected(given, wanted), hint);
}

void Check::equal(std::string_view question, std::string_view given, std::string_view wanted,
                  std::string_view hint) {
  ++questions_;
  if (given == wanted) return;
  fail(question, fmt::format("  came      {}\n  expected  {}\n", given, wanted), hint);
}

void Check::equal(std::string_view question, std::span<const double> given,
                  std::span<const double> wanted, std::string_view hint) {
  lists(question, given, wanted, equal_numbers, hint);
}

void Check::near(std::string_view question, double given, double wanted, double tolerance,
                 std::string_view hint) {
  ++questions_;
  if (std::abs(given - wanted) <= tolerance) return;
  fail(question, came_and_expected(given, wanted, "", "about "), hint);
}

void Check::near(std::string_view question, std::span<const double> given,
                 std::span<const double> wanted, double tolerance, std::string_view hint) {
  lists(
      question, given, wanted,
      [tolerance](double a, double b) { return std::abs(a - b) <= tolerance; }, hint);
}

void Check::lists(std::string_view question, std::span<const double> given,
                  std::span<const double> wanted, const std::function<bool(double, double)>& alike,
                  std::string_view hint) {
  ++questions_;
  if (given.size() != wanted.size()) {
    fail(question,
         fmt::format("  came      {} numbers\n  expected  {}\n", given.size(), wanted.size()),
         hint);
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (alike(given[i], wanted[i])) continue;
    fail(question, came_and_expected(given[i], wanted[i], fmt::format("[{}] = ", i)), hint);
  }
}

void Check::that(std::string_view question, bool holds, std::string_view hint) {
  ++questions_;
  if (!holds) fail(question, "  came      no\n  expected  yes\n", hint);
}

namespace {

/// How an answer came out of its check, as the exit status of the process that ran it. What a
/// program returns when it breaks (1 with the sanitizers) is none of them.
enum class Outcome { right = 40, failed, unfilled, threw, asked_nothing, broke };

struct Verdict {
  Outcome outcome;
  std::string what;    ///< in words, behind the exercise's title
  std::string detail;  ///< lines that follow, or none
};

Verdict examine(const std::function<void(Check&)>& run) {
  Check check;
  try {
    run(check);
  } catch (Check::Stop) {
  } catch (Unfilled) {
    return {Outcome::unfilled, "not filled in yet", ""};
  } catch (const std::exception& error) {
    return {Outcome::threw, "not right yet: it throws an exception",
            fmt::format("  {}\n", error.what())};
  } catch (...) {
    return {Outcome::threw, "not right yet: it throws something that is no std::exception", ""};
  }
  // Asked of the check itself, as a function that is checked may catch what is thrown.
  if (!check.failed_question().empty()) {
    return {Outcome::failed, "not right yet",
            fmt::format("  question  {}\n{}", check.failed_question(), check.report())};
  }
  if (check.questions() == 0) return {Outcome::asked_nothing, "its check asks nothing", ""};
  return {Outcome::right, "right", ""};
}

void tell(const Verdict& verdict) { fmt::print("{}\n{}", verdict.what, verdict.detail); }

/// Of a wrong answer. Crashes and exceptions do not count: a question shall tell it from a right
/// one.
void tell_wrong(const Verdict& verdict) {
  if (verdict.outcome == Outcome::failed) {
    fmt::print("caught\n{}", verdict.detail);
  } else {
    fmt::print("caught by no question ({})\n{}", verdict.what, verdict.detail);
  }
}

constexpr unsigned seconds_to_answer = 5;  // answers take milliseconds, also with the sanitizers

/// Examines in a process of its own, whose end, of whatever kind, is not this one's.
Outcome examine_apart(const std::function<void(Check&)>& run, void (*tell)(const Verdict&)) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(seconds_to_answer);
    const Verdict verdict = examine(run);
    tell(verdict);
    std::fflush(nullptr);
    _exit(static_cast<int>(verdict.outcome));
  }
  int status = 0;
  std::string why = "it ends the program; is an index out of range?";
  if (child < 0 || waitpid(child, &status, 0) != child) {
    why = "the system could not start a process for it";
  } else if (WIFEXITED(status) && WEXITSTATUS(status) >= static_cast<int>(Outcome::right) &&
             WEXITSTATUS(status) < static_cast<int>(Outcome::broke)) {
    return static_cast<Outcome>(WEXITSTATUS(status));
  } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    why = fmt::format("it does not end within {} seconds", seconds_to_answer);
  }
  tell({Outcome::broke, "not right yet: " + why, ""});
  return Outcome::broke;
}

int grade_answers(const std::vector<Exercise>& exercises) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < exercises.size(); ++i) {
    fmt::print("Exercise {}, {}: ", i + 1, exercises[i].title);
    right += examine_apart(exercises[i].check, tell) == Outcome::right;
  }
  fmt::print("{} of {} exercises {} right\n", right, exercises.size(), right == 1 ? "is" : "are");
  return right == exercises.size() ? 0 : 1;
}

constexpr std::size_t mistakes_wanted = 3;

int grade_mistakes(const std::vector<Exercise>& exercises) {
  std::size_t caught = 0;
  std::size_t all = 0;
  bool enough = true;
  for (std::size_t i = 0; i < exercises.size(); ++i) {
    const Exercise& exercise = exercises[i];
    for (const Exercise::Mistake& m : exercise.mistakes) {
      fmt::print("Exercise {}, {}; the wrong answer \"{}\": ", i + 1, exercise.title, m.mistake);
      caught += examine_apart(m.check, tell_wrong) == Outcome::failed;
      ++all;
    }
    if (exercise.mistakes.size() < mistakes_wanted) {
      fmt::print("Exercise {}, {}: has {} wrong answers and needs {}\n", i + 1, exercise.title,
                 exercise.mistakes.size(), mistakes_wanted);
      enough = false;
    }
  }
  fmt::print("{} of {} wrong answers are caught\n", caught, all);
  return caught == all && enough ? 0 : 1;
}

}  // namespace

int grade(int argc, char** argv, std::string_view lesson, const std::vector<Exercise>& exercises) {
  const bool wrong = argc == 2 && std::string_view(argv[1]) == "--wrong";
  if (argc > 1 && !wrong) {
    fmt::print(stderr, "usage: {} [--wrong]\n", argv[0]);
    return 2;
  }
  fmt::print("{}\n", lesson);
  return wrong ? grade_mistakes(exercises) : grade_answers(exercises);
}

}  // namespace course
