#include "options.hpp"

#include <fmt/core.h>

#include <boost/program_options.hpp>
#include <charconv>
#include <cmath>
#include <sstream>

#include "command.hpp"
#include "gradus/base/join.hpp"

namespace gradus::tools {
namespace {

namespace po = boost::program_options;

/// Known long options, for the message about an unknown one.
std::vector<std::string> long_names(const po::options_description& description) {
  std::vector<std::string> names;
  for (const auto& option : description.options()) names.push_back("--" + option->long_name());
  return names;
}

[[noreturn]] void refuse_unknown(std::string_view command, const std::string& given,
                                 const po::options_description& description) {
  const std::vector<std::string> names = long_names(description);
  const std::string name = given.substr(0, given.find('='));
  const std::string_view close =
      nearest(name, std::vector<std::string_view>(names.begin(), names.end()));
  throw InputError(fmt::format("unknown option {}{}; gradus {} --help lists them", name,
                               close.empty() ? "" : fmt::format(" (did you mean {}?)", close),
                               command));
}

/// What follows an option must be its value, not the next option.
void check_value(std::string_view command, const po::option& option) {
  if (option.string_key.empty()) {
    throw InputError(fmt::format("gradus {} takes options only, not '{}'; --help lists them",
                                 command, join(option.value, " ")));
  }
  for (const std::string& text : option.value) {
    if (text.empty() || text.rfind("--", 0) == 0) {
      throw InputError(
          fmt::format("--{} needs a value{}", option.string_key,
                      text.empty() ? ": it is empty" : fmt::format(", not '{}'", text)));
    }
  }
}

/// Takes the SOURCE out of the arguments: boost would read -x^2 as options.
std::optional<std::string> take_source(std::string_view command,
                                       std::vector<std::string>& arguments,
                                       const po::options_description& description) {
  std::optional<std::string> source;
  std::vector<std::string> rest;
  bool only_source = false;  // behind --
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& text = arguments[i];
    if (!only_source && text == "--") {
      only_source = true;
      continue;
    }
    const po::option_description* option = nullptr;
    if (!only_source && text.rfind("--", 0) == 0) {
      option = description.find_nothrow(text.substr(2, text.find('=') - 2), false);
      if (!option) refuse_unknown(command, text, description);
    } else if (!only_source && text.size() == 2 && text[0] == '-') {
      option = description.find_nothrow(text, false);  // a short one is found with its dash
    }
    if (option) {
      rest.push_back(text);
      const bool value_follows =
          option->semantic()->min_tokens() > 0 && text.find('=') == std::string::npos;
      if (value_follows && i + 1 < arguments.size()) rest.push_back(arguments[++i]);
      continue;
    }
    if (source) {
      throw InputError(
          fmt::format("there is one SOURCE only, not '{}' and '{}': a formula with spaces "
                      "stands in quotes, 'x + 1'",
                      *source, text));
    }
    source = text;
  }
  arguments = rest;
  return source;
}

/// The list as boost has it.
po::options_description describe(const OptionList& list) {
  po::options_description description;
  auto add = description.add_options();
  for (const OptionList::Option& option : list.options()) {
    if (!option.value) {
      add(option.names.c_str(), option.help.c_str());
      continue;
    }
    const OptionValue& value = *option.value;
    if (value.many) {
      add(option.names.c_str(), po::value<std::vector<std::string>>()->value_name(value.name),
          option.help.c_str());
      continue;
    }
    auto* semantic = po::value<std::string>()->value_name(value.name);
    if (value.initial) semantic->default_value(*value.initial);
    if (!value.bare.empty()) semantic->implicit_value("", value.bare);
    add(option.names.c_str(), semantic, option.help.c_str());
  }
  add("help,h", "show this help and end");
  return description;
}

template <class T>
std::optional<T> parse(std::string_view text) {
  T result{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return result;
}

}  // namespace

Options::Options(std::string_view command, std::string_view usage, std::string_view examples,
                 const OptionList& list, const std::vector<std::string>& all_arguments,
                 Positional positional) {
  const po::options_description description = describe(list);
  std::vector<std::string> arguments = all_arguments;
  if (positional == Positional::source) source_ = take_source(command, arguments, description);
  try {
    // No abbreviations: they would change their meaning when options are added.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const po::parsed_options parsed =
        po::command_line_parser(arguments).options(description).style(style).run();
    for (const po::option& option : parsed.options) check_value(command, option);
    po::variables_map values;
    po::store(parsed, values);
    for (const auto& [name, value] : values) {
      const auto* text = boost::any_cast<std::string>(&value.value());
      const auto* texts = boost::any_cast<std::vector<std::string>>(&value.value());
      values_[name] = {text    ? std::vector{*text}
                       : texts ? *texts
                               : std::vector<std::string>(),
                       !value.defaulted()};
    }
  } catch (const po::unknown_option& error) {
    refuse_unknown(command, error.get_option_name(), description);
  } catch (const po::invalid_command_line_syntax& error) {
    if (error.kind() == error.missing_parameter || error.kind() == error.empty_adjacent_parameter) {
      throw InputError(fmt::format("{} needs a value", error.get_option_name()));
    }
    throw InputError(error.what());
  } catch (const po::error& error) {
    throw InputError(error.what());
  }
  help_ = values_.count("help") > 0;
  if (help_) {
    std::ostringstream options;
    options << description;
    print_now(fmt::format("Usage: gradus {}\n\nOptions:\n{}\nExamples:\n{}", usage, options.str(),
                          examples));
  }
}

bool Options::given(const std::string& name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second.given;
}

bool Options::flag(const std::string& name) const { return given(name); }

std::optional<std::string> Options::text(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::nullopt;
  return found->second.texts.at(0);
}

std::vector<std::string> Options::texts(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second.texts;
}

void Options::set_default(const std::string& name, const std::string& text) {
  if (!given(name)) values_[name] = {{text}, false};
}

std::string Options::need(const std::string& name) const {
  const auto value = text(name);
  if (!value) throw InputError(fmt::format("--{} is missing", name));
  return *value;
}

double Options::number(const std::string& name, double low, double high, bool above,
                       std::string_view example) const {
  const std::string given = need(name);
  const auto value = parse<double>(given);
  if (!value || !std::isfinite(*value) || *value < low || *value > high ||
      (above && *value == low)) {
    throw InputError(fmt::format("--{} is '{}': it must be a number {} {} {} {}{}{}", name, given,
                                 above ? "over" : "from", low, above ? "and at most" : "to", high,
                                 example.empty() ? "" : ", ", example));
  }
  return *value;
}

Index Options::whole(const std::string& name, Index low, Index high) const {
  const std::string given = need(name);
  const auto value = parse<Index>(given);
  if (!value || *value < low || *value > high) {
    throw InputError(fmt::format("--{} is '{}': it must be a whole number from {} to {}", name,
                                 given, low, high));
  }
  return *value;
}

std::vector<Index> parse_layers(std::string_view text) {
  std::vector<Index> layers;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const auto size = parse<Index>(rest.substr(0, comma));
    if (!size || *size < 1 || *size > 10'000'000) {
      throw InputError(
          fmt::format("the layers '{}' are not whole numbers from 1 to 10000000 with commas "
                      "between them, as in 784,128,10",
                      text));
    }
    layers.push_back(*size);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (layers.size() < 2) {
    throw InputError(fmt::format(
        "the layers '{}' are too few: a network has at least inputs and outputs, as in 784,10",
        text));
  }
  return layers;
}

}  // namespace gradus::tools
