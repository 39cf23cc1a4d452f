// Lesson 17: derivatives of derivatives, what they cost, and Newton's method.

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "gradus/check/hessian.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/program.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

using Point = std::array<double, 2>;

/// Begins a part of the output: by this line the page finds it.
void begin(const char* part) { fmt::print("// [{}]\n", part); }

/// To three places, and never -0.
double rounded(double x) { return std::round(x * 1000) / 1000 + 0.0; }

void print_orders() {
  begin("orders");
  // [orders]
  Tape tape;
  const Var x = tape.parameter(2, "x");
  Var f = pow(x, 3);
  for (const char* name : {"x^3", "slope", "curvature", "third"}) {
    fmt::print("{:9} = {:2}, {} nodes on the tape\n", name, item(f), tape.size());
    f = gradient(f, x);
  }
  // [end]
}

// [valley]
/// A curved valley: the sum of (1 - p_i)^2 + 10 (p_(i+1) - p_i^2)^2. Its lowest point is (1, 1,
/// ...). After Rosenbrock, "An automatic method for finding the greatest or least value of a
/// function", 1960, whose factor is 100.
Var valley(Var p) {
  const Index n = p.shape()[0];
  const Var here = slice(p, {{0, n - 1}});
  const Var next = slice(p, {{1, n}});
  const Var along = square(1 - here);
  const Var across = square(next - square(here));
  return sum(along + 10 * across);
}
// [end]

// [hessian]
/// All second derivatives of f: row i is the gradient of the gradient's element i.
std::vector<Var> hessian_rows(Var f, Var p) {
  const Var g = gradient(f, p);
  std::vector<Var> rows;
  for (Index i = 0; i < p.shape()[0]; ++i) {
    const Var slope = sum(slice(g, {{i, i + 1}}));  // a single number
    rows.push_back(gradient(slope, p, Disconnected::zeros));
  }
  return rows;
}
// [end]

void print_hessian() {
  begin("hessian");
  Tape tape;
  const Var p = tape.parameter(Tensor<double>({2}, {-1, 1}), "p");
  const Var f = valley(p);
  const std::vector<Var> rows = hessian_rows(f, p);
  for (const Point& at : {Point{-1, 1}, {0, 1}, {1, 1}}) {
    tape.set(p, Tensor<double>({2}, {at[0], at[1]}));
    fmt::print("at ({:2}, {}): H = {}\n              {}\n", at[0], at[1], to_string(value(rows[0])),
               to_string(value(rows[1])));
  }
  fmt::print("checked against differences of gradients: {}\n",
             check_hessian(f, {p}).passed() ? "PASS" : "FAIL");
}

void print_product() {
  begin("product");
  // [product]
  Tape tape;
  const Var p = tape.parameter(Tensor<double>({2}, {-1, 1}), "p");
  const Var v = tape.input(Tensor<double>({2}, {1, 2}), "v");
  const Var f = valley(p);
  const Var g = gradient(f, p);
  const Var hv = gradient(sum(g * v), p);  // no Hessian anywhere
  fmt::print("H v = {}\n", to_string(value(hv)));
  // [end]
}

/// Floating-point operations of one run of what computes these.
double flops(std::span<const Var> outputs) {
  return static_cast<double>(Program(outputs, {}, Passes::as_recorded()).flops());
}

void print_cost() {
  begin("cost");
  std::ofstream file("cost.dat");
  // [cost]
  fmt::print("n            f   gradient       H v            H      solving\n");
  for (const Index n : {2, 10, 100, 1000}) {
    Tape tape;
    const Var p = tape.parameter(Tensor<double>({n}, 0.5), "p");
    const Var v = tape.input(Tensor<double>({n}, 1.0), "v");
    const Var f = valley(p);
    const Var g = gradient(f, p);
    const Var hv = gradient(sum(g * v), p);
    const std::vector<Var> h = hessian_rows(f, p);
    const double solving = 2.0 / 3 * std::pow(n, 3);  // by elimination, for large n
    const std::string row =
        fmt::format("{:<4}  {:8.0f}   {:8.0f}  {:8.0f}   {:10.0f}   {:10.0f}\n", n, flops({{f}}),
                    flops({{g}}), flops({{hv}}), flops(h), solving);
    fmt::print("{}", row);
    file << row;
  }
  // [end]
  begin("digits");
  const double n = 784 * 16 + 16 + 16 * 16 + 16 + 16 * 10 + 10;  // the network of lesson 8
  fmt::print("{:.0f} weights and biases: a Hessian of {:.4g} numbers, {:.3g} GB in double,\n", n,
             n * n, n * n * 8 / 1e9);
  fmt::print("and {:.3g} operations to solve a system of so many equations\n", 2.0 / 3 * n * n * n);
}

/// Solves H s = g for two unknowns (Cramer's rule).
Point solve(const std::array<Point, 2>& h, const Point& g) {
  const double determinant = h[0][0] * h[1][1] - h[0][1] * h[1][0];
  return {(g[0] * h[1][1] - h[0][1] * g[1]) / determinant,
          (h[0][0] * g[1] - h[1][0] * g[0]) / determinant};
}

// [newton]
/// A function of two numbers, its gradient and its Hessian.
struct Surface {
  explicit Surface(Var (*formula)(Var p))
      : f(formula(p)), g(gradient(f, p)), rows(hessian_rows(f, p)) {}

  void move_to(const Point& at) { tape.set(p, Tensor<double>({2}, {at[0], at[1]})); }
  double height() { return item(f); }
  Point slopes() { return pair(g); }
  std::array<Point, 2> hessian() { return {pair(rows[0]), pair(rows[1])}; }

