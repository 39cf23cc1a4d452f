#include <algorithm>
#include <numeric>

#include "exercise.hpp"

double silent_share(std::span<const double> sums) {
  const auto silent = std::count_if(sums.begin(), sums.end(), [](double z) { return z <= 0; });
  return static_cast<double>(silent) / static_cast<double>(sums.size());
}

bool never_wakes(std::span<const double> w, double b,
                 const std::vector<std::vector<double>>& examples) {
  return std::all_of(examples.begin(), examples.end(), [&](const std::vector<double>& x) {
    return std::inner_product(w.begin(), w.end(), x.begin(), b) <= 0;
  });
}

double slope_gradient(std::span<const double> z, std::span<const double> dy) {
  double sum = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (z[i] <= 0) sum += dy[i] * z[i];
  }
  return sum;
}
