#include "gradus/base/error.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using namespace gradus;

TEST_CASE("the nearest name is found", "[base]") {
  const std::vector<std::string_view> known{"relu", "elu", "sigmoid", "softmax", "tanh"};
  CHECK(nearest("rleu", known) == "relu");
  CHECK(nearest("relu", known) == "relu");
  CHECK(nearest("sigmod", known) == "sigmoid");
  CHECK(nearest("softmaxx", known) == "softmax");
  CHECK(nearest("tan", known) == "tanh");
  CHECK(nearest("banana", known).empty());
  CHECK(nearest("", known).empty());
  CHECK(nearest("relu", {}).empty());
  CHECK(nearest(std::string(100000, 'x'), known).empty());
  const std::vector<std::string_view> tiny{"a", "ab"};
  CHECK(nearest("zz", tiny).empty());  // as many changes as letters: no misspelling
}

TEST_CASE("an unknown name is answered with the known ones", "[base]") {
  const std::vector<std::string_view> known{"elu", "relu"};
  CHECK(unknown_name("activation", "rleu", known) ==
        "unknown activation 'rleu': did you mean 'relu'? Known: elu, relu");
  CHECK(unknown_name("activation", "banana", known) ==
        "unknown activation 'banana'. Known: elu, relu");
  CHECK(unknown_name("x", std::string(1000, 'y'), known).size() < 120);
  CHECK(unknown_name("x", "\x1b[31m\n\x7fü", known).rfind("unknown x ' [31m  ü'", 0) == 0);
}
