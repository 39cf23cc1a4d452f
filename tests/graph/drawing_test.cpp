#include "gradus/graph/drawing.hpp"

#include <memory>

#include "catch.hpp"
#include "dot_tool.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;

namespace {

/// A chain of equal layers inside a scope "net", and a loss.
struct Network {
  Tape tape;
  Var x = tape.input(Shape{4, 8}, "x");
  std::vector<Var> weights;
  Var loss;

  explicit Network(std::vector<Index> widths) {
    Var h = x;
    {
      const auto net = tape.scope("net");
      for (std::size_t i = 0; i < widths.size(); ++i) {
        const auto scope = tape.scope("layer" + std::to_string(i + 1));
        const Shape shape{h.shape()[1], widths[i]};
        weights.push_back(tape.parameter(Tensor<double>(shape), "W" + std::to_string(i + 1)));
        h = tanh(matmul(h, weights.back()));
      }
    }
    loss = sum(h).named("loss");
  }
};

const DrawnNode* named(const Drawing& drawing, std::string_view name, bool backward = false) {
  for (const DrawnNode& node : drawing.nodes) {
    if (node.name == name && node.backward == backward) return &node;
  }
  return nullptr;
}

Drawing at_depth(const Graph& graph, std::size_t depth) {
  DrawOptions options;
  options.depth = depth;
  return draw(graph, options);
}

DotOptions with_legend() {
  DotOptions options;
  options.legend = true;
  return options;
}

std::uint32_t tape_nodes(const Drawing& drawing) {
  std::uint32_t sum = 0;
  for (const DrawnNode& node : drawing.nodes) sum += node.count;
  return sum;
}

}  // namespace

TEST_CASE("without a depth every node is drawn, in its scope", "[graph]") {
  Network net({8, 8});
  const Graph graph(net.loss);
  const Drawing drawing = draw(graph);
  CHECK(drawing.nodes.size() == graph.size());
  CHECK(drawing.edges.size() == graph.edges());
  CHECK(drawing.scopes.size() == 4);  // the outermost, net, and its layers
  CHECK(scope_path(drawing, named(drawing, "W2")->scope) == "net/layer2");
  CHECK(scope_path(drawing, named(drawing, "x")->scope).empty());
}

TEST_CASE("scopes below a depth fold, with a count of what is inside", "[graph]") {
  Network net({8, 6, 5});
  const Graph graph(net.loss);
  const Drawing outer = at_depth(graph, 0);
  REQUIRE(outer.nodes.size() == 3);  // x, net, loss
  CHECK(outer.nodes[1].kind == DrawnKind::fold);
  CHECK(outer.nodes[1].name == "net");
  CHECK(outer.nodes[1].count == 9);
  CHECK(outer.nodes[1].repeats == 1);
  CHECK(outer.edges.size() == 2);
  CHECK(outer.edges[1].label == "(4, 5)");  // what leaves a fold has a shape
  CHECK(outer.scopes.size() == 1);

  const Drawing inner = at_depth(graph, 1);
  REQUIRE(inner.nodes.size() == 5);  // the layers are of different shapes
  CHECK(named(inner, "layer2")->count == 3);
  CHECK(scope_path(inner, named(inner, "layer2")->scope) == "net");
  CHECK(at_depth(graph, 2) == draw(graph));
  for (const unsigned depth : {0u, 1u, 2u, 100u}) {
    CHECK(tape_nodes(at_depth(graph, depth)) == graph.size());
    dot_tool::run(to_dot(at_depth(graph, depth), with_legend()));
  }
}

TEST_CASE("neighbouring scopes of equal structure fold into one", "[graph]") {
  Network net(std::vector<Index>(12, 8));
  const Drawing drawing = at_depth(Graph(net.loss), 1);
  REQUIRE(drawing.nodes.size() == 3);
  const DrawnNode& layers = drawing.nodes[1];
  CHECK(layers.name == "layer1 … layer12");
  CHECK(layers.repeats == 12);
  CHECK(layers.count == 36);
  REQUIRE(drawing.edges.size() == 3);
  CHECK(drawing.edges[1].from == 1);  // each feeds the next
  CHECK(drawing.edges[1].to == 1);
  CHECK(drawing.edges[1].count == 11);
  CHECK_THAT(to_dot(drawing), Catch::Matchers::ContainsSubstring("layer1 … layer12 ×12"));
  CHECK_THAT(to_dot(drawing), Catch::Matchers::ContainsSubstring("3 nodes each"));
}

