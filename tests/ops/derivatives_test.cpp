// First and second derivatives of every op against numeric ones.
#include <cmath>

#include "catch.hpp"
#include "grad/differences.hpp"
#include "gradus/grad/gradient.hpp"
#include "ops/cases.hpp"

using namespace gradus;

namespace {

Tensor<double> weights(const Shape& shape, Random& random) {
  Tensor<double> w(shape);
  for (double& x : w) x = random.uniform(0.5, 1.5) * (random.below(2) == 0 ? -1 : 1);
  return w;
}

/// u' H v, from the gradient of gradient . v.
double through_hessian(Var directed, Var x, const Tensor<double>& u) {
  const Var hv = gradient(directed, x, Disconnected::zeros);
  return item(sum(hv * x.tape().constant(u)));
}

void check_derivatives(const cases::Case& c) {
  Tape tape;
  Random random(3);
  std::vector<Var> inputs;
  const Var y = c.record(tape, inputs);
  // Every element of y has its own weight, so that a gradient in the wrong place is seen.
  const Var loss = sum(y * tape.constant(weights(y.shape(), random)));
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    INFO(c.label() << ", operand " << k);
    const Var x = inputs[k];
    switch (c.op->flow(static_cast<int>(k))) {
      case Flow::cut:
        CHECK_THROWS_AS(gradient(loss, x), GradientError);
        continue;
      case Flow::flat:
        CHECK(value(gradient(loss, x)) == Tensor<double>(x.shape()));
        continue;
      case Flow::smooth:
        break;
    }
    const Var dx = gradient(loss, x);
    CHECK(differences::distance(value(dx), differences::gradient(loss, x)) <
          differences::tolerance);

    // The derivative of gradient . v, with respect to every smooth operand: mixed ones, too.
    const Tensor<double> v = weights(x.shape(), random);
    const Var directed = sum(dx * tape.constant(v));
    for (std::size_t other = 0; other < inputs.size(); ++other) {
      if (c.op->flow(static_cast<int>(other)) != Flow::smooth) continue;
      INFO("and then operand " << other);
      const Var second = gradient(directed, inputs[other], Disconnected::zeros);
      CHECK(differences::distance(value(second), differences::gradient(directed, inputs[other])) <
            differences::tolerance);
    }
    const Tensor<double> u = weights(x.shape(), random);
    const double uhv = through_hessian(directed, x, u);
    const double vhu = through_hessian(sum(dx * tape.constant(u)), x, v);
    // Both are sums of the same products in other orders, some tens of terms.
    CHECK_THAT(uhv, Catch::Matchers::WithinAbs(vhu, 1e-12 * std::max(1.0, std::abs(vhu))));
  }
}

}  // namespace

TEST_CASE("pointwise ops have the derivatives of first and second order", "[ops]") {
  for (const auto& c : cases::pointwise()) check_derivatives(c);
}

TEST_CASE("structural ops have the derivatives of first and second order", "[ops]") {
  for (const auto& [name, rows] : cases::structural()) {
    for (const auto& c : rows) {
      // Products of thousands of elements are left to the forward test.
      if (c.x[0].elements() <= 64) check_derivatives(c);
    }
  }
}
