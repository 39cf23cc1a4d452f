// The variance of a sum of products, measured against predicted.
#include <fmt/core.h>

#include <cmath>

#include "gradus/base/random.hpp"
using namespace gradus;

int main() {
  // [sum]
  Random random(11);
  fmt::print("inputs  weights' variance  predicted  measured\n");
  for (const double weight_variance : {1.0, 0.01}) {
    for (const int inputs : {1, 4, 25, 100, 400}) {
      const double stddev = std::sqrt(weight_variance);
      double squares = 0;
      const int neurons = 20000;  // each with weights and inputs of its own
      for (int neuron = 0; neuron < neurons; ++neuron) {
        double z = 0;
        for (int i = 0; i < inputs; ++i) {
          const double w = random.normal(0, stddev);
          const double x = random.normal(0, 1);
          z += w * x;
        }
        squares += z * z;
      }
      fmt::print("{:6}  {:17.2f}  {:9.2f}  {:8.3f}\n", inputs, weight_variance,
                 inputs * weight_variance * 1.0, squares / neurons);
    }
  }
  // [end]
}
