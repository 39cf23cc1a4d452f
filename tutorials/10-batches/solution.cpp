#include "exercise.hpp"

std::vector<std::vector<int>> cut(std::span<const int> order, int size) {
  std::vector<std::vector<int>> batches;
  for (const int example : order) {
    if (batches.empty() || static_cast<int>(batches.back().size()) == size) batches.emplace_back();
    batches.back().push_back(example);
  }
  return batches;
}

int steps_of(int examples, int size, int epochs) {
  const int batches = (examples + size - 1) / size;  // rounded up
  return batches * epochs;
}

double whole_gradient(std::span<const double> gradients, std::span<const int> sizes) {
  double sum = 0;
  int examples = 0;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    sum += gradients[i] * sizes[i];  // a mean times its count is the sum of that batch
    examples += sizes[i];
  }
  return sum / examples;
}
