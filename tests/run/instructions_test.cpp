// The instructions that a program lists: what was recorded, though it runs steps.
#include "gradus/run/instructions.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "gradus/base/random.hpp"
#include "gradus/graph/show.hpp"
#include "gradus/ops/ops.hpp"
#include "gradus/run/executor.hpp"
#include "run/check_instructions.hpp"

using namespace gradus;

namespace {

const Passes recorded = Passes::as_recorded();

/// An op of a person's own: on single numbers it is a call all the same.
struct Third final : Op {
  Third() : Op({1, true, {}}) {}
  static constexpr OpDoc doc_{"third", "y = x / 3", "dx = dy / 3"};
  const OpDoc& doc() const override { return doc_; }
  Shape shape(std::span<const Shape> x, const Attributes&) const override { return x[0]; }
  void forward(const Forward<float>& args) const override { run(args); }
  void forward(const Forward<double>& args) const override { run(args); }
  Var vjp(const Vjp& v) const override { return v.dy / 3; }
  template <class T>
  void run(const Forward<T>& args) const {
    for (Index i = 0; i < args.y.elements(); ++i) args.y.data[i] = args.x[0].data[i] / 3;
  }
};

/// Ops on single numbers of rank 0 to 2, on tensors and on nothing at all, and what leads from one
/// of these to another; updates of the parameters, which are read afterwards.
struct Mixture {
  Tape tape;
  Random random;
  std::vector<Var> all, outputs;
  std::vector<Update> updates;

  explicit Mixture(std::uint64_t seed) : random(seed) {
    const std::vector<Shape> shapes{{}, {1}, {}, {1, 1}, {3}, {20}, {2, 20}, {0}};
    for (std::size_t i = 0; i < 8; ++i) {
      const Tensor<double> x(shapes[seed % 2 == 0 ? 0 : i], random.uniform(-1, 1));
      all.push_back(i < 5 ? tape.parameter(x) : i == 5 ? tape.input(x) : tape.constant(x));
    }
    while (all.size() < 60) record();
    for (std::size_t i = 0; i < 5; ++i) update(all[i]);
    outputs = {all.back(), all[20], all[20], all[seed % 5]};
    for (const Update& u : updates) outputs.push_back(sum(u.value * u.value));
  }

 private:
  Var third(Var x) {
    static const Third op;
    return tape.record(op, {&x, 1});
  }
  Var pick() {
    const auto n = static_cast<Index>(all.size());
    const Index back = random.below(random.below(4) == 0 ? n : 4);
    return all[static_cast<std::size_t>(n - 1 - back)];
  }
  static bool fit(Var a, Var b) {
    return broadcasts_to(a.shape(), b.shape()) || broadcasts_to(b.shape(), a.shape());
  }
  void record() {
    const Var a = pick(), b = pick(), c = pick();
    switch (random.below(8)) {
      case 0:
        all.push_back(third(a));
        break;
      case 1:
        all.push_back(leaky_relu(a, random.below(2) == 0 ? 0.25 : 0.5));
        break;
      case 2:
        if (fit(a, b) && fit(a, c) && fit(b, c)) all.push_back(where(less(a, b), a, c));
        break;
      case 3:
        all.push_back(sum(a));
        break;
      case 4:
        all.push_back(reshape(a, a.shape().rank() == 0 ? Shape{1} : Shape{a.shape().elements()}));
        break;
      case 5:
        all.push_back(tanh(a));
        break;
      default: {
        if (!fit(a, b)) break;
        const Var product = a * b;
        if (fit(product, c)) all.push_back(random.below(2) == 0 ? product + c : c + product);
      }
    }
  }
  void update(Var w) {
    const Var x = pick(), v = all[0];
    const bool alike = x.shape() == w.shape() && v.shape() == w.shape();
    switch (random.below(6)) {
      case 4:
        updates.push_back({w, third(w)});
        break;
      case 0:
        updates.push_back({w, leaky_relu(w, 0.125)});
        break;
      case 1:
        updates.push_back({w, where(less(w, w * 0.5), w, w * 0.25)});
        break;
      case 2:
        if (alike) updates.push_back({w, w + x * w});
        break;
      case 3:
        if (alike) updates.push_back({w, x * x + v});
        break;
      default:
        break;
    }
  }
};

template <class T>
bool same_bits(std::span<const T> a, std::span<const T> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](T x, T y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y) ||
           (std::isnan(x) && std::isnan(y));
  });
}

}  // namespace

TEST_CASE("a program lists what was recorded, and runs it alike one by one", "[run]") {
  int finite = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Mixture m(seed);
    INFO("seed " << seed);
    for (const Passes passes : {recorded, recorded.without(Pass::in_place),
                                recorded.without(Pass::sharing), Passes::all()}) {
      const Program program(m.outputs, m.updates, passes);
      if (!passes.rewrite()) check_instructions(program, m.tape);
      Executor<double> steps(program), one_by_one(program);
      for (int turn = 0; turn < 2; ++turn) {
        if (one_by_one.run_checked()) break;
        ++finite;
        steps.run();
        for (std::size_t i = 0; i < m.outputs.size(); ++i) {
          const auto a = steps.output(i), b = one_by_one.output(i);
          const auto n = static_cast<std::size_t>(a.elements());
          CHECK(same_bits(std::span(a.data, n), std::span(b.data, n)));
        }
        for (const Update& u : m.updates) {
          CHECK(same_bits<double>(steps.leaf(u.parameter), one_by_one.leaf(u.parameter)));
        }
      }
    }
  }
  CHECK(finite > 1000);
}

TEST_CASE("a product that a step adds has no place of its own", "[run]") {
  Tape tape;
  const Var w = tape.parameter(1.0, "w"), x = tape.input(Shape{}, "x");
  const Var a = tape.parameter(2.0, "a"), b = tape.parameter(3.0, "b");
  const Var product = a * b, moved = x + product;
  const Program program({}, {{w, moved}}, recorded);
  CHECK(program.values()[program.result(0)].place == program.passing());

  // The product goes nowhere near the parameter: x is read from there afterwards.
  Executor<double> steps(program), one_by_one(program);
  steps.bind(x, steps.leaf(w));
  one_by_one.bind(x, one_by_one.leaf(w));
  steps.run();
  CHECK(one_by_one.run_checked() == std::nullopt);
  CHECK(steps.leaf(w)[0] == 7);
  CHECK(one_by_one.leaf(w)[0] == 7);
  // It is infinite: the run stops at it, and w is as it was.
  one_by_one.set(a, std::vector<double>{std::numeric_limits<double>::max()});
  CHECK(one_by_one.run_checked() == product.id());
  CHECK(one_by_one.leaf(w)[0] == 7);

  Drawing drawing = draw(Graph({moved}));
  show_program(drawing, program);
  const auto at = find(drawing, product.id());
  REQUIRE(at);
  CHECK(drawing.places[*at].kind == DrawnPlace::Kind::passing);
  CHECK(drawing.places[*at].elements == 0);
}

TEST_CASE("a list is made once for a program and its copies, and is counted then", "[run]") {
  Tape tape;
  Var x = tape.parameter(1.0);
  for (int i = 0; i < 100; ++i) x = x * 0.5 + 1;
  const Program program({x}, recorded);
  const Program copy = program;
  const std::size_t before = program.bytes();
  const auto* const list = copy.instructions().data();
  CHECK(program.instructions().data() == list);
  CHECK(program.bytes() >= before + 200 * (sizeof(Program::Instruction) + sizeof(Program::Value)));
}
