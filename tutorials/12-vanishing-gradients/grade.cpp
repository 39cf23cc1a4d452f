#include <algorithm>
#include <cmath>
#include <limits>

#include "exercise.hpp"

namespace {

// Exercise 1

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }
double slope(double z) { return sigmoid(z) * (1 - sigmoid(z)); }

using List = std::vector<double>;

void check_slope_of_chain(course::Check& check, decltype(slope_of_chain)* f) {
  check.equal("one neuron with weight 1, z = 0", f(List{1}, List{0}), 0.25,
              "the slope of the sigmoid at 0 is 1/4");
  check.equal("three neurons with weight 1, z = 0", f(List{1, 1, 1}, List{0, 0, 0}), 0.015625,
              "the slopes of a chain are multiplied");
  check.equal("weights 8 and 2, z = 0", f(List{8, 2}, List{0, 0}), 1.0,
              "each layer also multiplies by its weight");
  check.equal("weights 2 and -3, z = 1 and -2", f(List{2, -3}, List{1, -2}),
              -6 * slope(1) * slope(-2), "the slope is a (1 - a), where a = sigmoid(z)");
}

double multiplies_the_values(std::span<const double> w, std::span<const double> z) {
  double product = 1;
  for (std::size_t i = 0; i < w.size(); ++i) product *= w[i] * sigmoid(z[i]);
  return product;
}
double forgets_the_weights(std::span<const double>, std::span<const double> z) {
  double product = 1;
  for (const double s : z) product *= slope(s);
  return product;
}
double adds_the_slopes(std::span<const double> w, std::span<const double> z) {
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * slope(z[i]);
  return sum;
}
double takes_the_bound(std::span<const double> w, std::span<const double>) {
  double product = 1;
  for (const double v : w) product *= v / 4;
  return product;
}

// Exercise 2

void check_list(course::Check& check, std::string_view question, const Gradients& given,
                const Gradients& wanted, std::string_view hint) {
  List g, w;
  for (const auto& p : given) g.insert(g.end(), p.begin(), p.end());
  for (const auto& p : wanted) w.insert(w.end(), p.begin(), p.end());
  check.equal(question, g, w, hint);
}

void check_clipped(course::Check& check, decltype(clipped)* f) {
  check_list(check, "(3, 4) at limit 1", f({{3, 4}}, 1), {{0.6, 0.8}},
             "the norm is 5: scale everything by 1/5, so that the direction stays");
  check_list(check, "(0.3, 0.4) at limit 1", f({{0.3, 0.4}}, 1), {{0.3, 0.4}},
             "what is within the limit stays as it is");
  check_list(check, "two parameters, (6) and (0, 8), at limit 5", f({{6}, {0, 8}}, 5),
             {{3}, {0, 4}}, "one norm for all parameters together: here 10");
  check_list(check, "(0, 0) at limit 1", f({{0, 0}}, 1), {{0, 0}}, "0 / 0 is no number");
}

double norm_of(const Gradients& gradients) {
  double squares = 0;
  for (const auto& p : gradients) {
    for (const double g : p) squares += g * g;
  }
  return std::sqrt(squares);
}
Gradients scaled(Gradients gradients, double scale) {
  for (auto& p : gradients) {
    for (double& g : p) g *= scale;
  }
  return gradients;
}

Gradients cuts_each_element(const Gradients& gradients, double limit) {
  Gradients result = gradients;
  for (auto& p : result) {
    for (double& g : p) g = std::clamp(g, -limit, limit);
  }
  return result;
}
Gradients clips_each_parameter(const Gradients& gradients, double limit) {
  Gradients result;
  for (const auto& p : gradients) {
    result.push_back(scaled({p}, limit / std::max(norm_of({p}), limit))[0]);
  }
  return result;
}
Gradients makes_small_ones_larger(const Gradients& gradients, double limit) {
  return scaled(gradients, limit / norm_of(gradients));
}
Gradients forgets_the_root(const Gradients& gradients, double limit) {
  const double squares = norm_of(gradients) * norm_of(gradients);
  return scaled(gradients, limit / std::max(squares, limit));
}

// Exercise 3

void check_first_not_finite(course::Check& check, decltype(first_not_finite)* f) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  check.equal("1, NaN, 2, NaN", f(List{1, nan, 2, nan}), 1, "count from 0, and stop at the first");
  check.equal("1, 2, infinity, NaN", f(List{1, 2, inf, nan}), 2,
              "an infinity comes before most NaNs, and is where they are born");
  check.equal("-infinity, 1", f(List{-inf, 1}), 0, "there are two infinities");
  check.equal("1e300, -1e300", f(List{1e300, -1e300}), -1, "what is very large is still a number");
}

int looks_for_nan_alone(std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) return static_cast<int>(i);
  }
  return -1;
}
int finds_the_last(std::span<const double> values) {
  for (std::size_t i = values.size(); i-- > 0;) {
    if (!std::isfinite(values[i])) return static_cast<int>(i);
  }
  return -1;
}
int compares_with_nan(std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == std::nan("")) return static_cast<int>(i);  // never: NaN equals nothing
  }
  return -1;
}
int takes_large_for_infinite(std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(std::abs(values[i]) < 1e10)) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 12: vanishing and exploding gradients",
      {course::exercise("the slope of a chain", slope_of_chain, check_slope_of_chain,
                        {{"multiplies the values, not the slopes", multiplies_the_values},
                         {"forgets the weights", forgets_the_weights},
                         {"adds the slopes", adds_the_slopes},
                         {"takes the bound for the slope", takes_the_bound}}),
       course::exercise("clipping by the global norm", clipped, check_clipped,
                        {{"cuts each element by itself", cuts_each_element},
                         {"clips each parameter by itself", clips_each_parameter},
                         {"makes small gradients larger", makes_small_ones_larger},
                         {"forgets the root", forgets_the_root}}),
       course::exercise("where it began", first_not_finite, check_first_not_finite,
                        {{"looks for NaN alone", looks_for_nan_alone},
                         {"finds the last", finds_the_last},
                         {"compares with NaN", compares_with_nan},
                         {"takes what is large for infinite", takes_large_for_infinite}})});
}
