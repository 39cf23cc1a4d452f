#include <cmath>

#include "exercise.hpp"

namespace {

// --- Wrong answers that people give ---

StepNetwork differs() { return {{1, 1}, -0.5, {1, 1}, -1.5, {1, -1}, -0.5}; }
StepNetwork both() { return {{1, 1}, -1.5, {1, 1}, -1.5, {1, 1}, -0.5}; }
StepNetwork neither() { return {{1, 1}, -0.5, {1, 1}, -1.5, {-1, 0}, 0.5}; }

double bias_without_steepness(double x, double left, double right, double steepness) {
  return sigmoid(steepness * x - left) - sigmoid(steepness * x - right);
}
double sum_of_both(double x, double left, double right, double steepness) {
  return sigmoid(steepness * (x - left)) + sigmoid(steepness * (x - right));
}
double upside_down(double x, double left, double right, double steepness) {
  return sigmoid(steepness * (x - right)) - sigmoid(steepness * (x - left));
}

template <class Term>
std::vector<double> gradient(std::span<const double> x, std::span<const double> h, Term&& term) {
  std::vector<double> result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < h.size(); ++j) result.push_back(term(i, j));
  }
  return result;
}
std::vector<double> forgets_tanh(std::span<const double> x, std::span<const double> h,
                                 std::span<const double> v, double dz) {
  return gradient(x, h, [&](std::size_t i, std::size_t j) { return x[i] * v[j] * dz; });
}
std::vector<double> forgets_the_second_layer(std::span<const double> x, std::span<const double> h,
                                             std::span<const double>, double dz) {
  return gradient(x, h,
                  [&](std::size_t i, std::size_t j) { return x[i] * (1 - h[j] * h[j]) * dz; });
}
std::vector<double> transposed(std::span<const double> x, std::span<const double> h,
                               std::span<const double> v, double dz) {
  std::vector<double> result;
  for (std::size_t j = 0; j < h.size(); ++j) {
    for (const double input : x) result.push_back(input * (1 - h[j] * h[j]) * v[j] * dz);
  }
  return result;
}

// --- The questions ---

double answer(const StepNetwork& n, double x1, double x2) {
  const auto fires = [](double z) { return z > 0 ? 1.0 : 0.0; };
  const double h1 = fires(n.first[0] * x1 + n.first[1] * x2 + n.first_bias);
  const double h2 = fires(n.second[0] * x1 + n.second[1] * x2 + n.second_bias);
  return fires(n.output[0] * h1 + n.output[1] * h2 + n.output_bias);
}

void check_same(course::Check& check, decltype(same)* f) {
  const StepNetwork network = f();
  check.equal("0 and 0", answer(network, 0, 0), 1.0,
              "no hidden neuron need say 1 here: the bias of the output alone can make it 1");
  check.equal("0 and 1", answer(network, 0, 1), 0.0,
              "let one hidden neuron say 1 if any input is 1, and weigh it so that it turns the "
              "output off");
  check.equal("1 and 0", answer(network, 1, 0), 0.0, "what holds for 0 and 1 holds here");
  check.equal("1 and 1", answer(network, 1, 1), 1.0,
              "let the other hidden neuron fire only if both are 1, and take back what the first "
              "one did");
}

void check_bump(course::Check& check, decltype(bump)* f) {
  check.near("the middle of a bump from 2 to 3, steepness 40", f(2.5, 2, 3, 40), 1.0, 1e-6,
             "the neuron that rises at the left edge, minus the one that rises at the right edge");
  check.near("far to the left of a bump from 2 to 3, steepness 40", f(-5, 2, 3, 40), 0.0, 1e-6,
             "both neurons say 0 there");
  check.near("far to the right of a bump from 2 to 3, steepness 40", f(9, 2, 3, 40), 0.0, 1e-6,
             "the second neuron takes back what the first one has added");
  check.equal("the left edge of a bump from -1 to 1, steepness 2", f(-1, -1, 1, 2),
              0.5 - sigmoid(-4), "at x = left the first neuron's sum is 0");
}

void check_gradient(course::Check& check, decltype(first_layer_gradient)* f) {
  const std::vector<double> x{1, -2}, h{0.5, 0, -0.8}, v{2, -1, 3};
  check.equal("one input of 3, one hidden neuron at 0.6 with v = 2, dz = 0.5",
              f(std::vector<double>{3}, std::vector<double>{0.6}, std::vector<double>{2}, 0.5),
              {3 * (1 - 0.36) * 2 * 0.5},
              "multiply along the only path: x, the derivative 1 - h^2 of tanh, v, and dz");
  check.equal("inputs 1, -2; h = 0.5, 0, -0.8; v = 2, -1, 3; dz = 0.1", f(x, h, v, 0.1),
              {0.15, -0.1, 0.108, -0.3, 0.2, -0.216},
              "a row for each input, and in it a number for each hidden neuron");
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 7: two layers",
      {course::exercise("the same or not", same, check_same,
                        {{"is 1 where they differ", differs},
                         {"forgets that 0 and 0 are the same", both},
                         {"does not use the second hidden neuron", neither}}),
       course::exercise("a bump", bump, check_bump,
                        {{"leaves the steepness out of the bias", bias_without_steepness},
                         {"adds the neurons", sum_of_both},
                         {"turns the bump upside down", upside_down}}),
       course::exercise("the gradient of the first layer", first_layer_gradient, check_gradient,
                        {{"forgets the derivative of tanh", forgets_tanh},
                         {"forgets the weights of the second layer", forgets_the_second_layer},
                         {"puts hidden neurons in rows", transposed}})});
}
