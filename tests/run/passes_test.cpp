// Each pass: what it leaves of a tape, and that results stay what they are.
#include "gradus/run/passes.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "formulas/random_formula.hpp"
#include "gradus/grad/gradient.hpp"
#include "gradus/nn/loss.hpp"
#include "gradus/nn/mlp.hpp"
#include "gradus/optim/optimizer.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/optimise.hpp"
#include "ops/cases.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

const Passes plain = Passes::as_recorded();

/// The instructions of a program, as "matmul, add".
std::string steps(const Program& program) {
  std::string names;
  for (const Program::Instruction& i : program.instructions()) {
    if (!names.empty()) names += ", ";
    names += i.op->name();
    if (const std::string text = to_string(program.attributes(i.attributes)); !text.empty()) {
      names += " " + text;
    }
  }
  return names;
}

std::string steps(std::initializer_list<Var> outputs, Passes passes) {
  return steps(Program(outputs, {}, passes));
}

template <Real T>
std::vector<T> results(std::span<const Var> outputs, Passes passes) {
  Executor<T> run(Program(outputs, passes));
  run.run();
  std::vector<T> all;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    all.insert(all.end(), run.output(i).data, run.output(i).data + run.output(i).elements());
  }
  return all;
}

/// The largest difference, relative to the largest number; NaN must be NaN in both.
template <Real T>
double difference(const std::vector<T>& a, const std::vector<T>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 1e-300;
  double off = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    off = std::max(off, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  for (const T x : a) {
    if (std::isfinite(x)) largest = std::max(largest, std::abs(static_cast<double>(x)));
  }
  return off / largest;
}

struct Variables {
  Tape tape;
  Random random{3};
  Var make(const Shape& shape, std::string_view name) {
    return tape.parameter(cases::draw(shape, 0, {-1, 1}, random), name);
  }
  Var data(const Shape& shape, std::string_view name) {
    return tape.input(cases::draw(shape, 0, {-1, 1}, random), name);
  }
};

/// Ten steps of training, and all that they left: the losses and the parameters.
template <Real T>
std::vector<T> trained(const nn::MlpOptions& options, std::string_view loss, std::string_view rule,
                       Index batch, Passes passes, std::size_t* launches = nullptr) {
  Tape tape;
  Random random(1);
  const nn::Mlp mlp(tape, options, random);
  const Var x = tape.input(cases::draw(Shape{batch, options.layers.front()}, 0, {0, 1}, random));
  Tensor<double> classes({batch, options.layers.back()});
  for (Index i = 0; i < batch; ++i) {
    classes.data()[i * options.layers.back() + i % options.layers.back()] = 1;
  }
  const Var target = tape.input(classes);
  const Var cost = nn::find_loss(loss).apply(mlp(x), target);
  const optim::Optimizer optimizer(optim::find_rule(rule), mlp.parameters(), 0.3);
  const std::vector<Update> updates = optimizer.updates(gradient(cost, mlp.parameters()));
  const std::array outputs{cost};
  Executor<T> run(Program(outputs, updates, passes));
  if (launches) *launches = run.program().size();
  std::vector<T> all;
  for (int i = 0; i < 10; ++i) {
    run.run();
    all.push_back(run.item(0));
  }
  for (const Var p : mlp.parameters()) {
    const auto values = run.leaf(p);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

}  // namespace

TEST_CASE("passes are chosen by name", "[run]") {
  CHECK(Passes::parse("all") == Passes::all());
  CHECK(Passes::parse("none") == Passes::none());
  CHECK(to_string(Passes::parse("sharing,dead-code")) == "dead-code,sharing");
  CHECK(Passes::parse("all,-chains") == Passes::all().without(Pass::chains));
  CHECK(Passes::parse("none,zeros").has(Pass::zeros));
  CHECK_FALSE(Passes::parse("all,none").has(Pass::sharing));
  CHECK_THROWS_WITH(Passes::parse("chain"), ContainsSubstring("chains"));
  CHECK_THROWS_AS(Passes::parse(""), InputError);
  CHECK_THROWS_AS(Passes::parse("all,,"), InputError);
  for (const NamedPass& doc : all_passes()) {
    CHECK(to_string(Passes::none().with(doc.pass)) == doc.name);
    CHECK(Passes::parse(to_string(Passes::all().without(doc.pass))) ==
          Passes::all().without(doc.pass));
  }
  CHECK_FALSE(Passes::as_recorded().rewrite());
  CHECK(Passes::as_recorded().with(Pass::chains).rewrite());
}

TEST_CASE("dead code runs only if it is asked for", "[run]") {
  Variables v;
  const Var x = v.make({3}, "x");
  exp(x);
  const Var y = sin(x);
  CHECK(steps({y}, plain) == "sin");
  CHECK(steps({y}, plain.without(Pass::dead_code)) == "exp, sin");
  CHECK(steps({y}, Passes::none()) == "exp, sin");
  CHECK(results<double>(std::array{y}, Passes::none()) == results<double>(std::array{y}, plain));
  // What only dead code reads need not have a value: the network for another batch size, say.
  const Var other = v.tape.input(Shape{3}, "other");
  exp(other * x);
  const Var z = cos(x);
  CHECK(steps({z}, Passes::none()) == "exp, sin, cos");
}

TEST_CASE("what depends on constants alone is computed once", "[run]") {
  Variables v;
  const Var x = v.make({3}, "x");
  const Var y = x * sqrt(exp(v.tape.constant(2.0)));
  CHECK(steps({y}, plain) == "exp, sqrt, mul");
  CHECK(steps({y}, plain.with(Pass::constants)) == "mul");
  CHECK(results<double>(std::array{y}, plain.with(Pass::constants)) ==
        results<double>(std::array{y}, plain));
  // Large ones would take memory; what cannot be computed is an error of the run.
  const Var large = v.tape.constant(Tensor<double>({5000}, 2.0));
  CHECK(steps({exp(large)}, plain.with(Pass::constants)) == "exp");
  const Var bad =
      gather(v.tape.constant(Tensor<double>({2}, 1.0)), v.tape.constant(Tensor<double>({1}, 7.0)));
  CHECK_THROWS_AS(results<double>(std::array{bad}, Passes::all()), IndexError);
}

TEST_CASE("algebra leaves out what changes nothing", "[run]") {
  Variables v;
  const Var x = v.make({2, 3}, "x");
  const Passes passes = plain.with(Pass::algebra);
  for (const Var same : {x * 1, 1 * x, x + 0, 0 + x, x / 1, pow(x, 1), -(-x), reshape(x, {2, 3}),
                         broadcast_to(x, {2, 3}), stop_gradient(x)}) {
    CHECK(steps({sin(same)}, passes) == "sin");
  }
  // But an output is a value of its own, as x may have a new one after the run.
  CHECK(steps({x * 1}, passes) == "mul");
  CHECK(steps({sum(reshape(x, {2, 1, 3}), {1}, true)}, passes) == "reshape shape=(2, 1, 3)");
  // These are not what they look like.
  CHECK(steps({1 / x, 0 * x, x * 2, pow(1.0, x), reshape(x, {3, 2})}, passes) ==
        "div, mul, mul, pow, reshape shape=(3, 2)");
  const Var one = v.tape.constant(Tensor<double>({2, 2, 3}, 1.0));
  CHECK(steps({x * one}, passes) == "mul");
  const Var wide = x * v.tape.constant(Tensor<double>({4, 1, 1}, std::vector<double>(4, 1.0)));
  CHECK(steps({wide}, passes) == "mul");

  const Var w = v.make({2, 5}, "w");
  CHECK(steps({matmul(transpose(x), w)}, plain) == "permute axes=(1, 0), matmul");
  CHECK(steps({matmul(transpose(x), w)}, passes) == "matmul Aᵀ B");
  CHECK(steps({matmul(transpose(w), transpose(x), false, true)}, passes) == "matmul Aᵀ B");
  CHECK(difference(results<double>(std::array{matmul(transpose(x), w)}, passes),
                   results<double>(std::array{matmul(transpose(x), w)}, plain)) < 1e-15);

  const Var h = relu(x);
  const Var mask = step(x);
  CHECK(steps({mask * h, h}, passes.with(Pass::chains)) == "relu, chain step(a) * a");
  const Tensor<double> edges({6}, {-1, 0, 1, -0.0, std::nan(""), INFINITY});
  const Var e = v.tape.input(edges, "edges");
  const Var kept = relu(e);
  CHECK(difference(results<double>(std::array{kept, step(e)}, passes),
                   results<double>(std::array{kept, step(e)}, plain)) == 0);

  const Var row = v.make({3}, "row");
  CHECK(steps({x + broadcast_to(row, {2, 3})}, passes) == "add");
  CHECK(steps({sin(x * broadcast_to(v.tape.constant(1.0), {2, 3}))}, passes) == "sin");
  CHECK(steps({row + broadcast_to(row, {2, 3})}, passes) == "broadcast_to shape=(2, 3), add");
}

TEST_CASE("what is recorded twice is computed once", "[run]") {
  Variables v;
  const Var a = v.make({3}, "a"), b = v.make({3}, "b");
  const Passes passes = plain.with(Pass::common_subexpressions);
  const Var left = sin(a) * b;
  const Var right = b * sin(a);
  CHECK(steps({left + right}, plain) == "sin, mul, sin, mul, add");
  CHECK(steps({left + right}, passes) == "sin, mul, add");
  CHECK(steps({a / b + b / a}, passes) == "div, div, add");
  CHECK(steps({leaky_relu(a, 0.1), leaky_relu(a, 0.1), leaky_relu(a, 0.2)}, passes) ==
        "leaky_relu 0.1, leaky_relu 0.2");
  CHECK(steps({sum(a), sum(a, {0}, true)}, passes) == "sum axis=(0), sum axis=(0), keepdims");
  // Both are 2; 0 and -0 are equal, but 1/x of them is not.
  CHECK(Program({2 * a, b * 2}, {}, passes).constants().size() == 1);
  CHECK(Program({v.tape.constant(0.0) * a, v.tape.constant(-0.0) * a}, {}, passes)
            .constants()
            .size() == 2);
}

TEST_CASE("pointwise ops that follow each other are one", "[run]") {
  Variables v;
  const Var a = v.make({4, 5}, "a"), row = v.make({5}, "row");
  const Passes passes = plain.with(Pass::chains);
  CHECK(steps({sin(a * row + 2)}, passes) == "chain sin(a * b + c)");
  const Var more = a + 1;
  CHECK(steps({more * (a + row)}, passes) == "chain (a + b) * (a + c)");
  CHECK(steps({-(a + 1) / 2}, passes) == "chain (-(a + b)) / c");
  CHECK(steps({where(a, leaky_relu(a * a), 0)}, passes) == "chain where(a, leaky_relu(a * a), b)");
  // A row is computed once, not once for each row of the result.
  CHECK(steps({a * exp(row)}, passes) == "exp, mul");
  // What is used outside is a result of its own.
  const Var e = exp(a);
  CHECK(steps({sin(e), e}, passes) == "exp, sin");
  const Var total = sum(e);
  CHECK(steps({total + cos(e)}, passes) == "exp, sum axis=(0, 1), chain b + cos(a)");
  // Long ones are cut.
  Var y = a;
  for (int i = 0; i < 100; ++i) y = tanh(y + row);
  const Program program({y}, {}, passes);
  CHECK(program.size() == 13);  // 200 ops, 16 at a time
  CHECK(results<double>(std::array{y}, passes) == results<double>(std::array{y}, plain));
  CHECK(results<float>(std::array{y}, passes) == results<float>(std::array{y}, plain));
}

TEST_CASE("a matrix product ends with what follows it", "[run]") {
  Variables v;
  const Var x = v.make({7, 5}, "x"), w = v.make({5, 9}, "w"), b = v.make({9}, "b");
  const Passes passes = plain.with(Pass::epilogues).with(Pass::chains);
  const Var layer = sigmoid(matmul(x, w) + b);
  CHECK(steps({layer}, passes) == "product sigmoid(A B + c)");
  CHECK(steps({layer}, plain.with(Pass::epilogues)) == "product A B + c, sigmoid");
  CHECK(difference(results<double>(std::array{layer}, passes),
                   results<double>(std::array{layer}, plain)) < 1e-15);
  CHECK(difference(results<float>(std::array{layer}, passes),
                   results<float>(std::array{layer}, plain)) < 1e-6);
  // A product that is wanted itself, of a batch, or in another shape, is left alone.
  const Var z = matmul(x, w);
  CHECK(steps({relu(z), z}, passes) == "matmul, relu");
  const Var batch = v.make({2, 7, 5}, "batch");
  CHECK(steps({relu(matmul(batch, w))}, passes) == "matmul, relu");
  CHECK(steps({matmul(x, w) + v.make({2, 1, 1}, "more")}, passes) == "matmul, add");
  // Of two products the second one.
  const Var first = matmul(x, w);
  CHECK(steps({tanh(first + matmul(x, w))}, passes) == "matmul, product tanh(c + A B)");
}

TEST_CASE("a matrix product is added to what is there", "[run]") {
  Variables v;
  const Var x = v.make({7, 5}, "x"), w = v.make({5, 9}, "w");
  const Var y = v.make({7, 3}, "y"), u = v.make({3, 9}, "u");
  const Passes passes = plain.with(Pass::accumulation);
  const Var first = matmul(x, w);
  const Var total = first + matmul(y, u);
  const Program program({total}, {}, passes);
  CHECK(steps(program) == "matmul, product c + A B");
  CHECK(program.buffer_elements() == 64);  // one matrix of 63, in whole grains
  CHECK(difference(results<double>(std::array{total}, passes),
                   results<double>(std::array{total}, plain)) < 1e-15);
}

TEST_CASE("a gradient is added straight to the weight", "[run]") {
  Variables v;
  const Var x = v.data({7, 5}, "x"), dy = v.data({7, 9}, "dy");
  const Var w = v.make({5, 9}, "w"), rate = v.tape.input(0.25, "rate");
  const Var g = matmul(x, dy, true, false);
  const Passes passes = plain.with(Pass::updates).with(Pass::chains);
  const auto after = [&](Var value, Passes p, std::string expected) {
    const std::array updates{Update{w, value}};
    const Program program({}, updates, p);
    if (!expected.empty()) {
      CHECK(steps(program) == expected);
      CHECK(program.updates_in_place() == 1);
      CHECK(program.buffer_elements() < 45);  // no gradient is kept
    }
    Executor<double> run(program);
    run.run();
    return std::vector<double>(run.leaf(w).begin(), run.leaf(w).end());
  };
  const Var rates[] = {w + -rate * g, w + g * -rate,       -rate * g + w,
                       w - rate * g,  0.9 * w + -rate * g, -(-w + rate * g)};
  for (const Var value : rates) {
    const auto expected = after(value, plain, "");
    CHECK(difference(after(value, passes.with(Pass::algebra), ""), expected) < 1e-15);
  }
  const Var push = -rate * g;
  const Var decayed = 0.9 * w;
  after(w + push, passes, "neg, product d + c * (Aᵀ B)");
  after(decayed + push, passes, "neg, product d * e + c * (Aᵀ B)");
  // The product reads what it would write: there is no doing that in place.
  const Var square = v.make({5, 5}, "square");
  const std::array updates{Update{square, square + matmul(square, square)}};
  const Program program({}, updates, Passes::all());
  CHECK(program.updates_in_place() == 0);
  Executor<double> run(program);
  Executor<double> reference(Program({}, updates, plain));
  run.run();
  reference.run();
  CHECK(difference(std::vector<double>(run.leaf(square).begin(), run.leaf(square).end()),
                   std::vector<double>(reference.leaf(square).begin(),
                                       reference.leaf(square).end())) < 1e-15);
}

TEST_CASE("passes are left out on tapes of single numbers only", "[run]") {
  // Loops record in turns: a number, then a product that is no number.
  for (const bool odd : {false, true}) {
    Tape tape;
    if (odd) tape.input(Shape{}, "unused");
    Var h = tape.input(Shape{64}, "h");
    for (int i = 0; i < 1200; ++i) h = h * 0.5;
    CHECK(Program({h}).size() < 200);
  }
  Tape tape;
  Var x = tape.parameter(1.0);
  for (int i = 0; i < 1200; ++i) x = x * 0.5;
  CHECK(Program({x}).size() == 1200);
}

TEST_CASE("zeros of an input take no part in a product", "[run]") {
  Variables v;
  Tensor<double> pixels({2, 4}, {0, 1, 0, 2, 0, 3, 0, 0});
  const Var x = v.tape.input(pixels, "x");
  Tensor<double> weights({4, 50}, 1.0);  // with few columns, to look for zeros would take longer
  weights.data()[0] = std::numeric_limits<double>::infinity();  // of the pixel that is always 0
  const Var w = v.tape.parameter(weights, "w");
  const Passes passes = plain.with(Pass::zeros);
  CHECK(steps({matmul(x, w)}, passes) == "product A B, but for zeros in A");
  CHECK(steps({matmul(w, x, true, true)}, passes) == "matmul Aᵀ Bᵀ");
  CHECK(results<double>(std::array{matmul(x, w)}, passes) == std::vector<double>(100, 3.0));
  CHECK(std::isnan(results<double>(std::array{matmul(x, w)}, plain)[0]));
}

TEST_CASE("memory is shared and written over only if that is asked for", "[run]") {
  Variables v;
  const Var x = v.make({64}, "x");
  const Var y = sum(sin(cos(exp(x))));
  const auto elements = [&](Passes passes) { return Program({y}, {}, passes).buffer_elements(); };
  CHECK(elements(plain) == 64 + 1);
  CHECK(elements(plain.without(Pass::in_place)) == 2 * 64 + 1);
  CHECK(elements(plain.without(Pass::in_place).without(Pass::sharing)) == 3 * 64 + 1);
  CHECK(results<double>(std::array{y}, Passes::none().with(Pass::dead_code)) ==
        results<double>(std::array{y}, plain));
}

TEST_CASE("networks train alike with and without each pass", "[run]") {
  const nn::MlpOptions deep{{12, 9, 7, 5}, "relu", "xavier-uniform", true};
  const nn::MlpOptions wide{{20, 30, 10}, "sigmoid", "xavier-uniform", false};
  for (const char* rule : {"sgd", "momentum", "nesterov"}) {
    for (const char* loss : {"cross-entropy", "sum-of-squares"}) {
      for (const Index batch : {Index{1}, Index{6}}) {
        INFO(rule << ", " << loss << ", batch " << batch);
        std::size_t as_recorded = 0;
        std::size_t optimised = 0;
        const auto expected = trained<double>(deep, loss, rule, batch, plain, &as_recorded);
        CHECK(difference(trained<double>(deep, loss, rule, batch, Passes::all(), &optimised),
                         expected) < 1e-13);
        CHECK(3 * optimised < 2 * as_recorded);
        for (const NamedPass& pass : all_passes()) {
          INFO("without " << pass.name);
          CHECK(
              difference(trained<double>(deep, loss, rule, batch, Passes::all().without(pass.pass)),
                         expected) < 1e-13);
          CHECK(difference(trained<double>(deep, loss, rule, batch, plain.with(pass.pass)),
                           expected) < 1e-13);
        }
        CHECK(difference(trained<float>(wide, loss, rule, batch, Passes::all()),
                         trained<float>(wide, loss, rule, batch, plain)) < 1e-5);
      }
    }
  }
}

TEST_CASE("random formulas and their gradients are the same with all passes", "[run]") {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const test::RandomFormula formula = test::random_formula(seed);
    std::vector<Var> outputs = gradient(formula.result, formula.parameters, Disconnected::zeros);
    outputs.push_back(formula.result);
    INFO("formula " << seed);
    CHECK(difference(results<double>(outputs, Passes::all()), results<double>(outputs, plain)) <
          1e-12);
  }
}

TEST_CASE("a draft keeps names, scopes and what is a derivative", "[run]") {
  Variables v;
  const Var x = v.data({4, 3}, "x"), w = v.make({3, 2}, "w");
  Var h;
  {
    const auto scope = v.tape.scope("hidden");
    h = tanh(matmul(x, w)).named("h");
  }
  const Var loss = sum(square(h)).named("loss");
  const Var g = gradient(loss, w);
  const std::array outputs{loss, g};
  const Draft draft = optimise(outputs, {}, Passes::all());
  const Tape& tape = *draft.tape;
  CHECK(draft.outputs[0].name() == "loss");
  CHECK(tape.node(draft.outputs[1].id()).adjoint_of != no_node);
  CHECK(tape.label(tape.node(draft.outputs[1].id()).adjoint_of) == "w");
  const auto at = std::find(draft.origin.begin(), draft.origin.end(), h.id());
  REQUIRE(at != draft.origin.end());
  const auto fused = static_cast<NodeId>(at - draft.origin.begin());
  CHECK(tape.label(fused) == "h");
  CHECK(tape.scope_path(tape.scope_of(fused)) == "hidden");
  CHECK(tape.op(fused).name() == "product");
  CHECK_THROWS_WITH(gradient(draft.outputs[0], draft.tape->var(draft.tape->operands(fused)[1])),
                    ContainsSubstring("cut"));
}
