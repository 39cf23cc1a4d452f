// Curves in the terminal: tools/plot.
#include "../tools/plot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "catch.hpp"

using gradus::tools::columns;
using gradus::tools::plot;
using gradus::tools::PlotOptions;
using gradus::tools::Series;

namespace {

std::vector<std::string> lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> result;
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

/// A picture of one series, in plain characters.
std::string ascii(const Series& series, int width = 40, int height = 6) {
  PlotOptions options;
  options.width = width;
  options.height = height;
  options.ascii = true;
  return plot({&series, 1}, options);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A straight line is drawn from corner to corner, with its axes", "[plot]") {
  CHECK(ascii({"", {0, 10}, {0, 10}, 0}, 30, 5) ==
        "10 +                     ..:''\n"
        "   |               ...:''\n"
        " 5 +          ...'''\n"
        "   |     ..:'''\n"
        " 0 +..:''\n"
        "   ++------------+-----------+\n"
        "    0            5          10\n");
}

TEST_CASE("A plot keeps within its width and height", "[plot]") {
  Series curve{"sin(x)", {}, {}, 0};
  for (int i = 0; i <= 300; ++i) {
    curve.x.push_back(i * 0.1);
    curve.y.push_back(1e-7 * std::sin(i * 0.1));
  }
  for (const bool ascii : {false, true}) {
    for (const int width : {24, 39, 72, 80, 200}) {
      PlotOptions options;
      options.width = width;
      options.height = 7;
      options.x_label = "x";
      options.y_label = "y";
      options.ascii = ascii;
      const auto picture = lines(plot({&curve, 1}, options));
      CHECK(picture.size() == 2 + 7 + 3);  // legend and label, the area, the axis, numbers, label
      for (const std::string& line : picture) {
        INFO(line);
        CHECK(columns(line) <= static_cast<std::size_t>(width));
        CHECK((line.empty() || line.back() != ' '));
        const bool plain = std::all_of(line.begin(), line.end(),
                                       [](char c) { return static_cast<unsigned char>(c) < 128; });
        if (ascii) CHECK(plain);
      }
      CHECK(contains(picture[0], "sin(x)"));
    }
  }
}

TEST_CASE("Without a finite point there is a sentence, and no picture", "[plot]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(plot({}) == "nothing to plot: no point has finite coordinates\n");
  CHECK(plot({}) == ascii({"f", {}, {}, 0}));
  CHECK(plot({}) == ascii({"f", {1, 2}, {nan, std::numeric_limits<double>::infinity()}, 0}));
  PlotOptions logarithmic;
  logarithmic.log_y = true;
  const Series negative{"f", {1, 2}, {0, -1}, 0};
  CHECK(plot({&negative, 1}, logarithmic) == plot({}));
}

TEST_CASE("A constant, a single point and huge numbers have axes of their own", "[plot]") {
  for (const double y : {0.0, 5.0, -3e-320, 1e300, -1e300, 1e16, 0.1}) {
    const std::string picture = ascii({"", {1, 2, 3}, {y, y, y}, 0});
    INFO(picture);
    CHECK(lines(picture).size() == 8);
    CHECK((contains(picture, "''''") || contains(picture, "....")));
  }
  const double largest = std::numeric_limits<double>::max();
  CHECK(lines(ascii({"", {-largest, largest}, {largest, -largest}, 0})).size() == 8);
  CHECK(lines(ascii({"", {1e16, 1e16 + 2}, {1, 2}, 'o'})).size() == 8);
  CHECK(lines(ascii({"", {0, 5e-324}, {0, 5e-324}, 'o'})).size() == 8);
}

TEST_CASE("A point that is not finite breaks the line", "[plot]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto area = [](const std::string& picture) {
    return std::count_if(picture.begin(), picture.end(),
                         [](char c) { return c == '\'' || c == '.'; });
  };
  const auto whole = area(ascii({"", {0, 1, 2, 3}, {0, 0, 1, 1}, 0}));
  const auto broken = area(ascii({"", {0, 1, 1.5, 2, 3}, {0, 0, nan, 1, 1}, 0}));
  CHECK(broken < whole);
  CHECK(broken > whole / 2);
}

TEST_CASE("Marks stand at their points, over lines that come before", "[plot]") {
  const Series line{"line", {0, 10}, {0, 0}, 0};
  const Series marks{"marks", {0, 5, 10}, {0, 0, 0}, 'o'};
  PlotOptions options;
  options.width = 40;
  options.ascii = true;
  const std::vector<Series> both{line, marks};
  const std::string picture = plot(both, options);
  CHECK(std::count(picture.begin(), picture.end(), 'o') == 4);  // and in the legend
  CHECK(contains(picture, "'' line   o marks"));
}

TEST_CASE("Logarithmic axes have ticks at powers of ten", "[plot]") {
  Series u{"", {}, {}, 'o'};
  for (int k = 0; k <= 16; ++k) {
    u.x.push_back(std::pow(10.0, -k));
    u.y.push_back(std::pow(10.0, -2 * k) + std::pow(10.0, k - 16));
  }
  PlotOptions options;
  options.log_x = options.log_y = true;
  const std::string picture = plot({&u, 1}, options);
  for (const char* label : {"1e-16", "1e-10", "1e-4"}) CHECK(contains(picture, label));
  CHECK_FALSE(contains(picture, "."));
}
