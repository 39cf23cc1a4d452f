#include <cmath>
#include <iostream>

#include "gradus/gradus.hpp"
#include "gradus/ops/pointwise_op.hpp"

namespace gradus {
namespace {

// [op]
/// Like tanh, but it comes near its limits slowly.
struct Softsign : Pointwise<Softsign, 1> {
  static constexpr OpDoc doc_{"softsign", "y = x / (1 + |x|)", "dx = dy / (1 + |x|)^2"};
  template <class T>
  static T forward(T x) {
    return x / (1 + std::abs(x));
  }
  static Var dx(Var dy, Var x, Var) { return dy / square(1 + abs(x)); }
};
// [end]

}  // namespace
}  // namespace gradus

using namespace gradus;

int main() {
  static const Softsign softsign;  // for an op of the catalogue, op<Softsign>() is this object
  Tape tape;
  const Var x = tape.parameter(Tensor<double>({3}, {-2, 0.5, 3}), "x");
  const Var y = record(softsign, {x});
  std::cout << softsign.doc().formula << " = " << to_string(value(y)) << '\n'
            << to_string(check_gradient(sum(y), {x}));
}
