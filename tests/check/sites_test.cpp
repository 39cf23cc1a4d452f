#include "gradus/check/sites.hpp"

#include "catch.hpp"
#include "gradus/check/check_gradient.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

namespace {

/// Where the first kink of a check of `loss` by `x` lies.
std::string kink_site(Var loss, Var x) { return check_gradient(loss, {x}).parameters[0].kink_site; }

}  // namespace

TEST_CASE("a kink is named by its op and element", "[check]") {
  Tape tape;
  const Var w = tape.parameter(Tensor<double>(Shape{3, 2}, {1.0, 2, 3, 4, -1, 0}), "W");
  const Var h = relu(2 * w);
  const std::size_t size = tape.size();
  CHECK(kink_site(sum(h), w) == "relu #3, element [2, 1]");
  CHECK(tape.size() == size + 1);
  CHECK(kink_site(sum(relu(w).named("h")), w) == "h (relu #5), element [2, 1]");
}

TEST_CASE("every op with a kink is found", "[check]") {
  Tape tape;
  const Var x = tape.parameter(0.0, "x");
  CHECK_THAT(kink_site(abs(x), x), ContainsSubstring("abs #"));
  CHECK_THAT(kink_site(leaky_relu(x), x), ContainsSubstring("leaky_relu #"));
  CHECK_THAT(kink_site(elu(x, 0.5), x), ContainsSubstring("elu #"));
  CHECK_THAT(kink_site(maximum(3 * x, -x), x), ContainsSubstring("maximum #"));
  CHECK_THAT(kink_site(minimum(sin(x), 2 * x), x), ContainsSubstring("minimum #"));
  CHECK_THAT(kink_site(where(greater(x, 0), x, 2 * x), x), ContainsSubstring("less #"));
  const Var v = tape.parameter(Tensor<double>(Shape{3}, {1.0, 2.0, 2.0}), "v");
  CHECK_THAT(kink_site(max(v), v), ContainsSubstring("max #"));
}

TEST_CASE("the nearest kink is named, not another within reach", "[check]") {
  Tape tape;
  const Var x = tape.parameter(0.0, "x");
  const Var other = relu(x - 1e-5);  // recorded first, and within the longest steps
  const Var here = abs(x);
  CHECK(kink_site(other + here, x) == site_label(tape, here.id()));
}

TEST_CASE("people's own ops state no kinks, and are found by what they do", "[check]") {
  static const Op& bent = custom_op(
      "bent", [](double x) { return x > 0 ? 3 * x : x; },
      [](Var dy, Var x, Var) { return dy * where(step(x), 3, 1); });
  Tape tape;
  const Var x = tape.parameter(0.0, "x");
  CHECK_THAT(kink_site(exp(record(bent, {x})), x), ContainsSubstring("bent #1"));
}

TEST_CASE("the edge of the domain is named by the first value that is not finite", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{2}, {1.0, 0.0}), "x");
  const GradientReport report = check_gradient(sum(exp(pow(x, 1.5))), {x});
  INFO(to_string(report));
  const ParameterCheck& row = report.parameters[0];
  CHECK(row.domain == 1);
  CHECK(row.passed == 1);
  CHECK(row.first_domain->element == 1);
  CHECK(row.domain_site == "pow #2, element [1]");
  CHECK_THAT(to_string(report), ContainsSubstring("1 DOMAIN"));
}

TEST_CASE("where a derivative vanishes", "[check]") {
  Tape tape;
  const Var x = tape.parameter(Tensor<double>(Shape{2}, {-1.0, -2.0}), "x");
  const auto finding = [&](Var loss) {
    const GradientReport report = check_gradient(loss, {x});
    CHECK(report.verdict == Verdict::vacuous);
    CHECK_FALSE(report.good());
    return report.parameters[0].finding.sentence;
  };
  CHECK_THAT(finding(sum(exp(relu(x)))),
             ContainsSubstring("0 at relu #1: nothing that comes in is above 0"));
  CHECK_THAT(finding(sum(step(x))), ContainsSubstring("step is constant almost everywhere"));
  CHECK_THAT(finding(sum(softmax(reshape(x, {2, 1})))),
             ContainsSubstring("a softmax over a single class is 1"));
  CHECK_FALSE(vanishing_point(sum(square(x)), x));
}

TEST_CASE("the ways from a leaf to the loss", "[check]") {
  Tape tape;
  const Var x = tape.parameter(1.0), y = tape.parameter(2.0);
  const Var a = sin(x), b = cos(y), unused = exp(x), loss = a * b;
  static_cast<void>(unused);
  const std::vector<Var> by_x{x};
  CHECK(ways(loss, by_x) == std::vector<NodeId>{a.id(), loss.id()});
  const std::vector<Var> by_both{x, y};
  CHECK(ways(loss, by_both) == std::vector<NodeId>{a.id(), b.id(), loss.id()});
}
