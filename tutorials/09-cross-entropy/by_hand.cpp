// 784-400-10, trained with a gradient that was derived by hand.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <vector>

#include "gradus/data/batches.hpp"
#include "gradus/data/features.hpp"
#include "gradus/data/images.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
using namespace gradus;

int main() {
  kernels::set_threads(1);  // steps as short as these gain nothing from a second thread
  const auto folder = GRADUS_SOURCE_DIR "/tutorials/data/mnist";
  const data::Dataset training = data::load_images_and_labels(folder, data::Part::train);
  const data::Dataset test = data::load_images_and_labels(folder, data::Part::test);
  const Tensor<double> answers = data::one_hot<double>(training.labels, 10);

  // [formula]
  constexpr Index n = 10;  // examples in a batch
  Tape tape;
  Random random(1);
  const Var w = tape.parameter(nn::xavier_normal({785, 400}, random), "W");
  const Var v = tape.parameter(nn::xavier_normal({400, 10}, random), "V");
  const Var x = tape.input(Shape{n, 785}, "X");  // pixels, and a 1 whose weights are the biases
  const Var z = tape.input(Shape{n, 10}, "Z");
  const Var a = sigmoid(matmul(x, w)).named("A"), u = matmul(a, v).named("U");
  const Var s = softmax(u).named("S");
  const Var j = cross_entropy(u, z).named("J");

  const Var du = ((s - z) / static_cast<double>(n)).named("dU");
  const Var at = transpose(a), vt = transpose(v), xt = transpose(x), slope = a * (1 - a);
  const Var dv = matmul(at, du).named("dV");
  const Var da = matmul(du, vt).named("dA");
  const Var dy = (da * slope).named("dY");
  const Var dw = matmul(xt, dy).named("dW");

  const std::vector<Update> downhill{{w, w - 0.5 * dw}, {v, v - 0.5 * dv}};
  Executor<double> step(Program({j}, downhill));
  // [end]
  std::ofstream("formulas.dot") << to_dot(Graph({dw, dv}));
  Tensor<double> images({n, 785}), wanted({n, 10});
  step.bind(x, images.span());
  step.bind(z, wanted.span());

  const Var test_x = tape.input(data::with_ones_column(data::feature_matrix<double>(test)));
  Executor<double> look(Program(argmax(matmul(sigmoid(matmul(test_x, w)), v))), step);
  const data::Batches batches(training.count, n, random);  // one epoch
  fmt::print("// [agree]\n");
  data::gather_features(training, batches[0], true, images.span());
  data::gather_rows(answers, batches[0], wanted.span());
  // [agree]
  const std::vector<Var> of_tape = gradient(j, {w, v});
  const Var off_w = max(abs(dw - of_tape[0])), off_v = max(abs(dv - of_tape[1]));
  Executor<double> both(Program({off_w, off_v}), step);
  both.bind(x, images.span());
  both.bind(z, wanted.span());
  both.run();
  fmt::print("the formulas and gradient() agree to 12 decimals: {}\n",
             std::max(both.item(0), both.item(1)) < 1e-12 ? "yes" : "no");
  // [end]
  fmt::print("// [train]\n");
  // [train]
  double cost = 0;
  for (Index i = 0; i < batches.size(); ++i) {
    data::gather_features(training, batches[i], true, images.span());
    data::gather_rows(answers, batches[i], wanted.span());
    step.run();
    cost += step.item(0) / 250;
    if ((i + 1) % 250 == 0) {
      look.run();
      Index right = 0;
      for (Index k = 0; k < test.count; ++k) {
        right += look.output(0)[k] == test.labels[static_cast<std::size_t>(k)];
      }
      fmt::print("{:5} digits seen: cost {:.4f}, {} of {} test digits right\n", (i + 1) * n, cost,
                 right, test.count);
      cost = 0;
    }
  }
  // [end]
}
