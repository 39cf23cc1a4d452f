#include "gradus/graph/graph.hpp"

#include <algorithm>
#include <boost/graph/topological_sort.hpp>
#include <iterator>

#include "catch.hpp"
#include "gradus/base/error.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/boost_graph.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;

TEST_CASE("a graph holds what its outputs need, and no more", "[graph]") {
  Tape tape;
  const Var a = tape.input(2.0, "a");
  const Var b = tape.parameter(3.0, "b");
  const Var dead = exp(a);
  const Var y = a * b + 1.0;
  const Graph graph(y);

  REQUIRE(graph.size() == 5);
  CHECK(graph.edges() == 4);
  CHECK_FALSE(graph.find(dead.id()));
  CHECK(graph[*graph.find(a.id())].kind == VertexKind::input);
  CHECK(graph[*graph.find(b.id())].kind == VertexKind::parameter);
  CHECK(graph[*graph.find(y.id())].kind == VertexKind::op);
  CHECK(graph[*graph.find(y.id())].output);
  CHECK_FALSE(graph[*graph.find(a.id())].output);
  CHECK_FALSE(graph.find(no_node));
  CHECK_FALSE(graph[*graph.find(y.id())].is_gradient());

  const Graph whole = Graph::whole(tape);
  CHECK(whole.size() == tape.size());
  CHECK(whole.find(dead.id()));
}

TEST_CASE("a * a has two edges, and operands keep their order", "[graph]") {
  Tape tape;
  const Var a = tape.input(2.0, "a");
  const Var b = tape.input(2.0, "b");
  const Graph square(a * a);
  CHECK(square.size() == 2);
  CHECK(square.edges() == 2);

  const Var y = where(b, b, a);
  const Graph graph(y);
  const BoostGraph& g = boost_graph(graph);
  std::vector<NodeId> operands;
  const auto [first, last] = boost::in_edges(*graph.find(y.id()), g);
  for (auto e = first; e != last; ++e) {
    CHECK(g[*e].operand == operands.size());
    operands.push_back(g[boost::source(*e, g)].node);
  }
  CHECK(operands == std::vector<NodeId>{b.id(), b.id(), a.id()});
}

TEST_CASE("Boost's algorithms run on it: ids are a topological order", "[graph]") {
  Tape tape;
  const Var x = tape.parameter(2.0, "x");
  const Var y = sin(x) * x + exp(x);
  const Var dx = gradient(y, x);
  const std::vector<Var> outputs{y};
  const std::vector<Update> updates{{x, x - 0.1 * dx}};
  const Graph graph(outputs, updates);
  const BoostGraph& g = boost_graph(graph);

  std::vector<std::size_t> order;
  boost::topological_sort(g, std::back_inserter(order));  // throws if there is a cycle
  CHECK(order.size() == graph.size());
  const auto [first, last] = boost::edges(g);
  CHECK(std::all_of(first, last,
                    [&](const auto& e) { return boost::source(e, g) < boost::target(e, g); }));
}

TEST_CASE("a graph tells parts of a derivative from the whole", "[graph]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");
  const Var y = (relu(x) * x * x).named("y");
  const Var dx = gradient(y, x);
  const Graph graph({y, dx});
  const auto text = [&](Var v) { return graph.adjoint_text(*graph.find(v.id())); };

  CHECK(text(y).empty());
  CHECK(text(dx) == "∂y/∂x");
  std::vector<std::string> all;
  for (std::size_t v = 0; v < graph.size(); ++v) {
    if (graph[v].is_gradient()) all.push_back(graph.adjoint_text(v));
  }
  CHECK(all == std::vector<std::string>{"∂y/∂y", "∂y/∂(mul #2)", "∂y/∂x via y", "∂y/∂(relu #1)",
                                        "∂y/∂x via mul #2", "part of ∂y/∂x", "for ∂y/∂x",
                                        "∂y/∂x via relu #1", "∂y/∂x"});
}

TEST_CASE("a derivative of a derivative says of which", "[graph]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");
  const Var y = exp(x * x).named("y");
  const Var dx = gradient(y, x);
  const Var ddx = gradient(dx, x);
  const Graph graph({dx, ddx});
  CHECK(graph.adjoint_text(*graph.find(ddx.id())) == "∂(∂y/∂x)/∂x");
  CHECK(graph.adjoint_text(*graph.find(dx.id())) == "∂y/∂x");
}

TEST_CASE("a graph of a training step keeps its updates apart from the edges", "[graph]") {
  Tape tape;
  const Var w = tape.parameter(2.0, "w");
  const Var loss = w * w;
  const Var next = w - 0.1 * gradient(loss, w);
  const Graph graph({loss}, {{w, next}});
  REQUIRE(graph.updates().size() == 1);
  CHECK(graph[*graph.find(next.id())].updates == w.id());
  CHECK(Graph({}, {{w, next}}).find(next.id()));
}

TEST_CASE("a graph of nothing, or of two tapes, is an error", "[graph]") {
  Tape tape;
  Tape other;
  const Var a = tape.input(2.0, "a");
  const Var b = other.input(2.0, "b");
  CHECK_THROWS_AS(Graph(std::span<const Var>{}), Error);
  CHECK_THROWS_AS(Graph({a, b}), Error);
  CHECK_THROWS_AS(Graph(Var()), Error);
  CHECK_THROWS_WITH(Graph({a}, {{a, a}}), "a is not a parameter: only parameters are updated");
  CHECK(Graph::whole(Tape()).size() == 0);
}
