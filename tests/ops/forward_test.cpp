// Forward values of every op against references, for value(), Executor<double> and Executor<float>.
#include <cmath>
#include <limits>
#include <set>

#include "catch.hpp"
#include "gradus/run/executor.hpp"
#include "gradus/run/value.hpp"
#include "ops/cases.hpp"
#include "ops/reference_ops.hpp"

using namespace gradus;
using reference::Array;

namespace {

/// The case's reference; the formula of a pointwise op, broadcast.
Array expected(const cases::Case& c, std::span<const Array> x) {
  return c.reference ? c.reference(x) : reference::pointwise(*c.op, x, c.attributes);
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
    if (reference::formulas<long double>().contains(c.op->name())) check_forward(c);
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
