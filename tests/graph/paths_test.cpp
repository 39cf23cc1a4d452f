#include "gradus/graph/paths.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "catch.hpp"
#include "gradus/base/error.hpp"
#include "gradus/base/random.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"
#include "graph/dot_tool.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A random computation of numbers: its last node depends on the first one.
Var random_numbers(Tape& tape, Random& random, int nodes) {
  std::vector<Var> v{tape.input(random.uniform(0.5, 1.5), "x"),
                     tape.input(random.uniform(0.5, 1.5), "w")};
  for (int i = 0; i < nodes; ++i) {
    // The last one often takes part, so that ways are long.
    const Var a = random.below(4) > 0
                      ? v.back()
                      : v[static_cast<std::size_t>(random.below(static_cast<Index>(v.size())))];
    const Var b = v[static_cast<std::size_t>(random.below(static_cast<Index>(v.size())))];
    switch (random.below(7)) {
      case 0:
        v.push_back(a + b);
        break;
      case 1:
        v.push_back(a * b);
        break;
      case 2:
        v.push_back(sin(a));
        break;
      case 3:
        v.push_back(tanh(b));
        break;
      case 4:
        v.push_back(maximum(a, b));
        break;
      case 5:
        v.push_back(where(less(a, b), a, b));
        break;
      default:
        v.push_back(b / (1.5 + square(a)));
        break;
    }
  }
  return v.back() + v[0];
}

/// Every path from x, by recursion: what the library must not do.
void all_paths(const Tape& tape, NodeId x, NodeId at, std::vector<Wire>& way,
               std::vector<std::vector<Wire>>& found) {
  if (at == x) {
    found.emplace_back(way.rbegin(), way.rend());
    return;
  }
  const auto operands = tape.operands(at);
  for (std::uint32_t k = 0; k < operands.size(); ++k) {
    if (operands[k] < x || tape.op(at).flow(static_cast<int>(k)) != Flow::smooth) continue;
    way.push_back({operands[k], at, k});
    all_paths(tape, x, operands[k], way, found);
    way.pop_back();
  }
}

std::vector<std::vector<Wire>> all_paths(Var x, Var loss) {
  std::vector<std::vector<Wire>> found;
  std::vector<Wire> way;
  all_paths(loss.tape(), x.id(), loss.id(), way, found);
  return found;
}

/// The local derivative along a wire between numbers.
double local(Tape& tape, const Wire& wire) {
  return item(pullback(tape.var(wire.to), wire.operand, tape.constant(1.0)));
}

}  // namespace

