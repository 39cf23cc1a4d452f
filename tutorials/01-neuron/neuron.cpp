// One neuron on two inputs: what its bias does, and why its step is replaced by a sigmoid.

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>

namespace {

// [neuron]
/// A neuron of two inputs: two weights and a bias.
struct Neuron {
  double w1, w2, bias;

  double sum(double x1, double x2) const { return w1 * x1 + w2 * x2 + bias; }
};

double step(double z) { return z > 0 ? 1 : 0; }
double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }
// [end]

void print_biases() {
  // [biases]
  fmt::print("  bias     z   step   sigmoid\n");
  for (const double bias : {0.0, -2.0, -4.0, -6.0, -8.0}) {
    const double z = Neuron{2, 2, bias}.sum(1, 2);
    fmt::print("{:6.1f} {:5.1f} {:6.0f} {:9.4f}\n", bias, z, step(z), sigmoid(z));
  }
  // [end]
}

void print_nudges() {
  // [nudges]
  fmt::print("w1         z   step   sigmoid\n");
  for (const double w1 : {2.0, 2.01, 2.1}) {
    const double z = Neuron{w1, 2, -5.5}.sum(1, 2);
    fmt::print("{:<5.2f} {:6.3f} {:6.0f} {:9.5f}\n", w1, z, step(z), sigmoid(z));
  }
  // [end]
}

/// Where w1 x1 + w2 x2 + bias = 0: two ends of that line for each bias, inside of a square.
void write_lines() {
  std::ofstream file("lines.dat");
  for (const double bias : {0.0, -2.0, -6.0}) {
    file << fmt::format("# weights 2 and 2, bias {:.0f}: x1 x2\n", bias);
    for (const double x1 : {-1.0, 4.0}) file << fmt::format("{} {}\n", x1, -x1 - bias / 2);
    file << "\n\n";
  }
  std::ofstream("points.dat") << "# x1 x2\n1 1\n1 2\n3 3\n";
}

/// The step, and sigmoids of z, 4 z and 16 z.
void write_curves() {
  std::ofstream file("squash.dat");
  file << "# z, step(z), sigmoid(z), sigmoid(4 z), sigmoid(16 z), and the slope of sigmoid(z)\n";
  for (int i = -120; i <= 120; ++i) {
    const double z = i / 20.0;
    file << fmt::format("{:.2f} {:.0f} {:.5f} {:.5f} {:.5f} {:.5f}\n", z, step(z), sigmoid(z),
                        sigmoid(4 * z), sigmoid(16 * z), sigmoid(z) * (1 - sigmoid(z)));
  }
}

}  // namespace

int main() {
  fmt::print("// [biases]\n");
  print_biases();
  fmt::print("// [nudges]\n");
  print_nudges();
  write_lines();
  write_curves();
}
