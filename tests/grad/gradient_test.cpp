// What gradient() itself does: sums over ways, stops, refuses.
#include "gradus/grad/gradient.hpp"

#include <cmath>

#include "catch.hpp"
#include "grad/differences.hpp"
#include "ops/cases.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("every way to a variable counts", "[grad]") {
  Tape tape;
  const Var x = tape.input(3.0, "x");
  const Var b = x + x;
  const auto slope = [&](Var y) { return item(gradient(y, x)); };
  CHECK(slope(b) == 2);
  CHECK(slope(b + b) == 4);
  CHECK(slope(x * x) == 6);
  CHECK(slope(x * x * x) == 27);
  CHECK(slope(x - x) == 0);
  CHECK(slope(x / x) == 0);
  CHECK(slope(x + x * (x + x * (x + 1))) == 1 + 4 * 3 + 3 * 9);  // x + 2 x^2 + x^3
  const Var y = sin(x) * x;
  CHECK_THAT(slope(y * y + y),
             Catch::Matchers::WithinRel(
                 (2 * std::sin(3.0) * 3 + 1) * (std::sin(3.0) + 3 * std::cos(3.0)), 1e-14));
  CHECK(slope(sum(concat(std::vector<Var>(7, reshape(x, {1}))))) == 7);
  CHECK(slope(where(x, x, x)) == 1);
  CHECK(slope(maximum(x, x)) == 1);
}

TEST_CASE("one variable as both factors of a product of matrices", "[grad]") {
  Random random(5);
  Tape tape;
  const Var a = tape.input(cases::draw(Shape{3, 3}, 0, {}, random));
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const Var loss = sum(square(matmul(a, a, ta, tb)));
      CHECK(differences::distance(value(gradient(loss, a)), differences::gradient(loss, a)) <
            differences::tolerance);
    }
  }
}

TEST_CASE("a variable with very many uses", "[grad]") {
  Tape tape;
  const Var x = tape.input(0.5);
  Var total = x;
  for (int i = 0; i < 100000; ++i) total = total + x;
  CHECK(item(gradient(total, x)) == 100001);
  Var twice = x;  // 2^60 ways, 60 nodes
  for (int i = 0; i < 60; ++i) twice = twice + twice;
  CHECK(item(gradient(twice, x)) == std::ldexp(1.0, 60));
}

TEST_CASE("gradients by intermediate nodes, the loss, and a variable named twice", "[grad]") {
  Tape tape;
  const Var x = tape.input(2.0);
  const Var h = x * x;
  const Var loss = h * h + x;
  const auto d = gradient(loss, {h, x, loss, x});
  CHECK(item(d[0]) == 8);
  CHECK(item(d[1]) == 33);  // x is asked for whole, also through h
  CHECK(item(d[2]) == 1);
  CHECK(item(d[3]) == 33);
  CHECK(gradient(loss, std::initializer_list<Var>{}).empty());
  const Var one = tape.input(Tensor<double>(Shape{1, 1}, 3.0));
  CHECK(value(gradient(one * one, one)) == Tensor<double>(Shape{1, 1}, 6.0));
  CHECK(gradient(x * x, x).shape() == Shape{});
}

TEST_CASE("adjoints say what they are adjoints of", "[grad]") {
  Tape tape;
  const Var x = tape.input(2.0), y = sin(x), z = x * y;
  const std::size_t before = tape.size();
  const Var dx = gradient(z, x);
  CHECK(tape.node(dx.id()).adjoint_of == x.id());
  CHECK(tape.node(dx.id()).through == no_node);  // a sum over two ways
  bool through_sin = false;
  for (std::size_t id = before; id < tape.size(); ++id) {
    const Node& n = tape.node(static_cast<NodeId>(id));
    CHECK(n.adjoint_of != no_node);
    through_sin |= n.adjoint_of == x.id() && n.through == y.id();
  }
  CHECK(through_sin);
  CHECK(tape.node((x + 1).id()).adjoint_of == no_node);
}