TEST_CASE("paths: sums, counts, crossed nodes and the largest are those of all paths", "[graph]") {
  Random random(1);
  int many = 0;
  for (int round = 0; round < 200; ++round) {
    INFO("round " << round);
    Tape tape;
    const Var loss = random_numbers(tape, random, 3 + round % 24);
    const Var x = tape.var(0);
    const std::size_t before = tape.size();
    const PathSum sum = sum_over_paths(x, loss, {.top = 7, .element = {}});
    CHECK(tape.size() == before);
    REQUIRE(sum.numbers);

    const auto paths = all_paths(x, loss);
    many += paths.size() > 20;
    CHECK(sum.count.digits == std::to_string(paths.size()));
    CHECK(sum.count.small == paths.size());
    std::set<NodeId> nodes;
    std::set<std::pair<NodeId, std::uint32_t>> edges;
    std::map<NodeId, std::size_t> times_crossed;
    std::vector<double> sizes;
    double total = 0;
    for (const auto& path : paths) {
      std::set<NodeId> on_path{x.id()};
      double product = 1;
      for (const Wire& wire : path) {
        on_path.insert(wire.to);
        edges.emplace(wire.to, wire.operand);
        product *= local(tape, wire);
      }
      nodes.insert(on_path.begin(), on_path.end());
      for (const NodeId node : on_path) ++times_crossed[node];
      sizes.push_back(std::abs(product));
      total += product;
    }
    CHECK(sum.nodes == nodes.size());
    CHECK(sum.edges == edges.size());
    std::vector<NodeId> crossed;
    for (const auto& [node, times] : times_crossed) {
      if (times == paths.size()) crossed.push_back(node);
    }
    CHECK(sum.crossed == crossed);

    CHECK(sum.agrees());
    CHECK(sum.adjoint.item() == item(gradient(loss, x)));
    CHECK_THAT(sum.total->item(), Catch::Matchers::WithinAbs(total, sum.tolerance));
    // The largest are there, in order, each once, and each is a path.
    std::sort(sizes.rbegin(), sizes.rend());
    REQUIRE(sum.paths.size() == std::min<std::size_t>(7, paths.size()));
    std::set<std::vector<std::pair<NodeId, std::uint32_t>>> seen;
    double listed = 0;
    for (std::size_t i = 0; i < sum.paths.size(); ++i) {
      const Path& path = sum.paths[i];
      CHECK(path.size == sizes[i]);
      CHECK(std::find(paths.begin(), paths.end(), path.wires) != paths.end());
      std::vector<std::pair<NodeId, std::uint32_t>> key;
      double product = 1;
      for (std::size_t k = 0; k < path.wires.size(); ++k) {
        key.emplace_back(path.wires[k].to, path.wires[k].operand);
        CHECK(path.partials[k] == local(tape, path.wires[k]));
        product *= path.partials[k];
      }
      CHECK(seen.insert(key).second);
      CHECK(path.product.item() == product);
      listed += product;
    }
    CHECK(sum.listed.item() == listed);
  }
  CHECK(many > 40);  // or the formulas are too simple to say much
}

