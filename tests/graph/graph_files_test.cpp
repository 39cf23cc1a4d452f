// JSON and GraphML, which can be read again; Mermaid and text, which cannot.
#include <limits>

#include "catch.hpp"
#include "dot_tool.hpp"
#include "gradus/base/error.hpp"
#include "gradus/base/random.hpp"
#include "gradus/graph/dot.hpp"
#include "gradus/graph/graphml.hpp"
#include "gradus/graph/json_graph.hpp"
#include "gradus/graph/listing.hpp"
#include "gradus/graph/mermaid.hpp"
#include "gradus/graph/show.hpp"
#include "gradus/graph/view.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Everything that can be in a drawing.
Drawing all_kinds(std::optional<std::size_t> depth = {}) {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{2, 3}, {1, -2, 3.5, 0.1, 1e-300, 7}), "x<&>\"\\");
  const Var unknown = tape.input(Shape{2, 3}, "no \"value\"\n");
  const Var w = tape.parameter(Tensor<double>(Shape{3, 2}, 0.3), "w");
  Var h;
  {
    const auto outer = tape.scope("a/b\\c");
    const auto inner = tape.scope("∂ inner");
    const Var m = matmul(x, w);
    h = leaky_relu(m, 0.1).named("h");
  }
  const Var infinite = log(tape.constant(0.0));
  const Var nothing = tape.constant(Tensor<double>(Shape{0, 2}));
  const Var loss = sum(h).named("loss");
  const Var with_unknown = sum(unknown * x);
  const Var rest = infinite + sqrt(tape.constant(-1.0)) + sum(nothing) + with_unknown;
  const Var dw = gradient(loss, w);
  const Var next = w + (-0.1) * dw;
  exp(loss);  // dead
  const std::vector<Update> updates{{w, next}};
  const std::vector<Var> outputs{loss, rest};
  const Graph graph = Graph::whole(tape, outputs, updates);
  DrawOptions options;
  options.title = "all <kinds> & \"more\"";
  options.cost_element_size = 4;
  options.depth = depth;
  Drawing drawing = draw(graph, options);
  show_values(drawing, tape);
  show_contributions(drawing, tape, backward(loss, std::vector<Var>{w}));
  show_program(drawing, Program(outputs, updates));
  return drawing;
}

