// Names: declarations, scopes, values from outside.
#include "gradus/gradus.hpp"
#include "lang/text.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;
using test::error_of;
using test::values;

namespace {

constexpr const char* two_layer =
    "input X = [[1, 2]]\nparam W = ones(2, 3)\nscope hidden { Y = X @ W; S = sigmoid(Y) }\n"
    "scope out {\n  Y = S @ v\n}\nloss = sum(out.Y) + sum(hidden.Y.T)\n";

}  // namespace

TEST_CASE("A formula tells its parts", "[lang]") {
  Tape tape;
  const lang::Formula f = lang::record(tape, two_layer, values({{"v", "ones(3)"}}), "net.gr");
  CHECK(item(f.result) == Approx(9 + 3 / (1 + std::exp(-3.0))));
  REQUIRE(f.inputs.size() == 1);
  REQUIRE(f.parameters.size() == 1);
  REQUIRE(f.free.size() == 1);
  CHECK(f.inputs[0].name() == "X");
  CHECK(is_input(tape.op(f.inputs[0].id())));
  CHECK(is_parameter(tape.op(f.parameters[0].id())));
  CHECK(is_input(tape.op(f.free[0].id())));
  CHECK(f.free[0].id() == 0);  // what comes from outside stands first
  std::string names;
  for (const auto& [name, var] : f.names) names += name + " ";
  CHECK(names == "W X hidden/S hidden/Y loss out/Y v ");
  const Var y = f.names.at("hidden/Y");
  CHECK(y.name() == "Y");
  CHECK(tape.scope_path(tape.scope_of(y.id())) == "hidden");
  CHECK(tape.where(y.id()) == "net.gr:3");
  CHECK(tape.where(f.names.at("out/Y").id()) == "net.gr:5");
  CHECK(tape.scope_of(f.free[0].id()) == 0);

  std::string by;
  for (const Var v : f.variables()) by += std::string(v.name()) + " ";
  CHECK(by == "W v ");
}

TEST_CASE("What one differentiates by: parameters and free names, or else inputs", "[lang]") {
  Tape tape;
  const lang::Formula f = lang::record(tape, "input a = 2; input b = 3; a * b");
  REQUIRE(f.variables().size() == 2);
  CHECK(item(gradient(f.result, f.variables()[0])) == 3);
}

TEST_CASE("Nodes are found by name, with scopes where they are needed", "[lang]") {
  Tape tape;
  const lang::Formula f = lang::record(tape, two_layer, values({{"v", "ones(3)"}}));
  CHECK(same_node(f.find("hidden/Y"), f.names.at("hidden/Y")));
  CHECK(same_node(f.find("hidden.Y"), f.names.at("hidden/Y")));
  CHECK(same_node(f.find("S"), f.names.at("hidden/S")));
  CHECK(same_node(f.find("#0"), f.free[0]));
  const auto refused = [&](const char* name, const char* words) {
    INFO(name);
    CHECK_THROWS_WITH(f.find(name), ContainsSubstring(words));
  };
  refused("Y", "'Y' could be 'hidden/Y' or 'out/Y': say which");
  refused("los", "there is no 'los' (did you mean 'loss'?)");
  refused("#99", "there is no node #99: they are numbered from #0 to #");
  refused("#x", "there is no node #x");
  refused("", "there is no ''");
}

TEST_CASE("A name means what is nearest: around it, then inside scopes before it", "[lang]") {
  CHECK(test::evaluate("a = 1; scope s { a = 2; b = a }; b").item() == 2);
  CHECK(test::evaluate("a = 1; scope s { b = a; a = 2 }; b").item() == 1);
  CHECK(test::evaluate("scope s { a = 2 }; a").item() == 2);
  CHECK(test::evaluate("scope s { a = 2 }; a + s.a").item() == 4);
  CHECK(test::evaluate("scope s { scope t { a = 2 } }; s.t.a + t.a + a").item() == 6);
  CHECK(test::evaluate("scope s { a = 2 }\nscope s\n{ b = a }\ns.b").item() == 2);
  CHECK(test::evaluate("scope s { T = 5 }; s.T").item() == 5);  // not a transpose
}

