// Every command on every class of error: status 2, one message that names something or points at
// it, nothing on the standard output, nothing written. Commands and options are read from the help,
// so that a new one is tried with no new line here.
#include <algorithm>
#include <sstream>

#include "cli/run.hpp"

namespace {

using cli::Arguments;
using cli::operator+;

/// A wrong use, and words that its message must hold.
struct Mistake {
  Arguments arguments;
  std::vector<std::string> words;
  bool caret = false;      ///< whether the place must be pointed at
  bool may_print = false;  ///< whether what was found out may be printed before
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct Command {
  std::string name, help;
  bool has(const std::string& option) const { return contains(help, "--" + option + " "); }
  bool takes_source() const { return contains(help, "Usage: gradus " + name + " SOURCE"); }
  /// Whether there is nothing to say without a single number to differentiate.
  bool differentiates() const { return name == "check" || name == "paths"; }
};

/// All commands that `gradus --help` lists.
const std::vector<Command>& commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> found;
    const auto lines = lines_of(cli::run({"--help"}).out);
    const auto start = std::find(lines.begin(), lines.end(), "Commands:");
    for (auto line = start; line != lines.end() && ++line != lines.end() && !line->empty();) {
      std::istringstream words(*line);
      std::string name;
      words >> name;
      found.push_back({name, cli::run({name, "--help"}).out});
    }
    return found;
  }();
  return all;
}

template <class Condition>
std::vector<Command> commands_that(const Condition& are_so) {
  std::vector<Command> found;
  std::copy_if(commands().begin(), commands().end(), std::back_inserter(found), are_so);
  return found;
}

std::vector<Command> source_commands() {
  return commands_that([](const Command& c) { return c.takes_source(); });
}

void check_message(const cli::Result& result, const Mistake& mistake) {
  CAPTURE(result.err, result.out);
  CHECK(result.status == 2);
  CHECK_FALSE(result.killed);
  CHECK((mistake.may_print || result.out.empty()));
  const std::vector<std::string> lines = lines_of(result.err);
  CHECK_FALSE(lines.empty());
  if (lines.empty()) return;
  CHECK(lines.size() <= 12);
  CHECK(result.err.back() == '\n');
  CHECK(lines[0].rfind("gradus: ", 0) == 0);
  CHECK(lines[0].size() > std::string("gradus: ").size() + 10);
  for (std::size_t i = 1; i < lines.size(); ++i) CHECK(lines[i].rfind("gradus: ", 0) != 0);
  for (const std::string& line : lines) {
    CHECK(std::none_of(line.begin(), line.end(),
                       [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; }));
  }
  // What a program says that has no message of its own.
  for (const char* trace : {"terminate called", "what():", "std::", "boost", ".cpp", ".hpp",
                            "Sanitizer", "runtime error", "ssertion", "bad_alloc", "#0 0x"}) {
    INFO(trace);
    CHECK_FALSE(contains(result.err, trace));
  }
  for (const std::string& word : mistake.words) {
    INFO("missing: " << word);
    CHECK(contains(result.err, word));
  }
  if (!mistake.caret) return;
  const auto points = [](const std::string& line) {
    const std::size_t caret = line.find_first_not_of(' ');
    return caret != line.npos && line[caret] == '^';
  };
  CHECK(std::any_of(lines.begin(), lines.end(), points));
}

/// Runs in a folder of its own, in which nothing may change.
void check_mistake(const Arguments& arguments, const Mistake& mistake,
                   const scratch::Directory& folder) {
  INFO(cli::shown(arguments).substr(0, 300));
  const std::ptrdiff_t entries = folder.entries();
  check_message(cli::run(arguments, {.folder = folder.path(), .obeys_modes = true}), mistake);
  CHECK(folder.entries() == entries);
}

void check_mistakes(const Command& command, const std::vector<Mistake>& mistakes,
                    const scratch::Directory& folder) {
  for (const Mistake& mistake : mistakes) {
    check_mistake(Arguments{command.name} + mistake.arguments, mistake, folder);
  }
}

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("The help lists the commands, and those that take a formula", "[cli]") {
  std::vector<std::string> names;
  for (const Command& c : commands()) {
    INFO(c.name);
    CHECK(contains(c.help, "Usage: gradus " + c.name));
    names.push_back(c.name);
  }
  for (const char* name : {"train", "check", "graph", "eval"}) {
    CHECK(std::find(names.begin(), names.end(), name) != names.end());
  }
  CHECK_FALSE(source_commands().empty());
}

