#include <iostream>

#include "gradus/data/toy.hpp"
#include "gradus/gradus.hpp"
using namespace gradus;

int main() {
  // [record]
  const data::ToySet corners = data::xor_corners(4, 0, 1);  // the truth table
  Tensor<double> classes({4, 1});
  std::copy(corners.labels.begin(), corners.labels.end(), classes.begin());

  Tape tape;
  const Var x = tape.input(corners.features, "x");  // (4, 2)
  const Var t = tape.input(classes, "t");           // (4, 1)
  Random random(1);
  const nn::Mlp net(tape, {.layers = {2, 4, 1}, .activation = "tanh"}, random);
  const Var z = net(x);
  const Var loss = binary_cross_entropy(z, t).named("loss");
  // [end]

  // [compile]
  const std::vector<Var> parameters = net.parameters();
  const optim::Optimizer sgd(optim::find_rule("sgd"), parameters, 0.5);  // learning rate 0.5
  const std::vector<Var> outputs{loss, sigmoid(z)};
  Executor<float> step(Program(outputs, sgd.updates(gradient(loss, parameters))));
  // [end]

  // [run]
  for (int i = 0; i <= 1000; ++i) {
    step.run();  // the loss, its gradient, and the new parameters
    if (i % 250 == 0) std::cout << "step " << i << ": loss " << step.item(0) << '\n';
  }
  const View<const float> y = step.output(1);
  for (Index i = 0; i < y.elements(); ++i) {
    std::cout << corners.features[2 * i] << " xor " << corners.features[2 * i + 1] << ": "
              << y.data[i] << '\n';
  }
  // [end]

  // [look]
  const Program& program = step.program();
  std::cout << program.size() << " instructions, " << program.flops() << " flops, "
            << program.peak_bytes(sizeof(float)) << " bytes of buffers, "
            << program.updates_in_place() << " of " << parameters.size() << " updates in place\n";
  // [end]
}
