#include "gradus/check/diagnosis.hpp"

#include "catch.hpp"

using namespace gradus;

namespace {

using T = Tensor<double>;

/// A derivative against the right one, which is known everywhere.
Diagnosis judge(const T& given, const T& right, std::span<const Use> uses = {},
                std::string_view cut = {}) {
  std::vector<Comparison> elements;
  for (Index k = 0; k < right.elements(); ++k) {
    Comparison& c = elements.emplace_back();
    c.element = k;
    c.numeric = right[k];
    c.uncertainty = 1e-11;
  }
  return diagnose({given, right.shape(), elements, uses, cut, 1e-5});
}

T times(T x, double factor) {
  for (double& v : x) v *= factor;
  return x;
}

const T square_matrix(Shape{2, 2}, {1.0, 2.0, -3.0, 0.5});
const T row(Shape{3}, {1.0, -2.0, 4.0});

}  // namespace

TEST_CASE("a right derivative has no cause", "[check]") {
  CHECK(judge(square_matrix, square_matrix).cause == Cause::none);
  CHECK(judge(square_matrix, square_matrix).sentence == "");
}

TEST_CASE("causes that one number tells", "[check]") {
  const auto is = [](double factor, Cause cause, const std::string& sentence) {
    const Diagnosis d = judge(times(row, factor), row);
    CHECK(d.cause == cause);
    CHECK(d.sentence == sentence);
  };
  is(-1, Cause::sign, "the sign is flipped");
  is(2, Cause::factor, "wrong by the constant factor 2.00: a missing ½?");
  is(0.5, Cause::factor, "wrong by the constant factor 0.50: a missing 2?");
  is(7, Cause::factor, "wrong by the constant factor 7.00: not divided by 7?");
  is(0.25, Cause::factor,
     "wrong by the constant factor 0.25: a missing 4, an inner derivative or a mean for a sum?");
  is(1.37, Cause::factor, "wrong by the constant factor 1.37");
  is(-2, Cause::sign,
     "the sign is flipped, and it is wrong by the constant factor 2.00: a missing ½?");
  is(0, Cause::zero,
     "zero where it should not be: is the way cut (stop_gradient), or a use forgotten?");
}

TEST_CASE("of a single number only a factor that one knows by sight is told", "[check]") {
  const T one(Shape{}, 3.0);
  CHECK(judge(T(Shape{}, 6.0), one).cause == Cause::factor);
  CHECK(judge(T(Shape{}, -3.0), one).cause == Cause::sign);
  CHECK(judge(T(Shape{}, 4.1), one).cause == Cause::unknown);
  CHECK(judge(T(Shape{}, -4.1), one).sentence ==
        "no simple cause; furthest off at []: -4.1 instead of 3");
}

