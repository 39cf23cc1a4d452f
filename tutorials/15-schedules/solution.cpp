#include <algorithm>
#include <cmath>
#include <numbers>

#include "exercise.hpp"

double warm_cosine(int step, double rate, int warm, int steps) {
  const double line = std::min(1.0, (step + 1.0) / warm);
  const double share = static_cast<double>(step) / steps;
  return line * rate * (1 + std::cos(std::numbers::pi * share)) / 2;
}

int stops_after(std::span<const double> losses, int patience) {
  int count = 0, waited = 0;
  double best = 0;
  for (const double loss : losses) {
    if (count == 0 || loss < best) {
      best = loss;
      waited = 0;
    } else {
      ++waited;
    }
    ++count;
    if (waited == patience) break;
  }
  return count;
}

double log_uniform(double u, double low, double high) { return low * std::pow(high / low, u); }
