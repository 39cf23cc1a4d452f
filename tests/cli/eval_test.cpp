// gradus eval: what it prints, and what it says of formulas that are wrong.
#include <regex>

#include "cli/run.hpp"

namespace {

using cli::Arguments;
using cli::operator+;

const std::string formulas = GRADUS_SOURCE_DIR "/tutorials/formulas/";

/// Several runs with what each prints, as a session: one golden file says them all.
std::string session(const std::vector<Arguments>& runs, int status) {
  std::string text;
  for (const Arguments& arguments : runs) {
    const cli::Result result = cli::run(Arguments{"eval"} + arguments);
    INFO(cli::shown(arguments));
    CHECK(result.status == status);
    CHECK(!result.killed);
    CHECK((status == 0 ? result.err : result.out) == "");
    std::string line = "$ gradus eval";
    for (const std::string& argument : arguments) line += " '" + argument + "'";
    text += line + "\n" + result.out + result.err + "\n";
  }
  return std::regex_replace(text, std::regex(formulas), "");
}

}  // namespace

TEST_CASE("The value and the gradients of a formula are a table", "[cli]") {
  cli::check_golden("eval.txt",
                    session({{"x * y + y^2", "--at", "x=2", "--at=y=3"},
                             {"-x^2", "--at", "x=-2"},
                             {"--at", "x=3", "--", "--x"},
                             {"[1, 2] * x", "--at", "x=2"},
                             {"input a = 2; input b = -3; L = a * b"},
                             {"1 + 2"},
                             {"sum(X * w) + 0 * k", "--at", "X=[[1,2,3,4,5],[6,7,8,9,10]]", "--at",
                              "w=[1,0,0,0,1]", "--at", "k=0"},
                             {"sum(X)", "--at", "X=reshape(ones(7, 6), 7, 6)"},
                             {"sum(X)", "--at", "X=ones(2, 2, 2)"},
                             {"broadcast_to(x, 40, 40)", "--at", "x=1"},
                             {"y = step(x); z = argmax(v); w = stop_gradient(u); y + z + w + 0 * k",
                              "--at", "x=1", "--at", "v=[1,2]", "--at", "u=2", "--at", "k=1"},
                             {"d(d(x^3, x), x)", "--at", "x=2"},
                             {"log(x) + 0/y", "--at", "x=0", "--at", "y=0"},
                             {"sqrt(x)", "--at", "x=-1"},
                             {"y = sqrt(x); z = sum(y * y)", "--at", "x=[4, -1, 9]"},
                             {"2 * sqrt(x)", "--at", "x=0"},
                             {"exp(x)", "--at", "x=1000"},
                             {"a^400", "--at", "a=10"},
                             {"log([1, -1, 0]) * x", "--at", "x=1"},
                             {formulas + "hessian.gr", "--at", "x=[1, 2]", "--at", "v=[1, 0]"}},
                            0));
}

TEST_CASE("A network can be evaluated in place of a formula", "[cli]") {
  const cli::Result result =
      cli::run({"eval", "--model", "mlp:3,2", "--loss", "mse", "--at", "X=ones(8, 3)", "--at",
                "W1=[[1,0],[0,1],[0,0]]", "--at", "T=zeros(8, 2)"});
  cli::check_ok(result);
  cli::check_golden("eval_model.txt", result.out);
  const Arguments seeded{"eval", "--model", "mlp:3,4,2", "--seed"};
  CHECK(cli::run(seeded + Arguments{"1"}).out != cli::run(seeded + Arguments{"2"}).out);
  CHECK(cli::run({"eval", "normal(2)", "--seed", "1"}).out !=
        cli::run({"eval", "normal(2)", "--seed", "2"}).out);
}

TEST_CASE("As JSON, values are nested lists of 17 digits", "[cli]") {
  cli::check_golden("eval.json.txt",
                    session({{"y = x / 3; sum(y) + 0 * stop_gradient(k) + 0 * q", "--at",
                              "x=[[1, 2], [4, 0.1]]", "--at", "k=1", "--at", "q=2", "--json"},
                             {"[1/x, -1/x, 0/x]", "--at", "x=0", "--json"},
                             {"scope s { param w = ones(0, 2) }; sum(w)", "--json"},
                             {"1", "--json"}},
                            0));
}

