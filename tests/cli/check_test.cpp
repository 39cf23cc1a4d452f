// gradus check: formulas, claims, curves, orders, precisions, and what is wrong with its input.
#include <fstream>

#include "cli/json.hpp"
#include "cli/run.hpp"

namespace {

using cli::Arguments;
using cli::operator+;
using Catch::Matchers::ContainsSubstring;

const Arguments layer{"check", "mean((X @ W - Z)^2)", "--at", "X=[[1,2],[3,4]]",
                      "--at",  "W=[[1],[2]]",         "--at", "Z=[[0],[1]]"};

cli::Result check(const Arguments& arguments, int status) {
  const cli::Result result = cli::run(arguments);
  INFO(cli::shown(arguments) << "\n" << result.out << result.err);
  CHECK(result.status == status);
  CHECK(result.err == "");
  CHECK_THAT(result.out, !ContainsSubstring("-0 ") && !ContainsSubstring("-0\n"));
  return result;
}

}  // namespace

TEST_CASE("A formula is checked, and the last line says how it went", "[cli]") {
  const cli::Result right = check({"check", "sin(x) * x", "--at", "x=2"}, 0);
  CHECK_THAT(right.out, ContainsSubstring("sin(x) * x, by x\n") &&
                            ContainsSubstring("h^1.0 without the gradient (h^1 expected), h^2.0") &&
                            ContainsSubstring("\nPASS: 1 of 1 parameters pass\n"));
  const cli::Result cut = check({"check", "sum(stop_gradient(x) * x)", "--at", "x=[1,2]"}, 1);
  CHECK_THAT(cut.out, ContainsSubstring("stop_gradient #1") && ContainsSubstring("it is cut") &&
                          ContainsSubstring("\nFAIL: 0 of 1 parameters pass"));
}

TEST_CASE("A claim is judged, and a wrong one is diagnosed", "[cli]") {
  const cli::Result right = check(layer + Arguments{"--claim", "W: 2 * X.T @ (X @ W - Z) / 2"}, 0);
  CHECK_THAT(right.out, ContainsSubstring("claim W: 2 * X.T @ (X @ W - Z) / 2: PASS") &&
                            ContainsSubstring("3 of 3 parameters pass, 1 of 1 claims"));
  const cli::Result half = check(layer + Arguments{"--claim", "W: X.T @ (X @ W - Z) / 2"}, 1);
  CHECK_THAT(half.out, ContainsSubstring("wrong by the constant factor 0.50: a missing 2?") &&
                           ContainsSubstring("claimed 17.5, by the tape 35, numeric 35"));
  const cli::Result turned = check(layer + Arguments{"--claim", "W: (X.T @ (X @ W - Z)).T"}, 1);
  CHECK_THAT(turned.out, ContainsSubstring("the shape of the transpose; transposed, it is right"));
}

TEST_CASE("A claim whose shapes do not fit fails with the reason, and the others are judged",
          "[cli]") {
  const cli::Result result =
      check(layer + Arguments{"--claim", "W: X @ (X @ Z @ W)", "--claim", "Z: [1, 2]", "--claim",
                              "W: 2 * X.T @ (X @ W - Z) / 2"},
            1);
  CHECK_THAT(result.out, ContainsSubstring("claim W: X @ (X @ Z @ W): FAIL\n  W: [matmul] ") &&
                             ContainsSubstring("claim Z: [1, 2]: FAIL\n") &&
                             ContainsSubstring("claim W: 2 * X.T @ (X @ W - Z) / 2: PASS") &&
                             ContainsSubstring("FAIL: 3 of 3 parameters pass, 1 of 3 claims"));
  const cli::Result json = check(layer + Arguments{"--claim", "W: X @ X @ X.T @ [1]", "--json"}, 1);
  CHECK_THAT(json.out, ContainsSubstring("\"claimed_shape\": null") &&
                           ContainsSubstring("\"cause\": \"shape\", \"sentence\": \"[matmul] "));
}

