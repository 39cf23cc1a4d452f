// Lesson 16: what the scale of the features does to the way downhill.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/data/features.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

using Matrix = Tensor<double>;

/// Begins a part of the output: by this line the page finds it.
void begin(const char* part) { fmt::print("// [{}]\n", part); }

/// To three places, and never -0.
double rounded(double x) { return std::round(x * 1000) / 1000 + 0.0; }

/// Houses: areas in square metres, numbers of rooms, prices in thousands. Made up.
struct Houses {
  Matrix areas{{40, 1}}, areas_and_rooms{{40, 2}}, prices{{40, 1}};

  Houses() {
    Random random(5);
    for (Index i = 0; i < 40; ++i) {
      const double area = std::round(random.uniform(40, 200));
      const double rooms = std::max(1.0, std::round(area / 25 + random.normal()));
      areas[i] = areas_and_rooms[2 * i] = area;
      areas_and_rooms[2 * i + 1] = rooms;
      prices[i] = std::round(60 + 1.8 * area + 15 * rooms + random.normal(0, 15));
    }
  }
};

// [model]
/// price = features . weights + bias, with the bias as the weight of a column of ones, and the mean
/// squared error of all houses.
struct Regression {
  Regression(const Matrix& features, const Matrix& prices)
      : x(tape.input(data::with_ones_column(features), "x")),
        t(tape.input(prices, "t")),
        w(tape.parameter(Matrix({x.shape()[1], 1}), "w")),
        loss(mse(matmul(x, w), t)) {}

  /// How the gradient changes with the weights: 2/n times the products of the columns, added up.
  Matrix curvature() {
    const double n = static_cast<double>(x.shape()[0]);
    return value(2 / n * matmul(x, x, true));
  }

  Tape tape;
  Var x, t, w, loss;
};
// [end]

/// The eigenvalues of a symmetric matrix, the smallest first, by Jacobi's rotations: each makes one
/// element off the diagonal 0.
std::vector<double> eigenvalues(Matrix a) {
  const Index n = a.shape()[0];
  for (int sweep = 0; sweep < 50; ++sweep) {
    for (Index p = 0; p < n; ++p) {
      for (Index q = p + 1; q < n; ++q) {
        const double off = a[p * n + q];
        if (off == 0) continue;
        const double theta = (a[q * n + q] - a[p * n + p]) / (2 * off);
        const double t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::hypot(theta, 1));
        const double c = 1 / std::hypot(t, 1), s = t * c;
        for (Index k = 0; k < n; ++k) {
          const double kp = a[k * n + p], kq = a[k * n + q];
          a[k * n + p] = c * kp - s * kq;
          a[k * n + q] = s * kp + c * kq;
        }
        for (Index k = 0; k < n; ++k) {
          const double pk = a[p * n + k], qk = a[q * n + k];
          a[p * n + k] = c * pk - s * qk;
          a[q * n + k] = s * pk + c * qk;
        }
      }
    }
  }
  std::vector<double> result;
  for (Index i = 0; i < n; ++i) result.push_back(a[i * n + i]);
  std::sort(result.begin(), result.end());
  return result;
}

// [descent]
/// Gradient descent from 0 with half of the largest rate that works, 2 / strongest curvature.
/// `look` is shown the number of each step, the loss and the weights before it, and says whether to
/// go on.
using Look = std::function<bool(Index step, double loss, std::span<const double> weights)>;
void descend(Regression& model, const Look& look) {
  const double rate = 1 / eigenvalues(model.curvature()).back();
  const Var next = model.w - rate * gradient(model.loss, model.w);
  Executor<double> step(Program({model.loss}, {{model.w, next}}));
  std::vector<double> before(step.leaf(model.w).begin(), step.leaf(model.w).end());
  for (Index i = 0;; ++i) {
    step.run();
    if (!look(i, step.item(0), before)) break;
    std::copy(step.leaf(model.w).begin(), step.leaf(model.w).end(), before.begin());
  }
}
// [end]

struct Scaling {
  std::string name;
  Matrix features;
};

/// The features as they are, and scaled by `min_max` and `standard`.
std::vector<Scaling> scalings(const Matrix& features) {
  // [scalers]
  const data::Scaler<double> min_max = data::min_max_scaler(features);
  const data::Scaler<double> standard = data::standard_scaler(features);
  return {{"as they are", features},
          {"min-max", min_max(features)},
          {"standardised", standard(features)}};
  // [end]
}

/// The least loss, which is the same for every scaling: it takes few steps with standardised
/// features.
double least_loss(const Matrix& features, const Matrix& prices) {
  Regression model(data::standard_scaler(features)(features), prices);
  double least = 0;
  descend(model, [&](Index step, double loss, auto) {
    least = loss;
    return step < 2000;
  });
  return least;
}

void print_features(const Houses& houses) {
  begin("houses");
  const data::Scaler<double> min_max = data::min_max_scaler(houses.areas);
  const data::Scaler<double> standard = data::standard_scaler(houses.areas);
  fmt::print("areas from {:.0f} to {:.0f}, mean {:.2f}, deviation {:.3f}\n", min_max.shift[0],
             min_max.shift[0] + min_max.divisor[0], standard.shift[0], standard.divisor[0]);
  fmt::print("area    min-max   standardised\n");
  for (const double area : {50.0, 120.0, 250.0}) {  // houses that were not among the forty
    const Matrix row({1, 1}, {area});
    fmt::print("{:4.0f}    {:7.4f}        {:7.4f}\n", area, min_max(row)[0], standard(row)[0]);
  }
}

