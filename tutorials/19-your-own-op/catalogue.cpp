// The same op as one of the catalogue is written.
#include <fmt/core.h>

#include <cmath>

#include "gradus/base/random.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/ops/pointwise_op.hpp"
#include "gradus/run/value.hpp"

namespace gradus {
namespace {

// [op]
/// The inverse of sigmoid: from a probability to the logarithm of its odds.
struct Logit : Pointwise<Logit, 1> {
  static constexpr OpDoc doc_{"logit", "y = log(x / (1 - x))", "dx = dy / (x * (1 - x))", "",
                              "for 0 < x < 1; infinite at 0 and 1, NaN outside"};
  static constexpr Domain domain_{0.05, 0.95};
  template <class T>
  static T forward(T x) {
    return std::log(x / (1 - x));
  }
  static Var dx(Var dy, Var x, Var) { return dy / (x * (1 - x)); }
};
// [end]

}  // namespace
}  // namespace gradus

using namespace gradus;

int main() {
  // [use]
  static const Logit logit;  // in the catalogue, op<Logit>() is this object
  Tape tape;
  Tensor<double> draws(Shape{5});
  Random random(19);
  for (double& x : draws) x = random.uniform(logit.domain().low, logit.domain().high);
  const Var x = tape.parameter(draws, "x");
  const Var y = record(logit, {x});
  fmt::print("{}: {}\n", logit.name(), logit.doc().formula);
  fmt::print("{}\n", to_string(check_gradient(sum(y), {x})));
  // [end]
}
