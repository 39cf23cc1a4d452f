#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <numbers>
#include <vector>

#include "exercise.hpp"

namespace {

// Exercise 1

void check_warm_cosine(course::Check& check, decltype(warm_cosine)* f) {
  const auto at = [&](int step) { return f(step, 0.4, 4, 12); };
  check.equal("a cosine of 12 steps from 0.4, 4 of them warm: step 0", at(0), 0.1,
              "a rate of 0 would waste the step: the line begins with 1 / warm");
  check.equal("a cosine of 12 steps from 0.4, 4 of them warm: step 4", at(4), 0.3,
              "the line stays at 1, and the cosine, which did not wait for it, is in step 4 of 12: "
              "(1 + cos(pi / 3)) / 2 of the rate");
  check.equal("a cosine of 12 steps from 0.4, 4 of them warm: step 2", at(2),
              0.75 * 0.2 * (1 + std::numbers::sqrt3 / 2),
              "the line is 3 / 4 here, times what the cosine gives in step 2 of 12");
  check.equal("a cosine of 12 steps from 0.4, 4 of them warm: step 6", at(6), 0.2,
              "half of the rate, in the middle of the cosine");
  check.equal("a cosine of 12 steps from 0.4, 4 of them warm: step 12", at(12), 0.0,
              "the wave ends at 0");
}

double cosine(double rate, double share) {
  return rate * (1 + std::cos(std::numbers::pi * share)) / 2;
}
double share_of(int step, int steps) { return static_cast<double>(step) / steps; }

double begins_at_zero(int step, double rate, int warm, int steps) {
  return std::min(1.0, share_of(step, warm)) * cosine(rate, share_of(step, steps));
}
double lets_the_cosine_wait(int step, double rate, int warm, int steps) {
  if (step < warm) return rate * (step + 1) / warm;
  return cosine(rate, share_of(step - warm, steps - warm));
}
double replaces_the_cosine(int step, double rate, int warm, int steps) {
  if (step < warm) return rate * (step + 1) / warm;
  return cosine(rate, share_of(step, steps));
}
double rises_for_ever(int step, double rate, int warm, int steps) {
  return share_of(step + 1, warm) * cosine(rate, share_of(step, steps));
}
double falls_in_a_line(int step, double rate, int warm, int steps) {
  return std::min(1.0, share_of(step + 1, warm)) * rate * (1 - share_of(step, steps));
}
double a_whole_wave(int step, double rate, int warm, int steps) {
  return std::min(1.0, share_of(step + 1, warm)) * cosine(rate, 2 * share_of(step, steps));
}
double divides_whole_numbers(int step, double rate, int warm, int steps) {
  return std::min(1, (step + 1) / warm) * cosine(rate, step / steps);
}

// Exercise 2

void check_stops_after(course::Check& check, decltype(stops_after)* f) {
  const auto of = [&](std::initializer_list<double> losses, int patience) {
    return f(std::vector<double>(losses), patience);
  };
  check.equal("3, 2, 1 with a patience of 1", of({3, 2, 1}, 1), 3,
              "each is better than all before: it never stops");
  check.equal("3, 2, 4, 5, 1 with a patience of 2", of({3, 2, 4, 5, 1}, 2), 4,
              "4 and 5 were no better than 2; what comes later is not seen");
  check.equal("3, 2, 4, 1, 5, 6, 7 with a patience of 2", of({3, 2, 4, 1, 5, 6, 7}, 2), 6,
              "a new best one begins the waiting anew");
  check.equal("1, 3, 2, 2.5 with a patience of 2", of({1, 3, 2, 2.5}, 2), 3,
              "compare with the best one, not with the one before");
  check.equal("2, 2, 2, 1 with a patience of 2", of({2, 2, 2, 1}, 2), 3,
              "the same loss again is no better");
}

int compares_with_the_one_before(std::span<const double> losses, int patience) {
  int waited = 0;
  for (std::size_t i = 1; i < losses.size(); ++i) {
    waited = losses[i] < losses[i - 1] ? 0 : waited + 1;
    if (waited == patience) return static_cast<int>(i) + 1;
  }
  return static_cast<int>(losses.size());
}
int counts_all_bad_ones(std::span<const double> losses, int patience) {
  int bad = 0;
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (losses[i] >= best && ++bad == patience) return static_cast<int>(i) + 1;
    best = std::min(best, losses[i]);
  }
  return static_cast<int>(losses.size());
}
int waits_one_more(std::span<const double> losses, int patience) {
  int waited = 0;
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < losses.size(); ++i) {
    waited = losses[i] < best ? 0 : waited + 1;
    best = std::min(best, losses[i]);
    if (waited > patience) return static_cast<int>(i) + 1;
  }
  return static_cast<int>(losses.size());
}
int takes_equal_for_better(std::span<const double> losses, int patience) {
  int waited = 0;
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < losses.size(); ++i) {
    waited = losses[i] <= best ? 0 : waited + 1;
    best = std::min(best, losses[i]);
    if (waited == patience) return static_cast<int>(i) + 1;
  }
  return static_cast<int>(losses.size());
}

// Exercise 3

void check_log_uniform(course::Check& check, decltype(log_uniform)* f) {
  check.equal("0.001 to 1, u = 0", f(0, 0.001, 1), 0.001, "u = 0 gives the lower end");
  check.equal("0.001 to 1, u = 1/3", f(1.0 / 3, 0.001, 1), 0.01,
              "three factors of ten: a third of u for each");
  check.equal("0.001 to 1, u = 1/2", f(0.5, 0.001, 1), std::sqrt(0.001),
              "the middle is the root of the product of both ends");
  check.equal("2 to 32, u = 3/4", f(0.75, 2, 32), 16.0, "from 2, three of the four factors of two");
}

double draws_evenly(double u, double low, double high) { return low + u * (high - low); }
double mixes_logarithms(double u, double low, double high) {
  return std::exp(std::log10(low) + u * (std::log10(high) - std::log10(low)));
}
double forgets_to_go_back(double u, double low, double high) {
  return std::log(low) + u * (std::log(high) - std::log(low));
}
double scales_between(double u, double low, double high) {
  return low + (high - low) * (std::exp(u) - 1) / (std::exp(1.0) - 1);
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 15: schedules and stopping",
      {course::exercise("a cosine with a warm-up", warm_cosine, check_warm_cosine,
                        {{"begins at 0", begins_at_zero},
                         {"lets the cosine wait for the line", lets_the_cosine_wait},
                         {"has the line in place of the cosine", replaces_the_cosine},
                         {"rises for ever", rises_for_ever},
                         {"falls in a line", falls_in_a_line},
                         {"takes a whole wave", a_whole_wave},
                         {"divides whole numbers", divides_whole_numbers}}),
       course::exercise("early stopping", stops_after, check_stops_after,
                        {{"compares with the one before", compares_with_the_one_before},
                         {"counts all bad ones", counts_all_bad_ones},
                         {"waits one more", waits_one_more},
                         {"takes equal for better", takes_equal_for_better}}),
       course::exercise("a draw for rates", log_uniform, check_log_uniform,
                        {{"draws evenly", draws_evenly},
                         {"mixes two logarithms", mixes_logarithms},
                         {"forgets to go back", forgets_to_go_back},
                         {"bends the line a little", scales_between}})});
}
