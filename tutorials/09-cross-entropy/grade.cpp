#include <cmath>

#include "exercise.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/nn/init.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// --- Wrong answers that people give ---

std::vector<double> naive(std::span<const double> u) {
  double sum = 0;
  std::vector<double> s;
  for (const double x : u) s.push_back(std::exp(x)), sum += s.back();
  for (double& x : s) x /= sum;
  return s;
}
std::vector<double> without_exp(std::span<const double> u) {
  double sum = 0;
  for (const double x : u) sum += x;
  std::vector<double> s;
  for (const double x : u) s.push_back(x / sum);
  return s;
}
std::vector<double> by_the_largest(std::span<const double> u) {
  double largest = u[0];
  for (const double x : u) largest = std::max(largest, x);
  std::vector<double> s;
  for (const double x : u) s.push_back(std::exp(x - largest));
  return s;
}

std::vector<double> flipped(std::span<const double> u, std::size_t right) {
  std::vector<double> slope = naive(u);
  slope[right] -= 1;
  for (double& x : slope) x = -x;
  return slope;
}
std::vector<double> only_the_right_class(std::span<const double> u, std::size_t right) {
  std::vector<double> slope(u.size());
  slope[right] = naive(u)[right] - 1;
  return slope;
}
std::vector<double> by_the_probabilities(std::span<const double> u, std::size_t right) {
  std::vector<double> slope(u.size());
  slope[right] = -1 / naive(u)[right];
  return slope;
}

/// The parts of the right formula, for those that go wrong at the end.
struct Network {
  Network(Var x, Var w, Var v)
      : examples(static_cast<double>(x.shape()[0])),
        a(sigmoid(matmul(x, w))),
        s(softmax(matmul(a, v))) {}
  double examples;
  Var a, s;
};
Var not_averaged(Var x, Var w, Var v, Var z) {
  const Network n(x, w, v);
  return matmul(transpose(n.a), n.s - z);
}
Var uphill(Var x, Var w, Var v, Var z) {
  const Network n(x, w, v);
  return matmul(transpose(n.a), z - n.s) / n.examples;
}
Var sigmoid_twice(Var x, Var w, Var v, Var z) {
  const Network n(x, w, v);
  const Var slope = n.a * (1 - n.a);
  return matmul(transpose(slope), n.s - z) / n.examples;
}

// --- The questions ---

void check_softmax(course::Check& check, decltype(softmax_of)* f) {
  check.equal("the softmax of 1, 1", f(std::vector<double>{1, 1}), {0.5, 0.5},
              "equal sums have equal shares, and shares add up to 1");
  const double e = std::exp(1.0), all = 1 + e + e * e;
  check.equal("of 2, 1, 0", f(std::vector<double>{2, 1, 0}), {e * e / all, e / all, 1 / all},
              "e^u over the sum of all e^u, so that the shares add up to 1");
  check.equal("of 1002, 1001, 1000", f(std::vector<double>{1002, 1001, 1000}),
              {e * e / all, e / all, 1 / all},
              "e^1000 is infinite in double: take the largest sum off all of them first, which "
              "changes no share");
}

void check_slope(course::Check& check, decltype(slope_of_cross_entropy)* f) {
  check.equal("two classes with sums 0, 0, the second is right", f(std::vector<double>{0, 0}, 1),
              {0.5, -0.5}, "probabilities less the one-hot row of the right class");
  const double e = std::exp(1.0), all = 1 + e + e * e;
  check.equal("sums 2, 1, 0, the first is right", f(std::vector<double>{2, 1, 0}, 0),
              {e * e / all - 1, e / all, 1 / all},
              "every class has a slope: the wrong ones are to have less probability");
}

void check_gradient(course::Check& check, decltype(gradient_by_v)* f) {
  Tape tape;
  Random random(7);
  const Var x = tape.input(nn::normal({5, 3}, random), "X");
  const Var w = tape.parameter(nn::normal({3, 4}, random), "W");
  const Var v = tape.parameter(nn::normal({4, 2}, random), "V");
  const Var z = tape.input(Tensor<double>({5, 2}, {1, 0, 0, 1, 0, 1, 1, 0, 1, 0}), "Z");
  const Var hidden = sigmoid(matmul(x, w));
  const Tensor<double> wanted = value(gradient(cross_entropy(matmul(hidden, v), z), v));
  const Tensor<double> given = value(f(x, w, v, z));
  check.equal("the shape of the formula, for V of shape (4, 2)", to_string(given.shape()),
              to_string(wanted.shape()),
              "A is (N, H) and S - Z is (N, C): which of them must be transposed to give (H, C)?");
  check.equal("5 examples, 3 inputs, 4 hidden neurons, 2 classes", given.span(), wanted.span(),
              "V comes after the sigmoid: A, transposed, times dJ/dU, which has the 1/N");
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Softmax and cross-entropy",
      {course::exercise("softmax", softmax_of, check_softmax,
                        {{"overflows for large sums", naive},
                         {"forgets to take e to the power of the sums", without_exp},
                         {"divides by the largest", by_the_largest}}),
       course::exercise("the slope of cross-entropy", slope_of_cross_entropy, check_slope,
                        {{"flips the sign", flipped},
                         {"gives the right class alone a slope", only_the_right_class},
                         {"stops at the probabilities", by_the_probabilities}}),
       course::exercise("the gradient by V", gradient_by_v, check_gradient,
                        {{"forgets the average", not_averaged},
                         {"goes uphill", uphill},
                         {"goes through the sigmoid, which V comes after", sigmoid_twice}})});
}