TEST_CASE("Every command refuses unknown options and missing values", "[cli]") {
  const scratch::Directory folder;
  for (const Command& c : commands()) {
    std::vector<Mistake> mistakes{{{"--no-such-option"}, {"unknown option --no-such-option"}},
                                  {{"--no-such-option=3"}, {"unknown option --no-such-option"}},
                                  {{"--hepl"}, {"--hepl", "did you mean --help?"}},
                                  {{"--\x1b[31m\n"}, {"unknown option"}},
                                  {{"--help=3"}, {"--help"}}};
    for (const char* option : {"model", "at", "output", "seed", "format", "batch", "from", "to"}) {
      if (!c.has(option)) continue;
      const std::string name = std::string("--") + option;
      mistakes.push_back({{name}, {name + " needs a value"}});
      mistakes.push_back({{name + "="}, {name + " needs a value"}});
      mistakes.push_back({{name, ""}, {name + " needs a value"}});
      mistakes.push_back({{name.substr(0, 3) + "q" + name.substr(3) + "=1"}, {"unknown option"}});
    }
    for (const char* flag : {"json", "gradient", "text", "markdown"}) {
      if (c.has(flag)) mistakes.push_back({{std::string("--") + flag + "=3"}, {flag}});
    }
    for (const char* number : {"seed", "batch"}) {
      if (!c.has(number)) continue;
      for (const char* value : {"x", "1.5", "1e400", "-3", "99999999999999999999", "nan"}) {
        const std::string option = std::string("--") + number;
        mistakes.push_back({{"--model", "mlp:2,2", option, value}, {option, value}});
        if (!c.has("model")) mistakes.back().arguments = {option, value};
      }
    }
    check_mistakes(c, mistakes, folder);
  }
}

TEST_CASE("A formula with a mistake is shown with a caret under it, by every command", "[cli]") {
  const scratch::Directory folder;
  const std::vector<Mistake> mistakes{
      // syntax
      {{""}, {}, true},
      {{"  "}, {}, true},
      {{";;"}, {}, true},
      {{"# only a comment"}, {}, true},
      {{"x +"}, {"expected", "the end"}, true},
      {{"* x"}, {"expected"}, true},
      {{"(x"}, {"')'"}, true},
      {{"x)"}, {"')'"}, true},
      {{"x y"}, {"y"}, true},
      {{"2 x"}, {"x"}, true},
      {{"sin("}, {"expected"}, true},
      {{"sin x"}, {"x"}, true},
      {{"[1, 2"}, {"']'"}, true},
      {{"[1, [2]]"}, {}, true},
      {{"[]+"}, {}, true},
      {{"x ? y"}, {"?"}, true},
      {{"x & y"}, {"&"}, true},
      {{"= 2"}, {}, true},
      {{"x ="}, {"expected"}, true},
      {{"2 = x"}, {}, true},
      {{"param"}, {}, true},
      {{"param W"}, {}, true},
      {{"scope s { 1"}, {"'}'"}, true},
      {{"}"}, {}, true},
      {{"x = 1; x["}, {}, true},
      {{"x = ones(3); x[1:"}, {}, true},
      {{"x = ones(3); x.U"}, {"U"}, true},
      {{"1e999"}, {"1e999"}, true},
      {{"1.2.3"}, {}, true},
      {{"\xff\xfe\x01"}, {}, true},
      {{"\x1b[31m"}, {}, true},
      {{"“x”"}, {}, true},
      // names
      {{"sinn(1)"}, {"'sinn'", "did you mean 'sin'?"}, true},
      {{"nothing_like_it(1)"}, {"'nothing_like_it'"}, true},
      {{"y + 1"}, {"'y' has no value", "--at y="}, true},
      {{"sum(ones(2), axiss=0)"}, {"axiss"}, true},
      {{"sum(ones(2), axis=0, axis=0)"}, {"axis"}, true},
      {{"sum()"}, {"sum"}, true},
      {{"sin(1, 2)"}, {"sin"}, true},
      {{"input x = 1; input x = 2; x"}, {"x"}, true},
      // shapes
      {{"ones(2) + ones(3)"}, {"(2,)", "(3,)"}, true},
      {{"ones(2, 3) @ ones(2, 3)"}, {"(2, 3)", "3 columns", "rows"}, true},
      {{"reshape(ones(2, 3), [4, 2])"}, {"(2, 3)"}, true},
      {{"sum(ones(2), axis=1)"}, {"1"}, true},
      {{"transpose(ones(2))"}, {}, true},
      {{"[[1, 2], [3]]"}, {"rows"}, true},
      {{"ones(2)[5]"}, {"5"}, true},
      {{"ones(2)[0, 0]"}, {}, true},
      {{"ones(1, 1, 1, 1, 1)"}, {}, true},
      {{"ones(-2)"}, {}, true},
      {{"ones(1.5)"}, {}, true},
      {{"x = ones(2); d(x, x)"}, {"(2,)", "single number"}, true},
      // sizes
      {{times(500, "(") + "1" + times(500, ")")}, {"200 deep"}, true},
      {{"1" + times(5000, "-") + "1"}, {"200 deep"}, true},
      {{times(5000, "[")}, {"deep"}, true},
      {{times(5000, "sin(")}, {"200 deep"}, true},
      {{times(300, "scope s {")}, {}, true},
      {{"zeros(100000, 100000)"}, {"(100000, 100000)", "too large"}, true},
      {{"zeros(99999999999999999999)"}, {}, true},
      {{std::string(200, 'n')}, {"64"}, true},
  };
  for (const Command& c : source_commands()) check_mistakes(c, mistakes, folder);
}