TEST_CASE("What is wrong with a formula is told with its place", "[cli]") {
  cli::check_golden("eval_errors.txt", session({{"2x"},
                                                {"x + yy * y"},
                                                {"sigmod(x)", "--at", "x=1"},
                                                {"a + b", "--at", "a=[1,2]", "--at", "b=[1,2,3]"},
                                                {"y = x\ny = 2\ty\x1b[31m", "--at", "x=1"},
                                                {"x", "--at", "x=[1,"},
                                                {"x", "--at", "x=1", "--at", "y=1"},
                                                {"x", "--at", "x=1", "--at", "x=2"},
                                                {"x", "--at", "x"},
                                                {"x", "--at", "=2"},
                                                {"x", "+", "1"},
                                                {"x", "--batch", "3"},
                                                {"x", "--model", "mlp:3,2"},
                                                {"--model", "mlp:3,2", "--at", "W2=1"},
                                                {"--model", "mlp:3,2", "--at", "z=1"},
                                                {"--model", "mlp:3,2", "--at", "X=1"},
                                                {},
                                                {""},
                                                {"-"},
                                                {"no_such.gr"},
                                                {"zeros(1e9, 1e9)"},
                                                {"broadcast_to([1], 1e9)"},
                                                {"x", "--ta", "x=1"},
                                                {"d(x, y)", "--at", "x=[1,2]", "--at", "y=2"},
                                                {"one_hot([7], 3)"}},
                                               2));
}

TEST_CASE("How a value is given is said of a formula's names alone, and not of thousands",
          "[cli]") {
  const cli::Result in_value = cli::run({"eval", "x", "--at", "x=y"});
  CHECK(in_value.status == 2);
  CHECK(in_value.err.find("gradus: 'y' has no value\n  --at x:1:1") == 0);
  CHECK(in_value.err.find("A value is given by") == std::string::npos);
  std::string sum = "x0";
  for (int i = 1; i < 5000; ++i) sum += "+x" + std::to_string(i);
  const cli::Result many = cli::run({"eval", sum});
  CHECK(many.status == 2);
  CHECK(many.err.find("A value is given by --at x0=...") != std::string::npos);
  CHECK(many.err.find("--at x7=... ...\n") != std::string::npos);
  CHECK(many.err.size() < 1000);
  cli::check_ok(cli::run({"eval", "x", "--at", " x = 3"}));
}

TEST_CASE("A formula is read from a file, and from the standard input", "[cli]") {
  scratch::Directory folder;
  scratch::write(folder / "f.gr", "# a file\r\nx = 2\r\ny = x^2\r\n");
  scratch::write(folder / "plain", "1 + 1");
  const auto in = [&](const Arguments& arguments) {
    return cli::run(Arguments{"eval"} + arguments, {.folder = folder.path()});
  };
  CHECK(in({"f.gr"}).out.rfind("y = 4\n", 0) == 0);
  CHECK(in({"plain"}).out.rfind("result = 2\n", 0) == 0);
  scratch::write(folder / "long.gr", std::string((1 << 20) + 1, '\n'));
  cli::check_refused(in({"long.gr"}), {"long.gr has 1048577 bytes: a formula has at most 1048576"});
  cli::check_refused(in({folder.path().string() + ".gr"}), {"No such file"});
}

TEST_CASE("The formulas of the tutorials are evaluated", "[cli]") {
  for (const std::string name : {"neuron", "two_layer", "logistic", "softmax"}) {
    INFO(name);
    const cli::Result result = cli::run({"eval", formulas + name + ".gr"});
    cli::check_ok(result);
    CHECK(result.out.rfind("loss = ", 0) == 0);
    CHECK(result.out.find("no way") == std::string::npos);
  }
}
