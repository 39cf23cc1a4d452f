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

/// dJ/dW by the lesson's formula, with what is made of A for the slope of the hidden neurons.
Var gradient_with(Var x, Var w, Var v, Var z, Var (*slope_of)(Var a)) {
  const Var a = tanh(matmul(x, w));
  const Var s = softmax(matmul(a, v));
  const Var da = matmul(s - z, transpose(v));
  return matmul(transpose(x), da * slope_of(a)) / static_cast<double>(x.shape()[0]);
}
Var slope_of_sigmoid(Var x, Var w, Var v, Var z) {
  return gradient_with(x, w, v, z, [](Var a) { return a * (1 - a); });
}
Var no_slope(Var x, Var w, Var v, Var z) {
  return gradient_with(x, w, v, z, [](Var a) { return a / a; });
}
Var not_averaged(Var x, Var w, Var v, Var z) {
  const Var mean = gradient_with(x, w, v, z, [](Var a) { return 1 - a * a; });
  return mean * static_cast<double>(x.shape()[0]);
}

// --- The questions ---

void check_softmax(course::Check& check, decltype(softmax_of)* f) {
  check.equal("the softmax of 1, 1", f(std::vector<double>{1, 1}), {0.5, 0.5},
              "equal sums have equal shares, and shares add up to 1");
  const double e = std::exp(1.0), all = 1 + e + e * e;
  check.equal("the softmax of 2, 1, 0", f(std::vector<double>{2, 1, 0}),
              {e * e / all, e / all, 1 / all},
              "e^u over the sum of all e^u, so that the shares add up to 1");
  check.equal("the softmax of 1002, 1001, 1000", f(std::vector<double>{1002, 1001, 1000}),
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

void check_gradient(course::Check& check, decltype(gradient_with_tanh)* f) {
  Tape tape;
  Random random(7);
  const Var x = tape.input(nn::normal({5, 3}, random), "X");
  const Var w = tape.parameter(nn::normal({3, 4}, random), "W");
  const Var v = tape.parameter(nn::normal({4, 2}, random), "V");
  const Var z = tape.input(Tensor<double>({5, 2}, {1, 0, 0, 1, 0, 1, 1, 0, 1, 0}), "Z");
  const Var hidden = tanh(matmul(x, w));
  const Tensor<double> wanted = value(gradient(cross_entropy(matmul(hidden, v), z), w));
  const Tensor<double> given = value(f(x, w, v, z));
  check.equal("the shape of the formula, for W of shape (3, 4)", to_string(given.shape()),
              to_string(wanted.shape()), "dJ/dY is (N, H) and X is (N, D): transpose X");
  check.equal(
      "5 examples, 3 inputs, 4 hidden neurons, 2 classes", given.span(), wanted.span(),
      "only the slope of the hidden neurons is another one than in the lesson: that of tanh "
      "is 1 - A^2; and do not forget 1/N");
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 9: softmax and cross-entropy",
      {course::exercise("softmax", softmax_of, check_softmax,
                        {{"overflows for large sums", naive},
                         {"forgets to take e to the power of the sums", without_exp},
                         {"divides by the largest", by_the_largest}}),
       course::exercise("the slope of cross-entropy", slope_of_cross_entropy, check_slope,
                        {{"flips the sign", flipped},
                         {"gives the right class alone a slope", only_the_right_class},
                         {"stops at the probabilities", by_the_probabilities}}),
       course::exercise("the gradient with tanh", gradient_with_tanh, check_gradient,
                        {{"keeps the slope of the sigmoid", slope_of_sigmoid},
                         {"forgets the slope of the hidden neurons", no_slope},
                         {"forgets the average", not_averaged}})});
}
