// What one neuron cannot do.
#include "network.hpp"

int main() {
  // [train]
  Network one({2, 1});
  int done = 0;
  for (const int steps : {1, 100, 1000, 10000}) {
    fmt::print("loss {:.4f}, step {}\n", one.train(steps - done), steps);
    done = steps;
  }
  print_answers(one);
  // [end]
}
