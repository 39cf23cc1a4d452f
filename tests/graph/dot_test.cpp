#include "gradus/graph/dot.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "dot_tool.hpp"
#include "gradus/base/error.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) {
    ++found;
  }
  return found;
}

/// Compares with a file byte for byte. GRADUS_UPDATE_GOLDENS=1 writes the file instead.
void check_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path =
      std::filesystem::path(GRADUS_SOURCE_DIR) / "tests/graph/golden" / (name + ".dot");
  if (const char* update = std::getenv("GRADUS_UPDATE_GOLDENS"); update && *update == '1') {
    std::ofstream(path, std::ios::binary) << text;
    WARN("wrote " << path.filename());
  }
  INFO("GRADUS_UPDATE_GOLDENS=1 writes the file anew");
  CHECK(text == dot_tool::read(path));
  dot_tool::run(text);
}

std::string formula() {
  Tape tape;
  const Var a = tape.input(2.0, "a");
  const Var b = tape.input(3.0, "b");
  const Var c = tape.input(1.0, "c");
  return to_dot(Graph(sin(a * b + c).named("f")));
}

/// A two-layer perceptron, its gradient, and a step of gradient descent.
std::string training_step(const DotOptions& options, std::size_t nodes_before = 0) {
  Tape tape;
  for (std::size_t i = 0; i < nodes_before; ++i) tape.constant(1.0);
  const Var x = tape.input(Shape{32, 784}, "X");
  const Var target = tape.input(Shape{32, 10}, "T");
  std::vector<Var> parameters;
  const auto layer = [&](Var in, const char* name, Index out) {
    const auto scope = tape.scope(name);
    const Var w = tape.parameter(Tensor<double>(Shape{in.shape()[1], out}), "W");
    const Var b = tape.parameter(Tensor<double>(Shape{out}), "b");
    parameters.insert(parameters.end(), {w, b});
    return matmul(in, w) + b;
  };
  const auto network = tape.scope("mlp");
  const Var h = relu(layer(x, "hidden", 128)).named("h");
  const Var z = layer(h, "output", 10).named("z");
  exp(z);  // dead
  const Var loss = mse(z, target).named("loss");
  const std::vector<Var> gradients = gradient(loss, parameters);
  std::vector<Update> updates;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto scope = tape.scope("sgd");
    updates.push_back({parameters[i], parameters[i] + (-0.1) * gradients[i]});
  }
  return to_dot(Graph(std::vector<Var>{loss}, updates), options);
}

std::string derivative() {
  Tape tape;
  const Var x = tape.input(Shape{2, 3}, "x");
  // One op a line: in which order a compiler evaluates the operands of a / b is its own choice.
  const Var square = x * x;
  const Var bound = 1 + abs(x);
  const Var y = sum(square / bound, {1}).named("y");
  const Var half = tape.constant(Tensor<double>(Shape{2}, 0.5));
  const Var positive = step(y);
  const Var f = sum(where(positive, y, half)).named("f");
  DotOptions options;
  options.rankdir = "LR";
  options.mirror = false;
  return to_dot(Graph({f, gradient(f, x).named("df")}), options);
}

}  // namespace

TEST_CASE("DOT text is as it was", "[graph]") {
  DotOptions options;
  options.title = "A training step";
  options.legend = true;
  check_golden("formula", formula());
  check_golden("derivative", derivative());
  check_golden("training_step", training_step(options));
}

TEST_CASE("equal recordings give equal bytes", "[graph]") {
  const std::string first = training_step({});
  const std::vector<std::string> elsewhere(1000, "moves the heap");
  CHECK(training_step({}) == first);
  // Only ids move with what was recorded before, and a scope keeps its number.
  CHECK(count(training_step({}, 7), "\n") == count(first, "\n"));
  CHECK_THAT(first, !ContainsSubstring("0x"));
}

TEST_CASE("a * a has two edges in DOT", "[graph]") {
  Tape tape;
  const Var a = tape.input(2.0, "a");
  const std::string dot = to_dot(Graph(a * a));
  CHECK(count(dot, "n0 -> n1") == 2);
  const auto svg = dot_tool::run(dot);
  if (svg) CHECK(count(*svg, "class=\"edge\"") == 2);
}

TEST_CASE("edges say which operand is which where their order matters", "[graph]") {
  Tape tape;
  const Var a = tape.input(2.0, "a");
  const Var b = tape.input(2.0, "b");
  CHECK_THAT(to_dot(Graph(a + b)), !ContainsSubstring("headlabel"));
  CHECK_THAT(to_dot(Graph(a * b)), !ContainsSubstring("headlabel"));
  const std::string quotient = to_dot(Graph(a / b));
  CHECK_THAT(quotient, ContainsSubstring("n0 -> n4 [headlabel=<left>]"));
  CHECK_THAT(quotient, ContainsSubstring("n1 -> n4 [headlabel=<right>]"));
  CHECK_THAT(to_dot(Graph(where(a, b, a))), ContainsSubstring("n0 -> n5 [headlabel=<else>]"));
  CHECK_THAT(to_dot(Graph(exp(a))), !ContainsSubstring("headlabel"));
  const Graph power(pow(a, b));
  CHECK_THAT(to_dot(power), ContainsSubstring("n1 -> n7 [headlabel=<exponent>]"));
  const std::vector<Var> parts{reshape(a, {1}), reshape(b, {1})};
  const Graph rows(concat(parts, 0));
  CHECK_THAT(to_dot(rows), ContainsSubstring("headlabel=<1>"));
}

