#include "gradus/data/batches.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "catch.hpp"
#include "gradus/data/features.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::data;
using scratch::check_says;
using scratch::error_of;

namespace {

/// All samples of an epoch from a batch on, in their order.
std::vector<Index> samples(const Batches& batches, Index from = 0) {
  std::vector<Index> all;
  for (Index b = from; b < batches.size(); ++b) {
    all.insert(all.end(), batches[b].begin(), batches[b].end());
  }
  return all;
}

}  // namespace

TEST_CASE("an epoch has every sample once, the last batch what is left", "[data]") {
  for (const Index batch_size : {1, 3, 4, 10, 11}) {
    Random random(7);
    const Batches batches(10, batch_size, random);
    CHECK(batches.size() == (10 + batch_size - 1) / batch_size);
    for (Index b = 0; b < batches.size(); ++b) {
      const Index left = 10 - b * batch_size;
      CHECK(static_cast<Index>(batches[b].size()) == std::min(batch_size, left));
    }
    std::vector<Index> all = samples(batches);
    CHECK_FALSE(std::is_sorted(all.begin(), all.end()));
    std::sort(all.begin(), all.end());
    CHECK(all == std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  }
  Random random(7);
  CHECK(Batches(0, 4, random).size() == 0);
}

TEST_CASE("each epoch has another order, and a seed always the same", "[data]") {
  Random random(7);
  const auto first = samples(Batches(100, 8, random));
  const auto second = samples(Batches(100, 8, random));
  CHECK(first != second);
  Random again(7);
  CHECK(samples(Batches(100, 8, again)) == first);
}

TEST_CASE("an epoch is resumed from the random state at its start", "[data]") {
  Random random(7);
  Batches(100, 8, random);  // an epoch before
  const std::string state = random.state();
  const Batches batches(100, 8, random);
  const double next_draw = random.uniform();

  Random resumed(0);
  resumed.set_state(state);
  const Batches again(100, 8, resumed);
  CHECK(samples(again, 5) == samples(batches, 5));
  CHECK(resumed.uniform() == next_draw);
}

TEST_CASE("batches need a size", "[data]") {
  Random random(7);
  check_says(error_of([&] { Batches(10, 0, random); }), {"at least 1 sample, not 0"});
  check_says(error_of([&] { Batches(10, -5, random); }), {"not -5"});
  check_says(error_of([&] { Batches(-1, 5, random); }), {"-1 samples"});
}

TEST_CASE("gather_rows copies rows in the order asked for", "[data]") {
  const Tensor<double> x(Shape{3, 2}, {0, 1, 10, 11, 20, 21});
  const std::vector<Index> rows{2, 0, 2};
  std::vector<double> to(6);
  gather_rows(x, rows, std::span(to));
  CHECK(to == std::vector<double>{20, 21, 0, 1, 20, 21});

  Tensor<float> batch(Shape{1, 1, 2});
  gather_rows(Tensor<float>(Shape{2, 1, 2}, {1, 2, 3, 4}), std::vector<Index>{1}, batch.span());
  CHECK(batch == Tensor<float>(Shape{1, 1, 2}, {3, 4}));

  std::vector<std::uint8_t> labels(3);
  gather_rows(std::vector<std::uint8_t>{7, 8, 9}, rows, labels);
  CHECK(labels == std::vector<std::uint8_t>{9, 7, 9});
}

TEST_CASE("gather_rows refuses rows and room that are not there", "[data]") {
  const Tensor<double> x(Shape{3, 2});
  std::vector<double> to(2);
  const auto refusal = [&](std::vector<Index> rows) {
    return error_of<ShapeError>([&] { gather_rows(x, rows, std::span(to)); });
  };
  CHECK(refusal({2}).empty());
  check_says(refusal({3}), {"no row 3 among 3"});
  check_says(refusal({-1}), {"no row -1"});
  check_says(refusal({0, 1}), {"2 rows of 2 elements", "4", "room for 2"});
  check_says(refusal({}), {"0 rows", "room for 2"});
  check_says(error_of<ShapeError>(
                 [&] { gather_rows(Tensor<double>(), std::vector<Index>{0}, std::span(to)); }),
             {"scalar has no rows"});
}

TEST_CASE("images are gathered as the features that they become", "[data]") {
  const Dataset images{"three", 3, 1, 2, 10, {0, 51, 255, 102, 153, 1}, {3, 0, 1}};
  const Tensor<float> all = feature_matrix<float>(images);
  const std::vector<Index> rows{2, 0, 2};
  Tensor<float> plain(Shape{3, 2});
  Tensor<float> expected = plain;
  gather_features(images, rows, false, plain.span());
  gather_rows(all, rows, expected.span());
  CHECK(plain == expected);

  Tensor<double> with_ones(Shape{1, 3});
  gather_features(images, std::vector<Index>{1}, true, with_ones.span());
  CHECK(with_ones == Tensor<double>(Shape{1, 3}, {1, 0.4, 1}));

  check_says(error_of<ShapeError>([&] { gather_features(images, rows, true, plain.span()); }),
             {"3 rows of 3 elements need room for 9", "room for 6"});
  check_says(error_of<ShapeError>(
                 [&] { gather_features(images, std::vector<Index>{3}, true, with_ones.span()); }),
             {"no row 3 among 3 rows"});
}
