// A lesson's grader whose answers break in every way; what it says is kept in grader.console.
//   grader [--wrong]
//   grader --no-questions | --few | --fine [--wrong]    lessons with one fault, and with none
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "course/grade.hpp"

namespace {

using course::Check;
using course::exercise;
using course::Exercise;

double twice(double x) { return 2 * x; }
double squared(double x) { return x * x; }
double same(double x) { return x; }
double nearly(double x) { return 2 * x + 1e-8; }
double rounded(double x) { return 2 * x * (1 + 1e-15); }
double unfilled(double) { return course::hole; }
double throws(double) { throw std::runtime_error("no such number"); }
double throws_a_number(double) { throw 1; }
double crashes(double) { std::abort(); }
double exits(double) { std::exit(0); }
double not_a_number(double) { return std::numeric_limits<double>::quiet_NaN(); }
double negative_not_a_number(double) { return -std::numeric_limits<double>::quiet_NaN(); }
double endless(double) {
  for (;;) pause();
}

void check_twice(Check& check, decltype(twice)* f) {
  check.equal("twice 2", f(2), 4.0, "add it to itself");
  check.equal("twice 3", f(3), 6.0, "add it to itself");
  check.equal("twice 0", f(0), 0.0, "nothing is nothing");
}

// A check that catches what its answer throws must not lose that a question failed.
void check_and_catch(Check& check, decltype(twice)* f) {
  try {
    check.equal("twice 3", f(3), 6.0, "add it to itself");
  } catch (...) {
  }
}

void check_nothing(Check&, decltype(twice)*) {}

std::vector<double> list() { return {1, 2.5}; }
std::vector<double> unfilled_list() { return course::hole; }
std::string word() { return "tape"; }
int count() { return 3; }
bool truth() { return true; }
void in_place(double& x) { x = 7; }
void unfilled_in_place(double&) { throw course::Unfilled{}; }

void check_list(Check& check, decltype(list)* f) {
  check.equal("the list", f(), {1.0, 2.5}, "one number after the other");
}
void check_other_list(Check& check, decltype(list)* f) {
  check.equal("the list", f(), {1.0, 2.0}, "one number after the other");
}
void check_length(Check& check, decltype(list)* f) {
  const std::array wanted{1.0};
  check.equal("the list", f(), wanted, "one number is enough");
}
void check_near_list(Check& check, decltype(list)* f) {
  check.near("the list", f(), {1.001, 2.499}, 0.01, "about");
  check.near("the list, nearer", f(), {1.001, 2.499}, 0.0005, "not that near");
}
void check_near(Check& check, decltype(twice)* f) {
  check.near("about twice 2", f(2), 4.01, 0.1, "about");
  check.near("about twice 2, nearer", f(2), 4.01, 0.001, "not that near");
}
void check_word(Check& check, decltype(word)* f) {
  check.equal("the word", f(), "tapes", "there are many");
}
void check_count(Check& check, decltype(count)* f) {
  check.equal("the count", f(), std::size_t{4}, "count again");
}
void check_truth(Check& check, decltype(truth)* f) {
  check.equal("is it so?", f(), false, "it is not");
}
void check_that(Check& check, decltype(truth)* f) { check.that("is it not so?", !f(), "it is so"); }
void check_in_place(Check& check, decltype(in_place)* f) {
  double x = 0;
  f(x);
  check.equal("x", x, 7.0, "seven");
}

std::vector<Exercise> lesson(const std::string& kind) {
  if (kind == "--no-questions") return {exercise("nothing", twice, check_nothing, {})};
  if (kind == "--few") return {exercise("few", twice, check_twice, {{"squares", squared}})};
  if (kind == "--fine") {
    return {exercise("twice", twice, check_twice,
                     {{"squares", squared}, {"is lazy", same}, {"is not exact", nearly}})};
  }
  return {
      exercise("right", twice, check_twice, {}),
      exercise("right but for round-off", rounded, check_twice, {}),
      exercise("squared", squared, check_twice, {{"crashes", crashes}, {"throws", throws}}),
      exercise("close, but not the same", nearly, check_twice,
               {{"is right", twice}, {"is unfilled", unfilled}, {"is squared", squared}}),
      exercise("not a number", not_a_number, check_near, {}),
      exercise("not a number, with a sign", negative_not_a_number, check_twice, {}),
      exercise("endless", endless, check_twice, {}),
      exercise("unfilled", unfilled, check_twice, {}),
      exercise("an unfilled list", unfilled_list, check_list, {}),
      exercise("unfilled, and returns nothing", unfilled_in_place, check_in_place, {}),
      exercise("in place", in_place, check_in_place, {}),
      exercise("throws", throws, check_twice, {}),
      exercise("throws a number", throws_a_number, check_twice, {}),
      exercise("crashes", crashes, check_twice, {}),
      exercise("exits", exits, check_twice, {}),
      exercise("caught by its check", same, check_and_catch, {}),
      exercise("a list", list, check_list, {}),
      exercise("another list", list, check_other_list, {}),
      exercise("a list that is too long", list, check_length, {}),
      exercise("nearly a list", list, check_near_list, {}),
      exercise("nearly", twice, check_near, {}),
      exercise("a word", word, check_word, {}),
      exercise("a count", count, check_count, {}),
      exercise("a truth", truth, check_truth, {}),
      exercise("a claim", truth, check_that, {}),
  };
}

}  // namespace

int main(int argc, char** argv) {
  const std::string kind = argc > 1 && std::strcmp(argv[1], "--wrong") != 0 ? argv[1] : "";
  const std::vector<Exercise> exercises = lesson(kind);
  const bool named = kind == "--no-questions" || kind == "--few" || kind == "--fine";
  return course::grade(argc - named, argv + named, "A lesson", exercises);
}
