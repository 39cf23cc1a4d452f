// Two spirals, and the line between them as it forms.
#include <fmt/format.h>

#include <fstream>

#include "gradus/data/toy.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

namespace {

constexpr Index side = 61;  // points of the map in each direction, over [-1, 1]

Tensor<double> map_points() {
  Tensor<double> points({side * side, 2});
  for (Index i = 0; i < side * side; ++i) {
    points[2 * i] = -1 + 2.0 * static_cast<double>(i % side) / (side - 1);
    points[2 * i + 1] = -1 + 2.0 * static_cast<double>(i / side) / (side - 1);
  }
  return points;
}

void write_map(const std::string& file, View<const double> y) {
  std::ofstream out(file);
  for (Index i = 0; i < y.elements(); ++i) {
    out << fmt::format("{:.3f}{}", y.data[i], (i + 1) % side == 0 ? '\n' : ' ');
  }
}

void write_points(const char* file, const data::ToySet& set) {
  std::ofstream out(file);
  for (Index i = 0; i < set.features.shape()[0]; ++i) {
    out << fmt::format("{:.4f} {:.4f} {}\n", set.features[2 * i], set.features[2 * i + 1],
                       set.labels[static_cast<std::size_t>(i)]);
  }
}

}  // namespace

int main() {
  // [set-up]
  const data::ToySet set = data::spirals(200, 2, 0.1, 1);  // two arms of 100 points
  Tensor<double> arms({200, 1});
  std::copy(set.labels.begin(), set.labels.end(), arms.begin());

  Tape tape;
  const Var x = tape.input(set.features, "x");  // (200, 2)
  const Var t = tape.input(arms, "t");          // (200, 1)
  Random random(1);
  const nn::Mlp net(tape, {.layers = {2, 16, 1}, .activation = "tanh", .init = "normal"}, random);
  const Var y = sigmoid(net(x));
  const Var loss = mean(square(y - t)).named("loss");
  const optim::Optimizer descent(optim::find_rule("sgd"), net.parameters(), 4.0);
  const std::vector<Var> outputs{loss, y};
  Executor<double> step(Program(outputs, descent.updates(gradient(loss, net.parameters()))));

  const Var everywhere = sigmoid(net(tape.input(map_points())));
  Executor<double> look(Program(everywhere), step);  // the same parameters, at the map's points
  // [train]
  int done = 0;
  for (const int until : {20, 400, 8000}) {
    for (; done < until; ++done) step.run();
    int right = 0;
    for (Index i = 0; i < 200; ++i) right += (step.output(1).data[i] > 0.5) == (arms[i] == 1);
    fmt::print("after {:4} steps: loss {:.4f}, {} of 200 points right\n", done, step.item(0),
               right);
    look.run();
    write_map(fmt::format("spirals-{}.dat", done), look.output(0));
  }
  // [end]
  write_points("spirals-points.dat", set);
  fmt::print("{} numbers were trained\n", net.parameter_count());
}
