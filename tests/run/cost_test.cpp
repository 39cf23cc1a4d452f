#include "gradus/run/cost.hpp"

#include "catch.hpp"
#include "gradus/ops/ops.hpp"

using namespace gradus;

TEST_CASE("The cost table counts operations and bytes of every op", "[run]") {
  Tape tape;
  const Var x = tape.input(Shape{2, 3}, "x");
  const Var w = tape.parameter(Tensor<double>({3, 4}), "w");
  const Var y = sum(relu(matmul(x, w)));
  const Program program(y, Passes::as_recorded());
  // matmul: 2 * 2 * 3 * 4 operations; relu: one for each of 8 elements, and so is the sum.
  CHECK(cost_table(program) ==
        "    node  op             shape                         FLOPs          bytes\n"
        "      #2  matmul         (2, 4)                           48             32\n"
        "      #3  relu           (2, 4)                            8             32\n"
        "      #4  sum            ()                                8              4\n"
        "3 ops, 64 FLOPs; 36 bytes at most at once, lifetimes allow 36\n");
  // Together they cost the same.
  CHECK(cost_table(Program(y)).find("#3  product        (2, 4)                           56") !=
        std::string::npos);
  CHECK(cost_table(program, sizeof(double)).find("72 bytes at most") != std::string::npos);
}
