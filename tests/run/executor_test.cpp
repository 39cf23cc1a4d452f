// Running programs: updates, leaves, precisions, threads.
#include "gradus/run/executor.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/kernels/threads.hpp"
#include "gradus/run/value.hpp"
#include "ops/cases.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A network of two layers and one step of gradient descent.
struct Training {
  Tape tape;
  Var x, target, w, v, loss;
  std::vector<Var> gradients;

  Training(Index n, Index in, Index hidden, Index out) {
    Random random(8);
    x = tape.input(cases::draw(Shape{n, in}, 0, {-1, 1}, random), "x");
    target = tape.input(cases::indices(Shape{n}, out, random), "target");
    w = tape.parameter(cases::draw(Shape{in, hidden}, 1, {-0.1, 0.1}, random), "w");
    v = tape.parameter(cases::draw(Shape{hidden, out}, 2, {-0.1, 0.1}, random), "v");
    loss = cross_entropy(matmul(sigmoid(matmul(x, w)), v), target);
    gradients = gradient(loss, {w, v});
  }
  Program step() {
    return Program({loss, gradients[0], gradients[1]},
                   {{w, w + -0.5 * gradients[0]}, {v, v + -0.5 * gradients[1]}});
  }
};

struct Scalars {
  Tape tape;
  Var a = tape.parameter(2.0, "a"), b = tape.parameter(3.0, "b"), x = tape.input(5.0, "x");
};

/// The parameters a and b after one run.
std::pair<double, double> after(Scalars& s, std::initializer_list<Update> updates,
                                std::initializer_list<Var> outputs = {}) {
  Executor<double> run(Program(outputs, updates));
  run.run();
  return {run.has_leaf(s.a) ? run.leaf(s.a)[0] : 2, run.has_leaf(s.b) ? run.leaf(s.b)[0] : 3};
}

}  // namespace

TEST_CASE("updates see the old values, whatever they are made of", "[run]") {
  Scalars s;
  using Pair = std::pair<double, double>;
  CHECK(after(s, {{s.a, s.a + s.x}}) == Pair{7, 3});
  CHECK(after(s, {{s.a, s.b}, {s.b, s.a}}) == Pair{3, 2});
  CHECK(after(s, {{s.a, s.x}}) == Pair{5, 3});
  CHECK(after(s, {{s.a, s.tape.constant(9.0)}}) == Pair{9, 3});
  CHECK(after(s, {{s.a, s.a}}) == Pair{2, 3});
  const Var more = s.a + 1;
  CHECK(after(s, {{s.a, more}, {s.b, s.b * s.a}}) == Pair{3, 6});   // a is read after a + 1
  CHECK(after(s, {{s.a, more}, {s.b, s.b * more}}) == Pair{3, 9});  // the new a is used
  CHECK(after(s, {{s.a, more}, {s.b, more}}) == Pair{3, 3});
  CHECK(after(s, {{s.a, more}, {s.b, s.a}}) == Pair{3, 2});
  CHECK(after(s, {{s.b, s.a}, {s.a, more}}) == Pair{3, 2});
  CHECK(after(s, {{s.a, s.a * s.a}, {s.b, s.a + s.b}}, {s.b}) == Pair{4, 5});

  // An output that is a parameter has the value after the updates; others that of the run.
  Executor<double> run(Program({s.a, s.a * 10}, {{s.a, more}}));
  run.run();
  CHECK(run.item(0) == 3);
  CHECK(run.item(1) == 20);
  CHECK(s.tape.leaf_value(s.a.id())[0] == 2);
}

TEST_CASE("a parameter that is recorded after its new value is updated, and nothing else",
          "[run]") {
  for (const Passes passes : {Passes::none(), Passes::as_recorded(), Passes::all()}) {
    Tape tape;
    const Var x = tape.parameter(Tensor<double>({2}, {1, 2}), "x");
    const Var y = sin(x) + cos(x);
    const Var q = tape.parameter(Tensor<double>({2}), "q");
    const Var z = sin(x) + cos(x);  // the same as y, which comes before q
    const Var p = tape.parameter(Tensor<double>({2}), "p");
    const Update updates[] = {{q, z}, {p, y * 2}};
    Executor<double> run(Program(std::array{sum(y)}, updates, passes));
    for (int turn = 0; turn < 3; ++turn) {
      run.run();
      for (std::size_t i = 0; i < 2; ++i) {
        const double at = i == 0 ? 1 : 2, sum = std::sin(at) + std::cos(at);
        CHECK(run.leaf(x)[i] == at);
        CHECK_THAT(run.leaf(q)[i], Catch::Matchers::WithinAbs(sum, 1e-15));
        CHECK_THAT(run.leaf(p)[i], Catch::Matchers::WithinAbs(2 * sum, 1e-15));
      }
    }
  }
}