TEST_CASE("only a single number has a gradient", "[grad]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{3}, 1.0), "x");
  CHECK_THROWS_WITH(gradient((x * 2).named("y"), x),
                    ContainsSubstring("y (recorded at gradient_test.cpp:") &&
                        ContainsSubstring("has shape (3,)") && ContainsSubstring("sum or mean"));
  CHECK_THROWS_AS(gradient(slice(x, {{0, 0}}), x), GradientError);
}

TEST_CASE("a way that is missing or cut is named", "[grad]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{3}, {1.0, 3.0, 2.0}), "x");
  const Var w = tape.input(1.0, "w");
  const Var loss = sum(x * x).named("loss");
  CHECK_THROWS_WITH(gradient(loss, w), ContainsSubstring("nothing leads from w (recorded at "
                                                         "gradient_test.cpp:") &&
                                           ContainsSubstring("to loss"));
  CHECK_THROWS_AS(gradient(loss, {x, w}), GradientError);
  const Var later = tape.input(1.0, "later");
  CHECK_THROWS_WITH(gradient(loss, later), ContainsSubstring("nothing leads from later"));
  CHECK(value(gradient(loss, later, Disconnected::zeros)) == Tensor<double>());

  CHECK_THROWS_WITH(gradient(sum(stop_gradient(x).named("dam") * w), x),
                    ContainsSubstring("cut by dam (recorded at gradient_test.cpp:") &&
                        ContainsSubstring("stop_gradient passes no gradient"));
  CHECK_THROWS_WITH(gradient(exp(argmax(x)), x), ContainsSubstring("argmax passes no gradient"));
  CHECK_THROWS_WITH(gradient(sum(one_hot(x, 4)), x),
                    ContainsSubstring("one_hot passes no gradient"));
  CHECK_THROWS_WITH(gradient(sum(gather(tape.input(Tensor<double>(Shape{4})), x)), x),
                    ContainsSubstring("gather passes no gradient"));
  CHECK(value(gradient(sum(stop_gradient(x)), x, Disconnected::zeros)) == Tensor<double>(Shape{3}));
  // A way that is open counts, whatever the others do.
  CHECK(value(gradient(sum(stop_gradient(x) * x), x)) == value(x));
}

TEST_CASE("through steps a gradient of zeros passes", "[grad]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{2}, {1.0, -3.0}));
  const Tensor<double> zeros(Shape{2});
  for (const Var y : {sign(x), step(x), less(x, 0), less_equal(0, x), equal(x, x), greater(x, 2),
                      not_equal(x, 1), exp(step(x) * 2), where(x, 1, 2)}) {
    CHECK(value(gradient(sum(y), x)) == zeros);
  }
  CHECK(value(gradient(sum(step(x) * x), x)) == Tensor<double>(Shape{2}, {1.0, 0.0}));
}

TEST_CASE("whether 0 passes is found for a hundred thousand variables in one walk", "[grad]") {
  Tape tape;
  std::vector<Var> x;
  Var total = tape.constant(0.0);
  for (int i = 0; i < 100'000; ++i) {
    x.push_back(tape.input(1.0));
    total = total + step(x.back());
  }
  // A walk for each of them would take minutes.
  const std::vector<Var> slopes = gradient(total, x);
  REQUIRE(slopes.size() == x.size());
  CHECK(item(slopes.front()) == 0);
  CHECK(item(slopes.back()) == 0);
}

TEST_CASE("variables of other tapes and rewound ones are refused", "[grad]") {
  Tape tape, other;
  const Var x = tape.input(1.0);
  const Var y = other.input(1.0);
  CHECK_THROWS_WITH(gradient(x * x, y), ContainsSubstring("another tape"));
  const Tape::Mark mark = tape.mark();
  const Var z = x * x;
  tape.rewind(mark);
  CHECK_THROWS_WITH(gradient(z, x), ContainsSubstring("rewound"));
  CHECK_THROWS_WITH(gradient(exp(x), Var(tape, 99)), ContainsSubstring("rewound"));
  CHECK_THROWS_AS(gradient(Var(), x), Error);
  CHECK_THROWS_AS(gradient(exp(x), Var()), Error);
}

