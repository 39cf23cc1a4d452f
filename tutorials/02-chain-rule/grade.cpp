#include <cmath>
#include <vector>

#include "exercise.hpp"

namespace {

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }
double slope(double a) { return a * (1 - a); }

// Exercise 1

void check_dC_dw(course::Check& check, decltype(dC_dw)* f) {
  check.equal("w = 0, b = 0, x = 3, y = 0", f(0, 0, 3, 0), 0.75,
              "z is 0 and a is 0.5 here: multiply dz/dw = 3, da/dz = 0.25 and dC/da = 1");
  check.equal("w = 0, b = 0, x = 3, y = 1", f(0, 0, 3, 1), -0.75,
              "a is too small here: a larger w makes C smaller");
  check.equal("w = 0, b = 0, x = 0, y = 1", f(0, 0, 0, 1), 0.0,
              "without an input, the weight makes no difference");
  const auto cost = [](double w) { return std::pow(sigmoid(w * 1.5 - 1) - 0.2, 2); };
  check.near("w = 2, b = -1, x = 1.5, y = 0.2, against nudges of w", f(2, -1, 1.5, 0.2),
             (cost(2 + 1e-5) - cost(2 - 1e-5)) / 2e-5, 1e-6,
             "the slope of the sigmoid is a (1 - a), with a = sigmoid(w x + b)");
}

double forgets_the_two(double w, double b, double x, double y) {
  const double a = sigmoid(w * x + b);
  return x * slope(a) * (a - y);
}

double forgets_the_sigmoid(double w, double b, double x, double y) {
  return x * 2 * (sigmoid(w * x + b) - y);
}

double takes_the_slope_of_z(double w, double b, double x, double y) {
  const double z = w * x + b;
  return x * slope(z) * 2 * (sigmoid(z) - y);
}

double flips_the_sign(double w, double b, double x, double y) {
  const double a = sigmoid(w * x + b);
  return x * slope(a) * 2 * (y - a);
}

// Exercise 2

struct Links {
  double w1, slope1, w2, slope2, error;
};

Links links(const Chain& c) {
  const double a1 = sigmoid(c.w1 * c.x + c.b1);
  const double a2 = sigmoid(c.w2 * a1 + c.b2);
  return {c.w1, slope(a1), c.w2, slope(a2), 2 * (a2 - c.y)};
}

void check_dC_dx(course::Check& check, decltype(dC_dx)* f) {
  const Chain flat{0, 0, 2, -1, 5, 0};
  check.equal("w1 = 0, b1 = 0, w2 = 2, b2 = -1, x = 5, y = 0", f(flat), 0.0,
              "where w1 is 0, the input does not get through");
  const Chain middle{4, 0, 2, -1, 0, 0};
  check.equal("w1 = 4, b1 = 0, w2 = 2, b2 = -1, x = 0, y = 0", f(middle), 0.5,
              "both sigmoids stand at 0.5 here: the links are 4, 0.25, 2, 0.25 and 1");
  const Chain lesson{0.8, -0.2, 2, -1, 1.5, 0};
  const Links l = links(lesson);
  check.equal("the chain of the lesson", f(lesson), l.w1 * l.slope1 * l.w2 * l.slope2 * l.error,
              "five links: dz1/dx, da1/dz1, dz2/da1, da2/dz2, dC/da2");
}

double stops_at_w1(const Chain& c) {
  const Links l = links(c);
  return c.x * l.slope1 * l.w2 * l.slope2 * l.error;
}

double leaves_out_the_bridge(const Chain& c) {
  const Links l = links(c);
  return l.w1 * l.slope1 * l.slope2 * l.error;
}

double uses_one_slope_twice(const Chain& c) {
  const Links l = links(c);
  return l.w1 * l.slope2 * l.w2 * l.slope2 * l.error;
}

double adds_the_links(const Chain& c) {
  const Links l = links(c);
  return l.w1 + l.slope1 + l.w2 + l.slope2 + l.error;
}

// Exercise 3

void check_forward(course::Check& check, decltype(forward)* f) {
  const std::vector<Layer> one{{{{2, 3}, {5, 7}}}};
  check.equal("one layer {{2, 3}, {5, 7}}, from neuron 0", f(one, 0), 5.0,
              "C is the sum of both: neuron 0 reaches it by 2 and by 3");
  check.equal("one layer {{2, 3}, {5, 7}}, from neuron 1", f(one, 1), 12.0,
              "begin with 1 at the start, and 0 beside");
  const std::vector<Layer> two{{{{2, 3}, {5, 7}}}, {{{1, 10}, {100, 1000}}}};
  check.equal("two layers, {{2, 3}, {5, 7}} and {{1, 10}, {100, 1000}}, from neuron 0", f(two, 0),
              3322.0,
              "four paths: 2*1, 2*10, 3*100 and 3*1000. Each new neuron gets a share from both");
  const std::vector<Layer> deep(60, Layer{{{0.5, 0.5}, {0.25, 0.75}}});
  check.equal("60 layers {{0.5, 0.5}, {0.25, 0.75}}", f(deep, 0), 1.0,
              "keep two numbers a layer, and make the next two of them");
}

using Two = std::array<double, 2>;

double sum(const Two& two) { return two[0] + two[1]; }

double transposes(std::span<const Layer> layers, std::size_t start) {
  Two here{};
  here[start] = 1;
  for (const Layer& l : layers) {
    here = {here[0] * l[0][0] + here[1] * l[0][1], here[0] * l[1][0] + here[1] * l[1][1]};
  }
  return sum(here);
}

double writes_over_what_it_needs(std::span<const Layer> layers, std::size_t start) {
  Two here{};
  here[start] = 1;
  for (const Layer& l : layers) {
    here[0] = here[0] * l[0][0] + here[1] * l[1][0];
    here[1] = here[0] * l[0][1] + here[1] * l[1][1];
  }
  return sum(here);
}

double forgets_to_add_at_the_end(std::span<const Layer> layers, std::size_t start) {
  Two here{};
  here[start] = 1;
  for (const Layer& l : layers) {
    here = {here[0] * l[0][0] + here[1] * l[1][0], here[0] * l[0][1] + here[1] * l[1][1]};
  }
  return here[start];
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 2: the chain rule",
      {course::exercise("one neuron", dC_dw, check_dC_dw,
                        {{"forgets the 2 of the square", forgets_the_two},
                         {"forgets the slope of the sigmoid", forgets_the_sigmoid},
                         {"takes z (1 - z) for the slope", takes_the_slope_of_z},
                         {"flips the sign", flips_the_sign}}),
       course::exercise("the input of two neurons", dC_dx, check_dC_dx,
                        {{"stops at w1", stops_at_w1},
                         {"leaves out the bridge w2", leaves_out_the_bridge},
                         {"uses one slope for both", uses_one_slope_twice},
                         {"adds the links", adds_the_links}}),
       course::exercise("forward through layers", forward, check_forward,
                        {{"transposes", transposes},
                         {"writes over what it still needs", writes_over_what_it_needs},
                         {"forgets to add at the end", forgets_to_add_at_the_end}})});
}
