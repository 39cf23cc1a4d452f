// The way downhill of two numbers: with all examples, with ten, and with one in each step.
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/data/batches.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

constexpr Index count = 60;

struct Points {
  Points() {
    Random random(4);
    for (Index i = 0; i < count; ++i) {
      x[i] = random.uniform(-1, 2);
      y[i] = 2 * x[i] - 1 + random.normal(0, 1);
    }
  }
  Tensor<double> x{Shape{count}}, y{Shape{count}};
};

/// Half the mean squared error of the line w x + b on all points.
double cost(const Points& p, double w, double b) {
  double sum = 0;
  for (Index i = 0; i < count; ++i) {
    const double error = w * p.x[i] + b - p.y[i];
    sum += error * error;
  }
  return sum / (2 * count);
}

/// The lowest cost there is: w and b by the formulas of linear regression.
double lowest(const Points& p) {
  double x = 0, y = 0, xx = 0, xy = 0;
  for (Index i = 0; i < count; ++i) {
    x += p.x[i] / count;
    y += p.y[i] / count;
    xx += p.x[i] * p.x[i] / count;
    xy += p.x[i] * p.y[i] / count;
  }
  const double w = (xy - x * y) / (xx - x * x);
  return cost(p, w, y - w * x);
}

// [descend]
/// Twenty epochs in batches of this size, from w = -1, b = 1.5. Writes the way to a file.
double descend(const Points& points, Index size, double rate, const char* name) {
  Tape tape;
  const Var x = tape.input(Shape{size}, "x"), y = tape.input(Shape{size}, "y");
  const Var w = tape.parameter(-1.0, "w"), b = tape.parameter(1.5, "b");
  const Var j = mean(square(w * x + b - y)) / 2;
  const std::vector<Var> d = gradient(j, {w, b});
  Executor<double> step(Program({j}, {{w, w - rate * d[0]}, {b, b - rate * d[1]}}));
  Tensor<double> xs({size}), ys({size});
  step.bind(x, xs.span());
  step.bind(y, ys.span());

  Random random(1);
  std::ofstream file(name);
  for (int epoch = 0; epoch < 20; ++epoch) {
    const data::Batches batches(count, size, random);
    for (Index i = 0; i < batches.size(); ++i) {
      file << fmt::format("{:.4f} {:.4f}\n", step.leaf(w)[0], step.leaf(b)[0]);
      data::gather_rows(points.x, batches[i], xs.span());
      data::gather_rows(points.y, batches[i], ys.span());
      step.run();
    }
  }
  return cost(points, step.leaf(w)[0], step.leaf(b)[0]);
}
// [end]

}  // namespace

int main() {
  const Points points;
  // [run]
  fmt::print("batch  rate  steps  cost after 20 epochs\n");
  const std::vector<std::pair<Index, double>> ways{{60, 0.1}, {10, 0.1}, {1, 0.1}, {1, 0.01}};
  for (const auto& [size, rate] : ways) {
    const std::string name = fmt::format("paths-{}-{}.dat", size, rate);
    fmt::print("{:5}  {:<4}  {:5}  {:.4f}\n", size, rate, 20 * count / size,
               descend(points, size, rate, name.c_str()));
  }
  fmt::print("the lowest cost there is: {:.4f}\n", lowest(points));
  // [end]
  std::ofstream map("paths-map.dat");
  for (int i = 0; i <= 40; ++i) {
    for (int k = 0; k <= 40; ++k) {
      const double w = -1.5 + 0.1125 * k, b = -2.5 + 0.1125 * i;
      map << fmt::format("{:.4f} {:.4f} {:.4f}\n", w, b, cost(points, w, b));
    }
    map << '\n';
  }
}
