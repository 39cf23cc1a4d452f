/// What a long scalar computation costs: bytes and nanoseconds a node, for recording, for
/// gradient(), for value(), and for a compiled program. docs/performance.md has its figures.
///   tape_cost [NODES]
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <optional>

#include "gradus/gradus.hpp"
#include "gradus/kernels/threads.hpp"

namespace {

using namespace gradus;

/// Does the work, which returns how many nodes it was done for. Takes the processor's time, which
/// other programs on the machine disturb less.
template <class Work>
void measure(const char* what, Work work) {
  const std::clock_t start = std::clock();
  const std::size_t nodes = work();
  const double ns = 1e9 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  fmt::print("{:<30} {:>10} nodes {:7.1f} ns a node\n", what, nodes,
             ns / static_cast<double>(nodes));
}

}  // namespace

int main(int count, char** arguments) {
  const long steps = count > 1 ? std::atol(arguments[1]) : 10'000'000;
  if (steps < 2) {
    fmt::print(stderr, "usage: tape_cost [NODES], at least 2\n");
    return 2;
  }
  kernels::set_threads(1);
  Tape tape;
  const Var x = tape.parameter(0.5, "x");
  Var y = x;
  measure("record y + x, sin y, y + x ...", [&] {
    for (long i = 1; i < steps; ++i) y = i % 2 != 0 ? y + x : sin(y);
    return tape.size();
  });
  const std::size_t forward = tape.size();
  Var dx;
  measure("gradient(y, x)", [&] {
    dx = gradient(y, x);
    return tape.size() - forward;
  });
  fmt::print("{:<30} {:>10} nodes {:7.1f} bytes a node\n", "the tape", tape.size(),
             static_cast<double>(tape.bytes()) / static_cast<double>(tape.size()));
  double derivative = 0;
  measure("value(): y and dy/dx", [&] {
    derivative = item(dx);
    return tape.size();
  });
  std::optional<Program> program;
  measure("compile a program of both", [&] {
    program.emplace(std::initializer_list<Var>{y, dx});
    return tape.size();
  });
  Executor<double> executor(std::move(*program));
  executor.run();
  measure("run it in double", [&] {
    executor.run();
    return executor.program().instructions().size();
  });
  fmt::print("its values need {} bytes at once, of {} in all; dy/dx = {}\n",
             executor.program().peak_bytes(sizeof(double)),
             executor.program().values().size() * sizeof(double), derivative);
  return derivative == executor.item(1) ? 0 : 1;
}