TEST_CASE("scopes are boxes inside each other", "[graph]") {
  Tape tape;
  Var y = tape.input(2.0, "x");
  {
    const auto outer = tape.scope("outer");
    {
      const auto inner = tape.scope("inner");
      y = exp(y);
    }
    const auto unused = tape.scope("unused");
    exp(y);  // dead
  }
  {
    const auto again = tape.scope("outer");
    y = sin(y);
  }
  const std::string dot = to_dot(Graph(y));
  const std::size_t outer = dot.find("  subgraph cluster_1 {");
  const std::size_t sine = dot.find("\n    n3 [");
  const std::size_t inner = dot.find("    subgraph cluster_2 {");
  const std::size_t exponential = dot.find("\n      n1 [");
  CHECK(outer < sine);
  CHECK(sine < inner);
  CHECK(inner < exponential);
  CHECK(exponential != std::string::npos);
  CHECK(count(dot, "subgraph") == 2);
  DotOptions flat;
  flat.scopes = false;
  CHECK(count(to_dot(Graph(y), flat), "subgraph") == 0);
  const auto svg = dot_tool::run(dot);
  if (svg) CHECK(count(*svg, "class=\"cluster\"") == 2);
}

TEST_CASE("scopes of any depth can be drawn", "[graph]") {
  Tape tape;
  Var y = tape.input(2.0, "x");
  std::vector<std::unique_ptr<Tape::Scope>> scopes;
  for (int i = 0; i < 3000; ++i) {
    scopes.emplace_back(new Tape::Scope(tape.scope("s")));
    y = exp(y);
  }
  while (!scopes.empty()) scopes.pop_back();  // the innermost first
  CHECK(count(to_dot(Graph(y)), "subgraph") == 30);
}

TEST_CASE("a derivative is dashed, and says of what", "[graph]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");
  const Var y = sin(x).named("y");
  const Var dx = gradient(y, x);
  const std::string dot = to_dot(Graph({y, dx}));
  CHECK(count(dot, "dashed") == 3);  // 1, cos x and their product
  CHECK_THAT(dot, ContainsSubstring("<b>∂y/∂x</b>"));
  CHECK_THAT(dot, ContainsSubstring("for ∂y/∂x"));
  CHECK(count(dot, "peripheries=2") == 2);
  CHECK_THAT(dot, ContainsSubstring("dir=back"));
  DotOptions plain;
  plain.mirror = false;
  CHECK_THAT(to_dot(Graph({y, dx}), plain), !ContainsSubstring("dir=back"));
  dot_tool::run(dot);
}

TEST_CASE("a graph shows constants, attributes and shapes", "[graph]") {
  Tape tape;
  const Var x = tape.input(Shape{2, 3}, "x");
  const Var c = tape.constant(Tensor<double>(Shape{3}, 0.25));
  const Var y = sum(matmul(x, x, false, true)) * 0.5 + sum(leaky_relu(x * c, 0.125), {1}, true);
  const std::string dot = to_dot(Graph(reshape(y, {2})));
  for (const char* part : {"(2, 3)", "(3,)", "0.5", "<b>constant</b>", "matmul</b>&#160;A Bᵀ",
                           "sum</b>&#160;axis=(1), keepdims", "leaky_relu</b>&#160;0.125"}) {
    CHECK_THAT(dot, ContainsSubstring(part));
  }
  CHECK_THAT(dot, !ContainsSubstring("shape=(2"));  // said by the result's shape
  dot_tool::run(dot);
}

TEST_CASE("dead nodes are drawn only if the whole tape is", "[graph]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");
  exp(x).named("dead");
  CHECK_THAT(to_dot(Graph(sin(x))), !ContainsSubstring("dead"));
  CHECK_THAT(to_dot(Graph::whole(tape)), ContainsSubstring("dead"));
  dot_tool::run(to_dot(Graph::whole(Tape())));
}

TEST_CASE("every direction can be drawn, and no other", "[graph]") {
  Tape tape;
  const Graph graph(sin(tape.input(2.0, "x")));
  DotOptions options;
  for (const char* direction : {"TB", "LR", "BT", "RL"}) {
    options.rankdir = direction;
    CHECK_THAT(to_dot(graph, options), ContainsSubstring(std::string("rankdir=") + direction));
    dot_tool::run(to_dot(graph, options));
  }
  options.rankdir = "TB; evil";
  CHECK_THROWS_AS(to_dot(graph, options), InputError);
}

TEST_CASE("a long tape is written in linear time", "[graph]") {
  // Sixteen times as long a tape takes about 16 times the time, and anything quadratic 256 times:
  // far apart, and of processor time, so that a machine that is busy with other things passes.
  const auto seconds = [](int length) {
    Tape tape;
    Var y = tape.input(0.5, "x");
    for (int i = 0; i < length; ++i) y = sin(y) * y;
    double best = 1e9;
    for (int run = 0; run < 3; ++run) {
      const std::clock_t start = std::clock();
      const std::string dot = to_dot(Graph(y));
      best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
      if (run == 0) CHECK(count(dot, " -> ") == 3 * static_cast<std::size_t>(length));
    }
    return best;
  };
  CHECK(seconds(80000) < 64 * seconds(5000));
}
