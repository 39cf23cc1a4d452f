// A two-layer network: its gradients in closed form, its Hessian by differences.
#include <cmath>

#include "catch.hpp"
#include "grad/differences.hpp"
#include "gradus/grad/gradient.hpp"
#include "ops/cases.hpp"

using namespace gradus;

namespace {

struct Network {
  static constexpr Index n = 5, in = 4, hidden = 3, out = 3;
  Tape tape;
  Random random{6};
  Var x = tape.input(cases::draw(Shape{n, in}, 0, {}, random), "X");
  Var w = tape.parameter(cases::draw(Shape{in, hidden}, 1, {-1, 1}, random), "W");
  Var v = tape.parameter(cases::draw(Shape{hidden, out}, 2, {-1, 1}, random), "V");
  Var classes = tape.input(Tensor<double>(Shape{n}, {0.0, 2.0, 1.0, 1.0, 2.0}), "classes");
  Var h = sigmoid(matmul(x, w));
  Var loss = cross_entropy(matmul(h, v), classes);
};

}  // namespace

TEST_CASE("the two-layer network's gradients are those of the closed form", "[grad]") {
  // J = cross entropy of S = softmax(sigma(Y) V), Y = X W, against one-hot Z:
  // dJ/dV = 1/N sigma(Y)^T (S - Z), dJ/dW = 1/N X^T [((S - Z) V^T) . sigma(Y) . (1 - sigma(Y))].
  using reference::Array;
  Network net;
  const Array x(value(net.x)), w(value(net.w)), v(value(net.v));
  Array sigma = reference::matmul(x, w, false, false);
  for (auto& y : sigma.elements) y = 1 / (1 + std::exp(-y));
  Array error = reference::softmax(reference::matmul(sigma, v, false, false), 1, false);
  const Array z = reference::one_hot(Array(value(net.classes)), Network::out);
  for (std::size_t i = 0; i < z.elements.size(); ++i) error.elements[i] -= z.elements[i];
  Array back = reference::matmul(error, v, false, true);
  for (std::size_t i = 0; i < back.elements.size(); ++i) {
    back.elements[i] *= sigma.elements[i] * (1 - sigma.elements[i]);
  }
  const Array dw = reference::matmul(x, back, true, false);
  const Array dv = reference::matmul(sigma, error, true, false);

  const auto d = gradient(net.loss, {net.w, net.v});
  const auto check = [](const Tensor<double>& got, const Array& wanted) {
    REQUIRE(got.shape() == wanted.shape);
    for (Index i = 0; i < got.elements(); ++i) {
      const auto want =
          static_cast<double>(wanted.elements[static_cast<std::size_t>(i)] / Network::n);
      CHECK_THAT(got[i], Catch::Matchers::WithinAbs(want, 1e-12));
    }
  };
  check(value(d[0]), dw);
  check(value(d[1]), dv);
}

TEST_CASE("Hessian-vector products are those of the full numeric Hessian", "[grad]") {
  Network net;
  const auto d = gradient(net.loss, {net.w, net.v});
  const Var parameters[] = {net.w, net.v};
  const Tensor<double> u[] = {cases::draw(net.w.shape(), 3, {}, net.random),
                              cases::draw(net.v.shape(), 0, {}, net.random)};
  const Var directed = sum(d[0] * net.tape.constant(u[0])) + sum(d[1] * net.tape.constant(u[1]));
  const auto hu = gradient(directed, {net.w, net.v});
  // Column by column: (H u)_i = sum_j d(dJ/dp_j)/dp_i u_j, each from differences of one gradient.
  for (std::size_t k = 0; k < 2; ++k) {
    Tensor<double> wanted(parameters[k].shape());
    for (std::size_t of = 0; of < 2; ++of) {
      for (Index j = 0; j < u[of].elements(); ++j) {
        const Var entry = sum(slice(reshape(d[of], {-1}), {{j, j + 1}}));
        const Tensor<double> column = differences::gradient(entry, parameters[k]);
        for (Index i = 0; i < column.elements(); ++i) wanted[i] += column[i] * u[of][j];
      }
    }
    CHECK(differences::distance(value(hu[k]), wanted) < differences::tolerance);
  }
}
