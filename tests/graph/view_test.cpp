#include "gradus/graph/view.hpp"

#include "catch.hpp"
#include "gradus/base/error.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/graph/boost_graph.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;

namespace {

std::vector<NodeId> nodes(const Graph& graph) {
  std::vector<NodeId> all;
  for (std::size_t v = 0; v < graph.size(); ++v) all.push_back(graph[v].node);
  return all;
}
using Ids = std::vector<NodeId>;

}  // namespace

TEST_CASE("what is around a node is near it in either direction", "[graph]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");  // 0
  const Var a = exp(x);                // 1
  const Var b = sin(a);                // 2
  const Var c = cos(b);                // 3
  const Var d = a * c;                 // 4
  const Graph all(d);
  CHECK(nodes(around(all, b.id(), 0)) == Ids{2});
  CHECK(nodes(around(all, b.id(), 1)) == Ids{1, 2, 3});
  CHECK(nodes(around(all, x.id(), 2)) == Ids{0, 1, 2, 4});
  CHECK(nodes(around(all, b.id(), 1'000'000)) == Ids{0, 1, 2, 3, 4});
  const Graph near = around(all, b.id(), 1);
  CHECK(near.edges() == 2);
  const BoostGraph& g = boost_graph(near);
  CHECK(boost::edge(0, 1, g).second);
  CHECK(boost::edge(1, 2, g).second);
}

TEST_CASE("between two nodes is what lies on a way", "[graph]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");             // 0
  const Var y = tape.input(3.0, "y").named("y");  // 1
  const Var a = exp(x);                           // 2
  const Var side = sin(y);                        // 3
  const Var m = a * side;                         // 4
  const Var dead_end = cos(a);                    // 5
  const Var f = (m * m).named("f");               // 6
  const Graph all({f, dead_end});
  CHECK(nodes(between(all, x.id(), f.id())) == Ids{0, 2, 4, 6});
  CHECK(between(all, x.id(), f.id()).edges() == 4);  // m twice into f
  CHECK(nodes(between(all, f.id(), f.id())) == Ids{6});
  CHECK_THROWS_WITH(between(all, y.id(), dead_end.id()),
                    "no way leads from y to cos #5: cos #5 does not depend on it");
  CHECK_THROWS_AS(between(all, f.id(), x.id()), Error);
  CHECK_THROWS_WITH(around(Graph(m), f.id(), 1),
                    "f is not in the graph: nothing that is drawn depends on it");
  CHECK_THROWS_AS(around(all, 1000, 1), Error);
}

TEST_CASE("a part of a graph keeps what its vertices are, and whole updates", "[graph]") {
  Tape tape;
  const Var w = tape.parameter(2.0, "w");
  const Var loss = (w * w).named("loss");
  const Var dw = gradient(loss, w);
  const Var next = w + (-0.1) * dw;
  const std::vector<Update> updates{{w, next}};
  const Graph all(std::vector<Var>{loss}, updates);
  CHECK(around(all, next.id(), 1).updates().size() == 1);
  const Graph without = around(all, dw.id(), 1);
  CHECK_FALSE(without.find(next.id()));
  CHECK(without.updates().empty());
  const std::size_t v = *without.find(dw.id());
  CHECK(without[v].role == AdjointRole::whole);
  CHECK(without.adjoint_text(v) == "∂loss/∂w");
}

TEST_CASE("a way through a long chain needs no stack", "[graph]") {
  Tape tape;
  const Var x = tape.input(0.5, "x");
  Var y = x;
  for (int i = 0; i < 300000; ++i) y = sin(y);
  CHECK(between(Graph(y), x.id(), y.id()).size() == 300001);
  CHECK(around(Graph(y), x.id(), 1'000'000).size() == 300001);
}