TEST_CASE("What cannot be judged is named and counted in the last line", "[cli]") {
  const cli::Result kink = check({"check", "sum(relu(x))", "--at", "x=[0, 1, 2]"}, 0);
  CHECK_THAT(kink.out, ContainsSubstring("take different branches at relu #1, element [0]") &&
                           ContainsSubstring("1 of 3 elements is not judged: 1 KINK\n"));
  const cli::Result edge = check({"check", "x^1.5", "--at", "x=0"}, 1);
  CHECK_THAT(edge.out, ContainsSubstring("where result (pow #2) is not") &&
                           ContainsSubstring("not judged: 1 DOMAIN\n"));
  const cli::Result one_class = check({"check", "--model", "mlp:4,1"}, 1);
  CHECK_THAT(one_class.out, ContainsSubstring("a softmax over a single class is 1") &&
                                ContainsSubstring("\nVACUOUS: 0 of 2 parameters pass"));
  const Arguments noise{"check", "sum(softmax(x)) + y^2", "--at", "x=[1,2,3]", "--at", "y=2"};
  CHECK_THAT(check(noise, 1).out, ContainsSubstring("BELOW-NOISE: 1 of 2"));
  CHECK_THAT(check(noise + Arguments{"--absolute", "1e-9"}, 0).out,
             ContainsSubstring("EXCUSED: 1 of 2"));
}

TEST_CASE("Second derivatives, and single precision", "[cli]") {
  const Arguments network{"check", "--model", "mlp:3,4,2", "--activation", "tanh"};
  const cli::Result second = check(network + Arguments{"--order", "2"}, 0);
  CHECK_THAT(second.out, ContainsSubstring("Hessian-vector products") &&
                             ContainsSubstring("symmetry: u'Hv = "));
  const cli::Result single = check(network + Arguments{"--precision", "f32"}, 1);
  CHECK_THAT(single.out, ContainsSubstring("in single precision") &&
                             ContainsSubstring("Single precision misleads") &&
                             ContainsSubstring("BELOW-NOISE: 0 of 4"));
}

TEST_CASE("The error curve is drawn in the terminal, and written for others", "[cli]") {
  scratch::Directory folder;
  const Arguments curve{"check", "exp(x)", "--at", "x=1", "--curve"};
  const cli::Result drawn = check(curve, 0);
  CHECK_THAT(drawn.out, ContainsSubstring("Relative error of the difference quotient by x") &&
                            ContainsSubstring("truncation grows as h^2.0"));
  const cli::Result element = check({"check", "sum(exp(v))", "--at", "v=[1,2]", "--curve=v[1]",
                                     "-o", (folder / "v.dat").string()},
                                    0);
  CHECK_THAT(element.out, ContainsSubstring("difference quotient by v[1]"));
  const std::string data = scratch::read(folder / "v.dat");
  CHECK_THAT(data, ContainsSubstring("# step forward central\n"));
  CHECK(std::count(data.begin(), data.end(), '\n') > 45);

  // Without gnuplot, the message says what can be had; the report was printed before.
  const cli::Result none = cli::run(curve + Arguments{"-o", (folder / "u.svg").string()},
                                    {.environment = {{"PATH", folder.path().string()}}});
  CHECK(none.status == 2);
  CHECK_THAT(none.err, ContainsSubstring("gnuplot") && ContainsSubstring(".dat"));
  CHECK_THAT(none.out, ContainsSubstring("PASS: 1 of 1"));
  CHECK(folder.entries() == 1);
}

TEST_CASE("The graph is written with what failed in red", "[cli]") {
  scratch::Directory folder;
  const std::string path = (folder / "failed.dot").string();
  check({"check", "sum(stop_gradient(x) * x)", "--at", "x=[1,2]", "--dot", path}, 1);
  const std::string dot = scratch::read(path);
  CHECK_THAT(dot, ContainsSubstring("#d55e00") && ContainsSubstring("FAIL"));
  check({"check", "sum(x * x)", "--at", "x=[1,2]", "--dot", path}, 0);
  CHECK_THAT(scratch::read(path), !ContainsSubstring("#d55e00"));
}

