// Forward values of every op against references, for value(), Executor<double> and Executor<float>.
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

#include "catch.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
#include "ops/cases.hpp"

using namespace gradus;
using reference::Array;

namespace {

using Real3 = long double (*)(long double, long double, long double);

/// One element of each pointwise op, from <cmath> in long double. An op that is not here is still
/// tried at every shape and differentiated.
const std::map<std::string, Real3, std::less<>>& formulas() {
  using R = long double;
  static const std::map<std::string, Real3, std::less<>> all{
      {"add", [](R a, R b, R) { return a + b; }},
      {"mul", [](R a, R b, R) { return a * b; }},
      {"div", [](R a, R b, R) { return a / b; }},
      {"pow", [](R a, R b, R) { return std::pow(a, b); }},
      {"maximum", [](R a, R b, R) { return std::max(a, b); }},
      {"minimum", [](R a, R b, R) { return std::min(a, b); }},
      {"neg", [](R a, R, R) { return -a; }},
      {"exp", [](R a, R, R) { return std::exp(a); }},
      {"log", [](R a, R, R) { return std::log(a); }},
      {"sqrt", [](R a, R, R) { return std::sqrt(a); }},
      {"sin", [](R a, R, R) { return std::sin(a); }},
      {"cos", [](R a, R, R) { return std::cos(a); }},
      {"abs", [](R a, R, R) { return std::fabs(a); }},
      {"sign", [](R a, R, R) { return R(a > 0) - R(a < 0); }},
      {"step", [](R a, R, R) { return R(a > 0); }},
      {"erf", [](R a, R, R) { return std::erf(a); }},
      {"less", [](R a, R b, R) { return R(a < b); }},
      {"less_equal", [](R a, R b, R) { return R(a <= b); }},
      {"equal", [](R a, R b, R) { return R(a == b); }},
      {"where", [](R c, R a, R b) { return c != 0 ? a : b; }},
      {"tanh", [](R a, R, R) { return std::tanh(a); }},
      {"sigmoid", [](R a, R, R) { return 1 / (1 + std::exp(-a)); }},
      {"relu", [](R a, R, R) { return a > 0 ? a : 0; }},
      {"leaky_relu", [](R a, R, R) { return a > 0 ? a : R(0.3) * a; }},
      {"elu", [](R a, R, R) { return a > 0 ? a : R(0.3) * (std::exp(a) - 1); }},
      {"softplus", [](R a, R, R) { return std::log(1 + std::exp(a)); }},
      {"gelu", [](R a, R, R) { return a * (1 + std::erf(a / std::numbers::sqrt2_v<R>)) / 2; }},
  };
  return all;
}

/// The case's reference; the formula of a pointwise op, broadcast.
Array expected(const cases::Case& c, std::span<const Array> x) {
  if (c.reference) return c.reference(x);
  Shape shape = x[0].shape;
  for (const Array& operand : x) shape = broadcast(shape, operand.shape);
  const Real3 formula = formulas().at(std::string(c.op->name()));
  Array y(shape);
  reference::for_each(shape, [&](const reference::Position& p) {
    std::array<long double, 3> at{};
    for (std::size_t k = 0; k < x.size(); ++k) {
      at[k] = x[k][reference::broadcast_position(p, x[k].shape, shape)];
    }
    y[p] = formula(at[0], at[1], at[2]);
  });
  return y;
}

/// Library functions are good to a few units in the last place of results near 1 (and gelu's tail
/// and pow lose a few more); sums of up to 24 terms add one each.
template <class T>
constexpr long double tolerance = 32 * std::numeric_limits<T>::epsilon();

template <class T>
long double distance(std::span<const T> y, const Array& wanted) {
  if (y.size() != wanted.elements.size()) return INFINITY;
  long double worst = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const long double want = wanted.elements[i];
    const long double d =
        y[i] == want ? 0 : std::fabs(y[i] - want) / std::max(1.0L, std::fabs(want));
    if (!(d <= worst)) worst = std::isnan(d) ? INFINITY : d;
  }
  return worst;
}

template <class T>
std::span<const T> elements(View<const T> view) {
  return {view.data, static_cast<std::size_t>(view.elements())};
}

void check_forward(const cases::Case& c) {
  INFO(c.label());
  Tape tape;
  std::vector<Var> inputs;
  const Var y = c.record(tape, inputs);
  std::vector<Array> x, x_float;
  for (const auto& t : c.x) {
    x.emplace_back(t);
    x_float.emplace_back(t.as<float>());
  }
  const Array wanted = expected(c, x);
  CHECK(y.shape() == wanted.shape);
  const Tensor<double> seen = value(y);
  CHECK(distance<double>(seen, wanted) <= tolerance<double>);

  Executor<double> wide{Program(y)};
  wide.run();
  const auto ran = elements(wide.output(0));
  CHECK(std::equal(ran.begin(), ran.end(), seen.begin(), seen.end()));

  Executor<float> narrow{Program(y)};
  narrow.run();
  CHECK(distance<float>(elements(narrow.output(0)), expected(c, x_float)) <= tolerance<float>);
}

}  // namespace

TEST_CASE("pointwise ops compute their formula at every shape", "[ops]") {
  for (const auto& c : cases::pointwise()) {
    if (formulas().contains(c.op->name())) check_forward(c);
  }
}

TEST_CASE("pointwise ops give the same with broadcasting as element by element", "[ops]") {
  for (const auto& c : cases::pointwise()) {
    INFO(c.label());
    Tape tape;
    std::vector<Var> inputs;
    const Tensor<double> y = value(c.record(tape, inputs));
    Index i = 0;
    reference::for_each(y.shape(), [&](const reference::Position& p) {
      Tape scalars;
      std::vector<Var> x;
      for (const auto& t : c.x) {
        const auto from = reference::broadcast_position(p, t.shape(), y.shape());
        x.push_back(scalars.constant(static_cast<double>(Array(t)[from])));
      }
      CHECK(item(scalars.record(*c.op, x, c.attributes)) == y[i++]);
    });
  }
}

TEST_CASE("structural ops agree with plain loops", "[ops]") {
  for (const auto& [name, rows] : cases::structural()) {
    for (const auto& c : rows) check_forward(c);
  }
}

TEST_CASE("every op that is not pointwise has rows in the table", "[ops]") {
  std::set<std::string_view> names;
  for (const Op* op : all_ops()) {
    INFO(op->name());
    CHECK((op->pointwise() || cases::structural().contains(op->name())));
    CHECK(names.insert(op->name()).second);
    CHECK(find_op(op->name()) == op);
    CHECK_FALSE(op->doc().formula.empty());
    // An op through which a gradient passes says what its derivative is.
    CHECK((op->flow(0) == Flow::cut || !op->doc().derivative.empty()));
  }
  CHECK(find_op("no such op") == nullptr);
}
