// Lesson 6: the functions between the layers, their slopes, and why there must be one.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numbers>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

namespace {

/// Begins a part of the output: by this line the page finds it.
void begin(const char* part) { fmt::print("// [{}]\n", part); }

// [curves]
struct Activation {
  const char* name;
  Var (*f)(Var x);
};

const std::array<Activation, 10> activations{{
    {"step", [](Var x) { return step(x); }},
    {"identity", [](Var x) { return x + 0; }},
    {"sigmoid", [](Var x) { return sigmoid(x); }},
    {"tanh", [](Var x) { return tanh(x); }},
    {"relu", [](Var x) { return relu(x); }},
    {"leaky relu", [](Var x) { return leaky_relu(x, 0.1); }},
    {"learned slope", [](Var x) { return prelu(x, 0.25); }},
    {"elu", [](Var x) { return elu(x); }},
    {"swish", [](Var x) { return swish(x); }},
    {"gelu", [](Var x) { return gelu(x); }},
}};

/// f and its slope at many points at once. The sum has each f(x) as one of its terms, so that its
/// gradient by x is the slope at each point.
struct Curve {
  std::vector<double> x;
  Tensor<double> y, slope;

  Curve(const Activation& activation, const std::vector<double>& points) : x(points) {
    Tape tape;
    const Var v = tape.parameter(Tensor<double>({static_cast<Index>(x.size())}, x), "x");
    const Var f = activation.f(v);
    y = value(f);
    slope = value(gradient(sum(f), v));
  }
};
// [end]

/// `count` points, the middles of as many equal parts of [low, high].
std::vector<double> middles(double low, double high, int count) {
  std::vector<double> result;
  for (int i = 0; i < count; ++i) result.push_back(low + (high - low) * (i + 0.5) / count);
  return result;
}

/// To three places, and never -0.
double rounded(double x) { return std::round(x * 1000) / 1000 + 0.0; }

void print_table() {
  begin("table");
  const std::vector<double> points = middles(-10, 10, 2000);
  fmt::print("name            lowest  highest    slope: lowest  highest    mean output\n");
  for (const Activation& activation : activations) {
    const Curve c(activation, points);
    double mean = 0;  // of f(x), for x normally distributed with mean 0 and deviation 1
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double density = std::exp(-points[i] * points[i] / 2) / std::sqrt(2 * std::numbers::pi);
      mean += c.y[static_cast<Index>(i)] * density * 20 / 2000;
    }
    const auto [y0, y1] = std::minmax_element(c.y.begin(), c.y.end());
    const auto [d0, d1] = std::minmax_element(c.slope.begin(), c.slope.end());
    fmt::print("{:13}  {:7.3f}  {:7.3f}          {:7.3f}  {:7.3f}        {:7.3f}\n",
               activation.name, rounded(*y0), rounded(*y1), rounded(*d0), rounded(*d1),
               rounded(mean));
  }
}

/// x, then f(x) and its slope for each activation; 0 is among the points.
void write_curves() {
  std::vector<double> points;
  for (int i = -40; i <= 40; ++i) points.push_back(i / 10.0);
  std::vector<Curve> curves;
  for (const Activation& activation : activations) curves.emplace_back(activation, points);
  std::ofstream file("activations.dat");
  for (Index i = 0; i < static_cast<Index>(points.size()); ++i) {
    file << points[static_cast<std::size_t>(i)];
    for (const Curve& c : curves) {
      file << fmt::format(" {:.4g} {:.4g}", c.y[i] + 0.0, c.slope[i] + 0.0);
    }
    file << '\n';
  }
}

// [network]
/// One input, three hidden neurons, one output.
struct Network {
  Tape tape;
  Var w1 = tape.parameter(Tensor<double>({1, 3}, {1, 2, -1}), "W1");
  Var b1 = tape.parameter(Tensor<double>({3}, {1, -1, 2}), "b1");
  Var w2 = tape.parameter(Tensor<double>({3, 1}, {1, -1.5, -1}), "W2");
  Var b2 = tape.parameter(Tensor<double>({1}, {0.5}), "b2");

  Var operator()(Var x, Var (*activation)(Var)) {  // x: (points, 1)
    const Var hidden = activation(matmul(x, w1) + b1);
    return matmul(hidden, w2) + b2;
  }
};
// [end]

void print_collapse() {
  begin("collapse");
  // [collapse]
  Network net;
  const Var x = net.tape.input(Tensor<double>({5, 1}, {-2, -1, 0, 1, 2}), "x");
  const Var two_layers = net(x, [](Var v) { return v; });

  const Var w = matmul(net.w1, net.w2);           // (1, 3) x (3, 1)
  const Var b = matmul(net.b1, net.w2) + net.b2;  // the first bias goes through the second layer
  const Var one_line = x * w + b;
  fmt::print("w = {}, b = {}\n", item(w), item(b));
  fmt::print("x            {}\n", to_string(value(reshape(x, {-1}))));
  fmt::print("two layers   {}\n", to_string(value(reshape(two_layers, {-1}))));
  fmt::print("one line     {}\n", to_string(value(reshape(one_line, {-1}))));
  fmt::print("with relu    {}\n",
             to_string(value(reshape(net(x, [](Var v) { return relu(v); }), {-1}))));
  // [end]
}

