#include "exercise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

double warm_cosine(int step, double rate, int warm, int steps) {
  // Exercise 1: fill the hole. std::cos, std::min and std::numbers::pi are there to help.
  return course::hole;
}

int stops_after(std::span<const double> losses, int patience) {
  // Exercise 2: fill the hole.
  return course::hole;
}

double log_uniform(double u, double low, double high) {
  // Exercise 3: fill the hole. std::log, std::exp and std::pow are there to help.
  return course::hole;
}