  /// One step against the gradient; the rate is a number, the same for both directions.
  Point descend(const Point& at, double rate) {
    move_to(at);
    const Point s = slopes();
    return {at[0] - rate * s[0], at[1] - rate * s[1]};
  }
  /// One step of Newton's method: in place of a rate, the inverse of the Hessian.
  Point newton(const Point& at) {
    move_to(at);
    const Point s = solve(hessian(), slopes());
    return {at[0] - s[0], at[1] - s[1]};
  }

  static Point pair(Var v) {
    const Tensor<double> t = value(v);
    return {t[0], t[1]};
  }
  Tape tape;
  Var p = tape.parameter(Tensor<double>({2}, {0, 0}), "p");
  Var f, g;
  std::vector<Var> rows;
};
// [end]

double distance(const Point& a, const Point& b) { return std::hypot(a[0] - b[0], a[1] - b[1]); }

void write_point(std::ofstream& file, const Point& p) {
  file << fmt::format("{:.4f} {:.4f}\n", p[0], p[1]);
}

/// The heights on a grid, as gnuplot's "nonuniform matrix".
void write_grid(Surface& surface, const char* name, const Point& low, const Point& high, int n) {
  std::ofstream file(name);
  const auto at = [&](std::size_t axis, int i) {
    return low[axis] + (high[axis] - low[axis]) * i / (n - 1);
  };
  file << n;
  for (int i = 0; i < n; ++i) file << fmt::format(" {:.4g}", at(0, i));
  for (int j = 0; j < n; ++j) {
    file << fmt::format("\n{:.4g}", at(1, j));
    for (int i = 0; i < n; ++i) {
      surface.move_to({at(0, i), at(1, j)});
      file << fmt::format(" {:.4g}", surface.height());
    }
  }
  file << '\n';
}

void print_race() {
  begin("race");
  Surface surface(valley);
  const Point start{-1.2, 1}, lowest{1, 1};
  fmt::print("Newton        x        y          f   distance\n");
  int newton_steps = 0;
  for (Point p = start;; ++newton_steps) {
    surface.move_to(p);
    fmt::print("{:<6} {:8.4f} {:8.4f} {:10.3g} {:10.3g}\n", newton_steps, p[0], p[1],
               surface.height(), distance(p, lowest));
    if (distance(p, lowest) < 1e-6) break;
    p = surface.newton(p);
  }
  int descent_steps = 0;
  for (Point p = start; distance(p, lowest) >= 1e-6; ++descent_steps) p = surface.descend(p, 0.01);
  fmt::print("gradient descent, rate 0.01: {} steps\n", descent_steps);

  // What a step computes, and then solves (11 operations) and subtracts, or scales and subtracts.
  const double first = flops({{surface.g}}) + 4;
  const double second = flops({{surface.g, surface.rows[0], surface.rows[1]}}) + 11 + 2;
  fmt::print("operations: Newton {} x {} = {}, descent {} x {} = {}\n", newton_steps, second,
             newton_steps * second, descent_steps, first, descent_steps * first);

  std::ofstream path("paths.dat"), distances("distances.dat");
  Point p = start;
  for (int i = 0; i <= newton_steps; ++i, p = surface.newton(p)) {
    write_point(path, p);
    distances << fmt::format("{} {:.4g}\n", i + 1, distance(p, lowest));
  }
  path << "\n\n";
  distances << "\n\n";
  p = start;
  double next = 0;
  for (int i = 0; i <= descent_steps; ++i, p = surface.descend(p, 0.01)) {
    if (i % 10 == 0 && i <= 1000) write_point(path, p);
    if (i < next) continue;
    distances << fmt::format("{} {:.4g}\n", i + 1, distance(p, lowest));
    next = std::max(next + 1, next * 1.1);
  }
  write_grid(surface, "valley.dat", {-1.5, -1.5}, {1.5, 2}, 61);
}

/// The landscape of lesson 5: two hollows, two hills, and a pass between them.
Var landscape(Var p) {
  const Var x = slice(p, {{0, 1}});
  const Var y = slice(p, {{1, 2}});
  return sum(x * (y + 0.2)) * exp(-sum(square(p)) / 2);
}

/// What a point with gradient 0 is, by the curvatures there.
std::string kind(const std::array<Point, 2>& h) {
  const double determinant = h[0][0] * h[1][1] - h[0][1] * h[1][0];  // the product of both
  const double trace = h[0][0] + h[1][1];                            // their sum
  if (determinant < 0) return "saddle";
  return trace > 0 ? "minimum" : "maximum";
}

void print_kinds() {
  begin("kinds");
  Surface surface(landscape);
  std::ofstream paths("landscape_paths.dat");
  fmt::print("start             Newton ends at    gradient      f    is a\n");
  for (const Point& start : {Point{-0.8, 0.8}, {0.9, 0.7}, {0.2, 0.0}}) {
    Point p = start;
    for (int step = 0; step < 10; ++step) {
      write_point(paths, p);
      p = surface.newton(p);
    }
    paths << "\n\n";
    surface.move_to(p);
    const Point s = surface.slopes();
    fmt::print("({:4.1f}, {:4.1f})     ({:6.3f}, {:6.3f})    {:8.3f}  {:6.3f}  {}\n", start[0],
               start[1], rounded(p[0]), rounded(p[1]), std::hypot(s[0], s[1]),
               rounded(surface.height()), kind(surface.hessian()));
  }
  write_grid(surface, "landscape.dat", {-2, -2}, {2, 2}, 41);
}

}  // namespace

int main() {
  print_orders();
  print_hessian();
  print_product();
  print_race();
  print_kinds();
  print_cost();
}
