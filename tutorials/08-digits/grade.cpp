#include <numeric>

#include "exercise.hpp"

namespace {

// --- Wrong answers that people give ---

int forgets_biases(std::span<const int> layers) {
  int count = 0;
  for (std::size_t i = 1; i < layers.size(); ++i) count += layers[i - 1] * layers[i];
  return count;
}
int biases_of_inputs(std::span<const int> layers) {
  return forgets_biases(layers) + std::accumulate(layers.begin(), layers.end(), 0);
}
int one_bias_a_layer(std::span<const int> layers) {
  return forgets_biases(layers) + static_cast<int>(layers.size()) - 1;
}

template <class Nudge>
std::vector<double> each(std::span<const double> a, std::span<const double> y, Nudge&& nudge) {
  std::vector<double> nudges;
  for (std::size_t k = 0; k < a.size(); ++k) nudges.push_back(nudge(a[k], y[k]));
  return nudges;
}
std::vector<double> forgets_sigmoid(std::span<const double> a, std::span<const double> y) {
  return each(a, y, [](double ak, double yk) { return yk - ak; });
}
std::vector<double> uphill(std::span<const double> a, std::span<const double> y) {
  return each(a, y, [](double ak, double yk) { return (ak - yk) * ak * (1 - ak); });
}
std::vector<double> forgets_the_half(std::span<const double> a, std::span<const double> y) {
  return each(a, y, [](double ak, double yk) { return 2 * (yk - ak) * ak * (1 - ak); });
}

/// Takes `share` of each gradient off the weights.
std::vector<double> step(std::span<const double> w, std::span<const std::vector<double>> gradients,
                         double share) {
  std::vector<double> after(w.begin(), w.end());
  for (const std::vector<double>& gradient : gradients) {
    for (std::size_t i = 0; i < w.size(); ++i) after[i] -= share * gradient[i];
  }
  return after;
}
std::vector<double> sum_of_all(std::span<const double> w,
                               std::span<const std::vector<double>> gradients, double rate) {
  return step(w, gradients, rate);
}
std::vector<double> up_the_hill(std::span<const double> w,
                                std::span<const std::vector<double>> gradients, double rate) {
  return step(w, gradients, -rate / static_cast<double>(gradients.size()));
}
std::vector<double> last_example(std::span<const double> w,
                                 std::span<const std::vector<double>> gradients, double rate) {
  return step(w, gradients.last(1), rate);
}

// --- The questions ---

void check_count(course::Check& check, decltype(parameter_count)* f) {
  check.equal("one input, one neuron", f(std::vector{1, 1}), 2, "a weight and a bias");
  check.equal("3 inputs, 2 neurons", f(std::vector{3, 2}), 8,
              "a weight for each pair of input and neuron, and a bias for each neuron; inputs have "
              "none");
  check.equal("784, 16, 16, 10", f(std::vector{784, 16, 16, 10}), 13002,
              "go from each layer to the next, and add up");
}

void check_nudges(course::Check& check, decltype(output_nudges)* f) {
  const std::vector<double> a{0.5, 0.2, 0.9}, y{1, 0, 1};
  check.that("an answer of 0.5 where 1 is wanted: is it nudged up?", f(a, y).at(0) > 0,
             "a nudge is minus the derivative: it goes where the cost falls");
  check.equal("answers 0.5, 0.2, 0.9, wanted 1, 0, 1", f(a, y), {0.125, -0.032, 0.009},
              "the chain: dC/da = a - y, then da/dz = a (1 - a), then dz/db = 1");
}

void check_step(course::Check& check, decltype(batch_step)* f) {
  const std::vector<double> w{1, -2};
  const std::vector<std::vector<double>> one{{0.5, 1}}, three{{3, 0}, {0, 0.6}, {-6, 0.9}};
  check.equal("weights 1, -2, one example with gradient 0.5, 1, rate 2", f(w, one, 2), {0, -4},
              "downhill: take the gradient times the rate off");
  check.equal("weights 1, -2, three examples: 3, 0; 0, 0.6; -6, 0.9; rate 0.1", f(w, three, 0.1),
              {1.1, -2.05}, "add the gradients of all examples, and divide by how many there are");
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 8: handwritten digits",
      {course::exercise("counting parameters", parameter_count, check_count,
                        {{"forgets the biases", forgets_biases},
                         {"gives biases to the inputs", biases_of_inputs},
                         {"has one bias for a whole layer", one_bias_a_layer}}),
       course::exercise("nudges of one example", output_nudges, check_nudges,
                        {{"forgets the derivative of the sigmoid", forgets_sigmoid},
                         {"goes uphill", uphill},
                         {"forgets the factor 1/2 of the cost", forgets_the_half}}),
       course::exercise("a step with a mini-batch", batch_step, check_step,
                        {{"takes the sum for the average", sum_of_all},
                         {"goes uphill", up_the_hill},
                         {"uses the last example alone", last_example}})});
}
