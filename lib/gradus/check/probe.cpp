#include "gradus/check/probe.hpp"

#include "gradus/ops/ops.hpp"

namespace gradus {

double dot(const Direction& direction, std::span<const Tensor<double>> tensors) {
  double sum = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) {
    for (std::size_t k = 0; k < direction[i].size(); ++k) {
      sum += tensors[i][static_cast<Index>(k)] * direction[i][k];
    }
  }
  return sum;
}

Var product_sum(Tape& tape, std::span<const Var> variables, const Direction& direction) {
  Var total = tape.constant(0.0);
  for (std::size_t i = 0; i < direction.size(); ++i) {
    if (direction[i].empty()) continue;
    const Var factor = tape.constant(Tensor<double>(variables[i].shape(), std::span(direction[i])));
    total = total + sum(variables[i] * factor);
  }
  return total;
}

template <Real T>
Probe<T>::Probe(Var loss, std::span<const Var> leaves, Random& random)
    : executor_(Program(loss, Passes::as_recorded())) {
  for (const Var w : leaves) {
    Leaf& leaf = leaves_.emplace_back();
    leaf.present = executor_.has_leaf(w);
    if (!leaf.present) continue;
    leaf.values = executor_.leaf(w);
    leaf.home.assign(leaf.values.begin(), leaf.values.end());
  }
  here_ = run();
  round_off_ = measured_round_off(random);
}

template <Real T>
void Probe<T>::go(const Direction& direction, double distance) {
  for (std::size_t i = 0; i < direction.size(); ++i) {
    Leaf& leaf = leaves_[i];
    for (std::size_t k = 0; k < direction[i].size(); ++k) {
      leaf.values[k] =
          static_cast<T>(static_cast<double>(leaf.home[k]) + distance * direction[i][k]);
    }
  }
}

template <Real T>
double Probe<T>::measured_round_off(Random& random) {
  Direction steps(leaves_.size());
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    for (const T x : leaves_[i].home) {
      const double spacing = noise_spacing(static_cast<double>(x), precision);
      steps[i].push_back(random.below(2) == 0 ? spacing : -spacing);
    }
  }
  const double sigma = evaluation_noise([&](double count) {
    go(steps, count);
    return run();
  });
  go(steps, 0);
  return std::max(4 * sigma, epsilon(precision) * std::abs(here_));
}

template <Real T>
Direction Probe<T>::random_direction(std::size_t first, std::size_t end, Random& random) const {
  Direction direction(leaves_.size());
  double square = 0;
  double largest = 0;
  for (std::size_t i = first; i < end; ++i) {
    for (const T x : leaves_[i].home) {
      const double d = random.normal();
      direction[i].push_back(d);
      square += d * d;
      largest = std::max(largest, std::abs(static_cast<double>(x)));
    }
  }
  if (square == 0) return {};
  const double length = std::max(1.0, largest) / std::sqrt(square);
  for (std::vector<double>& part : direction) {
    for (double& d : part) d *= length;
  }
  return direction;
}

template <Real T>
double Probe<T>::rounding_of_way(const Direction& direction,
                                 std::span<const Tensor<double>> gradient) const {
  double square = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) {
    for (std::size_t k = 0; k < direction[i].size(); ++k) {
      const double moved =
          gradient[i][static_cast<Index>(k)] * static_cast<double>(leaves_[i].home[k]);
      square += moved * moved;
    }
  }
  const double off = epsilon(precision) * std::sqrt(square);
  return std::isfinite(off) ? off : 0;
}

template class Probe<float>;
template class Probe<double>;

}  // namespace gradus
