// A loss with a cliff, with and without clipping.
#include <fmt/core.h>
#include <fmt/os.h>

#include <cmath>
#include <vector>

#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

// [clip]
/// The gradients, all scaled by the same number, so that their norm together is at most `limit`.
std::vector<Var> clipped(const std::vector<Var>& gradients, double limit) {
  Var squares = sum(square(gradients[0]));
  for (std::size_t i = 1; i < gradients.size(); ++i) squares = squares + sum(square(gradients[i]));
  const Var norm = sqrt(squares).named("norm");
  const Var scale = (limit / maximum(norm, limit)).named("scale");  // 1 where the norm is small
  std::vector<Var> result;
  for (const Var g : gradients) result.push_back(g * scale);
  return result;
}
// [end]

// [cliff]
/// Twenty layers of one neuron each: ten with the weight u, ten with the weight v.
struct Cliff {
  Tape tape;
  Var u = tape.parameter(1.2, "u");
  Var v = tape.parameter(1.1, "v");
  Var y = tape.input(1.0, "x");
  Var loss;
  Cliff() {
    for (int layer = 0; layer < 10; ++layer) y = v * (u * y);
    loss = square(y - 0.5);
  }
};
// [end]

}  // namespace

int main() {
  auto data = fmt::output_file("clip.dat");
  data.print("# u, v, log10 of the loss (and 0.0001)\n");
  for (int i = 0; i <= 24; ++i) {
    for (int j = 0; j <= 24; ++j) {
      const double u = 0.8 + 0.02 * i, v = 0.8 + 0.02 * j;
      const double loss = std::pow(std::pow(u * v, 10) - 0.5, 2);
      data.print("{:.2f} {:.2f} {:.3f}\n", u, v, std::log10(loss + 1e-4));
    }
    data.print("\n");
  }
  data.print("\n");
  for (const bool clip : {false, true}) {
    // [train]
    Cliff cliff;
    const std::vector<Var> g = gradient(cliff.loss, {cliff.u, cliff.v});
    const std::vector<Var> step = clip ? clipped(g, 1.0) : g;
    const Var norm = sqrt(square(g[0]) + square(g[1]));
    const double rate = 0.01;
    Executor<double> train(Program({cliff.loss, norm}, {{cliff.u, cliff.u - rate * step[0]},
                                                        {cliff.v, cliff.v - rate * step[1]}}));
    // [end]
    fmt::print("// [{}]\n step          u          v       loss  norm of the gradient\n",
               clip ? "with" : "without");
    data.print("# {} clipping: u, v\n", clip ? "with" : "without");
    for (int i = 0; i <= (clip ? 30 : 3); ++i) {
      const double u = train.leaf(cliff.u)[0], v = train.leaf(cliff.v)[0];
      if (clip || i < 2) data.print("{:.4f} {:.4f}\n", u, v);
      train.run();
      if (i <= 3 || i == 10 || i == 20 || i == 30) {
        fmt::print(fmt::runtime(clip ? "{:5} {:10.4f} {:10.4f} {:10.4f}  {:20.4f}\n"
                                     : "{:5} {:10.4g} {:10.4g} {:>10.4g}  {:>20.4g}\n"),
                   i, u, v, train.item(0), train.item(1));
      }
    }
    data.print("\n\n");
  }
}
