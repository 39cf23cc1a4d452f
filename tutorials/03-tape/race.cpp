// b = a + a, c = b + b, and so on: three ways to go back through sums of a number with itself.

#include <fmt/core.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace {

// [numbers]
/// A number that is a sum of others. The local derivative by each of them is 1.
struct Sum {
  std::vector<std::size_t> operands = {};
  double adjoint = 0;
};
using Sums = std::vector<Sum>;

/// Number 0 is a; each other one is the one before, plus itself.
Sums doublings(std::size_t n) {
  Sums sums(n + 1);
  for (std::size_t i = 1; i <= n; ++i) sums[i].operands = {i - 1, i - 1};
  return sums;
}
// [naive]
/// Whenever a share comes in, passes on all that has come so far.
void naive(Sums& sums, std::size_t i, double share, std::uint64_t& visits) {
  ++visits;
  sums[i].adjoint += share;
  for (const std::size_t operand : sums[i].operands) {
    naive(sums, operand, sums[i].adjoint, visits);
  }
}
// [path-sums]
/// Whenever a share comes in, passes on that share alone.
void path_sums(Sums& sums, std::size_t i, double share, std::uint64_t& visits) {
  ++visits;
  sums[i].adjoint += share;
  for (const std::size_t operand : sums[i].operands) path_sums(sums, operand, share, visits);
}
// [in-order]
/// The tape's way: the last number first, each of them once.
void in_order(Sums& sums, std::size_t last, double share, std::uint64_t& visits) {
  sums[last].adjoint = share;
  for (std::size_t i = last + 1; i-- > 0;) {
    ++visits;
    for (const std::size_t operand : sums[i].operands) sums[operand].adjoint += sums[i].adjoint;
  }
}
// [end]

struct Result {
  double derivative;
  std::uint64_t visits = 0;
};

Result run(void (*way)(Sums&, std::size_t, double, std::uint64_t&), std::size_t n) {
  Sums sums = doublings(n);
  Result result{};
  way(sums, n, 1, result.visits);
  result.derivative = sums[0].adjoint;
  return result;
}

/// How the naive recursion goes back through c = b + b, b = a + a, as a tree of its calls.
void write_calls() {
  std::ofstream dot("calls.dot");
  dot << "digraph calls {\n  bgcolor=transparent\n"
         "  node [shape=box style=\"rounded,filled\" fillcolor=\"#ffffff\" color=\"#767676\" "
         "fontname=\"Helvetica,Arial,sans-serif\" fontsize=12 fontcolor=\"#1a1a1a\"]\n"
         "  edge [color=\"#767676\" fontcolor=\"#767676\" "
         "fontname=\"Helvetica,Arial,sans-serif\" fontsize=11]\n";
  Sums sums = doublings(2);
  int calls = 0;
  const auto go = [&](const auto& self, std::size_t i, double share, int caller) -> void {
    const int me = ++calls;
    sums[i].adjoint += share;
    const bool late = i == 1 && sums[i].adjoint > share;  // the first share goes out again
    dot << fmt::format("  n{} [label=\"{}.  {}: adjoint {}\"{}]\n", me, me, "abc"[i],
                       sums[i].adjoint, late ? " color=\"#d55e00\" penwidth=2.5" : "");
    if (caller != 0) dot << fmt::format("  n{} -> n{} [label=\" +{}\"]\n", caller, me, share);
    for (const std::size_t operand : sums[i].operands) self(self, operand, sums[i].adjoint, me);
  };
  go(go, 2, 1, 0);
  dot << "}\n";
}

}  // namespace

int main() {
  std::ofstream file("race.dat");
  file << "# doublings, visits by path sums, visits in order\n";
  fmt::print("doublings    2^n |    naive   visits | path sums   visits | in order  visits\n");
  for (const std::size_t n : std::vector<std::size_t>{1, 2, 3, 4, 8, 12, 16, 20}) {
    const Result a = run(naive, n), b = run(path_sums, n), c = run(in_order, n);
    fmt::print("{:9} {:6.0f} | {:8.3g} {:8} | {:9.0f} {:8} | {:8.0f} {:7}\n", n, std::exp2(n),
               a.derivative, a.visits, b.derivative, b.visits, c.derivative, c.visits);
    file << fmt::format("{} {} {}\n", n, b.visits, c.visits);
  }
  write_calls();
}
