#include "gradus/base/shape.hpp"

#include <vector>

#include "catch.hpp"
#include "gradus/base/error.hpp"

using namespace gradus;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("shapes say what is wrong with them", "[base]") {
  CHECK_THROWS_WITH((Shape{1, 2, 3, 4, 5}), ContainsSubstring("rank 5"));
  CHECK_THROWS_WITH((Shape{3, -2}), ContainsSubstring("negative extent -2"));
  const Index most = Shape::max_elements;
  CHECK(Shape{most}.elements() == most);
  CHECK(Shape{Index{1} << 20, Index{1} << 20}.elements() == most);
  CHECK_THROWS_WITH((Shape{most, 2}), ContainsSubstring("more than 2^40"));
  CHECK_THROWS_AS((Shape{most + 1}), ShapeError);
  CHECK_THROWS_AS((Shape{Index{1} << 62, Index{1} << 62}), ShapeError);
  CHECK_THROWS_AS((Shape{most, 0, 2}), ShapeError);  // a 0 does not hide an overflow
  CHECK(Shape{}.elements() == 1);
  CHECK(Shape{3, 0, 2}.elements() == 0);
}

TEST_CASE("shapes and axes as text", "[base]") {
  CHECK(to_string(Shape{}) == "()");
  CHECK(to_string(Shape{5}) == "(5,)");
  CHECK(to_string(Shape{32, 784}) == "(32, 784)");
  const Shape s{2, 3, 4};
  CHECK(s.axis(0) == 0);
  CHECK(s.axis(-1) == 2);
  CHECK(s.axis(-3) == 0);
  CHECK_THROWS_WITH(s.axis(3), ContainsSubstring("axis 3 is out of range for shape (2, 3, 4)"));
  CHECK_THROWS_AS(s.axis(-4), ShapeError);
  CHECK_THROWS_AS(Shape{}.axis(0), ShapeError);
}

TEST_CASE("broadcasting is NumPy's", "[base]") {
  struct Row {
    Shape a, b, y;
  };
  const std::vector<Row> fit{{{}, {}, {}},
                             {{}, {3}, {3}},
                             {{1}, {3}, {3}},
                             {{3}, {2, 3}, {2, 3}},
                             {{2, 1}, {3}, {2, 3}},
                             {{2, 1}, {1, 3}, {2, 3}},
                             {{0}, {1}, {0}},
                             {{0, 3}, {3}, {0, 3}},
                             {{4, 1}, {1, 0}, {4, 0}},
                             {{8, 1, 6, 1}, {7, 1, 5}, {8, 7, 6, 5}},
                             {{5, 4}, {1}, {5, 4}}};
  for (const Row& row : fit) {
    INFO(to_string(row.a) << " and " << to_string(row.b));
    CHECK(broadcast(row.a, row.b) == row.y);
    CHECK(broadcast(row.b, row.a) == row.y);
    CHECK(broadcasts_to(row.a, row.y));
    CHECK(broadcasts_to(row.b, row.y));
    CHECK(broadcasts_to(row.y, row.a) == (row.a == row.y));
  }
  const std::vector<std::pair<Shape, Shape>> misfit{
      {{3}, {4}}, {{2, 3}, {2}}, {{0}, {2}}, {{2, 3, 4}, {3, 3, 4}}};
  for (const auto& [a, b] : misfit) {
    CHECK_THROWS_WITH(broadcast(a, b), ContainsSubstring(to_string(a) + " and " + to_string(b)));
    CHECK_FALSE(broadcasts_to(a, b));
  }
  CHECK_THROWS_WITH(broadcast(Shape{2, 1}, Shape{8, 4, 3}),
                    ContainsSubstring("axis 2 has 2 against 4"));
  CHECK_THROWS_AS(broadcast(Shape{Index{1} << 30, 1}, Shape{Index{1} << 30}), ShapeError);
}

TEST_CASE("strides and sets of axes", "[base]") {
  const auto own = strides(Shape{2, 3, 4});
  CHECK((own[0] == 12 && own[1] == 4 && own[2] == 1));
  const auto along = broadcast_strides(Shape{3, 1}, Shape{2, 3, 4});
  CHECK((along[0] == 0 && along[1] == 1 && along[2] == 0));
  const Shape s{2, 3, 4};
  const auto mask = [&](std::vector<int> axes) { return axes_mask(s, axes); };
  CHECK(mask({}) == 7u);
  CHECK(mask({1}) == 2u);
  CHECK(mask({-1, 0}) == 5u);
  CHECK_THROWS_WITH(mask({1, -2}), ContainsSubstring("named twice"));
  CHECK_THROWS_AS(mask({3}), ShapeError);
  CHECK(reduced(s, 5u, false) == Shape{3});
  CHECK(reduced(s, 5u, true) == Shape{1, 3, 1});
  CHECK(reduced(s, 0u, false) == s);
}