TEST_CASE("Another name of a node leaves its first name", "[lang]") {
  Tape tape;
  const lang::Formula f = lang::record(tape, "y = x^2\nz = y\nz + 1", values({{"x", "3"}}));
  CHECK(same_node(f.names.at("y"), f.names.at("z")));
  CHECK(f.names.at("z").name() == "y");
}

TEST_CASE("Words of statements are names elsewhere", "[lang]") {
  CHECK(test::evaluate("input = 2; scope = 3; param = input * scope").item() == 6);
  CHECK(test::evaluate("d = 2; d(d^2 * x, x)", values({{"x", "3"}})).item() == 4);
  CHECK(test::evaluate("θ = 2; θ₁ = θ + 1; θ₁").item() == 3);
}

TEST_CASE("A value from outside takes the place of an input's or a parameter's", "[lang]") {
  const char* text = "input x = [1, 2]; scope s { param w = 3 }; sum(x) * w";
  CHECK(test::evaluate(text).item() == 9);
  CHECK(test::evaluate(text, values({{"x", "[1, 1, 1]"}})).item() == 9);
  CHECK(test::evaluate(text, values({{"w", "2"}})).item() == 6);
  CHECK(test::evaluate(text, values({{"s.w", "2"}})).item() == 6);
  CHECK(test::evaluate(text, values({{"s/w", "2"}})).item() == 6);
  // A declaration may leave its value to the outside.
  Tape tape;
  const lang::Formula f = lang::record(tape, "param w; w^2", values({{"w", "3"}}));
  CHECK(f.parameters.size() == 1);
  CHECK(f.free.empty());
  CHECK(item(f.result) == 9);
}

TEST_CASE("Values that nothing takes are refused", "[lang]") {
  CHECK(error_of("x^2", values({{"x", "1"}, {"xs", "1"}})) ==
        "a value is given for 'xs', which f.gr does not use");
  CHECK(error_of("input width = 1; width", values({{"widht", "1"}})) ==
        "a value is given for 'widht', which f.gr does not use (did you mean 'width'?)");
  CHECK(error_of("x = 1\ny = x", values({{"y", "1"}})) ==
        "a value is given for 'y', which line 2 computes: only inputs, parameters and free names "
        "take values");
  CHECK(error_of("scope a { input x = 1 }; scope b { input x = 2 }; a.x", values({{"x", "1"}})) ==
        "a value is given for 'x', but there are 'a.x' and 'b.x'");
}

TEST_CASE("Names without values are told to whoever can give them", "[lang]") {
  Tape tape;
  try {
    lang::record(tape, "y * x + y + pi");
    FAIL("no error");
  } catch (const lang::MissingValue& error) {
    CHECK(error.names() == std::vector<std::string>{"y", "x"});
  }
}

TEST_CASE("One more expression is recorded in the names of a formula", "[lang]") {
  Tape tape;
  lang::Formula f = lang::record(tape, two_layer, values({{"v", "ones(3)"}}));
  const Var claim = lang::record_expression(f, "X.T @ (hidden.Y * 0 + S)");
  CHECK(claim.shape() == Shape({2, 3}));
  CHECK(value(lang::record_expression(f, "d(loss, v)")).shape() == Shape{3});
  CHECK(item(lang::record_expression(f, "loss - loss")) == 0);
  CHECK_THROWS_WITH(lang::record_expression(f, "Q + 1", "claim"),
                    ContainsSubstring("'Q' has no value") && ContainsSubstring("claim:1:1"));
  CHECK_THROWS_WITH(lang::record_expression(f, "a = 1"),
                    ContainsSubstring("expected one expression"));
  CHECK_THROWS_WITH(lang::record_expression(f, ""), ContainsSubstring("expected one expression"));
  Tape other;
  lang::Formula n = lang::record(other, "n = 2; x^n", values({{"x", "3"}}));
  CHECK(value(lang::record_expression(n, "ones(n) * x^(n-1)")).shape() == Shape{2});
}
