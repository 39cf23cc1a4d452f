/// Lesson 5: the gradient of f(x, y), the way downhill, and how far to step.
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <fstream>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

struct Point {
  double x, y;
};

/// Begins a part of the output: by this line the page finds it.
void begin(const char* part) { fmt::print("// [{}]\n", part); }

// [surface]
/// A function of two numbers on a tape, and its gradient: two more nodes of the same tape.
struct Surface {
  explicit Surface(Var (*formula)(Var x, Var y)) : f(formula(x, y)), df(gradient(f, {x, y})) {}

  double height(Point p) {
    move_to(p);
    return item(f);
  }
  Point slopes(Point p) {
    move_to(p);
    return {item(df[0]), item(df[1])};
  }
  void move_to(Point p) {
    tape.set(x, p.x);
    tape.set(y, p.y);
  }

  Tape tape;
  Var x = tape.parameter(0, "x"), y = tape.parameter(0, "y");
  Var f;
  std::vector<Var> df;
};

Var bowl(Var x, Var y) {
  const Var along = square(x), across = 3 * square(y);
  return along + across;
}
// [end]

/// A bowl with a keel: its slopes do not fade towards the bottom.
// [keel]
Var keel(Var x, Var y) {
  const Var along = abs(x), across = 3 * abs(y);
  return along + across;
}
// [end]

// [landscape]
Var landscape(Var x, Var y) {
  const Var tilt = x * (y + 0.2);
  const Var distance = square(x) + square(y);
  return tilt * exp(-distance / 2);
}
// [end]

// [path]
/// The points that `steps` steps lead through; `rate` may depend on the number of the step.
template <class Rate>
std::vector<Point> descend(Surface& surface, Point p, int steps, Rate rate) {
  std::vector<Point> path{p};
  for (int step = 0; step < steps; ++step) {
    const Point g = surface.slopes(p);
    p = {p.x - rate(step) * g.x, p.y - rate(step) * g.y};
    path.push_back(p);
  }
  return path;
}
// [end]

auto fixed(double rate) {
  return [rate](int) { return rate; };
}
auto decaying(double rate, double factor) {
  return [rate, factor](int step) { return rate * std::pow(factor, step); };
}

void print_gradient(Surface& surface) {
  begin("gradient");
  const Point p{3, 1};
  const Point g = surface.slopes(p);
  fmt::print("f(3, 1) = {}, df/dx = {}, df/dy = {}\n", surface.height(p), g.x, g.y);

  begin("directions");
  // [directions]
  const double h = 0.001;
  fmt::print("direction   rise per length   gradient . direction\n");
  for (const auto& [dx, dy] : {std::array{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}}) {
    const double length = std::hypot(dx, dy);
    const Point near{p.x + h * dx / length, p.y + h * dy / length};
    const double rise = (surface.height(near) - surface.height(p)) / h;
    fmt::print("({:2}, {:2})            {:6.2f}                 {:6.2f}\n", dx, dy, rise,
               (g.x * dx + g.y * dy) / length);
  }
  // [end]
}

void print_steps(Surface& surface) {
  begin("steps");
  // [steps]
  fmt::print("step        x        y        f     up: x        y        f\n");
  Point down{3, 1}, up{3, 1};
  for (int step = 0; step <= 4; ++step) {
    fmt::print("{:<4} {:8.4f} {:8.4f} {:8.4f}  {:8.3f} {:8.3f} {:8.2f}\n", step, down.x, down.y,
               surface.height(down), up.x, up.y, surface.height(up));
    const Point g = surface.slopes(down), climb = surface.slopes(up);
    down = {down.x - 0.1 * g.x, down.y - 0.1 * g.y};    // against the gradient
    up = {up.x + 0.1 * climb.x, up.y + 0.1 * climb.y};  // along it
  }
  // [end]
}

void print_rates(Surface& surface) {
  begin("rates");
  fmt::print("rate   x times   y times   f after 10 steps   after 40\n");
  for (const double rate : {0.01, 0.10, 0.25, 0.32, 0.34}) {
    const std::vector<Point> path = descend(surface, {3, 1}, 40, fixed(rate));
    fmt::print("{:.2f}  {:8.2f}  {:8.2f}  {:17.3g}  {:9.3g}\n", rate, path[1].x / path[0].x,
               path[1].y / path[0].y, surface.height(path[10]), surface.height(path[40]));
  }
}