void print_curvature(const Houses& houses) {
  begin("curvature");
  for (const Scaling& s : scalings(houses.areas)) {
    const Matrix h = Regression(s.features, houses.prices).curvature();
    fmt::print("{:12} {:10.3f} {:8.3f}\n             {:10.3f} {:8.3f}\n", s.name, h[0],
               rounded(h[1]), rounded(h[2]), h[3]);
  }
}

constexpr Index patience = 500'000;

/// Steps until the loss is within 1 of the least one, or as many as there is patience for. Writes
/// how far the loss is from it, at steps that are evenly spread on a logarithmic scale.
Index steps_needed(const Scaling& s, const Matrix& prices, double least, std::ostream& losses) {
  Regression model(s.features, prices);
  Index steps = 0;
  double next = 0;
  descend(model, [&](Index step, double loss, auto) {
    steps = step;
    if (static_cast<double>(step) >= next) {
      losses << fmt::format("{} {:.4g}\n", step + 1, std::max(loss - least, 0.001));
      next = std::max(next + 1, next * 1.2);
    }
    return loss > least + 1 && step < patience;
  });
  losses << "\n\n";
  return steps;
}

/// A row for each scaling, and a block of lines for its losses in a file.
void print_table(const std::string& part, const Matrix& features, const Matrix& prices,
                 const std::vector<Scaling>& kinds) {
  begin(part.c_str());
  const double least = least_loss(features, prices);
  std::ofstream losses(part + ".dat");
  fmt::print("features          curvature from          to   condition number      steps\n");
  for (const Scaling& s : kinds) {
    const std::vector<double> c = eigenvalues(Regression(s.features, prices).curvature());
    const Index steps = steps_needed(s, prices, least, losses);
    fmt::print("{:16} {:15.4g} {:11.4g} {:18.4g} {:>10}\n", s.name, c.front(), c.back(),
               c.back() / c.front(),
               steps < patience ? std::to_string(steps) : fmt::format("> {}", patience));
  }
}

/// In units of 100 square metres.
Matrix in_ares(const Matrix& areas) {
  Matrix result = areas;
  for (double& area : result) area /= 100;
  return result;
}

void print_lines(const Houses& houses) {
  begin("lines");
  // [lines]
  const data::Scaler<double> scaler = data::standard_scaler(houses.areas);
  Regression model(scaler(houses.areas), houses.prices);
  double w = 0, b = 0;
  descend(model, [&](Index step, double, std::span<const double> weights) {
    w = weights[0];
    b = weights[1];
    return step < 100;
  });
  const double m = scaler.shift[0], s = scaler.divisor[0];
  fmt::print("price = {:.2f} + {:.2f} * scaled area\n", b, w);
  fmt::print("price = {:.2f} + {:.4f} * area\n", b - w * m / s, w / s);
  // [end]
}

/// The loss on a grid around the best weight and bias, as gnuplot's "nonuniform matrix", and the
/// first steps of the path to it.
void write_valley(const std::string& name, const Matrix& features, const Matrix& prices,
                  double weight_from, double weight_to, double bias_from, double bias_to) {
  Regression model(features, prices);
  std::ofstream grid(name + ".dat");
  const int n = 41;
  grid << n;
  const auto weight = [&](int i) { return weight_from + (weight_to - weight_from) * i / (n - 1); };
  for (int i = 0; i < n; ++i) grid << fmt::format(" {:.4g}", weight(i));
  for (int j = 0; j < n; ++j) {
    const double bias = bias_from + (bias_to - bias_from) * j / (n - 1);
    grid << fmt::format("\n{:.4g}", bias);
    for (int i = 0; i < n; ++i) {
      model.tape.set(model.w, Matrix({2, 1}, {weight(i), bias}));
      grid << fmt::format(" {:.4g}", item(model.loss));
    }
  }
  grid << '\n';
  model.tape.set(model.w, Matrix({2, 1}, {0, 0}));
  std::ofstream path(name + "_path.dat");
  descend(model, [&](Index step, double, std::span<const double> w) {
    path << fmt::format("{:.5g} {:.5g}\n", w[0], w[1]);
    return step < 30;
  });
}

/// Of the two columns of a matrix: the mean of the products of their standardised values.
double correlation(const Matrix& features) {
  const Matrix z = data::standard_scaler(features)(features);
  const Index n = z.shape()[0];
  double sum = 0;
  for (Index i = 0; i < n; ++i) sum += z[2 * i] * z[2 * i + 1];
  return sum / static_cast<double>(n);
}

}  // namespace

int main() {
  const Houses houses;
  print_features(houses);
  print_curvature(houses);
  std::vector<Scaling> one = scalings(houses.areas);
  one.insert(one.begin() + 1, {"in 100 m2", in_ares(houses.areas)});
  print_table("one-feature", houses.areas, houses.prices, one);
  print_lines(houses);
  print_table("two-features", houses.areas_and_rooms, houses.prices,
              scalings(houses.areas_and_rooms));
  fmt::print("correlation of area and rooms: {:.4f}\n", correlation(houses.areas_and_rooms));

  write_valley("raw", one[0].features, houses.prices, -1, 6, -250, 450);
  write_valley("min_max", one[2].features, houses.prices, -100, 700, -100, 500);
  write_valley("standard", one[3].features, houses.prices, -250, 450, 0, 700);
}
