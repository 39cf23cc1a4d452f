/// The subcommands of `gradus`, and how they read their options.
#pragma once

#include <boost/program_options.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gradus/base/error.hpp"
#include "gradus/base/shape.hpp"

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

/// Whether a command takes an argument that belongs to no option.
enum class Positional { none, source };

/// What --help says of --passes.
std::string passes_help();

/// The options of one subcommand, as given. Every value is read as text first, so that each error
/// names the option, what was given and what is possible.
class Options {
 public:
  /// Parses `arguments`. A SOURCE may start with a minus, as -x^2 does: what starts with one `-`
  /// and is no short option is the SOURCE, and so is all behind `--`. `--help` prints the usage,
  /// the options and the examples, and `help()` is true. Throws InputError for an unknown option
  /// (with the nearest one) or a missing value.
  Options(std::string_view command, std::string_view usage, std::string_view examples,
          boost::program_options::options_description description,
          const std::vector<std::string>& arguments, Positional positional = Positional::none);

  bool help() const { return help_; }
  /// Whether it was given, and is not just a default.
  bool given(const std::string& name) const;
  bool flag(const std::string& name) const;
  /// The value, or nothing if there is neither a value nor a default.
  std::optional<std::string> text(const std::string& name) const;
  /// All values of an option that may be given many times (see `values`).
  std::vector<std::string> texts(const std::string& name) const;
  /// The SOURCE, if there is one.
  const std::optional<std::string>& source() const { return source_; }
  /// Gives an option that was not given a new default.
  void set_default(const std::string& name, const std::string& text);
  /// A value that is there. Throws InputError if it is not.
  std::string need(const std::string& name) const;
  /// A finite number in [low, high], or in (low, high] if `above`. Throws InputError.
  double number(const std::string& name, double low, double high, bool above = false) const;
  /// A whole number in [low, high]. Throws InputError.
  Index whole(const std::string& name, Index low, Index high) const;

 private:
  boost::program_options::variables_map values_;
  std::optional<std::string> source_;
  bool help_ = false;
};

/// An option that takes a value, as text.
boost::program_options::typed_value<std::string>* value(std::string_view value_name);
boost::program_options::typed_value<std::string>* value(std::string_view value_name,
                                                        std::string_view default_value);
/// An option that takes a value, and may be given many times.
boost::program_options::typed_value<std::vector<std::string>>* values(std::string_view value_name);

/// "784,128,10" -> {784, 128, 10}. Throws InputError for anything but two or more whole numbers
/// from 1 to 10 million.
std::vector<Index> parse_layers(std::string_view text);
/// A number as JSON, with all its digits; null for NaN and infinity, which JSON does not have.
std::string json_number(double x);
/// Prints to stdout at once. Throws InputError if that is closed, or a full disk.
void print_now(const std::string& text);
/// {784, 128, 10} -> "784-128-10".
std::string layers_text(const std::vector<Index>& layers);
/// 13002 -> "13,002".
std::string with_commas(Index number);

}  // namespace gradus::tools