TEST_CASE("What goes wrong with the values is named by every command that computes them", "[cli]") {
  const scratch::Directory folder;
  const std::vector<Mistake> mistakes{
      {{"x * sum(gather(ones(2), 7))", "--at", "x=2"}, {"gather", "index 7", "0 to 1"}},
      {{"x * sum(one_hot([0, 3], 3))", "--at", "x=2"}, {"one_hot", "index 3", "0 to 2"}},
      {{"x * sum(zeros(100000) + zeros(100000, 1))", "--at", "x=2"}, {"too large"}}};
  for (const Command& c : source_commands()) {
    if (c.name != "graph") check_mistakes(c, mistakes, folder);  // which draws without values, too
  }
}

TEST_CASE("Values that are not right are refused by every command that takes them", "[cli]") {
  const scratch::Directory folder;
  const std::vector<Mistake> mistakes{
      {{"x", "--at", "x"}, {"--at", "NAME=VALUE"}},
      {{"x", "--at", "=2"}, {"--at", "NAME=VALUE"}},
      {{"x", "--at", "x="}, {"--at x", "expected"}, true},
      {{"x", "--at", "x=[1, 2"}, {"--at x", "']'"}, true},
      {{"x", "--at", "x=[[1], [1, 2]]"}, {"--at x", "rows"}, true},
      {{"x", "--at", "x=two"}, {"--at x", "two"}, true},
      {{"x", "--at", "x=1e999"}, {"--at x"}, true},
      {{"x", "--at", "x=zeros(100000, 100000)"}, {"--at x", "too large"}, true},
      {{"x", "--at", "x=1", "--at", "x=2"}, {"'x'", "twice"}},
      {{"x", "--at", "x=1", "--at", "y=2"}, {"'y'", "does not use"}},
      {{"x", "--at"}, {"--at needs a value"}},
      {{"x", "y"}, {"'x'", "'y'"}},
      {{"x", "--model", "mlp:2,1"}, {"--model", "'x'"}},
      {{"x", "--loss", "mse", "--at", "x=1"}, {"--loss", "--model"}},
      {{}, {"missing"}},
      {{"--model", "mlp:2"}, {"at least inputs and outputs"}},
      {{"--model", "cnn:2,1"}, {"cnn:2,1"}},
      {{"--model", "mlp:2,x"}, {"x"}},
      {{"--model", "mlp:10000000,10000000"}, {"at most"}},
      {{"--model", "mlp:2,1", "--activation", "rleu"}, {"did you mean 'relu'?"}},
      {{"--model", "mlp:2,1", "--loss", "msee"}, {"did you mean 'mse'?"}},
      {{"--model", "mlp:2,1", "--at", "nobody=1"}, {"nobody"}},
      {{"--model", "mlp:2,1", "--at", "W1=1"}, {"W1"}},
  };
  for (const Command& c : source_commands()) check_mistakes(c, mistakes, folder);
}

TEST_CASE("An op that there is not is refused with the nearest one", "[cli]") {
  const scratch::Directory folder;
  const auto looks_up = commands_that([](const Command& c) { return c.name == "ops"; });
  for (const Command& c : looks_up) {
    check_mistakes(c,
                   {{{"tnah"}, {"'tnah'", "did you mean 'tanh'?"}},
                    {{""}, {"''"}},
                    {{"nothing_like_it"}, {"'nothing_like_it'"}}},
                   folder);
  }
}

