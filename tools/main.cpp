// gradus: train, check and draw from the command line.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <new>
#include <string>
#include <vector>

#include "command.hpp"
#include "gradus/lang/formula.hpp"
#include "gradus/version.hpp"

namespace {

using gradus::tools::Command;

constexpr std::array commands{
    Command{"train", "train a network on images of digits or clothes",
            gradus::tools::train_command},
    Command{"check", "compare gradients with numeric ones, and with your own",
            gradus::tools::check_command},
    Command{"graph", "draw the loss of a network, its gradient, or a training step",
            gradus::tools::graph_command},
    Command{"eval", "compute a formula and its gradient", gradus::tools::eval_command},
    Command{"step", "go through the chain rule step by step", gradus::tools::step_command},
    Command{"paths", "write a derivative as a sum over paths", gradus::tools::paths_command},
    Command{"ops", "list what formulas can call, and draw each", gradus::tools::ops_command},
};

std::string help() {
  std::string text =
      "gradus: a reverse-mode automatic differentiation tape that people can see through\n\n"
      "Usage: gradus COMMAND [OPTIONS]\n\nCommands:\n";
  for (const Command& command : commands) {
    text += fmt::format("  {:<8}{}\n", command.name, command.summary);
  }
  return text +
         "\nOptions:\n  --help     show this help, or that of a command: gradus train --help\n"
         "  --version  show the version\n\n"
         "Exit status: 0 success, 1 a check or the training failed, 2 bad usage or input, 128 + N "
         "ended by signal N.\n";
}

int dispatch(std::vector<std::string> arguments) {
  if (arguments.empty()) {
    std::fputs(help().c_str(), stderr);
    return gradus::tools::bad_input;
  }
  // `gradus help train` means what `gradus train --help` does.
  if (arguments[0] == "help" && arguments.size() > 1) arguments = {arguments[1], "--help"};
  const std::string name = arguments[0];
  arguments.erase(arguments.begin());
  if (name == "--help" || name == "-h" || name == "help") {
    gradus::tools::print_now(help());
    return gradus::tools::ok;
  }
  if (name == "--version") {
    gradus::tools::print_now(fmt::format("gradus {}\n", gradus::version));
    return gradus::tools::ok;
  }
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const Command& c) { return c.name == name; });
  if (command == commands.end()) {
    std::vector<std::string_view> names;
    for (const Command& c : commands) names.push_back(c.name);
    names.insert(names.end(), {"--help", "--version"});
    throw gradus::InputError(gradus::unknown_name("command", name, names));
  }
  return command->run(arguments);
}

/// One clear message, whatever the text of the error holds: a line, or what was laid out in lines.
int report(std::string text, bool in_lines = false) {
  const auto is_control = [&](unsigned char c) {
    return std::iscntrl(c) != 0 && !(c == '\n' && in_lines);
  };
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  std::fputs(("gradus: " + text + "\n").c_str(), stderr);  // unlike fmt's, throws nothing
  return gradus::tools::bad_input;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const gradus::lang::FormulaError& error) {
    return report(error.what(), true);
  } catch (const std::bad_alloc&) {
    return report("there is not enough memory for this");
  } catch (const std::exception& error) {
    return report(error.what());
  }
}
