// Numeric derivatives: how their error depends on the step, how it is measured, and kinks.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <string>

namespace {

// [function]
// Plus, times and divided by are rounded in the same way on every machine, so this prints the same.
double f(double x) { return 1 / (1 + x * x); }
double slope(double x) { return -2 * x * f(x) * f(x); }

double forward(double x, double h) { return (f(x + h) - f(x)) / h; }
double central(double x, double h) { return (f(x + h) - f(x - h)) / (2 * h); }
// [end]
/// How far apart two numbers are, for their size: 0 if they are equal, 2 if one is the negative of
/// the other.
double relative_error(double a, double b) {
  return a == b ? 0 : std::abs(a - b) / std::max(std::abs(a), std::abs(b));
}

constexpr double x = 0.7;

void print_steps() {
  fmt::print("h          forward    error      central    error\n");
  for (int k = 1; k <= 15; k += 2) {
    const double h = std::stod(fmt::format("1e-{}", k));
    fmt::print("1e-{:02} {:12.8f}  {:7.1e} {:12.8f}  {:7.1e}\n", k, forward(x, h),
               relative_error(forward(x, h), slope(x)), central(x, h),
               relative_error(central(x, h), slope(x)));
  }
}

// What a step does, by the formulas in the text. All errors are relative to the slope.
const double steepness = std::abs(slope(x));
const double second = (6 * x * x - 2) * std::pow(f(x), 3);          // f''
const double third = 24 * x * (1 - x * x) * std::pow(f(x), 4);      // f'''
const double epsilon = std::numeric_limits<double>::epsilon() / 2;  // of one rounding

double forward_truncation(double h) { return second / 2 * h / steepness; }
double central_truncation(double h) { return third / 6 * h * h / steepness; }
double round_off(double h) { return epsilon * f(x) / h / steepness; }

/// Both errors for steps 2^-1 to 2^-50, and their parts by the formulas; prints where they are
/// least.
void write_curve() {
  std::ofstream file("curve.dat");
  file << "# h, error of forward and of central differences; truncation of both, round-off\n";
  double best_forward = 1, best_central = 1, least_forward = 1, least_central = 1;
  for (int k = 1; k <= 50; ++k) {
    const double h = std::ldexp(1.0, -k);
    const double a = relative_error(forward(x, h), slope(x));
    const double b = relative_error(central(x, h), slope(x));
    file << fmt::format("{:.4e} {:.4e} {:.4e} {:.4e} {:.4e} {:.4e}\n", h, a, b,
                        forward_truncation(h), central_truncation(h), round_off(h));
    if (a < least_forward) best_forward = h, least_forward = a;
    if (b < least_central) best_central = h, least_central = b;
  }
  fmt::print("kind      best step, by the formula   of those tried   its error\n");
  fmt::print("forward {:27.1e} {:16.1e} {:11.1e}\n", std::sqrt(2 * epsilon * f(x) / second),
             best_forward, least_forward);
  fmt::print("central {:27.1e} {:16.1e} {:11.1e}\n", std::cbrt(3 * epsilon * f(x) / third),
             best_central, least_central);
}

void print_relative() {
  fmt::print("size    claim        claimed       numeric  difference  relative error\n");
  for (const double size : {1e-6, 1.0, 1e6}) {
    const double numeric = size * central(x, 1e-5);
    const auto row = [&](const char* claim, double claimed) {
      fmt::print("{:<6.0e}  {:7} {:12.5e}  {:12.5e}  {:10.0e}  {:14.0e}\n", size, claim, claimed,
                 numeric, std::abs(claimed - numeric), relative_error(claimed, numeric));
    };
    row("right", size * slope(x));
    row("doubled", size * 2 * slope(x));
    row("negated", size * -slope(x));
  }
}

double relu(double z) { return z > 0 ? z : 0; }

void print_kink() {
  const double h = 0.01;
  fmt::print("x        from the left  from the right  central  taken\n");
  for (const double z : {-0.02, -0.004, 0.0, 0.004, 0.02}) {
    const double left = (relu(z) - relu(z - h)) / h, right = (relu(z + h) - relu(z)) / h;
    fmt::print("{:<7.3f} {:14.1f} {:15.1f} {:8.2f} {:6}\n", z, left, right, (left + right) / 2,
               z > 0 ? 1 : 0);
  }
  std::ofstream file("kink.dat");
  file << "# relu\n-1.2 0\n0 0\n1.5 1.5\n\n\n";
  for (const double z : {0.0, 0.4}) {  // central differences with h = 1
    file << fmt::format("# central difference at {}\n", z);
    for (const double end : {z - 1, z + 1}) file << fmt::format("{:.1f} {:.1f}\n", end, relu(end));
    file << "\n\n";
  }
}

}  // namespace

int main() {
  fmt::print("// [steps]\n");
  print_steps();
  fmt::print("// [best]\n");
  write_curve();
  fmt::print("// [sizes]\n");
  print_relative();
  fmt::print("// [kink]\n");
  print_kink();
}
