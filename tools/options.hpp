/// The options of a subcommand. Only options.cpp knows Boost.Program_options.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gradus/base/error.hpp"
#include "gradus/base/shape.hpp"

namespace gradus::tools {

/// Whether a command takes an argument that belongs to no option.
enum class Positional { none, source };

/// The value that an option takes, as text.
struct OptionValue {
  std::string name;                         ///< what --help calls it: FILE
  std::optional<std::string> initial = {};  ///< the value of an option that is not given
  std::string bare = {};  ///< if not empty: what --option alone means; its text is then empty
  bool many = false;      ///< may be given many times
};

/// The options that a subcommand has, in the order of --help.
class OptionList {
 public:
  struct Option {
    std::string names, help;
    std::optional<OptionValue> value;
  };

  /// A flag. `names`: "json", or "output,o" with a short one.
  void add(std::string names, std::string help) {
    options_.push_back({std::move(names), std::move(help), std::nullopt});
  }
  /// An option that takes a value.
  void add(std::string names, OptionValue value, std::string help) {
    options_.push_back({std::move(names), std::move(help), std::move(value)});
  }
  const std::vector<Option>& options() const { return options_; }

 private:
  std::vector<Option> options_;
};

/// The options of one subcommand, as given. Every value is read as text first, so that each error
/// names the option, what was given and what is possible.
class Options {
 public:
  /// Parses `arguments`. A SOURCE may start with a minus, as -x^2 does: what starts with one `-`
  /// and is no short option is the SOURCE, and so is all behind `--`. `--help` prints the usage,
  /// the options and the examples, and `help()` is true. Throws InputError for an unknown option
  /// (with the nearest one) or a missing value.
  Options(std::string_view command, std::string_view usage, std::string_view examples,
          const OptionList& list, const std::vector<std::string>& arguments,
          Positional positional = Positional::none);

  bool help() const { return help_; }
  /// Whether it was given, and is not just a default.
  bool given(const std::string& name) const;
  bool flag(const std::string& name) const;
  /// The value, or nothing if there is neither a value nor a default.
  std::optional<std::string> text(const std::string& name) const;
  /// All values of an option that may be given many times (OptionValue::many).
  std::vector<std::string> texts(const std::string& name) const;
  /// The SOURCE, if there is one.
  const std::optional<std::string>& source() const { return source_; }
  /// Gives an option that was not given a new default.
  void set_default(const std::string& name, const std::string& text);
  /// A value that is there. Throws InputError if it is not.
  std::string need(const std::string& name) const;
  /// A finite number in [low, high], or in (low, high] if `above`. Throws InputError, whose message
  /// ends with the example if there is one.
  double number(const std::string& name, double low, double high, bool above = false,
                std::string_view example = "") const;
  /// A whole number in [low, high]. Throws InputError.
  Index whole(const std::string& name, Index low, Index high) const;

 private:
  struct Value {
    std::vector<std::string> texts;
    bool given = false;  // not just a default
  };
  std::map<std::string, Value> values_;  // by the long names
  std::optional<std::string> source_;
  bool help_ = false;
};

/// "784,128,10" -> {784, 128, 10}. Throws InputError for anything but two or more whole numbers
/// from 1 to 10 million.
std::vector<Index> parse_layers(std::string_view text);

}  // namespace gradus::tools
