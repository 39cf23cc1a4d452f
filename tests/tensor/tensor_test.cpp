#include "gradus/tensor/tensor.hpp"

#include <limits>

#include "catch.hpp"

using namespace gradus;

TEST_CASE("tensors hold as many elements as their shape says", "[tensor]") {
  CHECK(Tensor<double>().item() == 0);
  CHECK(Tensor<float>(Shape{2, 3}, 1.5f).elements() == 6);
  CHECK(Tensor<double>(Shape{0, 3}).elements() == 0);
  CHECK(Tensor<double>(Shape{2}, {1.0, 2.0})[1] == 2);
  CHECK_THROWS_WITH((Tensor<double>(Shape{2, 3}, {1.0, 2.0})),
                    Catch::Matchers::ContainsSubstring("(2, 3) has 6 elements, but 2 are given"));
  CHECK_THROWS_AS((Tensor<double>(Shape{2}).item()), ShapeError);
  CHECK_THROWS_AS((Tensor<double>(Shape{0}).item()), ShapeError);
  CHECK(Tensor<double>(Shape{1, 1}, 4.0).item() == 4);
  for (const Index n : {1, 3, 17, 1000}) {
    CHECK(reinterpret_cast<std::uintptr_t>(Tensor<float>(Shape{n}).data()) % alignment == 0);
  }
  CHECK(Tensor<double>(Shape{2}, {0.1, 1e-50}).as<float>() ==
        Tensor<float>(Shape{2}, {0.1f, 0.0f}));
  CHECK(Tensor<double>(Shape{2}, 1.0) != Tensor<double>(Shape{2, 1}, 1.0));
}

TEST_CASE("tensors as text", "[tensor]") {
  const auto text = [](const Shape& shape, int digits = 6) {
    Tensor<double> t(shape);
    for (Index i = 0; i < t.elements(); ++i) t[i] = static_cast<double>(i) + 1;
    return to_string(t, digits);
  };
  CHECK(text({}) == "1");
  CHECK(text({3}) == "[1, 2, 3]");
  CHECK(text({2, 2}) == "[[1, 2], [3, 4]]");
  CHECK(text({2, 1}) == "[[1], [2]]");
  CHECK(text({2, 1, 2}) == "[[[1, 2]], [[3, 4]]]");
  CHECK(text({1, 1, 1, 1}) == "[[[[1]]]]");
  CHECK(text({0, 2}) == "zeros(0, 2)");
  CHECK(to_string(Tensor<double>(Shape{}, 1.0 / 3), 3) == "0.333");
  CHECK(to_string(Tensor<double>(Shape{}, std::numeric_limits<double>::infinity())) == "inf");
}