TEST_CASE("scopes that differ in a shape, an attribute, an op or a wire do not fold together",
          "[graph]") {
  Tape tape;
  const Var x = tape.input(Shape{4, 4}, "x");
  Var y = x;
  const auto block = [&](const char* name, auto&& body) {
    const auto scope = tape.scope(name);
    y = body(y);
  };
  block("a1", [](Var v) { return leaky_relu(v, 0.1) * v; });
  block("a2", [](Var v) { return leaky_relu(v, 0.1) * v; });
  block("b", [](Var v) { return leaky_relu(v, 0.2) * v; });
  block("c", [](Var v) {
    const Var r = leaky_relu(v, 0.2);
    return r * r;
  });
  block("d", [](Var v) {
    const Var r = tanh(v);
    return r * r;
  });
  block("e", [](Var v) {
    const Var r = tanh(sum(v, {0}));
    return r * r;
  });
  const Drawing drawing = at_depth(Graph(y), 0);
  std::vector<std::string> names;
  for (const DrawnNode& node : drawing.nodes) names.push_back(node.name);
  CHECK(names == std::vector<std::string>{"x", "a1 … a2", "b", "c", "d", "e"});
}

TEST_CASE("the forward and the backward pass of a scope fold apart", "[graph]") {
  Network net({8, 8, 8});
  std::vector<Var> outputs = gradient(net.loss, net.weights);
  outputs.push_back(net.loss);
  const Drawing drawing = at_depth(Graph(outputs), 1);
  const DrawnNode* forward = named(drawing, "layer1 … layer3");
  REQUIRE(forward);
  CHECK_FALSE(forward->derivative);
  // The last to be reached passes nothing on to x.
  const DrawnNode* backward = named(drawing, "layer3 … layer2", true);
  REQUIRE(backward);
  CHECK(backward->derivative);
  CHECK(backward->output);
  CHECK(named(drawing, "layer1", true));
  CHECK(tape_nodes(drawing) == Graph(outputs).size());
  dot_tool::run(to_dot(drawing, with_legend()));
}

TEST_CASE("what a fold costs is the sum over what is in it", "[graph]") {
  Network net({8, 6});
  const Graph graph(net.loss);
  DrawOptions options;
  options.cost_element_size = 4;
  const Drawing all = draw(graph, options);
  options.depth = 0;
  const Drawing folded = draw(graph, options);
  DrawnCost sum_all, sum_folded;
  for (const DrawnCost& cost : all.costs) {
    sum_all.flops += cost.flops;
    sum_all.bytes += cost.bytes;
  }
  for (const DrawnCost& cost : folded.costs) {
    sum_folded.flops += cost.flops;
    sum_folded.bytes += cost.bytes;
  }
  CHECK(sum_all == sum_folded);
  // matmul 2 m n k, tanh one each, sum one each
  CHECK(sum_all.flops == 2 * 4 * 8 * 8 + 4 * 8 + 2 * 4 * 8 * 6 + 4 * 6 + 4 * 6);
  CHECK(all.costs[0].bytes == 4 * 4 * 8);
}

TEST_CASE("an update into a fold is one edge", "[graph]") {
  Network net({8, 8});
  const std::vector<Var> gradients = gradient(net.loss, net.weights);
  std::vector<Update> updates;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const auto scope = net.tape.scope("sgd");
    updates.push_back({net.weights[i], net.weights[i] + (-0.1) * gradients[i]});
  }
  const Drawing drawing = at_depth(Graph(std::vector<Var>{net.loss}, updates), 0);
  std::size_t seen = 0;
  for (const DrawnEdge& edge : drawing.edges) {
    if (edge.flow != DrawnFlow::update) continue;
    ++seen;
    CHECK(edge.count == 2);
    CHECK(drawing.nodes[edge.from].updated);
  }
  CHECK(seen == 1);
  dot_tool::run(to_dot(drawing, with_legend()));
}

TEST_CASE("many scopes fold in linear time and without recursion", "[graph]") {
  Tape tape;
  Var y = tape.input(0.5, "x");
  std::vector<std::unique_ptr<Tape::Scope>> deep;
  for (int i = 0; i < 100000; ++i) {
    deep.emplace_back(new Tape::Scope(tape.scope("s")));
    y = sin(y);
  }
  while (!deep.empty()) deep.pop_back();
  for (int i = 0; i < 100000; ++i) {
    const auto scope = tape.scope("wide" + std::to_string(i));
    y = sin(y);
  }
  const Drawing drawing = at_depth(Graph(y), 0);
  REQUIRE(drawing.nodes.size() == 4);  // x, s, the wide ones but the last, and the output
  CHECK(drawing.nodes[2].repeats == 99999);
  CHECK(draw(Graph(y)).scopes.size() == 1 + ScopeTable::deepest + 100000);
}
