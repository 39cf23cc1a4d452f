// gradus step, where there is no terminal.
#include <algorithm>
#include <cmath>
#include <regex>

#include "cli/run.hpp"

namespace {

using cli::Arguments;
using cli::operator+;

const Arguments chain{"step", "m = a*b; L = (m + a)*2", "--at", "a=2", "--at", "b=-3"};
const Arguments layer{"step",  "P = X @ W + b; loss = mean((tanh(P) - Z)^2)",
                      "--at",  "X=[[1,2],[0,-1],[0.5,3]]",
                      "--at",  "W=[[0.1,-2],[0.3,0.5]]",
                      "--at",  "b=[0,1]",
                      "--at",  "Z=[[1,0],[0,1],[0,0]]",
                      "--wrt", "W,b"};

}  // namespace

TEST_CASE("The steps of a formula are as in the golden files", "[cli]") {
  const auto check = [](const std::string& name, const Arguments& arguments) {
    const cli::Result result = cli::run(arguments);
    cli::check_ok(result);
    cli::check_golden(name, result.out);
    const scratch::Directory folder;
    const cli::Result file = cli::run(arguments + Arguments{"-o", (folder / "steps").string()});
    cli::check_ok(file);
    CHECK(file.out == "");
    CHECK(scratch::read(folder / "steps") == result.out);
  };
  check("step_chain.txt", chain);
  check("step_chain.md", chain + Arguments{"--markdown"});
  check("step_layer.txt", layer + Arguments{"--element", "W[1,0]", "--text"});
  check("step_layer.md", layer + Arguments{"--element", "b[1]", "--digits", "3", "--markdown"});
  check("step_vector.txt", {"step", "x^2", "--at", "x=[1,2]"});
}

TEST_CASE("Without a terminal, or on one that cannot place text, steps are text", "[cli]") {
  const cli::Result result = cli::run(chain, {.environment = {{"TERM", "xterm"}}});
  cli::check_ok(result);
  CHECK(result.out == cli::run(chain + Arguments{"--text"}).out);
  CHECK(result.out.find('\x1b') == std::string::npos);
}

TEST_CASE("A number alone has a title and no steps", "[cli]") {
  const cli::Result result = cli::run({"step", "3", "--markdown"});
  cli::check_ok(result);
  CHECK(result.out.rfind("# Step by step: $3$\n", 0) == 0);
}

TEST_CASE("The adjoints of a page are those that gradus eval computes", "[cli]") {
  scratch::Directory folder;
  const std::string file = (folder / "page.html").string();
  const Arguments formula{"m = a*b; s = sin(m) + a; L = s^2", "--at", "a=2", "--at", "b=-0.3"};
  cli::check_ok(cli::run(Arguments{"step"} + formula + Arguments{"--html", file}));
  const cli::Result eval = cli::run(Arguments{"eval"} + formula + Arguments{"--json"});
  cli::check_ok(eval);
  const std::string page = scratch::read(file);
  const auto number = [](const std::string& text, const std::string& pattern) {
    std::smatch found;
    INFO(pattern);
    REQUIRE(std::regex_search(text, found, std::regex(pattern)));
    return std::stod(found[1]);
  };
  for (const std::string name : {"a", "b"}) {
    const double gradient = number(
        eval.out, "\"name\": \"" + name + "\", \"kind\": \"free\".*\"gradient\": ([^}]+)\\}");
    const std::size_t step = page.find("\"question\":\"What is ∂L/∂" + name + "?\"");
    REQUIRE(step != std::string::npos);
    CHECK(number(page.substr(step, 200), "\"answer\":([-0-9.e+]+)") == gradient);
    // What one reads: the last part of the equation.
    const std::string data = page.substr(page.find("{\"steps\":["));
    const std::size_t line = data.find("\"question\":\"What is ∂L/∂" + name + "?\"");
    const auto number_of_step =
        std::count(data.begin(), data.begin() + static_cast<long>(line), '\n');
    const std::size_t article = page.find("id=\"step-" + std::to_string(number_of_step) + "\"");
    const std::size_t result = page.find("<div class=\"result\">", article);
    REQUIRE(result < page.find("</article>", article));
    std::string shown = page.substr(result, page.find("</div>", result) - result);
    shown = std::regex_replace(shown, std::regex("<[^>]*>|≈|="), "");
    shown = std::regex_replace(shown, std::regex("−"), "-");
    CHECK(std::abs(std::stod(shown) - gradient) < 1e-4 * std::abs(gradient));
  }
}

