// What `gradus graph` draws, against the files in golden/, and what it refuses.
#include "cli/run.hpp"
#include "graph/dot_tool.hpp"

namespace {

using cli::Arguments;
using cli::operator+;

const Arguments formula{"graph", "param a = 2; b = 3; scope inner { m = a * b }; L = sin(m) + a"};
const Arguments network{"graph", "--model", "mlp:4,4,4,4,2", "--batch", "3", "--gradient"};

/// The golden text of these options; DOT goes through dot, too.
void check(const std::string& name, const Arguments& arguments) {
  const cli::Result result = cli::run(arguments);
  cli::check_ok(result);
  cli::check_golden("graph_" + name, result.out);
  if (name.ends_with(".dot")) dot_tool::run(result.out);
}

}  // namespace

TEST_CASE("Every option of gradus graph draws what is in its golden file", "[cli]") {
  check("plain.dot", formula);
  check("gradient.dot", formula + Arguments{"--gradient"});
  check("update.dot", formula + Arguments{"--update", "--optimizer", "nesterov"});
  check("values.dot", formula + Arguments{"--values"});
  check("partials.dot", formula + Arguments{"--edges", "partials"});
  check("contributions.dot", formula + Arguments{"--edges", "contributions"});
  check("cost.dot", formula + Arguments{"--cost"});
  check("optimised.dot", formula + Arguments{"--gradient", "--optimised"});
  const Arguments step{"graph", "--model", "mlp:4,3,2", "--update", "--optimised"};
  check("optimised_step.dot", step);
  check("some_passes.dot", step + Arguments{"--passes", "all,-chains,-epilogues"});
  check("depth_0.dot", network + Arguments{"--depth", "0"});
  check("depth_1.dot", formula + Arguments{"--depth", "0", "--edges", "partials"});
  check("around.dot", network + Arguments{"--around", "h2", "--radius", "1"});
  check("from_to.dot", network + Arguments{"--from", "h2", "--to", "loss"});
}

TEST_CASE("Every text format of gradus graph is as in its golden file", "[cli]") {
  const Arguments all = formula + Arguments{"--gradient", "--values", "--cost", "--format"};
  for (const std::string format : {"text", "json", "graphml", "mermaid", "markdown"}) {
    check("format." + format, all + Arguments{format});
  }
}

TEST_CASE("The end of a file's name says its format, in capitals too", "[cli]") {
  scratch::Directory folder;
  const auto write = [&](const std::string& name, const Arguments& more = {}) {
    const std::string path = (folder / name).string();
    const cli::Result result = cli::run(formula + Arguments{"-o", path} + more);
    cli::check_ok(result);
    CHECK(result.out.empty());
    return scratch::read(path);
  };
  const auto print = [&](const std::string& format) {
    return cli::run(formula + Arguments{"--format", format, "-o", "-"}).out;
  };
  CHECK(write("a.dot") == print("dot"));
  CHECK(write("a.GV") == print("dot"));
  CHECK(write("a.Json") == print("JSON"));
  CHECK(write("a.graphml") == print("graphml"));
  CHECK(write("a.mmd") == print("mermaid"));
  CHECK(write("a.md") == print("markdown"));
  CHECK(write("a.txt") == print("text"));
  using Catch::Matchers::ContainsSubstring;
  const std::string page = write("a.html");
  CHECK_THAT(page, ContainsSubstring("\"where\":\"formula:1\""));
  CHECK_THAT(page, ContainsSubstring("\"gradient\":\"not computed\""));
  const std::string with_gradient = write("b.html", {"--gradient"});
  CHECK_THAT(with_gradient, ContainsSubstring("a dashed node, if it was computed"));
  CHECK_THAT(with_gradient, !ContainsSubstring("\"gradient\":\"not computed\""));
  CHECK(write("b.txt", {"--format", "json"}) == print("json"));
  if (dot_tool::installed()) {
    CHECK_THAT(write("a.SVG"), Catch::Matchers::ContainsSubstring("<svg"));
    CHECK(write("a.png").rfind("\x89PNG", 0) == 0);
    CHECK(write("a.pdf").rfind("%PDF", 0) == 0);
  }
}