void print_decay(Surface& surface) {
  const Point start{3, 1};
  begin("decay");
  // [decay]
  const std::vector<Point> kept = descend(surface, start, 60, fixed(0.4));
  const std::vector<Point> slower = descend(surface, start, 60, decaying(0.4, 0.9));
  const std::vector<Point> too_soon = descend(surface, start, 60, decaying(0.4, 0.8));
  // [end]
  std::ofstream file("decay.dat");
  file << "# step, f with the rate 0.4, with 0.4 * 0.9^step, with 0.4 * 0.8^step\n";
  fmt::print("step   rate 0.4   0.4 * 0.9^step   0.4 * 0.8^step\n");
  for (std::size_t step = 0; step <= 60; ++step) {
    const double a = surface.height(kept[step]), b = surface.height(slower[step]),
                 c = surface.height(too_soon[step]);
    file << fmt::format("{} {:.5f} {:.5f} {:.5f}\n", step, a, b, c);
    if (step % 10 == 0) fmt::print("{:<4} {:10.3f} {:16.4f} {:16.4f}\n", step, a, b, c);
  }
}

/// The heights of a surface on a grid, as gnuplot's "nonuniform matrix".
void write_grid(Surface& surface, const char* name, Point low, Point high, int columns, int rows) {
  std::ofstream file(name);
  const auto x = [&](int i) { return low.x + (high.x - low.x) * i / (columns - 1); };
  const auto y = [&](int j) { return low.y + (high.y - low.y) * j / (rows - 1); };
  file << columns;
  for (int i = 0; i < columns; ++i) file << fmt::format(" {:.4g}", x(i));
  for (int j = 0; j < rows; ++j) {
    file << fmt::format("\n{:.4g}", y(j));
    for (int i = 0; i < columns; ++i) file << fmt::format(" {:.4g}", surface.height({x(i), y(j)}));
  }
  file << '\n';
}

/// The gradient at some points, a tenth of its length, as arrows for gnuplot: x, y, dx, dy.
void write_arrows(Surface& surface, const char* name) {
  std::ofstream file(name);
  for (const Point p : {Point{3, 1}, {-3, 1}, {-2, -1}, {1, -1}, {-1, 0.5}, {2, 0}}) {
    const Point g = surface.slopes(p);
    file << fmt::format("{} {} {:.4g} {:.4g}\n", p.x, p.y, g.x / 10, g.y / 10);
  }
}

/// One block of lines a path, for gnuplot's `index`.
void write_paths(const char* name, const std::vector<std::vector<Point>>& paths) {
  std::ofstream file(name);
  for (const std::vector<Point>& path : paths) {
    for (const Point& p : path) file << fmt::format("{:.4f} {:.4f}\n", p.x, p.y);
    file << "\n\n";
  }
}

void print_hollows(Surface& surface) {
  std::vector<std::vector<Point>> paths;
  begin("hollows");
  // [hollows]
  fmt::print("start                   f       downhill to          f\n");
  for (const Point start : {Point{0.2, 0.2}, {-0.6, -0.6}, {0.4, -0.4}, {1.5, 0.4}, {4, 4}}) {
    const std::vector<Point> path = descend(surface, start, 200, fixed(0.5));
    fmt::print("({:5.2f}, {:5.2f}) {:9.5f}   ({:5.2f}, {:5.2f}) {:9.5f}\n", start.x, start.y,
               surface.height(start), path.back().x, path.back().y, surface.height(path.back()));
    paths.push_back(path);
  }
  // [end]

  const Point start{0.2, 0.2};
  const std::vector<Point> climb = descend(surface, start, 200, fixed(-0.5));  // up: the other way
  const Point top = climb.back();
  fmt::print("({:5.2f}, {:5.2f}) {:9.5f}   ({:5.2f}, {:5.2f}) {:9.5f}  uphill\n", start.x, start.y,
             surface.height(start), top.x, top.y, surface.height(top));
  paths.pop_back();  // the last start does not move: nothing to draw
  for (std::vector<Point>& path : paths) path.resize(40);
  paths.push_back({climb.begin(), climb.begin() + 40});
  write_paths("hollows.dat", paths);
}

}  // namespace

int main() {
  Surface round(bowl), sharp(keel), hilly(landscape);
  print_gradient(round);
  print_steps(round);
  print_rates(round);
  print_decay(sharp);
  print_hollows(hilly);

  write_grid(round, "bowl.dat", {-4, -2}, {4, 2}, 41, 41);
  write_grid(hilly, "landscape.dat", {-2.5, -2.5}, {2.5, 2.5}, 51, 51);
  write_arrows(round, "arrows.dat");
  std::vector<std::vector<Point>> paths;
  for (const double rate : {0.01, 0.25, 0.32, 0.34}) {
    paths.push_back(descend(round, {3, 1}, 15, fixed(rate)));
  }
  write_paths("paths.dat", paths);
}