TEST_CASE("The page asks for the element that is followed, with its own shares", "[cli]") {
  const scratch::Directory folder;
  const std::string page = (folder / "page.html").string();
  // Both elements of the adjoint are 1, of other shares.
  cli::check_ok(cli::run({"step", "sum(a*x + b*x)", "--at", "a=[0,0.75]", "--at", "b=[1,0.25]",
                          "--at", "x=[1,1]", "--element", "x[1]", "--html", page}));
  const std::string text = scratch::read(page);
  const std::size_t question = text.find("\"question\":\"What is element [1] of ∂result/∂x?\"");
  REQUIRE(question != std::string::npos);
  const std::string shares = text.substr(question, text.find('\n', question) - question);
  CHECK(shares.find("{\"value\":0.75,") != std::string::npos);
  CHECK(shares.find("{\"value\":0.25,") != std::string::npos);
}

TEST_CASE("The end of a file's name says what is written, and - is the screen", "[cli]") {
  const scratch::Directory folder;
  const auto file = [&](const std::string& name) {
    const cli::Result result = cli::run(chain + Arguments{"-o", (folder / name).string()});
    cli::check_ok(result);
    return scratch::read(folder / name);
  };
  const std::string text = cli::run(chain + Arguments{"--text"}).out;
  const std::string markdown = cli::run(chain + Arguments{"--markdown"}).out;
  const std::string page = cli::run(chain + Arguments{"--html", "-"}).out;
  CHECK(page.rfind("<!DOCTYPE html>", 0) == 0);
  CHECK(!std::filesystem::exists("-"));
  CHECK(file("steps.txt") == text);
  CHECK(file("steps.MD") == markdown);
  CHECK(file("steps.html") == page);
  CHECK(cli::run(chain + Arguments{"-o", "-"}).out == text);
}

TEST_CASE("What cannot be stepped through is refused", "[cli]") {
  const auto refused = [](const Arguments& arguments, std::initializer_list<std::string> words) {
    INFO(cli::shown(arguments));
    const cli::Result result = cli::run(arguments);
    CHECK(result.status == 2);
    CHECK(result.out == "");
    CHECK(result.err.rfind("gradus: ", 0) == 0);
    for (const std::string& word : words) {
      CHECK_THAT(result.err, Catch::Matchers::ContainsSubstring(word));
    }
  };
  refused({"step"}, {"SOURCE"});
  refused({"step", "a*"}, {"^"});
  refused({"step", "a*b", "--at", "a=1"}, {"'b' has no value", "--at b="});
  refused(chain + Arguments{"--text", "--markdown"}, {"--text and --markdown: choose one"});
  refused(chain + Arguments{"--html", "out.pdf"}, {"--html out.pdf", ".html or .htm", "not .pdf"});
  refused(chain + Arguments{"-o", "out.pdf"}, {"out.pdf", ".txt", ".md", ".html"});
  refused(chain + Arguments{"--digits", "0"}, {"--digits"});
  refused(chain + Arguments{"--digits", "18"}, {"--digits"});
  refused(chain + Arguments{"--wrt", "c"}, {"'c'"});
  refused(chain + Arguments{"--wrt", "a,,b"}, {"'a,,b'", "names with commas"});
  refused(chain + Arguments{"--element", "a[0]"}, {"a is a single number and has no index"});
  refused(layer + Arguments{"--element", "W[2,0]"}, {"W has shape (2, 2)", "not 2"});
  refused(layer + Arguments{"--element", "w[0,0]"}, {"unknown element 'w'"});
  refused({"step", "x * stop_gradient(y)", "--at", "x=1", "--at", "y=2", "--wrt", "y"},
          {"is cut by stop_gradient"});
  refused({"step", "x^2", "--at", "x=[1,2]", "--wrt", "x"}, {"only a single number"});
  refused(chain + Arguments{"-o", "/no/such/folder/steps.txt"}, {"/no/such/folder"});
}
