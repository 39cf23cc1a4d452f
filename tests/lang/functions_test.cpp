// Every function of the language against the C++ function of the same name.
#include <cstring>
#include <map>
#include <set>

#include "gradus/gradus.hpp"
#include "gradus/lang/functions.hpp"
#include "lang/text.hpp"

using namespace gradus;

namespace {

/// A call as text, and the same in C++: x and y are matrices of (2, 3), s is 0.5, i is [1, 0, 1].
struct Row {
  const char* text;
  Var (*record)(Var x, Var y, Var s, Var i);
};

// clang-format off
#define ROW(text, expression) Row{text, [](Var x, Var y, Var s, Var i) -> Var { (void)x, (void)y, (void)s, (void)i; return expression; }}
const Row rows[] = {
    ROW("add(x, y)", x + y), ROW("x + y", x + y), ROW("sub(x, y)", x - y), ROW("x - 2", x - 2), ROW("2 - x", 2 - x),
    ROW("mul(x, y)", x * y), ROW("2 * x", 2 * x), ROW("div(x, y)", x / y), ROW("x / 3", x / 3), ROW("pow(x, y)", pow(x, y)),
    ROW("x ^ 2", pow(x, 2)), ROW("2 ** x", pow(2, x)), ROW("pow(a=x, b=2)", pow(x, 2)),
    ROW("maximum(x, y)", maximum(x, y)), ROW("maximum(0, x)", maximum(0, x)), ROW("minimum(x, 1)", minimum(x, 1)),
    ROW("neg(x)", -x), ROW("-x", -x), ROW("exp(x)", exp(x)), ROW("log(x)", log(x)), ROW("sqrt(x)", sqrt(x)),
    ROW("sin(x)", sin(x)), ROW("cos(x)", cos(x)), ROW("abs(x)", abs(x)), ROW("erf(x)", erf(x)), ROW("sign(x)", sign(x)),
    ROW("step(x)", step(x)), ROW("square(x)", square(x)), ROW("reciprocal(x)", reciprocal(x)),
    ROW("less(x, y)", less(x, y)), ROW("x < 1", less(x, 1)), ROW("1 < x", less(1, x)), ROW("less_equal(x, y)", less_equal(x, y)),
    ROW("x <= y", less_equal(x, y)), ROW("greater(x, y)", greater(x, y)), ROW("x > y", greater(x, y)),
    ROW("greater_equal(x, y)", greater_equal(x, y)), ROW("x >= y", greater_equal(x, y)), ROW("equal(x, y)", equal(x, y)),
    ROW("x == y", equal(x, y)), ROW("not_equal(x, y)", not_equal(x, y)), ROW("x != y", not_equal(x, y)),
    ROW("where(x, y, 2)", where(x, y, 2)), ROW("where(c=x, a=1, b=y)", where(x, 1, y)),
    ROW("tanh(x)", tanh(x)), ROW("sigmoid(x)", sigmoid(x)), ROW("relu(x)", relu(x)), ROW("leaky_relu(x)", leaky_relu(x)),
    ROW("leaky_relu(x, 0.2)", leaky_relu(x, 0.2)), ROW("leaky_relu(x, slope=0.2)", leaky_relu(x, 0.2)), ROW("prelu(x, s)", prelu(x, s)),
    ROW("prelu(x, 0.1)", prelu(x, 0.1)), ROW("elu(x)", elu(x)), ROW("elu(x, alpha=2)", elu(x, 2)), ROW("softplus(x)", softplus(x)),
    ROW("gelu(x)", gelu(x)), ROW("swish(x)", swish(x)), ROW("softmax(x)", softmax(x)), ROW("softmax(x, axis=0)", softmax(x, 0)),
    ROW("log_softmax(x, -2)", log_softmax(x, -2)),
    ROW("sum(x)", sum(x)), ROW("sum(x, axis=0)", sum(x, {0})), ROW("sum(x, 1, true)", sum(x, {1}, true)),
    ROW("sum(x, axis=[0, 1], keepdims=True)", sum(x, {0, 1}, true)), ROW("sum(x, axis=(-1,))", sum(x, {-1})), ROW("sum(x, axis=none)", sum(x)),
    ROW("mean(x, axis=1)", mean(x, {1})), ROW("variance(x, keepdims=true)", variance(x, {}, true)), ROW("logsumexp(x, axis=0)", logsumexp(x, {0})),
    ROW("max(x, axis=1)", max(x, {1})), ROW("argmax(x, axis=0)", argmax(x, 0)), ROW("argmax(x)", argmax(x)),
    ROW("matmul(x, y, transpose_b=true)", matmul(x, y, false, true)), ROW("matmul(x, y, 1, 0)", matmul(x, y, true, false)),
    ROW("x @ y.T", matmul(x, transpose(y))), ROW("x[0] @ y[1]", matmul(reshape(slice(x, {Range{0, 1}}), {3}), reshape(slice(y, {Range{1, 2}}), {3}))),
    ROW("transpose(x)", transpose(x)), ROW("x.T", transpose(x)),
    ROW("reshape(x, 3, 2)", reshape(x, {3, 2})), ROW("reshape(x, [3, -1])", reshape(x, {3, -1})), ROW("reshape(x, 1, 2, 3, 1)", reshape(x, {1, 2, 3, 1})),
    ROW("reshape(s)", reshape(s, Shape{})), ROW("reshape(s, shape=(1, 1))", reshape(s, {1, 1})),
    ROW("permute(x, 1, 0)", permute(x, {1, 0})), ROW("permute(x, [-1, 0])", permute(x, {-1, 0})), ROW("broadcast_to(x, 4, 2, 3)", broadcast_to(x, {4, 2, 3})),
    ROW("slice(x, start=[0, 1], stop=[none, 3])", slice(x, {Range{}, Range{1, 3}})), ROW("slice(x, 1)", slice(x, {Range{1}})),
    ROW("slice(x, step=[1, 2])", slice(x, {Range{}, Range{0, Range::all, 2}})), ROW("x[:, 1:]", slice(x, {Range{}, Range{1}})),
    ROW("unslice(x, [4, 3], start=1, stop=-1)", unslice(x, Slices{{1, 0}, {1, 1}, {2, 3}, Shape{4, 3}})),
    ROW("concat([x, y])", concat(std::vector<Var>{x, y})), ROW("concat((x, y, x), axis=1)", concat(std::vector<Var>{x, y, x}, 1)),
    ROW("gather(x, i)", gather(x, i)), ROW("gather(x, 1)", gather(x, 1)), ROW("scatter_rows(gather(x, i), i, 4)", scatter_rows(gather(x, i), i, 4)),
    ROW("one_hot(i, classes=3)", one_hot(i, 3)), ROW("stop_gradient(x)", stop_gradient(x)),
    ROW("mse(x, y)", mse(x, y)), ROW("mse(x, 1)", mse(x, 1)), ROW("quadratic_cost(x, y)", quadratic_cost(x, y)),
    ROW("quadratic_cost(x, target=y, factor=1)", quadratic_cost(x, y, 1)), ROW("cross_entropy(x, y)", cross_entropy(x, y)),
    ROW("cross_entropy(gather(x, i), i)", cross_entropy(gather(x, i), i)),
    ROW("binary_cross_entropy(x, y)", binary_cross_entropy(x, y)),
    ROW("d(s * s, s)", gradient(s * s, s)), ROW("d(sum(d(sum(x^3), x) * y), x)", gradient(sum(gradient(sum(pow(x, 3)), x) * y), x)),
    ROW("d(s, x)", gradient(s, x, Disconnected::zeros)),
    ROW("zeros(2, 3)", x.tape().constant(Tensor<double>(Shape{2, 3}))), ROW("ones([3])", x.tape().constant(Tensor<double>(Shape{3}, 1.0))),
    ROW("constant(7, 2, 2)", x.tape().constant(Tensor<double>(Shape{2, 2}, 7.0))),
    ROW("[1, 2]", x.tape().constant(Tensor<double>({2}, {1, 2}))),
};
#undef ROW
// clang-format on

Tensor<double> random(const Shape& shape, std::uint64_t seed) {
  Random generator(seed);
  return nn::uniform(shape, generator, 0.2, 1.5);
}

/// The name of the function in a row, if it is a call.
std::string called(const char* text) {
  const char* end = std::strchr(text, '(');
  std::string name = end ? std::string(text, end) : "";
  return name.find_first_of(" .[@") == std::string::npos ? name : "";
}

}  // namespace

