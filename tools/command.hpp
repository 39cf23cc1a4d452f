/// The subcommands of `gradus`, and what they share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gradus/base/shape.hpp"
#include "options.hpp"

namespace gradus::tools {

/// The command's exit statuses; 128 + N where signal N ended it, as shells have it.
enum Status : int {
  ok = 0,
  failed = 1,    ///< a check failed; training went to NaN or infinity
  bad_input = 2  ///< usage, a file, a value: one message on stderr says which
};

/// A subcommand.
struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(const std::vector<std::string>& arguments);
};

int train_command(const std::vector<std::string>& arguments);
int graph_command(const std::vector<std::string>& arguments);
int check_command(const std::vector<std::string>& arguments);
int eval_command(const std::vector<std::string>& arguments);
int step_command(const std::vector<std::string>& arguments);
int paths_command(const std::vector<std::string>& arguments);
int ops_command(const std::vector<std::string>& arguments);

/// What --help says of --passes.
std::string passes_help();

/// A number as JSON, with all its digits; null for NaN and infinity, which JSON does not have.
std::string json_number(double x);
/// A shape as JSON: "[2, 3]".
std::string json_shape(const Shape& shape);
/// Prints to stdout at once. Throws InputError if that is closed, or a full disk.
void print_now(const std::string& text);
/// {784, 128, 10} -> "784-128-10".
std::string layers_text(const std::vector<Index>& layers);
/// 13002 -> "13,002".
std::string with_commas(Index number);

}  // namespace gradus::tools
