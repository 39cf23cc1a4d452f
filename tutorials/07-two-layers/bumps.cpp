// A network that is any function, more or less: bumps, each of two neurons, side by side.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <vector>

#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

// [target]
double target(double x) { return 0.3 * x + 0.4 * std::sin(9 * x) + 0.2 * std::cos(20 * x); }
// [network]
/// `bumps` bumps side by side over [0, 1], the middle of the first at 0 and of the last at 1. Each
/// is two hidden neurons, of which the second takes back what the first has added.
Var bump_network(Var x, Index bumps) {  // (points, 1)
  const double width = 1.0 / static_cast<double>(bumps - 1);
  const double steepness = 20 / width;
  Tensor<double> w1({1, 2 * bumps}, steepness), b1({2 * bumps}), w2({2 * bumps, 1});
  for (Index i = 0; i < bumps; ++i) {
    const double middle = static_cast<double>(i) * width;
    b1[2 * i] = -steepness * (middle - width / 2);      // rises at the left edge
    b1[2 * i + 1] = -steepness * (middle + width / 2);  // and at the right one
    w2[2 * i] = target(middle);
    w2[2 * i + 1] = -target(middle);
  }
  Tape& tape = x.tape();
  const Var hidden = sigmoid(matmul(x, tape.constant(w1)) + tape.constant(b1));
  return matmul(hidden, tape.constant(w2));  // (points, 1)
}
// [end]

}  // namespace

int main() {
  constexpr Index points = 1001;
  Tensor<double> at({points, 1});
  for (Index i = 0; i < points; ++i) at[i] = static_cast<double>(i) / (points - 1);
  std::vector<std::vector<double>> columns;  // of the file

  // [errors]
  Tape tape;
  const Var x = tape.input(at, "x");
  fmt::print("bumps  hidden neurons  largest error  slope x half a width\n");
  for (const Index bumps : {5, 9, 17, 33, 65, 129}) {
    const Tensor<double> y = value(bump_network(x, bumps));
    double largest = 0, slope = 0;
    for (Index i = 0; i < points; ++i) {
      largest = std::max(largest, std::abs(y[i] - target(at[i])));
      if (i > 0)
        slope = std::max(slope, std::abs(target(at[i]) - target(at[i - 1])) * (points - 1));
    }
    fmt::print("{:5}  {:14}  {:13.4f}  {:20.4f}\n", bumps, 2 * bumps, largest,
               slope / static_cast<double>(2 * (bumps - 1)));
    columns.emplace_back(y.begin(), y.end());
  }
  // [end]
  std::ofstream out("bumps.dat");
  out << "# x  target  5 bumps  17 bumps  the two neurons of a bump  their difference\n";
  for (Index i = 0; i < points; i += 4) {
    const auto p = static_cast<std::size_t>(i);
    const double left = 1 / (1 + std::exp(-80 * (at[i] - 0.375)));
    const double right = 1 / (1 + std::exp(-80 * (at[i] - 0.625)));
    out << fmt::format("{:.4g} {:.4g} {:.4g} {:.4g} {:.4g} {:.4g} {:.4g}\n", at[i], target(at[i]),
                       columns[0][p], columns[2][p], left, right, left - right);
  }
}