TEST_CASE("A check in JSON holds everything", "[cli]") {
  const cli::Result result =
      check(layer + Arguments{"--claim", "W: W", "--order", "2", "--curve", "--json"}, 1);
  const std::string outline = cli::json_outline(result.out);
  for (const char* member : {"\"claims\"", "\"finding\"", "\"blame\"", "\"taylor\"",
                             "\"second_order\"", "\"symmetry\"", "\"curve\"", "\"cause\""}) {
    CHECK_THAT(outline, ContainsSubstring(member));
  }
}

TEST_CASE("Labels and row numbers are not moved", "[cli]") {
  const cli::Result result =
      cli::run({"check", "param x = [[1,2,3],[3,2,1]]; cross_entropy(x, y)", "--at", "y=[0,2]"});
  cli::check_ok(result);
  CHECK_THAT(result.out, Catch::Matchers::ContainsSubstring("PASS: 1 of 1 parameters pass"));
  cli::check_refused(cli::run({"check", "sum(one_hot(y, 3))", "--at", "y=1"}),
                     {"nothing to differentiate by"});
}

TEST_CASE("What check cannot use is refused", "[cli]") {
  const auto refused = [](const Arguments& arguments, std::initializer_list<std::string> words) {
    const cli::Result result = cli::run(arguments);
    INFO(cli::shown(arguments) << "\n" << result.out << result.err);
    CHECK(result.status == 2);
    CHECK(result.out == "");
    for (const std::string& word : words) CHECK_THAT(result.err, ContainsSubstring(word));
  };
  const Arguments f{"check", "exp(x)", "--at", "x=1"};
  refused({"check", "exp(x)"}, {"x", "--at"});
  refused({"check", "2 + 3"}, {"nothing to differentiate by"});
  refused({"check", "x", "--at", "x=[1,2]"}, {"only a single number has a gradient"});
  refused(f + Arguments{"--claim", "exp(x)"}, {"NAME: EXPRESSION"});
  refused(f + Arguments{"--claim", "y: exp(x)"}, {"y"});
  refused(f + Arguments{"--claim", "x: exp(x"}, {"claim about x", "^"});
  refused({"check", "y = x^2; exp(y)", "--at", "x=1", "--claim", "y: 2"}, {"y is computed", "x"});
  refused(f + Arguments{"--order", "3"}, {"from 1 to 2"});
  refused(f + Arguments{"--precision", "f16"}, {"unknown precision 'f16'", "f64, f32"});
  refused(f + Arguments{"--absolute", "-1"}, {"--absolute"});
  refused(f + Arguments{"--tolerance", "1"}, {"below 1"});
  refused(f + Arguments{"-o", "x.svg"}, {"it needs --curve"});
  refused(f + Arguments{"--curve", "-o", "x.gif"}, {"must end in .svg, .png or .dat"});
  refused(f + Arguments{"--dataset", "mnist"}, {"it needs --model or --load"});
  refused(f + Arguments{"--load", "x"}, {"leave SOURCE out"});
  refused({"check", "sum(v)", "--at", "v=[1,2]", "--curve=v"}, {"it takes 1 index"});
  refused({"check", "sum(v)", "--at", "v=[1,2]", "--curve=v[2]"}, {"index 0 is 0 to 1, not 2"});
  refused({"check", "sum(v)", "--at", "v=[1,2]", "--curve=v[1"}, {"there is no 'v[1'"});
  refused({"check", "sum(v)", "--at", "v=[1,2]", "--curve=v1]"}, {"as W[3,7]"});
  refused({"check", "sum(v)", "--at", "v=[1,2]", "--curve=w"}, {"w"});
}
