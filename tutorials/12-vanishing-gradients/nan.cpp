// Where a NaN was born.
#include <fmt/core.h>

#include <cmath>
#include <optional>

#include "gradus/grad/gradient.hpp"
#include "gradus/nn/init.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
using namespace gradus;

int main() {
  // [record]
  Tape tape;
  Random random(12);
  const Var x = tape.input(nn::normal({20, 50}, random), "x");
  const Var t = tape.input(nn::constant({20, 4}, 0.25), "t");
  const Var w1 = tape.parameter(nn::normal({50, 50}, random), "w1");  // too large
  const Var w2 = tape.parameter(nn::normal({50, 4}, random), "w2");
  const Var z = matmul(relu(matmul(x, w1)), w2).named("z");
  const Var e = exp(z).named("e");
  const Var p = (e / sum(e, {1}, true)).named("p");  // softmax, as a book writes it
  const Var loss = (-mean(sum(t * log(p), {1}))).named("loss");
  // [end]

  // [run]
  fmt::print("the largest z is {:.2f}\n", item(max(z)));
  const std::vector<Var> g = gradient(loss, {w1, w2});
  const std::vector<Update> sgd{{w1, w1 - 0.01 * g[0]}, {w2, w2 - 0.01 * g[1]}};
  Executor<float> train(Program({loss}, sgd));
  train.run();
  int broken = 0;
  for (const float w : train.leaf(w1)) broken += std::isnan(w);
  fmt::print("after one step the loss is {}, and {} of {} weights in w1 are NaN\n",
             std::isnan(train.item(0)) ? "NaN" : "a number", broken, w1.shape().elements());
  // [end]

  // [born]
  Executor<float> look(Program({loss}, sgd));
  if (const std::optional<NodeId> node = look.run_checked()) {
    fmt::print("the first result that is no number any more: {}, recorded at {}\n",
               tape.label(*node), tape.where(*node));
  }
  // [end]

  // [stable]
  const Var stable = cross_entropy(z, t).named("stable");
  Executor<float> again(Program({stable}));
  const bool finite = !again.run_checked();
  fmt::print("cross_entropy(z, t) is {:.4g}{}\n", again.item(0), finite ? "" : ", and not finite");
  // [end]
}