TEST_CASE("a single number that is recorded after its new value is updated in place", "[run]") {
  // The product and the sum that is the new value could be one step; others read both.
  for (const bool is_read : {false, true}) {
    Tape tape;
    const Var x = tape.parameter(3.0, "x"), y = tape.parameter(0.5, "y");
    const Var product = x * y;
    const Var sum = x + product;
    const Var p = tape.parameter(7.0, "p");
    const Var after = sum * 2 + product;
    const Program program({is_read ? after : x}, {{p, sum}}, Passes::as_recorded());
    CHECK(program.updates_in_place() == 1);
    CHECK(program.copies().empty());
    Executor<double> run(program);
    for (int turn = 0; turn < 3; ++turn) {
      run.run();
      CHECK(run.leaf(p)[0] == 4.5);
      CHECK(run.item(0) == (is_read ? 10.5 : 3));
      run.leaf(p)[0] = turn;  // nothing reads it
    }
  }
}

TEST_CASE("parameters without elements are updated, too", "[run]") {
  Tape tape;
  const Var p = tape.parameter(Tensor<double>(Shape{0}), "p");
  const Var q = tape.parameter(Tensor<double>(Shape{0}), "q");
  Executor<double> run(Program({}, {{p, sin(q)}, {q, sin(p)}}));
  run.run();
  CHECK(run.leaf(p).empty());
}

TEST_CASE("momentum over several steps", "[run]") {
  Tape tape;
  const Var w = tape.parameter(1.0), m = tape.parameter(0.0);
  const Var g = gradient(w * w, w);
  const Var new_m = 0.9 * m + g;
  Executor<double> run(Program({w * w}, {{m, new_m}, {w, w + -0.1 * new_m}}));
  double weight = 1, momentum = 0;
  for (int i = 0; i < 20; ++i) {
    run.run();
    CHECK(run.item(0) == weight * weight);
    momentum = 0.9 * momentum + 2 * weight;
    weight += -0.1 * momentum;
    CHECK_THAT(run.leaf(w)[0], Catch::Matchers::WithinAbs(weight, 1e-14));
  }
}

TEST_CASE("a training step updates in place, near the least memory", "[run]") {
  Training t(32, 784, 128, 10);
  const Program step({t.loss},
                     {{t.w, t.w + -0.5 * t.gradients[0]}, {t.v, t.v + -0.5 * t.gradients[1]}});
  CHECK(step.updates_in_place() == 2);
  CHECK(step.copies().empty());
  INFO(step.peak_bytes(4) << " bytes, at least " << step.least_bytes(4));
  CHECK(step.peak_bytes(4) >= step.least_bytes(4));
  CHECK(static_cast<double>(step.peak_bytes(4)) <= 1.25 * static_cast<double>(step.least_bytes(4)));
  // Where the old parameter is needed afterwards, it is copied.
  const Program kept({t.w * 2}, {{t.w, t.w + -0.5 * t.gradients[0]}});
  CHECK(kept.updates_in_place() + kept.copies().size() == 1);
}

TEST_CASE("leaves are bound, set, read, and refused", "[run]") {
  Scalars s;
  const Var y = s.a * s.x, none = s.tape.input(Shape{2}, "none"), idle = s.tape.input(1.0, "idle");
  Executor<double> run(Program({y}));
  std::vector<double> outside{7};
  run.bind(s.x, outside);
  run.run();
  CHECK(run.item(0) == 14);
  outside[0] = 8;
  run.run();
  CHECK(run.item(0) == 16);
  CHECK_THROWS_WITH(run.leaf(s.x), ContainsSubstring("x is bound to memory of the caller"));
  run.set(s.x, std::vector<double>{9});
  run.leaf(s.a)[0] = 3;
  run.run();
  CHECK(run.item(0) == 27);
  CHECK(outside[0] == 8);
  CHECK_THROWS_WITH(run.bind(s.a, outside), ContainsSubstring("a is a parameter"));
  CHECK_THROWS_AS(run.set(s.x, std::vector<double>(2)), ShapeError);
  CHECK_THROWS_AS(run.bind(s.x, std::vector<double>(2)), ShapeError);
  CHECK_THROWS_WITH(run.set(idle, outside), ContainsSubstring("idle is no input or parameter"));
  CHECK_THROWS_AS(run.set(y, outside), Error);
  CHECK_THROWS_AS(run.leaf(Var()), Error);
  CHECK_FALSE(run.has_leaf(idle));
  CHECK(run.has_leaf(s.x));
  Tape other;
  const Var stranger = other.parameter(1.0);
  CHECK_FALSE(run.has_leaf(stranger));
  CHECK_THROWS_WITH(run.set(stranger, outside), ContainsSubstring("another tape"));

  Executor<float> empty(Program({none * 2, y}));
  CHECK_THROWS_WITH(empty.run(), ContainsSubstring("the input none has no value"));
  CHECK_THROWS_WITH(empty.leaf(none), ContainsSubstring("no value yet"));
  empty.set(none, std::vector<float>{1, 2});
  empty.run();
  CHECK(empty.output(0).data[1] == 4);
  CHECK_THROWS_AS(empty.item(0), ShapeError);
  Executor<float> moved = std::move(empty);
  moved.run();
  CHECK(moved.output(0).data[1] == 4);
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<Executor<float>>);
}

