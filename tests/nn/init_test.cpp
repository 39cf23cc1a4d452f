// First values: the distributions that the papers ask for, measured over many draws.
#include "gradus/nn/init.hpp"

#include <algorithm>
#include <cmath>

#include "catch.hpp"
#include "gradus/nn/activation.hpp"
#include "gradus/nn/loss.hpp"
#include "gradus/optim/optimizer.hpp"
#include "io/scratch.hpp"

using namespace gradus;
using namespace gradus::nn;

namespace {

struct Moments {
  double mean = 0, variance = 0, least = 0, most = 0;
};

Moments moments(const Tensor<double>& x) {
  Moments m{0, 0, *std::min_element(x.begin(), x.end()), *std::max_element(x.begin(), x.end())};
  const auto n = static_cast<double>(x.elements());
  for (const double value : x) m.mean += value / n;
  for (const double value : x) m.variance += (value - m.mean) * (value - m.mean) / n;
  return m;
}

/// What a rule's values must have; `limit` is the largest one of a uniform rule, else 0.
struct Wanted {
  const char* name;
  double variance, limit;
};

}  // namespace

TEST_CASE("weights have the mean 0 and the variance of their rule", "[nn]") {
  for (const Shape& shape : {Shape{200, 300}, Shape{300, 200}, Shape{784, 100}}) {
    const auto in = static_cast<double>(shape[0]), out = static_cast<double>(shape[1]);
    for (const Wanted& wanted :
         {Wanted{"normal", 1, 0}, Wanted{"uniform", 1 / 3.0, 1},
          Wanted{"xavier-normal", 2 / (in + out), 0},
          Wanted{"xavier-uniform", 2 / (in + out), std::sqrt(6 / (in + out))},
          Wanted{"he-normal", 2 / in, 0}, Wanted{"he-uniform", 2 / in, std::sqrt(6 / in)}}) {
      INFO(wanted.name << " " << to_string(shape));
      Random random(7);
      const Tensor<double> weights = find_init(wanted.name).draw(shape, random);
      CHECK(weights.shape() == shape);
      const Moments m = moments(weights);
      const auto n = static_cast<double>(weights.elements());
      // Five standard errors: of the mean, and of the variance (normal: sqrt(2 / n); uniform less).
      CHECK(std::abs(m.mean) < 5 * std::sqrt(wanted.variance / n));
      CHECK(std::abs(m.variance / wanted.variance - 1) < 5 * std::sqrt(2 / n));
      if (wanted.limit > 0) {
        CHECK(m.least >= -wanted.limit);
        CHECK(m.most < wanted.limit);
        CHECK(m.least < -0.999 * wanted.limit);
        CHECK(m.most > 0.999 * wanted.limit);
      } else {
        const double sigma =
            std::sqrt(wanted.variance);  // of 60,000 draws, some are past 3.5 sigma
        CHECK(m.most > 3.5 * sigma);
        CHECK(m.most < 6.5 * sigma);
      }
    }
  }
}

TEST_CASE("plain first values take their limits", "[nn]") {
  CHECK(zeros({2, 3}) == Tensor<double>(Shape{2, 3}, 0.0));
  CHECK(constant({2}, 0.5) == Tensor<double>(Shape{2}, 0.5));
  Random random(3);
  CHECK(find_init("zeros").draw({4, 5}, random) == zeros({4, 5}));
  const Moments far = moments(normal({100, 100}, random, 5, 0.1));
  CHECK_THAT(far.mean, Catch::Matchers::WithinAbs(5, 0.005));
  CHECK_THAT(far.variance, Catch::Matchers::WithinAbs(0.01, 0.0007));
  const Moments range = moments(uniform({1000}, random, 2, 3));
  CHECK(range.least >= 2);
  CHECK(range.most < 3);
  CHECK(uniform({0, 3}, random).elements() == 0);
}

TEST_CASE("the same seed gives the same bits, and another seed does not", "[nn]") {
  for (const Init& init : inits()) {
    Random one(11), two(11), other(12);
    const Tensor<double> first = init.draw({20, 30}, one);
    CHECK(init.draw({20, 30}, two) == first);
    CHECK(one.state() == two.state());
    if (init.name != "zeros") {
      CHECK(init.draw({20, 30}, other) != first);
      CHECK(init.draw({20, 30}, one) != first);  // the state went on
    }
  }
}

TEST_CASE("a rule of fans needs a matrix", "[nn]") {
  Random random(1);
  for (const auto& draw : {xavier_normal, xavier_uniform, he_normal, he_uniform}) {
    for (const Shape& shape : {Shape{}, Shape{3}, Shape{2, 3, 4}}) {
      scratch::check_says(scratch::error_of<ShapeError>([&] { draw(shape, random); }),
                          {"needs a matrix (fan in, fan out), not " + to_string(shape)});
    }
  }
}

TEST_CASE("every name is found, and an unknown one names the nearest", "[nn]") {
  for (const Init& init : inits()) CHECK(&find_init(init.name) == &init);
  for (const Activation& a : activations()) CHECK(&find_activation(a.name) == &a);
  for (const Loss& loss : losses()) CHECK(&find_loss(loss.name) == &loss);
  for (const optim::Rule& rule : optim::rules()) CHECK(&optim::find_rule(rule.name) == &rule);
  scratch::check_says(scratch::error_of([] { find_init("he-norml"); }),
                      {"unknown initialiser 'he-norml': did you mean 'he-normal'?", "zeros"});
  scratch::check_says(scratch::error_of([] { find_activation("sigmod"); }),
                      {"unknown activation 'sigmod': did you mean 'sigmoid'?", "swish"});
  scratch::check_says(scratch::error_of([] { find_loss("MSE"); }), {"unknown loss 'MSE'", "mse"});
  scratch::check_says(scratch::error_of([] { optim::find_rule(""); }), {"unknown optimizer ''"});
}
