#include <iostream>

#include "gradus/gradus.hpp"
using namespace gradus;

int main() {
  // [record]
  Tape tape;
  const Var x = tape.input(Shape{4, 3}, "x");  // 4 examples of 3 numbers; the values come later
  const Var w = tape.parameter(Tensor<double>({3, 2}, {1, 0, 0, 1, 1, -1}), "w");
  const Var b = tape.parameter(Tensor<double>({2}, {0.5, -0.5}), "b");
  Var h;
  {
    const auto layer = tape.scope("layer");
    h = relu(matmul(x, w) + b).named("h");  // (4, 3) x (3, 2), and (2,) is broadcast over 4 rows
  }
  const Var total = sum(h, {0});  // over the examples
  for (const Var v : {h, total}) {
    std::cout << tape.label(v.id()) << " has shape " << to_string(v.shape()) << ", scope '"
              << tape.scope_path(tape.scope_of(v.id())) << "', was recorded at "
              << tape.where(v.id()) << '\n';
  }
  // [end]

  // [values]
  tape.set(x, Tensor<double>({4, 3}, {1, 2, 3, 0, 1, 0, 2, 0, -1, 0, 0, 1}));
  std::cout << "h = " << to_string(value(h)) << '\n';
  std::cout << "total = " << to_string(value(total)) << '\n';
  tape.set(b, Tensor<double>({2}, {-0.5, 0.5}));  // values are computed anew when asked for
  std::cout << "with another b: " << to_string(value(total)) << '\n';
  // [end]

  // [rewind]
  const Tape::Mark mark = tape.mark();
  for (int i = 0; i < 3; ++i) {
    const Var largest = max(h * (i + 1.0));
    std::cout << item(largest) << ' ' << tape.size() << " nodes\n";
    tape.rewind(mark);  // forgets `largest` and what it is made of
  }
  // [end]
}
