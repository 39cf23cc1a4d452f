// gradus paths: a derivative as a sum over paths.
#include <regex>

#include "cli/run.hpp"
#include "graph/dot_tool.hpp"
#include "io/scratch.hpp"

namespace {

using cli::Arguments;
using cli::operator+;
using Catch::Matchers::ContainsSubstring;

const Arguments paths{"paths"};
// Whole numbers: their digits are the same on every machine.
const Arguments two{"paths", "m = a*b; m*m + a", "--at", "a=2", "--at", "b=3", "--from", "a"};
const Arguments doublings{"paths", "y=x+x; z=y+y; w=z+z; step(x)*w", "--at", "x=1"};
const Arguments tensors{"paths", "h = X @ W; sum(h*h + h)", "--at",   "X=[[1,2],[3,4]]",
                        "--at",  "W=[[1,0],[0,2]]",         "--from", "W"};

}  // namespace

TEST_CASE("paths prints its report and its help as in the golden files", "[cli]") {
  const auto check = [](const std::string& name, const Arguments& arguments) {
    const cli::Result result = cli::run(arguments);
    cli::check_ok(result);
    cli::check_golden(name, result.out);
  };
  check("help_paths.txt", {"paths", "--help"});
  check("paths.txt", two);
  check("paths.json.txt", two + Arguments{"--json", "--top", "1"});
  check("paths_top.txt", doublings + Arguments{"--top", "3"});
  check("paths_tensors.txt", tensors);
  check("paths_flat.txt", {"paths", "step(x)", "--at", "x=1"});
}

TEST_CASE("paths follows one element, ranked by what comes to it", "[cli]") {
  Arguments element = tensors;
  element.back() = "W[1,0]";
  const cli::Result result = cli::run(element);
  cli::check_ok(result);
  cli::check_golden("paths_element.txt", result.out);
  element.back() = "W[-1,0]";  // from the end, as in gradus step
  CHECK(cli::run(element).out ==
        std::regex_replace(result.out, std::regex("W\\[1,0\\]"), "W[-1,0]"));
}

TEST_CASE("paths counts 2^100 of them exactly", "[cli]") {
  std::string formula = "y = x + x\n";
  for (int i = 1; i < 100; ++i)
    formula += "y" + std::to_string(i) + " = " + (i == 1 ? "y" : "y" + std::to_string(i - 1)) +
               " + " + (i == 1 ? "y" : "y" + std::to_string(i - 1)) + "\n";
  scratch::Directory folder;
  std::ofstream(folder / "doublings.gr") << formula;
  const Arguments source{"paths", (folder / "doublings.gr").string(), "--at", "x=1", "--top", "1"};
  const cli::Result result = cli::run(source);
  cli::check_ok(result);
  CHECK_THAT(result.out,
             ContainsSubstring("1,267,650,600,228,229,401,496,703,205,376 paths lead from x"));
  CHECK_THAT(result.out, ContainsSubstring("but only 200 edges"));
  CHECK_THAT(result.out, ContainsSubstring("more"));  // the middle of a long path
  CHECK_THAT(cli::run(source + Arguments{"--json"}).out,
             ContainsSubstring("\"count\": \"1267650600228229401496703205376\""));
}

TEST_CASE("paths draws the one that is asked for", "[cli]") {
  scratch::Directory folder;
  std::string drawings[2];
  for (const std::string path : {"1", "2"}) {
    const std::string file = (folder / ("path" + path + ".dot")).string();
    const cli::Result result = cli::run(two + Arguments{"-o", file, "--path", path});
    cli::check_ok(result);
    CHECK(result.out == cli::run(two).out);
    drawings[path == "2"] = scratch::read(file);
    CHECK_THAT(drawings[path == "2"], ContainsSubstring("#d55e00"));
    dot_tool::run(drawings[path == "2"]);
  }
  CHECK(drawings[0] != drawings[1]);
  // The local derivatives stand on the path that is lit, and on no other edge.
  const std::string product = (folder / "product.dot").string();
  cli::check_ok(
      cli::run({"paths", "a*b + a", "--at", "a=2", "--at", "b=7", "--from", "a", "-o", product}));
  CHECK_THAT(scratch::read(product),
             ContainsSubstring("n0 -> n2 [label=<7>") && ContainsSubstring("n2 -> n3 [label=<1>") &&
                 ContainsSubstring("n1 -> n2\n") && ContainsSubstring("n0 -> n3\n"));
  if (dot_tool::installed()) {
    const std::string file = (folder / "path.svg").string();
    cli::check_ok(cli::run(two + Arguments{"-o", file}));
    CHECK_THAT(scratch::read(file), ContainsSubstring("</svg>"));
  }
}

TEST_CASE("paths refuses what makes no sense, and says why", "[cli]") {
  const Arguments ab{"paths", "a*b", "--at", "a=2", "--at", "b=3"};
  cli::check_refused(cli::run(paths), {"SOURCE is missing"});
  cli::check_refused(cli::run(ab), {"--from is missing", "one of a, b"});
  const cli::Result itself = cli::run({"paths", "x", "--at", "x=1"});
  cli::check_ok(itself);
  CHECK(itself.out.find("1 paths") == std::string::npos);
  cli::check_refused(cli::run({"paths", "1+2"}), {"--from is missing: there is no variable"});
  cli::check_refused(cli::run(ab + Arguments{"--from", "aa"}), {"there is no 'aa'"});
  cli::check_refused(cli::run(ab + Arguments{"--from", "a", "--to", "b"}),
                     {"nothing leads from a", "to b"});
  cli::check_refused(cli::run(ab + Arguments{"--from", "a[0]"}),
                     {"a is a single number and has no index"});
  for (const std::string element : {"W[2,0]", "W[0]", "W[0,0,0]", "W[-3,0]", "W[]", "W[x,0]"}) {
    Arguments arguments = tensors;
    arguments.back() = element;
    cli::check_refused(cli::run(arguments), {"element '" + element + "'"});
  }
  cli::check_refused(cli::run(tensors + Arguments{"--to", "h"}), {"only a single number"});
  cli::check_refused(cli::run({"paths", "stop_gradient(x)", "--at", "x=1"}), {"is cut by"});
  cli::check_refused(cli::run({"paths", "sqrt(x)", "--at", "x=0"}), {"by x = 0 is infinite"});
  cli::check_refused(cli::run(two + Arguments{"--top", "0"}), {"--top is '0'"});
  cli::check_refused(cli::run(two + Arguments{"--path", "2"}), {"it needs -o FILE"});
  scratch::Directory folder;
  cli::check_refused(cli::run(two + Arguments{"-o", (folder / "x.dot").string(), "--path", "9"}),
                     {"--path is 9, but 3 paths are shown"});
  cli::check_refused(cli::run(two + Arguments{"-o", (folder / "x.gif").string()}),
                     {"unknown format 'gif'"});
  CHECK(folder.entries() == 0);
}
