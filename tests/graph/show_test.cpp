#include "gradus/graph/show.hpp"

#include "catch.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/graph/node_text.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

using namespace gradus;

namespace {

const DrawnEdge& edge(const Drawing& drawing, Var from, Var to, std::uint32_t operand) {
  for (const DrawnEdge& e : drawing.edges) {
    if (drawing.nodes[e.from].id == from.id() && drawing.nodes[e.to].id == to.id() &&
        e.operand == operand) {
      return e;
    }
  }
  throw Error("no such edge");
}

}  // namespace

TEST_CASE("values are shown as numbers, small tensors or their range", "[graph]") {
  Tape tape;
  const Var a = tape.input(2.5, "a");
  const Var b = tape.input(Tensor<double>(Shape{2, 2}, {1, 2, 3, 4}), "b");
  const Var c = tape.input(Tensor<double>(Shape{5}, {1, 2, 3, 4, -5}), "c");
  const Var d = tape.input(Shape{2}, "d");
  const Var e = d * a;
  Drawing drawing = draw(Graph({a, b, c, e}));
  show_values(drawing, tape);
  std::vector<std::string> facts;
  for (std::size_t i = 0; i < drawing.nodes.size(); ++i) {
    facts.push_back(node_text(drawing, i).facts.at(0));
  }
  CHECK(facts == std::vector<std::string>{"= 2.5", "= [[1, 2], [3, 4]]", "min -5, mean 1, max 4",
                                          "no value", "no value: d has none"});
}

TEST_CASE("contributions are those of the chain rule, and what was not computed is no 0",
          "[graph]") {
  Tape tape;
  const Var a = tape.input(2.0, "a");
  const Var b = tape.input(-3.0, "b");
  const Var c = tape.input(5.0, "c");
  const Var s = a + c;
  const Var loss = (a * b + s).named("L");
  const Var product = tape.var(loss.id() - 1);
  const Graph graph(loss);
  Drawing drawing = draw(graph);
  show_contributions(drawing, tape, backward(loss, std::vector<Var>{a}));
  CHECK(edge(drawing, a, product, 0).number == -3.0);
  CHECK(edge(drawing, a, s, 0).number == 1.0);
  CHECK_FALSE(edge(drawing, b, product, 1).number);
  CHECK(edge(drawing, b, product, 1).label == "–");
  CHECK(drawing.adjoints[*find(drawing, a.id())].elements == std::vector<double>{-2});
  CHECK(drawing.adjoints[*find(drawing, b.id())].elements.empty());
  CHECK(drawing.adjoints[*find(drawing, b.id())].why == "not computed");
}

TEST_CASE("a * a has two contributions", "[graph]") {
  Tape tape;
  const Var a = tape.input(3.0, "a");
  const Var f = a * a;
  Drawing drawing = draw(Graph(f));
  show_contributions(drawing, tape, backward(f, std::vector<Var>{a}));
  CHECK(edge(drawing, a, f, 0).number == 3.0);
  CHECK(edge(drawing, a, f, 1).number == 3.0);
  CHECK(drawing.adjoints[0].elements == std::vector<double>{6});
}

TEST_CASE("partials are local derivatives, and leave the tape as it was", "[graph]") {
  Tape tape;
  const Var a = tape.input(2.0, "a");
  const Var b = tape.input(4.0, "b");
  const Var q = a / b;
  const Var x = tape.input(Tensor<double>(Shape{2, 3}, {1, 2, 3, 4, 5, 6}), "x");
  const Var y = x * a;
  const Var t = sum(y);
  const Var p = step(a);
  const Var cut = stop_gradient(a);
  const Var w = tape.parameter(Tensor<double>(Shape{3, 4}, 2.0), "w");
  const Var m = matmul(x, w);
  const Var unknown = tape.input(Shape{}, "u");
  const Var v = exp(unknown);
  const std::size_t before = tape.size();
  Drawing drawing = draw(Graph({q, t, p, cut, m, v}));
  show_partials(drawing, tape);
  CHECK(tape.size() == before);
  CHECK(edge(drawing, a, q, 0).number == 0.25);
  CHECK(edge(drawing, b, q, 1).number == -0.125);
  // Frobenius' norms: of diag(2, ...), of the column x, of six ones, of x twice and of w twice.
  CHECK(edge(drawing, x, y, 0).label == "6×6, norm 4.9");
  CHECK(edge(drawing, a, y, 1).label == "6×1, norm 9.54");
  CHECK(edge(drawing, y, t, 0).label == "1×6, norm 2.45");
  CHECK(edge(drawing, a, p, 0).label == "0 everywhere");
  CHECK(edge(drawing, a, cut, 0).label == "no derivative");
  CHECK(edge(drawing, x, m, 0).label == "8×6, norm 9.8");    // sqrt(2 * 12 * 2^2)
  CHECK(edge(drawing, w, m, 1).label == "8×12, norm 19.1");  // sqrt(4 * 91)
  CHECK(edge(drawing, unknown, v, 0).label == "no value");
}

TEST_CASE("a program is shown as it runs", "[graph]") {
  Tape tape;
  const Var x = tape.input(Shape{4}, "x");
  const Var w = tape.parameter(Tensor<double>(Shape{4}, 1.0), "w");
  const Var a = exp(x);
  const Var b = sin(a);
  const Var dead = cos(a);
  const Var c = b * w;
  const std::vector<Update> updates{{w, c}};
  DrawOptions options;
  options.cost_element_size = 4;
  Drawing drawing = draw(Graph::whole(tape, {}, updates), options);
  const Program program(std::vector<Var>{}, updates, Passes::as_recorded());
  show_program(drawing, program);
  using Kind = DrawnPlace::Kind;
  CHECK(drawing.places[x.id()].kind == Kind::given);
  CHECK(drawing.places[w.id()].kind == Kind::given);
  CHECK(drawing.places[a.id()] == DrawnPlace{Kind::computed, 1, 0, 4, no_node});
  CHECK(drawing.places[b.id()] == DrawnPlace{Kind::in_place, 2, 0, 4, a.id()});
  CHECK(drawing.places[dead.id()].kind == Kind::dropped);
  CHECK(drawing.costs[dead.id()] == DrawnCost{});
  CHECK(drawing.places[c.id()] == DrawnPlace{Kind::in_place, 3, 0, 0, w.id()});
  CHECK(drawing.notes ==
        std::vector<std::string>{"Steps that run: 3. Nodes that are dropped: 1.",
                                 "Numbers in memory: 4; without sharing it would be 8.",
                                 "New parameters that are written straight over the old ones: 1."});
}
