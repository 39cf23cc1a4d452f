// Layouts of pictures: what is asked of Graphviz, what it answers, and the layout without it.
#include "gradus/graph/layout.hpp"

#include <cmath>

#include "catch.hpp"
#include "dot_tool.hpp"
#include "gradus/base/error.hpp"

using namespace gradus;

namespace {

/// Two leaves, each used by a sum and a product of it; the product uses the sum twice.
Diagram example(Diagram::Flow flow) {
  Diagram d;
  d.flow = flow;
  d.group_parents = {0, 0, 1};
  d.boxes = {{60, 30, 0}, {60, 30, 1}, {50, 30, 1}, {50, 30, 2}, {50, 30, 2}};
  d.links = {{0, 2}, {1, 2}, {2, 3}, {2, 3}, {0, 4}, {3, 4}};
  d.links[4].pulls = false;
  return d;
}

void check_layout(const Diagram& d, const Layout& layout) {
  REQUIRE(layout.boxes.size() == d.boxes.size());
  REQUIRE(layout.links.size() == d.links.size());
  for (std::size_t i = 0; i < d.boxes.size(); ++i) {
    const Position a = layout.boxes[i];
    CHECK(a.x - d.boxes[i].width / 2 >= -0.1);
    CHECK(a.y - d.boxes[i].height / 2 >= -0.1);
    CHECK(a.x + d.boxes[i].width / 2 <= layout.width + 0.1);
    CHECK(a.y + d.boxes[i].height / 2 <= layout.height + 0.1);
    for (std::size_t j = 0; j < i; ++j) {
      const Position b = layout.boxes[j];
      const bool apart = std::abs(a.x - b.x) >= (d.boxes[i].width + d.boxes[j].width) / 2 ||
                         std::abs(a.y - b.y) >= (d.boxes[i].height + d.boxes[j].height) / 2;
      CHECK(apart);
    }
  }
  for (std::size_t i = 0; i < d.links.size(); ++i) {
    const auto& way = layout.links[i];
    REQUIRE(way.size() % 3 == 1);
    REQUIRE(way.size() >= 4);
    const auto touches = [&](Position p, std::size_t box) {
      return std::abs(p.x - layout.boxes[box].x) <= d.boxes[box].width / 2 + 3 &&
             std::abs(p.y - layout.boxes[box].y) <= d.boxes[box].height / 2 + 3;
    };
    CHECK(touches(way.front(), d.links[i].from));
    CHECK(touches(way.back(), d.links[i].to));
    const Position from = layout.boxes[d.links[i].from];
    const Position to = layout.boxes[d.links[i].to];
    if (d.links[i].pulls) CHECK((d.flow == Diagram::Flow::right ? from.x < to.x : from.y < to.y));
  }
}

}  // namespace

TEST_CASE("boxes keep apart and links end at them, with dot and without") {
  const auto flow = GENERATE(Diagram::Flow::right, Diagram::Flow::down);
  const Diagram d = example(flow);
  check_layout(d, simple_layout(d));
  if (const auto plain = dot_tool::run(layout_dot(d), "plain"))
    check_layout(d, parse_plain(*plain, d));
}

TEST_CASE("a layout is the same every time") {
  const Diagram d = example(Diagram::Flow::down);
  CHECK(layout_dot(d) == layout_dot(d));
  const Layout a = simple_layout(d);
  const Layout b = lay_out(d, [](std::string_view) { return std::nullopt; });
  for (std::size_t i = 0; i < a.boxes.size(); ++i) {
    CHECK(a.boxes[i].x == b.boxes[i].x);
    CHECK(a.boxes[i].y == b.boxes[i].y);
  }
}

TEST_CASE("the simple layout takes a long chain with a long link in little time") {
  Diagram d;
  d.boxes.assign(3000, {40, 30});
  for (std::size_t i = 1; i < d.boxes.size(); ++i) {
    d.links.push_back({i - 1, i});
    d.links.push_back({0, i});
  }
  const Layout layout = simple_layout(d);
  CHECK(layout.boxes.back().x > layout.boxes.front().x);
  CHECK(layout.links.size() == d.links.size());
}

TEST_CASE("an empty diagram, and one box") {
  CHECK(simple_layout({}).boxes.empty());
  Diagram one;
  one.boxes = {{10, 10}};
  CHECK(simple_layout(one).boxes.size() == 1);
}

TEST_CASE("an answer of dot that does not fit the question is refused") {
  Diagram d;
  d.boxes = {{72, 36}, {72, 36}};
  d.links = {{0, 1}};
  const std::string good =
      "graph 1 3 1\nnode b0 0.5 0.5 1 0.5 \"\" solid box black lightgrey\n"
      "node b1 2.5 0.5 1 0.5 \"\" solid box black lightgrey\n"
      "edge b0 b1 4 1 0.5 1.2 0.5 1.8 0.5 2 0.5 solid black\nstop\n";
  const Layout layout = parse_plain(good, d);
  CHECK(layout.width == Approx(3 * 72));
  CHECK(layout.boxes[1].x == Approx(2.5 * 72));
  CHECK(layout.links[0].back().x == Approx(2 * 72));
  const auto with = [&](const std::string& from, const std::string& to) {
    return dot_tool::replace_all(good, from, to);
  };
  for (const std::string& bad :
       {std::string(), std::string("stop\n"), with("stop", ""), with("b1", "b2"), with("b1", "c1"),
        with("0.5 0.5", "x 0.5"), with("0.5 0.5", "nan 0.5"), with(" 4 ", " 5 "),
        with(" 4 ", " 7 "), with(" 4 ", " 99999999999999999999 "), with("edge", "fish"),
        good.substr(0, good.size() / 2), with("edge b0 b1", "edge b1 b0")}) {
    INFO(bad);
    CHECK_THROWS_AS(parse_plain(bad, d), InputError);
  }
}
