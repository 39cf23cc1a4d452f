// Neurons that start equal stay equal.
#include <fmt/ranges.h>

#include "network.hpp"
using namespace gradus;

int main() {
  // [train]
  Network equal({2, 3, 1}), single({2, 1, 1});
  const Var w1 = equal.net.layers()[0].weight();  // (2, 3)
  const Var w2 = equal.net.layers()[1].weight();  // (3, 1)
  equal.step->set(w1, std::vector<double>(6, 0.5));
  equal.step->set(w2, std::vector<double>(3, 0.5));
  fmt::print("three that start equal: loss {:.4f} after 10000 steps\n", equal.train(10000));
  fmt::print("one:                    loss {:.4f} after 10000 steps\n\n", single.train(10000));
  fmt::print("weights from x1: {:.4f}\n", fmt::join(equal.step->leaf(w1).first(3), "  "));
  fmt::print("weights from x2: {:.4f}\n", fmt::join(equal.step->leaf(w1).last(3), "  "));
  fmt::print("weights to y:    {:.4f}\n", fmt::join(equal.step->leaf(w2), "  "));
  print_answers(equal);
  // [end]
}
