#include "gradus/tape/tape.hpp"

#include <memory>

#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/value.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a million scalar nodes take less than 128 MB", "[tape]") {
  STATIC_REQUIRE(sizeof(Node) == 40);
  constexpr std::size_t n = 1'000'000;
  Tape tape;
  Var x = tape.input(0.5);
  for (std::size_t i = 1; i < n; ++i) x = i % 2 == 0 ? sin(x) : x * x;
  REQUIRE(tape.size() == n);
  INFO(tape.bytes() / n << " bytes a node");
  CHECK(tape.bytes() < std::size_t{128} << 20);
  // 40 a node, 4 an operand, and what std::vector's doubling leaves free.
  CHECK(tape.bytes() >= n * 44);
}

TEST_CASE("names and labels", "[tape]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");
  const Var y = (x * 2.5).named("double and a half");
  const Var z = y + 1;
  CHECK(x.name() == "x");
  CHECK(y.name() == "double and a half");
  CHECK(z.name().empty());
  CHECK(tape.label(z.id()) == "add #4");
  CHECK(tape.label(tape.operands(y.id())[1]) == "2.5");
  CHECK(tape.label(tape.constant(Tensor<double>(Shape{2})).id()) == "constant #5");
  z.named("z").named("");
  CHECK(z.name().empty());
  CHECK(same_node(x, x));
  CHECK_FALSE(same_node(x, y));
  CHECK_FALSE(same_node(x, Var()));
  CHECK(same_node(Var(), Var()));
}

TEST_CASE("scopes nest, end, and are entered again", "[tape]") {
  Tape tape;
  const auto path = [&](Var v) { return tape.scope_path(tape.scope_of(v.id())); };
  const Var outside = tape.input(1.0);
  Var first, inner, again;
  {
    const auto mlp = tape.scope("mlp");
    first = outside + 1;
    {
      const auto hidden = tape.scope("hidden");
      inner = first * 2;
    }
    again = inner + first;
  }
  const Var after = exp(again);
  CHECK(path(outside).empty());
  CHECK(path(first) == "mlp");
  CHECK(path(inner) == "mlp/hidden");
  CHECK(path(again) == "mlp");
  CHECK(path(after).empty());
  {
    const auto mlp = tape.scope("mlp");
    CHECK(tape.scope_of((after * 2).id()) == tape.scope_of(first.id()));
  }
  {
    const auto hidden = tape.scope("hidden");  // another one: it is not inside mlp
    CHECK(tape.scope_of((after * 3).id()) != tape.scope_of(inner.id()));
  }
  // A part of a derivative stands in the scope of the op that it comes through.
  const Var d = gradient(after, first);
  CHECK(path(d) == "mlp");
  CHECK(path(tape.input(2.0)).empty());
}

TEST_CASE("nodes know the line they were written on", "[tape]") {
  Tape tape;
  const auto here = [](int line) { return "tape_test.cpp:" + std::to_string(line); };
  const Var x = tape.input(Tensor<double>(Shape{2}, 0.5));
  CHECK(tape.where(x.id()) == here(__LINE__ - 1));
  const auto check_since = [&](std::size_t first, int line) {
    for (std::size_t id = first; id < tape.size(); ++id) {
      INFO(tape.label(static_cast<NodeId>(id)));
      CHECK(tape.where(static_cast<NodeId>(id)) == here(line));
    }
  };
  std::size_t before = tape.size();
  const Var a = x * 2 + 1;
  check_since(before, __LINE__ - 1);
  before = tape.size();
  const Var b = variance(a - x) + mean(tanh(a));
  check_since(before, __LINE__ - 1);
  before = tape.size();
  const Var c = matmul(a, x) / logsumexp(x, {0}) - mse(x, a) * concat(std::vector{x, a});
  check_since(before, __LINE__ - 1);
  before = tape.size();
  const Var d = -softmax(prelu(x, 0.3)) - swish(x) * reciprocal(a) + not_equal(x, 1);
  check_since(before, __LINE__ - 1);
  const Var loss = sum(c) + sum(d) * b;
  const int last = __LINE__ - 1;
  before = tape.size();
  gradient(loss, x);
  for (std::size_t id = before; id < tape.size(); ++id) {
    const Node& n = tape.node(static_cast<NodeId>(id));
    const NodeId origin = n.through == no_node ? n.adjoint_of : n.through;
    REQUIRE(origin < before);
    CHECK(tape.where(static_cast<NodeId>(id)) == tape.where(origin));
    CHECK(tape.scope_of(static_cast<NodeId>(id)) == tape.scope_of(origin));
    // Zeros and the seed may stand for themselves; what comes through a node uses it.
    if (n.through != no_node) {
      const auto used = tape.operands(n.through);
      CHECK(std::find(used.begin(), used.end(), n.adjoint_of) != used.end());
    }
  }
  CHECK(tape.where(loss.id()) == here(last));
  CHECK(tape.node(loss.id()).adjoint_of == no_node);
}