TEST_CASE("Options of gradus graph that would change nothing are refused", "[cli]") {
  const auto refused = [](const Arguments& more, std::initializer_list<std::string> words) {
    cli::check_refused(cli::run(formula + more), words);
  };
  refused({"--optimizer", "sgd"}, {"--optimizer does nothing without --update"});
  refused({"--radius", "3"}, {"--radius does nothing without --around"});
  refused({"--from", "a"}, {"--from does nothing without --to"});
  refused({"--to", "L"}, {"--to does nothing without --from"});
  refused({"--update", "--gradient"}, {"leave --gradient out"});
  refused({"--around", "a", "--from", "a", "--to", "L"}, {"take one of them"});
}

TEST_CASE("What gradus graph cannot draw is refused, with what would help", "[cli]") {
  const auto refused = [](const Arguments& more, std::initializer_list<std::string> words) {
    cli::check_refused(cli::run(formula + more), words);
  };
  refused({"--edges", "partial"}, {"did you mean 'partials'?"});
  refused({"--format", "jsn"}, {"unknown format 'jsn'", "did you mean 'json'?", "graphml"});
  refused({"-o", "picture.gif"}, {"picture.gif", "unknown format 'gif'"});
  refused({"-o", "picture"}, {"picture", "the end of the name says the format"});
  refused({"--around", "mm"}, {"'mm'"});
  refused({"--around", "m", "--radius", "-1"}, {"--radius"});
  refused({"--from", "L", "--to", "a"}, {"no way leads from L to a"});
  refused({"--depth", "deep"}, {"--depth is 'deep'"});
  cli::check_refused(cli::run({"graph", "[1, 2] * x", "--at", "x=1", "--gradient"}),
                     {"only a single number has a gradient"});
  cli::check_refused(cli::run({"graph", "x * 2", "--at", "x=1", "--update"}),
                     {"--update needs something to train"});
  cli::check_refused(cli::run({"graph", "1 + 2", "--gradient"}), {"needs a variable"});
  cli::check_refused(cli::run({"graph"}), {"SOURCE is missing"});
}

TEST_CASE("A gradient that does not exist is said, and never drawn as 0", "[cli]") {
  const cli::Result some = cli::run({"graph", "a * 2 + stop_gradient(b)", "--at", "a=1", "--at",
                                     "b=2", "--gradient", "--format", "text"});
  cli::check_ok(some);
  CHECK_THAT(some.out, Catch::Matchers::ContainsSubstring("/∂b was not computed"));
  cli::check_refused(cli::run({"graph", "stop_gradient(b)", "--at", "b=2", "--gradient"}),
                     {"there is no gradient to draw"});
}

TEST_CASE("A graph that is too large for a layout is refused, with what helps", "[cli]") {
  std::string text = "scope s {\n y0 = sin(x)\n";
  for (int i = 1; i < 6000; ++i) {
    text += " y" + std::to_string(i) + " = sin(y" + std::to_string(i - 1) + ")\n";
  }
  text += "}\nexp(y5999)\n";
  scratch::Directory folder;
  scratch::write(folder / "long.gr", text);
  const Arguments graph{"graph", (folder / "long.gr").string(), "--at", "x=0.5"};
  const std::string svg = (folder / "long.svg").string();
  cli::check_refused(cli::run(graph + Arguments{"-o", svg}),
                     {"6,002 nodes", "--depth", "--around", "--from", ".dot"});
  cli::check_refused(cli::run(graph + Arguments{"--format", "mermaid"}), {"6,001 edges", "500"});
  CHECK(cli::run(graph).status == 0);
  if (dot_tool::installed()) cli::check_ok(cli::run(graph + Arguments{"--depth", "0", "-o", svg}));
}

TEST_CASE("Without Graphviz, gradus graph writes all but pictures, and says so", "[cli]") {
  scratch::Directory folder;
  cli::Surroundings without;
  without.environment["PATH"] = folder.path().string();
  cli::check_refused(cli::run(formula + Arguments{"--format", "svg"}, without),
                     {"Graphviz", "write an .html, .json, .mmd or .dot file, which needs none"});
  for (const std::string format : {"dot", "graphml", "json", "mermaid", "text"}) {
    cli::check_ok(cli::run(formula + Arguments{"--format", format}, without));
  }
}
