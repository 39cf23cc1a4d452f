// gradus ops: the catalogue, and each of its entries.
#include <sstream>

#include "cli/run.hpp"
#include "gradus/ops/list.hpp"

namespace {

/// The number of columns of UTF-8 text.
std::size_t columns(const std::string& line) {
  std::size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

void check_width(const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    INFO(line);
    CHECK(columns(line) <= 80);
  }
}

}  // namespace

TEST_CASE("ops prints the catalogue and its help", "[cli]") {
  const cli::Result list = cli::run({"ops"});
  cli::check_ok(list);
  cli::check_golden("ops.txt", list.out);
  check_width(list.out);
  const cli::Result help = cli::run({"ops", "--help"});
  cli::check_ok(help);
  cli::check_golden("help_ops.txt", help.out);
}

TEST_CASE("ops has each op of the catalogue, with its formula, in 80 columns", "[cli]") {
  const std::string list = cli::run({"ops"}).out;
  for (const gradus::Op* op : gradus::all_ops()) {
    const std::string name(op->name());
    CHECK_THAT(list, Catch::Matchers::ContainsSubstring("\n  " + name + " "));
    const cli::Result entry = cli::run({"ops", name});
    cli::check_ok(entry);
    check_width(entry.out);
    CHECK_THAT(entry.out, Catch::Matchers::StartsWith(name + "\n\n"));
    CHECK_THAT(entry.out, Catch::Matchers::ContainsSubstring(std::string(op->doc().formula)));
    // Of one or two numbers: drawn. (The words for three are too many.)
    const bool drawn = entry.out.find("dy/d") != std::string::npos;
    CHECK(drawn == (op->pointwise() && op->arity() <= 2));
  }
}

TEST_CASE("ops draws functions, their derivatives, kinks and jumps", "[cli]") {
  const auto check = [](const std::string& name, const cli::Arguments& arguments) {
    const cli::Result result = cli::run(arguments);
    cli::check_ok(result);
    cli::check_golden(name, result.out);
  };
  check("ops_tanh.txt", {"ops", "tanh"});
  check("ops_relu.txt", {"ops", "relu", "--ascii"});
  check("ops_step.txt", {"ops", "step"});
  check("ops_div.txt", {"ops", "/"});
  check("ops_where.txt", {"ops", "where"});
  check("ops_mean.txt", {"ops", "mean"});
}

TEST_CASE("ops takes signs, and names the nearest of an unknown name", "[cli]") {
  CHECK(cli::run({"ops", "*"}).out == cli::run({"ops", "mul"}).out);
  CHECK(cli::run({"ops", "-"}).out == cli::run({"ops", "sub"}).out);
  CHECK(cli::run({"ops", "<="}).out == cli::run({"ops", "less_equal"}).out);
  cli::check_refused(cli::run({"ops", "tahn"}), {"unknown op 'tahn' (did you mean 'tanh'?)"});
  cli::check_refused(cli::run({"ops", "zzzzzzzz"}),
                     {"unknown op 'zzzzzzzz'; gradus ops lists all"});
  cli::check_refused(cli::run({"ops", "sin", "cos"}), {"'sin' and 'cos'"});
  cli::check_refused(cli::run({"ops", ""}), {"unknown op ''"});
  cli::check_refused(cli::run({"ops", "--asci"}), {"did you mean --ascii?"});
}
