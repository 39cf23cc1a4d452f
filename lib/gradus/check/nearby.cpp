#include "gradus/check/nearby.hpp"

#include <algorithm>
#include <cmath>

#include "gradus/grad/gradient.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/tape/rewind.hpp"

namespace gradus {

Nearby::Nearby(std::span<const Var> leaves, Random& random) : leaves_(leaves) {
  for (const Var leaf : leaves_) {
    Tape& tape = leaf.tape();
    const double* values = tape.leaf_value(leaf.id());
    if (!values) throw Error(tape.label(leaf.id()) + " has no value");
    Tensor<double>& home = home_.emplace_back(leaf.shape());
    std::copy_n(values, home.elements(), home.begin());
    Tensor<double> moved = home;
    for (double& x : moved) {
      const double way = (0.05 + 0.05 * random.uniform()) * std::max(1.0, std::abs(x));
      x += random.below(2) == 0 ? way : -way;
    }
    tape.set(leaf, moved);
  }
}

Nearby::~Nearby() {
  for (std::size_t i = 0; i < home_.size(); ++i) leaves_[i].tape().set(leaves_[i], home_[i]);
}

std::optional<TwoDerivatives> two_derivatives(Var loss, Var parameter, Var claimed) {
  const Rewind rewind(loss.tape());
  const Var tape = gradient(loss, parameter, Disconnected::zeros);
  if (tape.shape() != claimed.shape()) return std::nullopt;
  Executor<double> executor{Program({tape, claimed}, {}, Passes::as_recorded())};
  executor.run();
  const auto tensor = [&](std::size_t i) {
    const View<const double> view = executor.output(i);
    return Tensor<double>(*view.shape, view.span());
  };
  TwoDerivatives both{tensor(0), tensor(1)};
  const auto finite = [](double x) { return std::isfinite(x); };
  if (!std::all_of(both.tape.begin(), both.tape.end(), finite) ||
      !std::all_of(both.claimed.begin(), both.claimed.end(), finite)) {
    return std::nullopt;
  }
  return both;
}

bool depends_on(Var value, std::span<const Var> leaves) {
  const Executor<double> run{Program(value, Passes::as_recorded())};
  return std::any_of(leaves.begin(), leaves.end(), [&](Var leaf) { return run.has_leaf(leaf); });
}

}  // namespace gradus