TEST_CASE("A call in a text records what it records in C++", "[lang]") {
  const lang::Values given{{"x", random({2, 3}, 1)},
                           {"y", random({2, 3}, 2)},
                           {"s", test::number(0.5)},
                           {"i", Tensor<double>({3}, {1, 0, 1})}};
  for (const Row& row : rows) {
    INFO(row.text);
    Tape by_text, by_cpp;
    // All names are inputs in one order, whichever the row uses.
    const std::string declared = "input x\ninput y\ninput s\ninput i\n";
    const lang::Formula f = lang::record(by_text, declared + row.text, given);
    std::map<std::string, Var> v;
    for (const char* name : {"x", "y", "s", "i"}) v[name] = by_cpp.input(given.at(name), name);
    const Var expected = row.record(v["x"], v["y"], v["s"], v["i"]);
    CHECK(value(f.result) == value(expected));
    const std::string_view text = row.text;
    const bool nested = text.find('(') != text.rfind('(') || text.find('@') != text.npos;
    if (!nested) CHECK(test::listing(by_text) == test::listing(by_cpp));
  }
}

TEST_CASE("Every op of the catalogue can be written by its name", "[lang]") {
  std::set<std::string> tested;
  for (const Row& row : rows) tested.insert(called(row.text));
  for (const Op* op : all_ops()) {
    INFO(op->name());
    const lang::Function* function = lang::find_function(op->name());
    REQUIRE(function != nullptr);
    CHECK(function->formula == op->doc().formula);
    CHECK(tested.count(std::string(op->name())) == 1);
  }
}