std::string error_of_json(const std::string& text) {
  try {
    read_json(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

std::string error_of_graphml(const std::string& text) {
  try {
    read_graphml(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

std::string json_with(const std::string& nodes, const std::string& edges = "") {
  return "{\"format\": \"gradus graph 1\", \"nodes\": [" + nodes + "], \"edges\": [" + edges + "]}";
}

std::string graphml_with(const std::string& inside) {
  return "<graphml><graph>" + inside + "</graph></graphml>";
}

}  // namespace

TEST_CASE("JSON and GraphML come back as they were written, to the byte", "[graph]") {
  for (const std::optional<std::size_t> depth : {std::optional<std::size_t>(), {0}, {1}}) {
    const Drawing drawing = all_kinds(depth);
    const std::string json = to_json(drawing);
    const std::string graphml = to_graphml(drawing);
    CHECK(to_json(read_json(json)) == json);
    CHECK(to_graphml(read_graphml(graphml)) == graphml);
    CHECK(to_json(read_graphml(graphml)) == json);
    // All that pictures show is in the files.
    DotOptions options;
    options.legend = true;
    CHECK(to_dot(read_json(json), options) == to_dot(drawing, options));
    CHECK(to_mermaid(read_graphml(graphml)) == to_mermaid(drawing));
    CHECK(to_listing(read_json(json)) == to_listing(drawing));
    dot_tool::run(to_dot(drawing, options));
  }
}

TEST_CASE("operands outside of a part are named, in files too", "[graph]") {
  Tape tape;
  const Var x = tape.input(2.0, "x"), two_words = tape.input(3.0, "two words");
  const Var a = two_words / x;
  const Var b = a - x;
  const Drawing part = draw(around(Graph(b), b.id(), 0));
  CHECK(part.nodes[0].operands == std::vector<std::string>{"#2", "#3"});  // a + (-x)
  const Drawing quotient = draw(around(Graph(a), a.id(), 0));
  CHECK(quotient.nodes[0].operands == std::vector<std::string>{"#1", "x"});
  CHECK_THAT(to_listing(quotient), ContainsSubstring("div(#1, x)"));
  CHECK(read_json(to_json(quotient)) == quotient);
  CHECK(read_graphml(to_graphml(quotient)) == quotient);
  for (const DrawnNode& node : draw(Graph(b)).nodes) CHECK(node.operands.empty());
}

TEST_CASE("numbers in files keep all their digits", "[graph]") {
  Tape tape;
  const double third = 1.0 / 3.0;
  const Var x = tape.input(third, "x");
  Drawing drawing = draw(Graph(x * 0.1));
  show_values(drawing, tape);
  const Drawing json = read_json(to_json(drawing));
  const Drawing graphml = read_graphml(to_graphml(drawing));
  REQUIRE(json.values.size() == 3);
  CHECK(json.values[0].elements == std::vector<double>{third});
  CHECK(graphml.values[2].elements == std::vector<double>{third * 0.1});
  CHECK(json == graphml);
  CHECK_THAT(to_json(drawing), ContainsSubstring("0.3333333333333333]"));
}

TEST_CASE("an empty drawing is a file too", "[graph]") {
  CHECK(read_json(to_json(Drawing{})) == Drawing{});
  CHECK(read_graphml(to_graphml(Drawing{})) == Drawing{});
  CHECK(to_mermaid(Drawing{}) == "flowchart TB\n");
}

TEST_CASE("JSON that is no drawing is refused with the reason", "[graph]") {
  const std::string rows[][2] = {
      {"", "expected '{'"},
      {"[]", "expected '{'"},
      {"{}", "\"format\" must be"},
      {"{\"format\": \"other\"}", "\"format\" must be"},
      {"{\"nodes\": [], \"nodse\": []}", "did you mean 'nodes'?"},
      {"{\"edges\": [], \"nodes\": []}", "must come before"},
      {json_with("{}"), "a node has no id"},
      {json_with("{\"id\": 1}, {\"id\": 1}"), "ids must rise"},
      {json_with("{\"id\": 4294967295}"), "no id"},
      {json_with("{\"id\": 4294967296}"), "a node's id is 4294967296"},
      {json_with("{\"id\": -1}"), "at least 0"},
      {json_with("{\"id\": \"1\"}"), "integer"},
      {json_with("{\"id\": 0, \"kind\": \"ops\"}"), "did you mean 'op'?"},
      {json_with("{\"id\": 0, \"shpae\": []}"), "did you mean 'shape'?"},
      {json_with("{\"id\": 0, \"shape\": [1, 2, 3, 4, 5]}"), "rank"},
      {json_with("{\"id\": 0, \"shape\": [1099511627776, 1099511627776]}"), "elements"},
      {json_with("{\"id\": 0, \"is\": [\"red\"]}"), "unknown word of a node 'red'"},
      {json_with("{\"id\": 0, \"nodes\": 0}"), "from 1"},
      {json_with("{\"id\": 0, \"value\": [1, 2, 3, 4, 5]}"), "at most"},
      {json_with("{\"id\": 0, \"value\": [\"big\"]}"), "expected a number"},
      {json_with("{\"id\": 0, \"memory\": [1]}"), "memory must be two"},
      {json_with("{\"id\": 0}", "{}"), "needs both its ends"},
      {json_with("{\"id\": 0}", "{\"from\": 0}"), "needs both its ends"},
      {json_with("{\"id\": 0}", "{\"from\": 0, \"to\": 1}"), "at 1, which is no node"},
      {json_with("{\"id\": 0}", "{\"from\": 0, \"to\": 0, \"flow\": \"up\"}"), "unknown flow"},
      {json_with("") + " x", "more text"},
      {std::string(1'000'000, '['), "expected '{'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row[0].substr(0, 200));
    CHECK_THAT(error_of_json(row[0]), ContainsSubstring(row[1]));
  }
}

TEST_CASE("GraphML that is no drawing is refused with the reason", "[graph]") {
  const std::string rows[][2] = {
      {"", "expected <graphml>"},
      {"<graphml/>", "expected <graph>"},
      {"<graphml><graph>", "expected </graph>"},
      {graphml_with("<node/>"), "n and its number"},
      {graphml_with("<node id=\"7\"/>"), "n and its number"},
      {graphml_with("<node id=\"n7 seconds\"/>"), "not a number"},
      {graphml_with("<node id=\"n1\"/><node id=\"n0\"/>"), "ids must rise"},
      {graphml_with("<node id=\"n0\"><data key=\"node.shpae\"/></node>"), "did you mean 'shape'?"},
      {graphml_with("<node id=\"n0\"><data key=\"edge.role\"/></node>"), "expected a key node."},
      {graphml_with("<node id=\"n0\"><data key=\"node.id\">1</data></node>"), "attributes"},
      {graphml_with("<node id=\"n0\"><data key=\"node.step\">x</data></node>"), "not a number"},
      {graphml_with("<node id=\"n0\"><data key=\"node.op\">x</data><data key=\"node.op\">y</data>"
                    "</node>"),
       "op comes twice"},
      {graphml_with("<node id=\"n0\"/><edge source=\"n0\"/>"), "n and its number"},
      {graphml_with("<node id=\"n0\"/><edge source=\"n0\" target=\"n3\"/>"), "which is no node"},
      {graphml_with("<data key=\"colour\">red</data>"), "graph.title"},
  };
  for (const auto& row : rows) {
    CAPTURE(row[0]);
    CHECK_THAT(error_of_graphml(row[0]), ContainsSubstring(row[1]));
  }
}

TEST_CASE("files that were damaged are read or refused, never worse", "[graph]") {
  const std::string json = to_json(all_kinds());
  const std::string graphml = to_graphml(all_kinds(1));
  Random random(1);
  const std::string letters = "{}[]\",:0123456789.eE-+<>&;/n \xff";
  std::size_t read = 0;
  for (int i = 0; i < 3000; ++i) {
    for (const bool is_json : {true, false}) {
      std::string text = is_json ? json : graphml;
      for (Index change = 1 + random.below(3); change > 0; --change) {
        const auto at = static_cast<std::size_t>(random.below(static_cast<Index>(text.size())));
        const auto letter =
            letters[static_cast<std::size_t>(random.below(static_cast<Index>(letters.size())))];
        if (random.below(3) == 0) {
          text.erase(at, static_cast<std::size_t>(1 + random.below(20)));
        } else {
          text[at] = letter;
        }
      }
      try {
        const Drawing drawing = is_json ? read_json(text) : read_graphml(text);
        to_dot(drawing);
        to_listing(drawing);
        to_mermaid(drawing);
        const std::string again = to_json(drawing);
        CHECK(to_json(read_json(again)) == again);
        ++read;
      } catch (const InputError&) {
      }
    }
  }
  CHECK(read > 100);
}

TEST_CASE("a shape that does not fit its values does no harm", "[graph]") {
  const Drawing drawing =
      read_json(json_with("{\"id\": 0, \"shape\": [0, 2], \"value\": [1, 2]},"
                          "{\"id\": 1, \"value\": [1, 2]}"));
  CHECK_THAT(to_listing(drawing), ContainsSubstring("mean"));
}

TEST_CASE("Mermaid gets every name as text", "[graph]") {
  Tape tape;
  const auto scope = tape.scope("end");
  const Var x = tape.input(2.0, "end\"]; click n0 href <b> & `#` | --> {}");
  const std::string chart = to_mermaid(draw(Graph(exp(x))));
  CHECK_THAT(chart, ContainsSubstring("subgraph s1[\"end\"]"));
  CHECK_THAT(chart, ContainsSubstring("end#34;#93;#59; click n0 href #60;b#62; #38; #96;#35;#96;"));
  CHECK_THAT(chart, ContainsSubstring("n0 --> n1"));
}
