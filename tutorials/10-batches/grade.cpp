#include <algorithm>
#include <string>

#include "exercise.hpp"

namespace {

// --- Wrong answers that people give ---

std::vector<std::vector<int>> drops_the_rest(std::span<const int> order, int size) {
  std::vector<std::vector<int>> batches;
  const auto width = static_cast<std::size_t>(size);
  for (std::size_t i = 0; i + width <= order.size(); i += width) {
    batches.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(i),
                         order.begin() + static_cast<std::ptrdiff_t>(i + width));
  }
  return batches;
}
std::vector<std::vector<int>> as_many_batches(std::span<const int> order, int size) {
  std::vector<std::vector<int>> batches(static_cast<std::size_t>(size));
  const std::size_t each = (order.size() + batches.size() - 1) / batches.size();
  for (std::size_t i = 0; i < order.size(); ++i) batches[i / each].push_back(order[i]);
  return batches;
}
std::vector<std::vector<int>> sorted(std::span<const int> order, int size) {
  std::vector<std::vector<int>> batches;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i % static_cast<std::size_t>(size) == 0) batches.emplace_back();
    batches.back().push_back(static_cast<int>(i));
  }
  return batches;
}

int rounds_down(int examples, int size, int epochs) { return examples / size * epochs; }
int forgets_epochs(int examples, int size, int) { return (examples + size - 1) / size; }
int across_epochs(int examples, int size, int epochs) {
  return (examples * epochs + size - 1) / size;
}

double mean_of_means(std::span<const double> gradients, std::span<const int>) {
  double sum = 0;
  for (const double g : gradients) sum += g;
  return sum / static_cast<double>(gradients.size());
}
double sum_of_means(std::span<const double> gradients, std::span<const int>) {
  double sum = 0;
  for (const double g : gradients) sum += g;
  return sum;
}
double sum_over_examples(std::span<const double> gradients, std::span<const int> sizes) {
  double sum = 0;
  for (std::size_t i = 0; i < gradients.size(); ++i) sum += gradients[i] * sizes[i];
  return sum;
}

// --- The questions ---

/// 3 1 | 4 1
std::string text(const std::vector<std::vector<int>>& batches) {
  std::string result;
  for (const std::vector<int>& batch : batches) {
    if (&batch != &batches.front()) result += "| ";
    for (const int example : batch) result += std::to_string(example) + ' ';
  }
  return result;
}

void check_cut(course::Check& check, decltype(cut)* f) {
  check.equal("the examples 5, 0, 3, 1, 4, 2 in batches of 2",
              text(f(std::vector{5, 0, 3, 1, 4, 2}, 2)), "5 0 | 3 1 | 4 2 ",
              "in the order in which they are given; `size` is that of a batch");
  check.equal("the examples 6, 2, 0, 5, 1, 3, 4 in batches of 3",
              text(f(std::vector{6, 2, 0, 5, 1, 3, 4}, 3)), "6 2 0 | 5 1 3 | 4 ",
              "what is left over is a batch, too, only smaller");
  check.equal("the examples 1, 0 in batches of 5", text(f(std::vector{1, 0}, 5)), "1 0 ",
              "fewer examples than the size are one batch");
}

void check_steps(course::Check& check, decltype(steps_of)* f) {
  check.equal("10,000 examples, batches of 100, one epoch", f(10000, 100, 1), 100,
              "one step for each batch");
  check.equal("10,000 examples, batches of 128, one epoch", f(10000, 128, 1), 79,
              "78 whole batches, and the rest is one more");
  check.equal("10 examples, batches of 4, 3 epochs", f(10, 4, 3), 9,
              "each epoch begins with a new batch: count the batches of one, then multiply");
}

void check_whole(course::Check& check, decltype(whole_gradient)* f) {
  check.equal("two batches of 4 with gradients 1 and 3",
              f(std::vector{1.0, 3.0}, std::vector{4, 4}), 2.0, "a mean, not a sum");
  check.equal("batches of 3, 3 and 1 with gradients 2, -1 and 8",
              f(std::vector{2.0, -1.0, 8.0}, std::vector{3, 3, 1}), 11.0 / 7,
              "a mean times its count is a sum: add the sums of all batches, and divide by all "
              "examples, so that each example counts the same");
}

}  // namespace

int main(int argc, char** argv) {
  return course::grade(
      argc, argv, "Lesson 10: batches",
      {course::exercise("cutting batches", cut, check_cut,
                        {{"drops what is left over", drops_the_rest},
                         {"takes the size for the number of batches", as_many_batches},
                         {"loses the order that was shuffled", sorted}}),
       course::exercise("counting steps", steps_of, check_steps,
                        {{"drops what is left over", rounds_down},
                         {"forgets the epochs", forgets_epochs},
                         {"lets a batch reach into the next epoch", across_epochs}}),
       course::exercise("the gradient of all", whole_gradient, check_whole,
                        {{"lets a small batch count as much", mean_of_means},
                         {"adds the means", sum_of_means},
                         {"forgets to divide", sum_over_examples}})});
}