TEST_CASE("Every function is tested, has a formula, and says its arguments", "[lang]") {
  std::set<std::string> tested{"normal",         "uniform",   "xavier_normal",
                               "xavier_uniform", "he_normal", "he_uniform"};
  for (const Row& row : rows) tested.insert(called(row.text));
  std::set<std::string_view> names;
  for (const lang::Function& function : lang::functions()) {
    INFO(function.name);
    CHECK(names.insert(function.name).second);
    CHECK(!function.formula.empty());
    CHECK(tested.count(std::string(function.name)) == 1);
    // A call without arguments is refused with the signature, unless it needs none.
    const std::string error = test::error_of(std::string(function.name) + "()");
    const bool needs_none = function.parameters.rfind("shape...", 0) == 0;
    if (!needs_none)
      CHECK_THAT(error, Catch::Matchers::ContainsSubstring(lang::signature(function)));
  }
  CHECK(lang::signature(*lang::find_function("sum")) == "sum(x, axis=none, keepdims=false)");
  CHECK(lang::find_function("summ") == nullptr);
}

TEST_CASE("First values are those of the library", "[lang]") {
  const std::pair<const char*, Tensor<double> (*)(const Shape&, Random&)> draws[] = {
      {"normal", [](const Shape& s, Random& r) { return nn::normal(s, r); }},
      {"uniform", [](const Shape& s, Random& r) { return nn::uniform(s, r); }},
      {"xavier_normal", nn::xavier_normal},
      {"xavier_uniform", nn::xavier_uniform},
      {"he_normal", nn::he_normal},
      {"he_uniform", nn::he_uniform}};
  for (const auto& [name, draw] : draws) {
    INFO(name);
    Random generator(5);
    CHECK(test::evaluate(std::string(name) + "(4, 3, seed=5)") == draw({4, 3}, generator));
  }
}

TEST_CASE("Functions of plain numbers are computed, too", "[lang]") {
  CHECK(test::evaluate("sin(2)").item() == std::sin(2.0));
  CHECK(test::evaluate("maximum(2, 3)").item() == 3);
  CHECK(test::evaluate("where(1, 2, 3)").item() == 2);
  CHECK(test::evaluate("sum([1, 2])").item() == 3);
  CHECK(test::evaluate("mean([[1, 2], [3, 6]])").item() == 3);
  CHECK(test::evaluate("mse(1, 3)").item() == 4);
}