TEST_CASE("two executors share parameters, and nothing else", "[run]") {
  Scalars s;
  Executor<double> train(Program({s.a * s.x}, {{s.a, s.a + 1}}));
  Executor<double> test(Program({s.a * s.x * 10}), train);
  train.set(s.x, std::vector<double>{1});
  train.run();
  train.run();
  test.run();
  CHECK(test.item(0) == 4 * 5 * 10);
  test.leaf(s.a)[0] = -1;
  train.run();
  CHECK(train.item(0) == -1);
  Tape other;
  const Var w = other.parameter(Tensor<double>(Shape{100}));
  CHECK_THROWS_AS(Executor<double>(Program(sum(w)), train), Error);
}

TEST_CASE("an output that is equal to a parameter has the value of the run", "[run]") {
  Scalars s;
  const auto outputs = [&](Passes passes) {
    Executor<double> run(
        Program({stop_gradient(s.a), s.a + 0, 1 * s.a, s.a}, {{s.a, s.a + s.x}}, passes));
    run.run();
    return std::vector<double>{run.item(0), run.item(1), run.item(2), run.item(3)};
  };
  CHECK(outputs(Passes::all()) == std::vector<double>{2, 2, 2, 7});
  CHECK(outputs(Passes::as_recorded()) == std::vector<double>{2, 2, 2, 7});
}

TEST_CASE("run_checked finds the first NaN or infinity", "[run]") {
  Tape tape;
  const Var x = tape.input(1.0);
  const Var y = log(x), z = exp(y * 1000), w = z * 0.0;
  Executor<double> run{Program(w, Passes::as_recorded())};
  CHECK_FALSE(run.run_checked());
  run.set(x, std::vector<double>{-1});
  CHECK(run.run_checked() == y.id());
  run.set(x, std::vector<double>{10});
  CHECK(run.run_checked() == z.id());
  run.set(x, std::vector<double>{std::numeric_limits<double>::infinity()});
  CHECK(run.run_checked() == x.id());
  // Of ops that run as one it names the last.
  const Var row = tape.input(Tensor<double>({2}, 1.0));
  const Var last = exp(log(row) * 1000);
  Executor<double> fused{Program(last)};
  CHECK_FALSE(fused.run_checked());
  fused.set(row, std::vector<double>{1, -1});
  CHECK(fused.run_checked() == last.id());
}

TEST_CASE("float and double agree", "[run]") {
  Training t(16, 20, 12, 5);
  Executor<double> wide(t.step());
  Executor<float> narrow(t.step());
  for (int i = 0; i < 5; ++i) {
    wide.run();
    narrow.run();
    // Sums of at most 20 products, five steps: some tens of float's 6e-8.
    CHECK_THAT(narrow.item(0), Catch::Matchers::WithinRel(wide.item(0), 1e-5));
    for (Index k = 0; k < 240; ++k) {
      CHECK_THAT(narrow.output(1).data[k],
                 Catch::Matchers::WithinAbs(wide.output(1).data[k], 1e-6));
    }
  }
}

TEST_CASE("the same bits for any number of threads", "[run]") {
  struct Restore {
    int threads = kernels::threads();
    ~Restore() { kernels::set_threads(threads); }
  } restore;
  Training t(300, 200, 130, 10);
  const auto train = [&](int threads) {
    kernels::set_threads(threads);
    Executor<float> run(t.step());
    std::vector<float> bits;
    for (int i = 0; i < 20; ++i) {
      run.run();
      bits.push_back(run.item(0));
    }
    bits.insert(bits.end(), run.output(1).data, run.output(1).data + run.output(1).elements());
    bits.insert(bits.end(), run.output(2).data, run.output(2).data + run.output(2).elements());
    for (const Var leaf : {t.w, t.v}) {
      const auto trained = run.leaf(leaf);
      bits.insert(bits.end(), trained.begin(), trained.end());
    }
    return bits;
  };
  const auto one = train(1);
  CHECK(one[19] < one[0]);
  for (const int threads : {2, 3, 8}) {
    INFO(threads << " threads");
    CHECK((train(threads) == one));
  }
}

TEST_CASE("an executor refuses what is not there", "[run]") {
  Tape tape;
  const Var x = tape.input(Shape{2}, "x");
  const Executor<double> executor{Program(x)};
  CHECK_THROWS_WITH(executor.output(0), ContainsSubstring("no value"));

  const Tape::Mark mark = tape.mark();
  const Var small = tape.parameter(Tensor<double>({2}), "small");
  const Executor<double> first{Program(sum(small))};
  tape.rewind(mark);
  const Var large = tape.parameter(Tensor<double>({1000}), "large");
  CHECK_THROWS_WITH(Executor<double>(Program(sum(large)), first), ContainsSubstring("rewound"));
}