TEST_CASE("the transpose, and what is nearly it", "[check]") {
  CHECK(judge(transposed(square_matrix), square_matrix).sentence == "equals the transpose");
  CHECK(judge(times(transposed(square_matrix), 2), square_matrix).sentence ==
        "equals the transpose, and wrong by the constant factor 2.00: a missing ½?");
  const T cube(Shape{2, 2, 3}, {1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(transposed(cube).shape() == Shape{2, 3, 2});
  CHECK(transposed(transposed(cube)) == cube);
  CHECK(transposed(cube)[1] == 4.0);  // (0, 0, 1) was (0, 1, 0)
}

TEST_CASE("a wrong shape is said, and what it would be otherwise", "[check]") {
  const T wide(Shape{2, 3}, {1.0, 2, 3, 4, 5, 6});
  CHECK(judge(transposed(wide), wide).cause == Cause::shape);
  CHECK(
      judge(transposed(wide), wide).sentence ==
      "it has shape (3, 2) instead of (2, 3), the shape of the transpose; transposed, it is right");
  CHECK(
      judge(times(transposed(wide), 2), wide).sentence ==
      "it has shape (3, 2) instead of (2, 3), the shape of the transpose; transposed, it is wrong, "
      "too");
  CHECK(judge(wide, summed(wide, 1u)).sentence ==
        "it has shape (2, 3) instead of (3,): not summed over axis 0, where it was broadcast; "
        "summed, it is right");
  CHECK(judge(T(Shape{}, 1.0), T(Shape{4}, 1.0)).sentence ==
        "it has shape () instead of (4,); broadcast to that, it would be right");
  CHECK(judge(T(Shape{6}, 1.0), T(Shape{2, 3}, 1.0)).sentence ==
        "it has shape (6,) instead of (2, 3); reshaped, it is right");
  CHECK(judge(T(Shape{5}, 1.0), wide).sentence ==
        "it has shape (5,) instead of (2, 3): a derivative has the shape of what it is taken by");
}

TEST_CASE("uses that are missing or counted twice", "[check]") {
  const T a(Shape{2}, {1.0, 5.0});
  const T b(Shape{2}, {-3.0, 0.25});
  const T both(Shape{2}, {-2.0, 5.25});
  const std::vector<Use> uses{{"mul #3", a}, {"sin #2", b}};
  CHECK(judge(a, both, uses).sentence ==
        "one of 2 uses is missing: accumulation (what comes through sin #2 must be added, too)");
  CHECK(judge(b, both, uses).cause == Cause::lost_use);
  CHECK(judge(T(Shape{2}, {-1.0, 10.25}), both, uses).sentence ==
        "one of 2 uses is counted twice: what comes through mul #3");
  // The tape's own rule lost it: nothing comes through.
  const std::vector<Use> silent{{"mul #3", a}, {"sin #2", T(Shape{2})}};
  CHECK(judge(a, both, silent).sentence ==
        "one of 2 uses is missing: nothing comes through sin #2");
}

TEST_CASE("sums over the wrong axis, or none", "[check]") {
  const T whole(Shape{3, 3}, {1.0, 2, 4, 8, 16, 32, 64, 128, 256});
  const std::vector<Use> uses{{"add #3", summed(whole, 1u), whole}};
  CHECK(summed(whole, 1u) == T(Shape{3}, {73.0, 146, 292}));
  CHECK(summed(whole, 2u) == T(Shape{3}, {7.0, 56, 448}));
  CHECK(judge(summed(whole, 2u), summed(whole, 1u), uses).sentence ==
        "summed over the wrong axis: axis 1 instead of axis 0");
  CHECK(judge(T(Shape{3}, {8.0, 16, 32}), summed(whole, 1u), uses).sentence ==
        "not summed where it was broadcast: only part 1 of 3 along axis 0");
  CHECK(judge(times(summed(whole, 1u), 1.0 / 3), summed(whole, 1u), uses).cause == Cause::factor);
}

TEST_CASE("elements that are wrong among right ones", "[check]") {
  T given(Shape{2, 3}, {1.0, 2, 3, 4, 5, 6});
  const T right = given;
  given[4] = 50;
  CHECK(judge(given, right).sentence == "correct but for 1 of 6 elements: [1, 1]");
  given[5] = 60;
  CHECK(judge(given, right).sentence ==
        "correct but for 2 of 6 elements: [1, 1], [1, 2], all with index 1 along axis 0");
  given[0] = given[1] = -7;
  CHECK(judge(given, right).cause == Cause::unknown);
}

TEST_CASE("what is cut, and what is no number", "[check]") {
  CHECK(judge(T(Shape{3}), row, {}, "stop_gradient #2").sentence ==
        "zero where it should not be: the way is cut by stop_gradient #2");
  CHECK(judge(times(row, 0.5), row, {}, "stop_gradient #2").cause == Cause::cut);
  T bad = row;
  bad[1] = std::nan("");
  CHECK(judge(bad, row).sentence == "it is not a number at [1]");
}

TEST_CASE("elements at kinks, or that nobody could measure, tell nothing", "[check]") {
  const T right(Shape{3}, {1.0, 2.0, 3.0});
  std::vector<Comparison> elements(3);
  for (Index k = 0; k < 3; ++k) {
    elements[static_cast<std::size_t>(k)].element = k;
    elements[static_cast<std::size_t>(k)].numeric = -right[k];
  }
  elements[2].numeric = 77;
  elements[2].at_kink = true;
  CHECK(diagnose({right, right.shape(), elements}).cause == Cause::sign);
  elements[2].at_kink = false;
  CHECK(diagnose({right, right.shape(), elements}).cause == Cause::unknown);
}