void write_collapse() {
  Network net;
  std::vector<double> points;
  for (int i = -30; i <= 30; ++i) points.push_back(i / 10.0);
  const auto n = static_cast<Index>(points.size());
  const Var x = net.tape.input(Tensor<double>({n, 1}, points), "x");
  const Tensor<double> line = value(net(x, [](Var v) { return v; }));
  const Tensor<double> bent = value(net(x, [](Var v) { return relu(v); }));
  const Tensor<double> smooth = value(net(x, [](Var v) { return tanh(v); }));
  std::ofstream file("collapse.dat");
  file << "# x, identity, relu, tanh\n";
  for (Index i = 0; i < n; ++i) {
    file << fmt::format("{} {:.4f} {:.4f} {:.4f}\n", points[static_cast<std::size_t>(i)], line[i],
                        bent[i], smooth[i]);
  }
}

void print_tanh() {
  begin("tanh");
  // [tanh]
  Tape tape;
  const Var x = tape.input(0, "x");
  const Var left = tanh(x), right = 2 * sigmoid(2 * x) - 1;
  const Var left_slope = gradient(left, x), right_slope = gradient(right, x);
  fmt::print("x       tanh(x)  2s(2x) - 1    slopes\n");
  for (const double at : {-3.0, -0.5, 0.5, 1.0, 3.0}) {
    tape.set(x, at);
    fmt::print("{:4.1f}  {:9.6f}   {:9.6f}    {:.6f}  {:.6f}\n", at, item(left), item(right),
               item(left_slope), item(right_slope));
  }
  // [end]
}

void print_centring() {
  begin("centring");
  // [centring]
  for (const char* name : {"sigmoid", "tanh"}) {
    Tape tape;
    const Var z = tape.input(Tensor<double>({4}, {-1.5, -0.2, 0.4, 2}), "z");
    const Var a = name[0] == 's' ? sigmoid(z) : tanh(z);  // what four neurons say
    const Var w = tape.parameter(Tensor<double>({4}, {0.5, -0.5, 1, 0.25}), "w");
    const Var loss = square(sum(w * a) - 1);  // of one neuron that reads them
    fmt::print("{:8} a {}\n        dw {}\n", name, to_string(value(a), 3),
               to_string(value(gradient(loss, w)), 3));
  }
  // [end]
}

void print_slope() {
  begin("slope");
  // [slope]
  Tape tape;
  const Var x = tape.input(Tensor<double>({8}, {-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2}), "x");
  const Var wanted = leaky_relu(x, 0.1);
  const Var a = tape.parameter(0.5, "a");
  const Var loss = mse(prelu(x, a), wanted);
  const Var da = gradient(loss, a);
  fmt::print("step      a     d loss/da\n");
  for (int step = 0; step <= 20; ++step) {
    if (step % 5 == 0) fmt::print("{:<4} {:.4f}       {:.5f}\n", step, item(a), item(da));
    tape.set(a, item(a) - 0.2 * item(da));
  }
  // [end]
}

void print_softmax() {
  begin("softmax");
  // [softmax]
  Tape tape;
  const Var z = tape.parameter(Tensor<double>({3}, {1, 2, 3}), "z");
  const Var p = softmax(z);
  fmt::print("softmax(z)         {}\n", to_string(value(p), 4));
  fmt::print("softmax(z + 1000)  {}\n", to_string(value(softmax(z + 1000)), 4));
  fmt::print("softmax(3 z)       {}\n", to_string(value(softmax(3 * z)), 4));
  for (Index i = 0; i < 3; ++i) {
    const Var share = sum(slice(p, {{i, i + 1}}));
    fmt::print("d p[{}]/dz          {}\n", i, to_string(value(gradient(share, z)), 4));
  }
  // [end]
}

/// The shares of three classes, whose scores are x, 0 and 1.
void write_softmax() {
  std::ofstream file("softmax.dat");
  Tape tape;
  const Var z = tape.input(Shape{3}, "z");
  const Var p = softmax(z);
  for (int i = -40; i <= 40; ++i) {
    const double x = i / 10.0;
    tape.set(z, Tensor<double>({3}, {x, 0, 1}));
    const Tensor<double> y = value(p);
    file << fmt::format("{} {:.4f} {:.4f} {:.4f}\n", x, y[0], y[1], y[2]);
  }
}

}  // namespace

int main() {
  print_collapse();
  write_collapse();
  print_table();
  write_curves();
  print_tanh();
  print_centring();
  print_slope();
  print_softmax();
  write_softmax();
}
