#include <cmath>
#include <initializer_list>
#include <vector>

#include "exercise.hpp"

namespace {

using Inputs = std::span<const double>;

std::vector<double> list(std::initializer_list<double> x) { return x; }

// Exercise 1

void check_last_state(course::Check& check, decltype(last_state)* f) {
  check.equal("one input, 2, with w = 0.5, u = 3, b = 0", f(list({2}), 0.5, 3, 0), std::tanh(1.0),
              "before the first step h is 0, so that u does nothing yet");
  check.equal("no input at all", f({}, 0.5, 3, 1), 0.0,
              "no step was taken: h is what it starts with");
  check.equal("inputs 2 and 0 with w = 0.5, u = 3, b = 0", f(list({2, 0}), 0.5, 3, 0),
              std::tanh(3 * std::tanh(1.0)), "what was said in the first step comes back, times u");
  check.equal("inputs 1 and 2 with w = 1, u = 0.5, b = -1", f(list({1, 2}), 1, 0.5, -1),
              std::tanh(1.0), "the bias is added in every step; the inputs come in their order");
}

double forgets_to_feed_back(Inputs x, double w, double, double b) {
  double h = 0;
  for (const double each : x) h = std::tanh(w * each + b);
  return h;
}
double forgets_the_tanh(Inputs x, double w, double u, double b) {
  double h = 0;
  for (const double each : x) h = w * each + u * h + b;
  return h;
}
double squashes_at_the_end(Inputs x, double w, double u, double b) {
  double h = 0;
  for (const double each : x) h = w * each + u * h + b;
  return std::tanh(h);
}
double adds_up(Inputs x, double w, double u, double b) {
  double h = 0;
  for (const double each : x) h += std::tanh(w * each + u * h + b);
  return h;
}

// Exercise 2

void check_slope(course::Check& check, decltype(slope_by_u)* f) {
  const double h1 = std::tanh(0.5), h2 = std::tanh(0.8 * h1), h3 = std::tanh(0.8 * h2);
  check.equal("one input: 1, with w = 0.5, u = 0.8, wanted 1", f(list({1}), 0.5, 0.8, 1), 0.0,
              "u is multiplied by the start, 0: it has no say in the first step");
  check.equal("inputs 1, 0, with w = 0.5, u = 0.8, wanted 1", f(list({1, 0}), 0.5, 0.8, 1),
              2 * (h2 - 1) * (1 - h2 * h2) * h1,
              "through the square, through tanh, and then times the state before");
  const double z3 = 2 * (h3 - 1) * (1 - h3 * h3), z2 = z3 * 0.8 * (1 - h2 * h2);
  check.equal(
      "inputs 1, 0, 0, with w = 0.5, u = 0.8, wanted 1", f(list({1, 0, 0}), 0.5, 0.8, 1),
      z3 * h2 + z2 * h1,
      "u is used in steps 2 and 3: both shares are added. To go a step back, multiply by u");
}

/// Backpropagation through time with parts that can be left out.
double slope_with(Inputs x, double w, double u, double wanted, bool tanh_slope, double back,
                  std::size_t shift, std::size_t steps) {
  std::vector<double> h{0};
  for (const double each : x) h.push_back(std::tanh(w * each + u * h.back()));
  double dh = 2 * (h.back() - wanted), du = 0;
  for (std::size_t t = x.size(); t >= 1 && steps > 0; --t, --steps) {
    const double dz = tanh_slope ? dh * (1 - h[t] * h[t]) : dh;
    du += dz * h[t - shift];
    dh = dz * back;
  }
  return du;
}
double looks_at_the_last_step_alone(Inputs x, double w, double u, double wanted) {
  return slope_with(x, w, u, wanted, true, u, 1, 1);
}
double forgets_the_slope_of_tanh(Inputs x, double w, double u, double wanted) {
  return slope_with(x, w, u, wanted, false, u, 1, x.size());
}
double goes_back_without_u(Inputs x, double w, double u, double wanted) {
  return slope_with(x, w, u, wanted, true, 1, 1, x.size());
}
double takes_the_state_after(Inputs x, double w, double u, double wanted) {
  return slope_with(x, w, u, wanted, true, u, 0, x.size());
}

// Exercise 3

void check_lstm(course::Check& check, decltype(lstm_step)* f) {
  check.equal("what is kept of c = 2 with f = 0.5 and i = 0", f({0, 2}, 0, 0.5, 1, 0.7).c, 1.0,
              "the forget gate says how much of the old c stays");
  check.equal("what is kept with i = 0.25, g = -0.8 and f = 0", f({0, 2}, 0.25, 0, 1, -0.8).c, -0.2,
              "the input gate says how much of the news is added");
  check.equal("what is kept of c = 2 with f = 1, i = 1 and g = 0.5", f({0.3, 2}, 1, 1, 0.5, 0.5).c,
              2.5, "both are added; nothing squashes c, which is why it can keep");
  check.equal("what others see of c = 2 with f = 1, i = 1, g = 0.5 and o = 0.5",
              f({0.3, 2}, 1, 1, 0.5, 0.5).h, 0.5 * std::tanh(2.5),
              "the output gate says how much of the squashed new c is seen");
}

Memory mixes_the_gates(Memory b, double i, double f, double o, double g) {
  const double c = i * b.c + f * g;
  return {o * std::tanh(c), c};
}
Memory shows_the_old_one(Memory b, double i, double f, double o, double g) {
  return {o * std::tanh(b.c), f * b.c + i * g};
}
Memory squashes_what_is_kept(Memory b, double i, double f, double o, double g) {
  const double c = std::tanh(f * b.c + i * g);
  return {o * c, c};
}
Memory keeps_what_is_seen(Memory b, double i, double f, double o, double g) {
  const double c = f * b.h + i * g;
  return {o * std::tanh(c), c};
}
Memory forgets_to_squash(Memory b, double i, double f, double o, double g) {
  const double c = f * b.c + i * g;
  return {o * c, c};
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 18: feedback",
      {course::exercise("a cell through a sequence", last_state, check_last_state,
                        {{"forgets to feed back", forgets_to_feed_back},
                         {"forgets the tanh", forgets_the_tanh},
                         {"squashes at the end only", squashes_at_the_end},
                         {"adds up what is said", adds_up}}),
       course::exercise("back through time", slope_by_u, check_slope,
                        {{"looks at the last step alone", looks_at_the_last_step_alone},
                         {"forgets the slope of tanh", forgets_the_slope_of_tanh},
                         {"goes back without u", goes_back_without_u},
                         {"takes the state after", takes_the_state_after}}),
       course::exercise("a step of an LSTM", lstm_step, check_lstm,
                        {{"mixes the gates", mixes_the_gates},
                         {"shows the old memory", shows_the_old_one},
                         {"squashes what is kept", squashes_what_is_kept},
                         {"keeps what is seen", keeps_what_is_seen},
                         {"forgets to squash", forgets_to_squash}})});
}