TEST_CASE("sum_to undoes broadcasting", "[grad]") {
  Tape tape;
  const Var x = tape.input(Tensor<double>(Shape{2, 3, 4}, 1.0));
  for (const Shape& shape :
       {Shape{}, Shape{4}, Shape{3, 1}, Shape{1, 1, 4}, Shape{2, 3, 4}, Shape{2, 1, 1}}) {
    CHECK(value(sum_to(x, shape)) ==
          Tensor<double>(shape, 24.0 / static_cast<double>(shape.elements())));
  }
  CHECK_THROWS_AS(sum_to(x, Shape{5}), ShapeError);
}

TEST_CASE("a shape stays where it is while the tape grows", "[grad]") {
  // The sum over an added and a stretched axis records a new shape: at every size of the tape's
  // table.
  for (Index others = 0; others < 40; ++others) {
    Tape tape;
    for (Index i = 0; i < others; ++i) tape.input(Shape{i + 50});
    const Var x = tape.parameter(Tensor<double>({3, 1}, 2.0), "x");
    const Var y = tape.parameter(Tensor<double>({2, 3, 4}, 1.0), "y");
    const Shape& shape = x.shape();
    CHECK(value(gradient(sum(x * y), x)) == Tensor<double>({3, 1}, 8.0));
    CHECK(shape == Shape{3, 1});
  }
}

TEST_CASE("a rule may take gradients itself, and must stay on its tape", "[grad]") {
  Tape elsewhere;
  const Var stranger = elsewhere.input(18.0);
  const Op& lost = custom_op(
      "lost", [](double v) { return v; }, [stranger](Var, Var, Var) { return stranger; });
  Tape tape;
  const Var x = tape.input(2.0, "x");
  CHECK_THROWS_WITH(gradient(record(lost, {x}), x), ContainsSubstring("another tape"));

  const Op& nested = custom_op(
      "nested", [](double v) { return v * v; },
      [](Var dy, Var v, Var) { return dy * gradient(v * v, v); });
  const Var y = record(nested, {x});
  const std::size_t before = tape.size();
  CHECK(item(gradient(y, x)) == 4);
  // What the rule records after its own gradient is still a part of the adjoint.
  CHECK(before < tape.size());
  CHECK(tape.node(static_cast<NodeId>(tape.size() - 1)).adjoint_of == x.id());
}

TEST_CASE("a walk back tells what came through each use of a variable", "[grad]") {
  Tape tape;
  const Var a = tape.parameter(-4, "a");
  const Var b = tape.parameter(-3, "b");
  const Var c = tape.parameter(10, "c");
  const Var product = a * b;
  const Var square_of_a = a * a;
  const Var some = product + square_of_a;
  const Var loss = some + c;
  const Backward back = backward(loss, std::vector<Var>{a, b});

  struct Row {
    NodeId to, through;
    std::uint32_t operand;
    double value;
  };
  const std::vector<Row> expected{
      {some.id(), loss.id(), 0, 1},        {product.id(), some.id(), 0, 1},
      {square_of_a.id(), some.id(), 1, 1}, {a.id(), square_of_a.id(), 0, -4},
      {a.id(), square_of_a.id(), 1, -4},   {a.id(), product.id(), 0, -3},
      {b.id(), product.id(), 1, -4}};
  REQUIRE(back.contributions.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO("contribution " << i);
    const Contribution& got = back.contributions[i];
    CHECK(got.wire.from == expected[i].to);
    CHECK(got.wire.to == expected[i].through);
    CHECK(got.wire.operand == expected[i].operand);
    CHECK(item(tape.var(got.value)) == expected[i].value);
  }
  CHECK(item(tape.var(back.adjoints[a.id()])) == -11);
  CHECK(back.adjoints[c.id()] == no_node);  // nobody asked for it
}