TEST_CASE("Files that hold no formula are refused by every command that reads them", "[cli]") {
  const scratch::Directory folder;
  scratch::write(folder / "empty.gr", "");
  scratch::write(folder / "blank.gr", "\n\n  \r\n");
  scratch::write(folder / "comment.gr", "# nothing\n");
  scratch::write(folder / "junk.gr", std::string("\x7f"
                                                 "ELF\0\1\2\xff\xfe\x1b[31m",
                                                 14));
  scratch::write(folder / "nul.gr", std::string("x\0y", 3));
  scratch::write(folder / "large.gr", "1" + times(1 << 18, "+111") + "+1");
  scratch::write(folder / "closed.gr", "1");
  scratch::write(folder / "second_line.gr", "x = 1\ny = x +* 2\n");
  std::filesystem::permissions(folder / "closed.gr", std::filesystem::perms(0));
  std::filesystem::create_directory(folder / "folder.gr");
  std::filesystem::create_symlink("/dev/zero", folder / "endless.gr");
  std::filesystem::create_symlink("loop.gr", folder / "loop.gr");
  const std::vector<Mistake> mistakes{
      {{"missing.gr"}, {"missing.gr", "No such file or directory"}},
      {{"none/missing.gr"}, {"none/missing.gr", "No such file or directory"}},
      {{"folder.gr"}, {"folder.gr", "directory"}},
      {{"endless.gr"}, {"endless.gr"}},
      {{"loop.gr"}, {"loop.gr"}},
      {{"empty.gr"}, {"empty.gr:1:1"}, true},
      {{"blank.gr"}, {"blank.gr"}, true},
      {{"comment.gr"}, {"comment.gr"}, true},
      {{"junk.gr"}, {"junk.gr:1:1"}, true},
      {{"nul.gr"}, {"nul.gr:1:2"}, true},
      {{"large.gr"}, {"large.gr", "at most 1048576"}},
      {{"second_line.gr"}, {"second_line.gr:2:8", "y = x +* 2"}, true},
      {{"-"}, {"standard input:1:1"}, true},  // which is empty
  };
  for (const Command& c : source_commands()) {
    check_mistakes(c, mistakes, folder);
    const cli::Surroundings around{.folder = folder.path(), .obeys_modes = true};
    const cli::Result closed = cli::run({c.name, "closed.gr"}, around);
    INFO(c.name);
    if (closed.status == 125) {
      WARN("SKIPPED: root here cannot give up its right to read what its mode forbids");
    } else {
      check_message(closed, {{}, {"closed.gr", "Permission denied"}});
    }
  }
}

TEST_CASE("What is no single number, or depends on nothing, has no derivative to look at",
          "[cli]") {
  const scratch::Directory folder;
  const std::vector<Mistake> mistakes{{{"[x, x]", "--at", "x=1"}, {"(2,)", "single number"}},
                                      {{"1 + 2"}, {}}};
  const auto differentiating =
      commands_that([](const Command& c) { return c.takes_source() && c.differentiates(); });
  for (const Command& c : differentiating) check_mistakes(c, mistakes, folder);
}

TEST_CASE("Places that cannot be written are refused by every command that writes", "[cli]") {
  const scratch::Directory folder;
  std::filesystem::create_directory(folder / "folder");
  for (const Command& c : commands()) {
    if (c.name == "train") continue;  // says first what it will train: see output_test.cpp
    for (const char* option : {"output", "html", "dot"}) {
      // `--dot FILE`: an option that takes no value is not meant.
      const std::string name = std::string("--") + option;
      if (!contains(c.help, name + " FILE") && !contains(c.help, name + " ] FILE")) continue;
      Arguments command = c.takes_source() ? Arguments{c.name, "x * x", "--at", "x=2"}
                                           : Arguments{c.name, "--model", "mlp:3,2"};
      if (c.has("curve") && name == "--output") command.push_back("--curve");  // is for it
      for (const auto& [place, words] :
           {std::pair<std::string, std::vector<std::string>>{"none/file.dot", {"none/file.dot"}},
            {"folder/", {"folder/"}},
            {"/dev/full/x.dot", {"/dev/full/x.dot"}}}) {
        check_mistake(command + Arguments{name, place}, {{}, words, false, true}, folder);
      }
    }
    if (c.has("format")) {
      check_mistake({c.name, "x * x", "--at", "x=2", "--format", "docx"}, {{}, {"docx", "dot"}},
                    folder);
    }
  }
}

TEST_CASE("A standard output that is closed or full is an error of every command", "[cli]") {
  for (const Command& c : commands()) {
    std::vector<Arguments> uses{{c.name, "--help"}};
    if (c.takes_source()) uses.push_back({c.name, "x * x", "--at", "x=2"});
    for (const Arguments& use : uses) {
      INFO(cli::shown(use));
      for (const char* out : {"/dev/full", ""}) {
        check_message(cli::run(use, {.out = out}), {{}, {"the standard output cannot be written"}});
      }
    }
  }
}
