// A neuron on the tape of closures, and the same on Gradus, where the derivative is more tape.

#include <fmt/core.h>

#include <fstream>
#include <string>
#include <vector>

#include "03-tape/closure_tape.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

namespace {

void neuron_on_closures() {
  using namespace lesson;
  // [closures]
  Tape tape;
  const Number x = tape.leaf(2), w = tape.leaf(0.5), b = tape.leaf(-0.4);
  const Number a = sigmoid(w * x + b);
  const Number C = a * a;
  tape.backward(C);
  fmt::print("closures: C {:.5f}, dC/dw {:.5f}, dC/db {:.5f}\n", C.value(), w.adjoint(),
             b.adjoint());
  // [end]
}

void neuron_on_gradus() {
  using namespace gradus;
  // [gradus]
  Tape tape;
  const Var x = tape.input(2, "x"), w = tape.parameter(0.5, "w"), b = tape.parameter(-0.4, "b");
  const Var a = sigmoid(w * x + b);
  const Var C = a * a;
  const std::vector<Var> d = gradient(C, {w, b});
  fmt::print("Gradus:   C {:.5f}, dC/dw {:.5f}, dC/db {:.5f}\n", item(C), item(d[0]), item(d[1]));
  // [end]
}

/// "add(b, b)"
std::string formula(const gradus::Tape& tape, gradus::NodeId id) {
  std::string text(tape.op(id).name());
  const auto operands = tape.operands(id);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    text += (i == 0 ? "(" : ", ") + tape.label(operands[i]);
  }
  return operands.empty() ? text : text + ")";
}

void list_the_tape() {
  using namespace gradus;
  // [listing]
  Tape tape;
  const Var a = tape.parameter(3, "a");
  const Var b = (a + a).named("b");
  const Var c = (b + b).named("c");
  const Var dc_da = gradient(c, a);
  for (NodeId id = 0; id < tape.size(); ++id) {
    fmt::print("#{}  {:20} = {:3}", id, formula(tape, id), item(tape.var(id)));
    const NodeId of = tape.node(id).adjoint_of;
    if (of != no_node) fmt::print("   a part of dc/d{}", tape.label(of));
    fmt::print("\n");
  }
  // [end]
  DotOptions options;
  options.rankdir = "LR";
  std::ofstream("doubled.dot") << to_dot(Graph({c, dc_da}), options);
}

void many_doublings() {
  using namespace gradus;
  Tape tape;
  const Var a = tape.parameter(1, "a");
  Var c = a;
  for (int i = 0; i < 1000; ++i) c = c + c;
  const std::size_t before = tape.size();
  const Var d = gradient(c, a);
  fmt::print("1000 doublings: {} nodes, {} more for the derivative, which is {:.4e}\n", before,
             tape.size() - before, item(d));
}

void derivatives_of_derivatives() {
  using namespace gradus;
  // [again]
  Tape tape;
  const Var a = tape.parameter(5, "a");
  Var f = a * a * a;
  for (int order = 0; order <= 3; ++order) {
    if (order > 0) f = gradient(f, a);
    fmt::print("derivative {} of a^3 at 5: {}\n", order, item(f));
  }
  // [end]
}

}  // namespace

int main() {
  fmt::print("// [neuron]\n");
  neuron_on_closures();
  neuron_on_gradus();
  fmt::print("// [listing]\n");
  list_the_tape();
  fmt::print("// [many]\n");
  many_doublings();
  fmt::print("// [again]\n");
  derivatives_of_derivatives();
}