TEST_CASE("a tape that is rewound in a loop does not grow", "[tape]") {
  Tape tape;
  const Var w = tape.parameter(Tensor<double>(Shape{3, 2}, 0.5), "w");
  const Var named_later = tape.input(1.0);
  const Tape::Mark mark = tape.mark();
  std::size_t bytes = 0, size = 0;
  double first = 0;
  for (int i = 0; i < 1000; ++i) {
    tape.rewind(mark);
    const auto scope = tape.scope("step");
    const Var x = tape.input(Tensor<double>(Shape{4, 3}, 0.1), "x");
    const Var y =
        mean(leaky_relu(matmul(x, w) + tape.constant(Tensor<double>(Shape{2}, 1.0)), 0.1));
    y.named("loss of this step");
    named_later.named("named in the loop");
    const double sum_of_gradient = item(sum(gradient(y, w)));
    if (i == 0) first = sum_of_gradient;
    CHECK(sum_of_gradient == first);
    if (i == 10) {
      bytes = tape.bytes();
      size = tape.size();
    }
  }
  CHECK(tape.bytes() == bytes);
  CHECK(tape.size() == size);
  tape.rewind(mark);
  CHECK(tape.size() == 2);
  CHECK(w.name() == "w");
  CHECK(named_later.name() == "named in the loop");
  CHECK(value(w) == Tensor<double>(Shape{3, 2}, 0.5));
}

TEST_CASE("variables that were rewound, or are of another tape, are refused", "[tape]") {
  Tape tape, other;
  const Var x = tape.input(1.0);
  const Tape::Mark mark = tape.mark();
  const Var y = exp(x);
  const Tape::Mark later = tape.mark();
  tape.rewind(mark);
  CHECK_THROWS_WITH(y + x, ContainsSubstring("rewound"));
  CHECK_THROWS_AS(value(y), Error);
  CHECK_THROWS_AS(y.shape(), Error);
  CHECK_THROWS_AS(y.named("y"), Error);
  CHECK_THROWS_AS(tape.set(y, 1.0), Error);
  CHECK_THROWS_AS(tape.rewind(later), Error);
  const Var long_again = exp(exp(tape.constant(1.0)));
  CHECK_THROWS_AS(tape.rewind(later), Error);  // as many nodes, but not those of the mark
  CHECK(item(long_again) > 15);
  CHECK_THROWS_WITH(x + other.input(1.0), ContainsSubstring("another tape"));
  CHECK_THROWS_AS(other.set(x, 1.0), Error);
}

TEST_CASE("values are forgotten when a leaf changes", "[tape]") {
  Tape tape;
  const Var x = tape.input(2.0, "x");
  const Var w = tape.parameter(3.0, "w");
  const Var y = x * w;
  CHECK(item(y) == 6);
  tape.set(x, 5);
  CHECK(item(y) == 15);
  tape.set(w, -1);
  CHECK(item(y) == -5);
  const Tape::Mark mark = tape.mark();
  CHECK(item(y + 1) == -4);
  tape.rewind(mark);
  CHECK(item(y * 2) == -10);  // the same id as y + 1 had
  CHECK_THROWS_WITH(tape.set(y, 1.0), ContainsSubstring("mul #2 is computed"));
  CHECK_THROWS_AS(tape.set(tape.constant(1.0), 2.0), Error);
  CHECK_THROWS_WITH(tape.set(x, Tensor<double>(Shape{2})),
                    ContainsSubstring("x has shape (); a value of shape (2,)"));
}

TEST_CASE("an input without a value says so, with its line", "[tape]") {
  Tape tape;
  const Var x = tape.input(Shape{2}, "x");
  const Var y = sum(exp(x));
  CHECK_THROWS_WITH(item(y), ContainsSubstring("the input x (recorded at tape_test.cpp:") &&
                                 ContainsSubstring("has no value"));
  tape.set(x, Tensor<double>(Shape{2}));
  CHECK(item(y) == 2);
}

TEST_CASE("empty tensors have values", "[tape]") {
  Tape tape;
  const Var none = tape.input(Tensor<double>(Shape{0, 3}));
  CHECK(value(exp(none) + 1).shape() == Shape{0, 3});
  CHECK(value(sum(none * 2, {0})) == Tensor<double>(Shape{3}));
  CHECK(value(matmul(none, tape.constant(Tensor<double>(Shape{3, 2})))).shape() == Shape{0, 2});
  Tape another;
  const Var constant = another.constant(Tensor<double>(Shape{0}));
  CHECK(item(sum(-constant)) == 0);
  CHECK(value(gradient(sum(constant * constant), constant)).shape() == Shape{0});
}

TEST_CASE("scopes may nest as deep as memory reaches, and are counted", "[tape]") {
  Tape tape;
  const std::size_t before = tape.bytes();
  constexpr std::size_t depth = 200'000;
  std::vector<std::unique_ptr<Tape::Scope>> scopes;
  for (std::size_t i = 0; i < depth; ++i) scopes.emplace_back(new Tape::Scope(tape.scope("s")));
  const Var x = tape.input(1.0);
  const std::string path = tape.scope_path(tape.scope_of(x.id()));
  CHECK(path.size() == 2 * depth - 1);
  CHECK(path.substr(0, 4) == "s/s/");
  CHECK(tape.bytes() - before > depth * sizeof(std::string));
}

TEST_CASE("record refuses a wrong number of operands", "[tape]") {
  Tape tape;
  const Var x = tape.input(1.0);
  const std::vector<Var> two{x, x}, none;
  CHECK_THROWS_WITH(tape.record(op<Exp>(), two),
                    ContainsSubstring("[exp] takes 1 operands, not 2"));
  CHECK_THROWS_AS(tape.record(op<Concat>(), none), Error);
}
