#include "gradus/data/features.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::data;
using Catch::Matchers::WithinAbs;
using scratch::check_says;
using scratch::error_of;

namespace {

const Dataset two_images{"two", 2, 1, 3, 10, {0, 51, 255, 102, 153, 204}, {3, 0}};
const Tensor<double> training(Shape{4, 3}, {1, 7, -1,  //
                                            3, 7, 0,   //
                                            5, 7, 1,   //
                                            7, 7, 4});

}  // namespace

TEST_CASE("pixels become a feature matrix", "[data]") {
  CHECK(feature_matrix<double>(two_images) ==
        Tensor<double>(Shape{2, 3}, {0, 0.2, 1, 0.4, 0.6, 0.8}));
  CHECK(feature_matrix<float>(two_images, 1) ==
        Tensor<float>(Shape{2, 3}, {0, 51, 255, 102, 153, 204}));
}

TEST_CASE("one_hot sets one column a row", "[data]") {
  CHECK(one_hot<float>(two_images.labels, 4) ==
        Tensor<float>(Shape{2, 4}, {0, 0, 0, 1, 1, 0, 0, 0}));
  check_says(error_of([] { one_hot<float>(two_images.labels, 3); }),
             {"label 3 at position 0", "0 to 2"});
}

TEST_CASE("with_ones_column appends the bias column", "[data]") {
  CHECK(with_ones_column(Tensor<float>(Shape{2, 2}, {3, 4, 5, 6})) ==
        Tensor<float>(Shape{2, 3}, {3, 4, 1, 5, 6, 1}));
  CHECK(with_ones_column(Tensor<float>(Shape{2, 0})) == Tensor<float>(Shape{2, 1}, {1, 1}));
  check_says(error_of<ShapeError>([] { with_ones_column(Tensor<float>(Shape{2})); }), {"(2,)"});
}

TEST_CASE("min_max_scaler takes the training data to [0, 1]", "[data]") {
  const Scaler<double> scaler = min_max_scaler(training);
  CHECK(scaler.shift == Tensor<double>(Shape{1, 3}, {1, 7, -1}));
  CHECK(scaler.divisor == Tensor<double>(Shape{1, 3}, {6, 1, 5}));
  const Tensor<double> scaled = scaler(training);
  CHECK(scaled[0] == 0);
  CHECK(scaled[9] == 1);
  CHECK_THAT(scaled[3], WithinAbs(1.0 / 3, 1e-15));
  CHECK(scaled[4] == 0);  // a constant column
  // Data that it was not fitted to keep the same scale, and may leave the range.
  CHECK(scaler(Tensor<double>(Shape{1, 3}, {13, 8, -6})) ==
        Tensor<double>(Shape{1, 3}, {2, 1, -1}));
}

TEST_CASE("standard_scaler takes the training data to mean 0 and deviation 1", "[data]") {
  const Scaler<double> scaler = standard_scaler(training);
  CHECK(scaler.shift == Tensor<double>(Shape{1, 3}, {4, 7, 1}));
  CHECK_THAT(scaler.divisor[0], WithinAbs(std::sqrt(5.0), 1e-15));  // (9 + 1 + 1 + 9) / 4
  CHECK(scaler.divisor[1] == 1);
  CHECK_THAT(scaler.divisor[2], WithinAbs(std::sqrt(3.5), 1e-15));  // (4 + 1 + 0 + 9) / 4
  CHECK_THAT(scaler(training)[0], WithinAbs(-3 / std::sqrt(5.0), 1e-15));
}

TEST_CASE("scaling is exact where a one-pass formula would cancel", "[data]") {
  const double far = 1e9;
  const auto scaler = standard_scaler(Tensor<double>(Shape{4, 1}, {far, far + 1, far, far + 1}));
  CHECK(scaler.shift[0] == far + 0.5);
  CHECK(scaler.divisor[0] == 0.5);
  // 0.1f cannot be told from the mean of many 0.1f: constant, not divided by rounding errors.
  const auto constant = standard_scaler(Tensor<float>(Shape{1000, 1}, 0.1f));
  CHECK(constant.shift[0] == 0.1f);
  CHECK(constant.divisor[0] == 1);
  const float tiny = std::numeric_limits<float>::denorm_min();
  const auto below = standard_scaler(Tensor<float>(Shape{100, 1}, 0.0f));
  CHECK(below.divisor[0] == 1);
  Tensor<float> one_tiny(Shape{100, 1});
  one_tiny[0] = tiny;  // its deviation is 0 in float
  CHECK(standard_scaler(one_tiny).divisor[0] == 1);
}

TEST_CASE("scalers refuse what they cannot scale", "[data]") {
  const double infinity = std::numeric_limits<double>::infinity();
  check_says(error_of([] { min_max_scaler(Tensor<double>(Shape{0, 3})); }), {"0 samples"});
  check_says(error_of<NumericError>([&] {
               standard_scaler(Tensor<double>(Shape{2, 2}, {1, 2, 3, infinity}));
             }),
             {"row 1 of column 1", "inf"});
  check_says(error_of<NumericError>([] {
               min_max_scaler(Tensor<double>(Shape{1, 1}, {std::nan("")}));
             }),
             {"row 0 of column 0", "nan"});
  check_says(error_of<NumericError>([] {
               min_max_scaler(Tensor<double>(Shape{2, 1}, {-1.5e308, 1.5e308}));
             }),
             {"column 0", "too wide"});
  check_says(error_of<ShapeError>([] { min_max_scaler(Tensor<double>(Shape{3})); }), {"(3,)"});
  check_says(error_of<ShapeError>([] {
               min_max_scaler(training)(Tensor<double>(Shape{1, 2}));
             }),
             {"3 columns", "(1, 2)"});
}