TEST_CASE("paths: all of them come, each once, when there are fewer than were asked for",
          "[graph]") {
  Random random(2);
  for (int round = 0; round < 30; ++round) {
    Tape tape;
    const Var loss = random_numbers(tape, random, 15);
    const auto paths = all_paths(tape.var(0), loss);
    const PathSum sum = sum_over_paths(tape.var(0), loss, {.top = 100'000, .element = {}});
    CHECK(sum.paths.size() == paths.size());
    CHECK_THAT(sum.listed.item(), Catch::Matchers::WithinAbs(sum.total->item(), sum.tolerance));
  }
}

TEST_CASE("paths: x * x makes two", "[graph]") {
  Tape tape;
  const Var x = tape.input(3.0, "x");
  const PathSum sum = sum_over_paths(x, x * x);
  CHECK(sum.count.digits == "2");
  CHECK(sum.edges == 2);
  REQUIRE(sum.paths.size() == 2);
  CHECK(sum.paths[0].wires == std::vector<Wire>{{0, 1, 0}});
  CHECK(sum.paths[1].wires == std::vector<Wire>{{0, 1, 1}});
  CHECK(sum.total->item() == 6);
  CHECK(sum.adjoint.item() == 6);
}

TEST_CASE("paths: a hundred doublings make 2^100, counted exactly", "[graph]") {
  Tape tape;
  const Var x = tape.input(1.0, "x");
  Var y = x;
  for (int i = 0; i < 100; ++i) y = y + y;
  const PathSum sum = sum_over_paths(x, y, {.top = 3, .element = {}});
  CHECK(sum.count.digits == "1267650600228229401496703205376");
  CHECK_THAT(sum.count.log10, Catch::Matchers::WithinAbs(100 * std::log10(2.0), 1e-12));
  CHECK_FALSE(sum.count.is_at_most(PathCount::too_large - 1));
  CHECK(sum.edges == 200);
  CHECK(sum.crossed.size() == 101);
  CHECK(sum.total->item() == std::ldexp(1.0, 100));
  CHECK(sum.agrees());
  // All are equal: they come in the order of the tape.
  REQUIRE(sum.paths.size() == 3);
  CHECK(sum.paths[0].wires[0].operand == 0);
  CHECK(sum.paths[1].wires[0].operand == 1);
  CHECK(sum.paths[1].wires[1].operand == 0);
  CHECK(sum.paths[2].wires[0].operand == 0);
  CHECK(sum.paths[2].wires[1].operand == 1);
}

TEST_CASE("paths: long chains need no recursion, and astronomic counts a logarithm", "[graph]") {
  Tape tape;
  const Var x = tape.input(1.0, "x");
  Var y = x;
  constexpr int length = 100'000;
  for (int i = 0; i < length; ++i) y = 0.5 * (y + y);
  const PathSum sum = sum_over_paths(x, y, {.top = 2, .element = {}});
  CHECK(sum.count.digits.empty());
  CHECK_THAT(sum.count.log10, Catch::Matchers::WithinRel(length * std::log10(2.0), 1e-9));
  CHECK(sum.edges == 3 * length);
  CHECK(sum.crossed.size() == 2 * length + 1);
  CHECK(sum.paths.size() == 2);
  CHECK(sum.paths[0].wires.size() == 2 * length);
  CHECK(sum.paths[0].size == 0);  // 2^-100000
  CHECK(sum.total->item() == 1);
  CHECK(sum.adjoint.item() == 1);
}

TEST_CASE("paths: from a node to itself leads the empty path", "[graph]") {
  Tape tape;
  const Var x = tape.input(3.0, "x");
  const PathSum sum = sum_over_paths(x, x);
  CHECK(sum.count.digits == "1");
  CHECK(sum.edges == 0);
  REQUIRE(sum.paths.size() == 1);
  CHECK(sum.paths[0].wires.empty());
  CHECK(sum.total->item() == 1);
  CHECK(sum.agrees());
  CHECK(sum.crossed == std::vector<NodeId>{x.id()});
}

TEST_CASE("paths: of tensors, each path gives a tensor, and their sum is the adjoint", "[graph]") {
  Random random(3);
  Tape tape;
  Tensor<double> first({3, 4}), second({4, 4});
  for (double& w : first) w = random.normal();
  for (double& w : second) w = random.normal();
  const Var x = tape.input(first, "x");
  const Var w = tape.parameter(second, "w");
  const Var h = tanh(matmul(x, w));
  const Var skipped = x + h;
  const Var scores = softmax(matmul(skipped, w)) * skipped;
  const Var loss = mean(square(scores));

  for (const Var from : {x, w}) {
    const PathSum sum = sum_over_paths(from, loss, {.top = 100, .element = {}});
    CHECK_FALSE(sum.numbers);
    CHECK(sum.largest);
    CHECK(sum.count.digits == std::to_string(all_paths(from, loss).size()));
    CHECK(sum.paths.size() == all_paths(from, loss).size());
    CHECK(sum.adjoint == value(gradient(loss, from)));
    REQUIRE(sum.total);
    CHECK(sum.agrees());
    CHECK(sum.tolerance < 1e-11);
    CHECK(sum.tolerance > 0);
    CHECK(std::is_sorted(sum.paths.begin(), sum.paths.end(),
                         [](const Path& a, const Path& b) { return a.size > b.size; }));
    // One element alone ranks the paths by what they give to it.
    const PathSum element = sum_over_paths(from, loss, {.top = 100, .element = 5});
    for (const Path& path : element.paths) CHECK(path.size == std::abs(path.product[5]));
    CHECK(std::is_sorted(element.paths.begin(), element.paths.end(),
                         [](const Path& a, const Path& b) { return a.size > b.size; }));
  }
}

TEST_CASE("paths: too many of tensors are counted, and the first ones shown", "[graph]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>({2}, {1.0, 2.0}), "x");
  Var y = x;
  for (int i = 0; i < 20; ++i) y = y * y;
  const Var loss = sum(0.0 * y);
  const PathSum sum = sum_over_paths(x, loss, {.top = 4, .element = {}});
  CHECK(sum.count.digits == "1048576");
  CHECK_FALSE(sum.largest);
  CHECK_FALSE(sum.total);
  CHECK_FALSE(sum.agrees());
  CHECK(sum.paths.size() == 4);
}

TEST_CASE("paths: a network's loss has as many as its graph says", "[graph]") {
  Tape tape;
  Random random(4);
  const nn::Mlp mlp(tape, {.layers = {5, 4, 3}}, random);
  const Var x = tape.input(Tensor<double>({6, 5}, 0.5), "x");
  const Var loss = cross_entropy(mlp(x), tape.input(Tensor<double>({6}, 1.0)));
  for (const Var w : mlp.parameters()) {
    const PathSum sum = sum_over_paths(w, loss);
    CHECK(sum.count.digits == std::to_string(all_paths(w, loss).size()));
    CHECK(sum.agrees());
    CHECK(sum.crossed.front() == w.id());
    CHECK(sum.crossed.back() == loss.id());
  }
}

TEST_CASE("paths: ways that pass nothing are named, and are no paths", "[graph]") {
  Tape tape;
  const Var x = tape.input(0.5, "x");
  const Var y = x * step(x) + stop_gradient(x);
  const PathSum some = sum_over_paths(x, y);
  CHECK(some.count.digits == "1");
  CHECK(some.blocked.size() == 2);

  const PathSum none = sum_over_paths(x, step(x));
  CHECK(none.count.digits == "0");
  CHECK(none.count.is_at_most(0));
  CHECK(none.adjoint.item() == 0);
  CHECK(none.paths.empty());
  CHECK(none.agrees());
  CHECK(none.blocked.size() == 1);
  // What leads nowhere is not in the way.
  exp(step(x));
  CHECK(sum_over_paths(x, y).blocked.size() == 2);
}

TEST_CASE("paths: errors say what is wrong", "[graph]") {
  Tape tape;
  const Var x = tape.input(0.0, "x");
  const Var w = tape.input(Tensor<double>({2}, 1.0), "w");
  CHECK_THROWS_WITH(sum_over_paths(x, sum(w)), ContainsSubstring("nothing leads from x"));
  CHECK_THROWS_WITH(sum_over_paths(exp(x), x), ContainsSubstring("nothing leads from exp"));
  CHECK_THROWS_WITH(sum_over_paths(x, stop_gradient(x)), ContainsSubstring("is cut by"));
  CHECK_THROWS_WITH(sum_over_paths(x, x * w), ContainsSubstring("only a single number"));
  CHECK_THROWS_WITH(sum_over_paths(x, sqrt(x)), ContainsSubstring("by x = 0 is infinite"));
  CHECK_THROWS_WITH(pullback(step(x), 0, x), ContainsSubstring("has no derivative by its operand"));
  CHECK_THROWS_WITH(pullback(exp(x), 1, x), ContainsSubstring("has no derivative by its operand"));
  CHECK_THROWS_AS(sum_over_paths(w, sum(w), {.top = 1, .element = 2}), Error);
  const std::size_t before = tape.size();
  CHECK_THROWS_AS(sum_over_paths(x, sqrt(x)), NumericError);
  CHECK(tape.size() == before + 1);
}

TEST_CASE("paths: one is lit in the picture", "[graph]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");
  const Var y = x * x + exp(x);
  const PathSum sum = sum_over_paths(x, y);
  DotOptions options;
  options.lit = sum.paths[0].wires;
  const std::string dot = to_dot(Graph(y), options);
  const std::string lit = "color=\"#d55e00\" penwidth=3";
  std::size_t times = 0;
  for (std::size_t at = 0; (at = dot.find(lit, at)) != std::string::npos; ++at) ++times;
  CHECK(times == 5);  // three nodes, two edges
  CHECK(to_dot(Graph(y)).find("#d55e00") == std::string::npos);
  dot_tool::run(dot);
}
