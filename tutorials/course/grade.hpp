/// The grader of the lessons' exercises. A lesson's exercise.cpp has functions with holes, its
/// grade.cpp asks questions of them:
///
///   void check_slope(course::Check& check, decltype(slope)* f) {
///     check.equal("the slope of x^2 at 3", f(3), 6.0, "the derivative of x^2 is 2x");
///   }
///   int main(int argc, char** argv) {
///     return course::grade(argc, argv, "Slopes", {
///         course::exercise("the slope", slope, check_slope, {{"forgets the 2", forgets_the_2},
///         ...}),
///     });
///   }
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace course {

/// What a function throws whose hole is not filled. No std::exception, so that a check of "this
/// must throw" does not take it for one. A function that returns nothing throws it by itself.
struct Unfilled {};

/// The hole of an exercise: becomes a value of any type, by throwing Unfilled.
struct Hole {
  template <class T>
  operator T() const {
    throw Unfilled{};
  }
};
inline constexpr Hole hole;

/// Asks questions of one answer. The first that is not answered right ends the check: what follows
/// is not run, and what came before is not shown, so that its words must stand alone. Each is a
/// question in words, what the answer gave, what is right, and a hint for
/// those who got it wrong. (Pass lists as std::vector or std::array: where it calls through a
/// pointer, g++ 12 makes no span of a C array.)
class Check {
 public:
  /// Numbers that are the same but for round-off: up to 1e-9 of `wanted`, and 1e-12.
  void equal(std::string_view question, double given, double wanted, std::string_view hint);
  /// Whole numbers, and truth values.
  template <std::integral A, std::integral B>
  void equal(std::string_view question, A given, B wanted, std::string_view hint) {
    constexpr bool words = std::is_same_v<A, bool> && std::is_same_v<B, bool>;
    const auto text = [](auto x) { return !words ? std::to_string(x) : x ? "true" : "false"; };
    equal(question, std::string_view(text(given)), text(wanted), hint);
  }
  void equal(std::string_view question, std::string_view given, std::string_view wanted,
             std::string_view hint);
  /// Lists of numbers: as many, and each the same but for round-off.
  void equal(std::string_view question, std::span<const double> given,
             std::span<const double> wanted, std::string_view hint);
  void equal(std::string_view question, std::span<const double> given,
             std::initializer_list<double> wanted, std::string_view hint) {
    equal(question, given, std::span<const double>(wanted.begin(), wanted.size()), hint);
  }

  /// Numbers that differ by at most `tolerance`.
  void near(std::string_view question, double given, double wanted, double tolerance,
            std::string_view hint);
  void near(std::string_view question, std::span<const double> given,
            std::span<const double> wanted, double tolerance, std::string_view hint);
  void near(std::string_view question, std::span<const double> given,
            std::initializer_list<double> wanted, double tolerance, std::string_view hint) {
    near(question, given, std::span<const double>(wanted.begin(), wanted.size()), tolerance, hint);
  }

  /// Something that holds, or does not.
  void that(std::string_view question, bool holds, std::string_view hint);

  /// The question that was not answered right, and empty as long as there is none.
  const std::string& failed_question() const { return failed_question_; }
  /// What came, what was expected and the hint, in lines.
  const std::string& report() const { return report_; }
  int questions() const { return questions_; }

  /// Ends a check. No std::exception, for the same reason as Unfilled.
  struct Stop {};

 private:
  /// Keeps the question and its report, and ends the check.
  [[noreturn]] void fail(std::string_view question, const std::string& report,
                         std::string_view hint);
  void lists(std::string_view question, std::span<const double> given,
             std::span<const double> wanted, const std::function<bool(double, double)>& alike,
             std::string_view hint);

  int questions_ = 0;
  std::string failed_question_;
  std::string report_;
};

/// A wrong answer: a mistake that people make ("forgets the bias"), and a function that makes it.
template <class F>
struct Wrong {
  std::string mistake;
  F* answer;
};

struct Exercise {
  struct Mistake {
    std::string mistake;
    std::function<void(Check&)> check;
  };
  std::string title;
  std::function<void(Check&)> check;
  std::vector<Mistake> mistakes;
};

/// An exercise: its title, the function to grade, its check, and wrong answers that must fail it.
template <class F>
Exercise exercise(std::string title, F& answer, void (*check)(Check&, std::type_identity_t<F>*),
                  std::initializer_list<std::type_identity_t<Wrong<F>>> wrong) {
  const auto bind = [check](F* f) { return [check, f](Check& c) { check(c, f); }; };
  Exercise e{std::move(title), bind(&answer), {}};
  for (const auto& [mistake, f] : wrong) e.mistakes.push_back({mistake, bind(f)});
  return e;
}

/// The main function of a lesson's grader. Prints for each exercise that it is right, or the first
/// question that failed; and returns 0 if all are right, else 1. Each is run in a process of its
/// own: one that throws, crashes or does not end fails alone.
/// `--wrong` runs the wrong answers instead, and returns 0 if each exercise has three, and each of
/// them is caught by a question.
int grade(int argc, char** argv, std::string_view lesson, const std::vector<Exercise>& exercises);

}  // namespace course
