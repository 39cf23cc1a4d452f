// Clipped gradients, on numbers whose norm is known.
#include "gradus/optim/clipping.hpp"

#include <cmath>

#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::optim;
using Catch::Matchers::WithinRel;

namespace {

/// Two gradients with the global norm 13: 9 + 16 + 144 = 169.
std::vector<Var> gradients_on(Tape& tape) {
  return {tape.input(Tensor<double>({2, 1}, {3, -4}), "g1"), tape.input(12.0, "g2")};
}

}  // namespace

TEST_CASE("the global norm is that of all gradients together", "[optim]") {
  Tape tape;
  const auto gradients = gradients_on(tape);
  CHECK(item(global_norm(gradients)) == 13);
  CHECK(item(global_norm(std::span(gradients).first(1))) == 5);
  CHECK_THROWS_AS(global_norm({}), Error);
}

TEST_CASE("clipping by the norm keeps the direction, and what is within the limit as it is",
          "[optim]") {
  Tape tape;
  const auto gradients = gradients_on(tape);
  const auto halved = clip_by_norm(gradients, 6.5);
  CHECK(value(halved[0]) == Tensor<double>({2, 1}, {1.5, -2}));
  CHECK(item(halved[1]) == 6);
  CHECK_THAT(item(global_norm(clip_by_norm(gradients, 0.1))), WithinRel(0.1, 1e-14));
  for (const double limit : {13.0, 13.1, 1e6}) {
    const auto same = clip_by_norm(gradients, limit);
    CHECK(value(same[0]) == value(gradients[0]));
    CHECK(value(same[1]) == value(gradients[1]));
  }
  const std::vector<Var> nothing{tape.input(Tensor<double>({2}), "zeros")};
  CHECK(value(clip_by_norm(nothing, 1)[0]) == Tensor<double>({2}));
}

TEST_CASE("clipping by value puts each element into the range", "[optim]") {
  Tape tape;
  const auto clipped = clip_by_value(gradients_on(tape), 3.5);
  CHECK(value(clipped[0]) == Tensor<double>({2, 1}, {3, -3.5}));
  CHECK(item(clipped[1]) == 3.5);
}

TEST_CASE("a clipped step of descent is as long as the limit lets it be", "[optim]") {
  Tape tape;
  const Var w = tape.parameter(Tensor<double>({2}, {30, 40}), "w");  // the gradient of sum w^2 / 2
  const Var loss = 0.5 * sum(square(w));
  const Optimizer sgd(find_rule("sgd"), std::span(&w, 1), 0.5);
  const auto gradients = gradient(loss, std::span(&w, 1));
  Executor<double> run(Program({loss}, sgd.updates(clip_by_norm(gradients, 5))));
  run.run();
  CHECK(run.leaf(w)[0] == 28.5);
  CHECK(run.leaf(w)[1] == 38);
  for (int i = 0; i < 18; ++i) run.run();  // 2.5 each, from 47.5 down to 2.5 = half of 5
  CHECK_THAT(std::hypot(run.leaf(w)[0], run.leaf(w)[1]), WithinRel(2.5, 1e-12));
  run.run();
  CHECK_THAT(std::hypot(run.leaf(w)[0], run.leaf(w)[1]), WithinRel(1.25, 1e-12));
}

TEST_CASE("a limit that is no positive number is refused", "[optim]") {
  Tape tape;
  const auto gradients = gradients_on(tape);
  for (const double limit : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    for (const auto clip : {clip_by_norm, clip_by_value}) {
      scratch::check_says(scratch::error_of([&] { clip(gradients, limit); }),
                          {"gradients cannot be clipped to ", "it must be a positive number"});
    }
  }
}
