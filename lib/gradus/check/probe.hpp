/// A loss as a function of its leaves, whose values are moved in place and put back.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "gradus/base/random.hpp"
#include "gradus/check/numeric_derivative.hpp"
#include "gradus/run/executor.hpp"

namespace gradus {

/// A way to go from where the leaves are: a number for each of their elements; a leaf whose part is
/// empty stays.
using Direction = std::vector<std::vector<double>>;

/// <a, b>, of tensors in the order of the leaves.
double dot(const Direction& direction, std::span<const Tensor<double>> tensors);

/// The same, recorded: a single number that is <direction, variables>.
Var product_sum(Tape& tape, std::span<const Var> variables, const Direction& direction);

template <Real T>
class Probe {
 public:
  static constexpr Precision precision = std::is_same_v<T, float> ? Precision::f32 : Precision::f64;

  /// Throws Error if an input of the loss has no value.
  Probe(Var loss, std::span<const Var> leaves, Random& random);

  /// The loss where the leaves are.
  double value() const { return here_; }
  /// Of one evaluation, absolute: eps * |loss|, or four standard deviations of the noise that is
  /// measured around the point, if that is more.
  double round_off() const { return round_off_; }
  /// Whether the loss has this leaf.
  bool has(std::size_t leaf) const { return leaves_[leaf].present; }

  /// use(f, point), with the loss as a function f of one element.
  template <class Use>
  auto along_element(std::size_t leaf, Index element, Use&& use) {
    const auto k = static_cast<std::size_t>(element);
    const double home = static_cast<double>(leaves_[leaf].home[k]);
    T& x = leaves_[leaf].values[k];
    const LossAlong f = [&](double at) {
      x = static_cast<T>(at);
      return run();
    };
    const auto result = use(f, BasePoint{home, here_, round_off_, precision});
    x = static_cast<T>(home);
    return result;
  }

  /// A normally distributed direction of the leaves first, ..., end - 1, as long as the largest of
  /// their values, or 1: since x + h d is rounded, about by an ulp of x. Empty if there is nothing
  /// to move.
  Direction random_direction(std::size_t first, std::size_t end, Random& random) const;

  /// use(f, point), with the loss as a function f of the distance gone. `gradient` tells how much
  /// the rounding of the way itself moves the loss.
  template <class Use>
  auto along(const Direction& direction, std::span<const Tensor<double>> gradient, Use&& use) {
    const LossAlong f = [&](double distance) {
      go(direction, distance);
      return run();
    };
    const double off = round_off_ + rounding_of_way(direction, gradient);
    const auto result = use(f, BasePoint{0, here_, off, precision});
    go(direction, 0);
    return result;
  }

 private:
  struct Leaf {
    bool present = false;
    std::span<T> values;
    std::vector<T> home;
  };

  double run() {
    executor_.run();
    return static_cast<double>(executor_.item(0));
  }
  void go(const Direction& direction, double distance);
  double measured_round_off(Random& random);
  double rounding_of_way(const Direction& direction,
                         std::span<const Tensor<double>> gradient) const;

  Executor<T> executor_;
  std::vector<Leaf> leaves_;
  double here_ = 0;
  double round_off_ = 0;
};

extern template class Probe<float>;
extern template class Probe<double>;

}  // namespace gradus
